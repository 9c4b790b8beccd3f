"""Where a phone sends the picture of a punch, and the page for who has none that sends it by itself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.files.errors import FileRefused
from kernel.permissions import page
from kernel.web.fallback import open_in_fallback
from tenants.punch_review.selfies import awaited, keep_selfie, require_own
from tenants.punches.permissions import PUNCH


@open_in_fallback
@require_safe
@page(PUNCH)
def due(request: HttpRequest) -> HttpResponse:
    """The own punches whose picture is awaited, each with a camera button."""
    return render(request, "tenants/punch_review/selfies.html", {"punches": awaited(person(request))})


@open_in_fallback
@require_POST
@page(PUNCH)
def send(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the picture; a worker makes it anew. The same again is known and changes nothing.

    A phone's script gets JSON, the page's form its page again.
    """
    require_own(person(request), uid)
    upload = request.FILES.get("photo")
    code, words, status = "", _("Swafoto terkirim."), 202
    if upload is None:
        code, words, status = "empty", _("Tidak ada foto."), 422
    else:
        try:
            _selfie, is_new = keep_selfie(uid=uid, upload=upload, actor=person(request))
        except FileRefused as error:
            code, words, status = error.reason, error.message(), 413 if error.reason == "too_large" else 422
    if "json" not in request.headers.get("Accept", ""):
        (messages.error if code else messages.success)(request, words)
        return redirect("punch-review-selfies")
    if code:
        return JsonResponse({"code": code, "detail": words}, status=status)
    return JsonResponse({"state": "kept" if is_new else "known"}, status=status)
