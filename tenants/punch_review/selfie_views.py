"""Where a phone sends the picture of a punch, and the page for who has none that sends it by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.files.errors import FileRefused
from kernel.permissions import page
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.punch_review.models import Selfie
from tenants.punch_review.selfies import awaited, excuse_selfie, keep_selfie, require_own
from tenants.punches.permissions import PUNCH

_CLOCK_FAULT: Final = timedelta(minutes=2)


@open_in_fallback
@require_safe
@page(PUNCH)
def due(request: HttpRequest) -> HttpResponse:
    """The own punches whose picture is awaited, each with a camera button."""
    context = {"punches": awaited(person(request)), "reasons": Selfie.Reason.choices}
    return render(request, "tenants/punch_review/selfies.html", context)


@open_in_read_only
@open_in_fallback
@require_POST
@page(PUNCH)
def send(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the picture, or why there is none; a worker makes it anew. The same again is known and changes nothing.

    A phone's script gets JSON, the page's form its page again.
    """
    user = person(request)
    require_own(user, uid)
    upload, reason = request.FILES.get("photo"), request.POST.get("reason", "")
    code, words, status, is_new = "", _("Swafoto terkirim."), 202, False
    try:
        if upload is not None:
            taken_at = _said_moment(request.POST.get("taken_at", ""))
            _selfie, is_new = keep_selfie(uid=uid, upload=upload, actor=user, taken_at=taken_at)
        elif reason in Selfie.Reason.values:
            _selfie, is_new = excuse_selfie(uid=uid, reason=reason, actor=user)
            words = _("Alasan terkirim. Absen Anda tetap tersimpan.")
        else:
            code, words, status = "empty", _("Tidak ada foto."), 422
    except FileRefused as error:
        code, words, status = error.reason, error.message(), 413 if error.reason == "too_large" else 422
    if "json" not in request.headers.get("Accept", ""):
        (messages.error if code else messages.success)(request, words)
        return redirect("punch-review-selfies")
    if code:
        return JsonResponse({"code": code, "detail": words}, status=status)
    return JsonResponse({"state": "kept" if is_new else "known"}, status=status)


def _said_moment(text: str) -> datetime | None:
    """What a phone says of when it took the picture; None for what is no instant of the past."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment <= clock.now() + _CLOCK_FAULT else None
