"""Signatures: confirming one, how far the search is, and each region's line in the ledger."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from control.signatures import actions, listing
from control.signatures.errors import NoSignature
from control.signatures.forms import SignatureForm
from control.signatures.models import Signature
from control.signatures.permissions import CONFIRM
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.permissions import page


@require_http_methods(["GET", "HEAD", "POST"])
@page(CONFIRM)
def signatures(request: HttpRequest) -> HttpResponse:
    """All signatures with their progress, and the form for another one (`incident`, `wilayah`, `jenis`, `tanda` fill
    it)."""
    form = SignatureForm(
        request.POST or None,
        initial={
            "incident": _uid_or_none(request.GET.get("incident", "")),
            "region": request.GET.get("wilayah", ""),
            "kind": request.GET.get("jenis", ""),
            "written": request.GET.get("tanda", ""),
        },
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.confirm(
                kind=said["kind"],
                written=said["written"],
                reason=said["reason"],
                region=said["region"] or None,
                incident=said["incident"],
                actor=person(request),
            )
        except NotFound:
            raise
        except DomainError as error:
            is_reason = isinstance(error, NoSignature) and error.reason == "reason"
            form.add_error("reason" if is_reason else "written", error.message())
        else:
            messages.success(request, _("Pencarian di semua wilayah lain dimulai."))
            return redirect("signature", uid=made.uid)
    return render(
        request,
        "control/signatures/signatures.html",
        {"rows": listing.all_of_them(), "form": form},
        status=422 if form.errors else 200,
    )


@require_safe
@page(CONFIRM)
def signature(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One signature with the ledger of regions."""
    shown = Signature.objects.select_related("region").filter(uid=uid).first()
    if shown is None:
        raise NotFound("signature")
    return render(
        request,
        "control/signatures/signature.html",
        {"shown": shown, "progress": listing.progress_of(shown), "ledger": listing.ledger_of(shown)},
    )


@require_POST
@page(CONFIRM)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a signature back."""
    actions.withdraw(uid=uid, actor=person(request))
    messages.success(
        request, _("Tanda ditarik. Wilayah yang belum dicari tidak dicari lagi; yang ditemukan tetap tercatat.")
    )
    return redirect("signature", uid=uid)


def _uid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
