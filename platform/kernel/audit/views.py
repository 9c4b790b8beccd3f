"""Reading the audit trail of the open side, and its seals."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kernel.accounts.permissions import READ_AUDIT
from kernel.audit.models import AuditCheck, AuditEvent, AuditSeal
from kernel.audit.record import action_label, action_names
from kernel.audit.verifying import Kind
from kernel.permissions import page
from kernel.web import paging


@require_safe
@page(READ_AUDIT)
def events(request: HttpRequest) -> HttpResponse:
    """What was done, newest first; `tindakan` narrows to one action, `pelaku` to a part of a name."""
    found = AuditEvent.objects.all()
    action = request.GET.get("tindakan", "")
    actor = request.GET.get("pelaku", "").strip()
    if action:
        found = found.filter(action=action)
    if actor:
        found = found.filter(actor_name__icontains=actor)
    shown = paging.page_of(found, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(
        request,
        "kernel/audit/events.html",
        {
            "page": shown,
            "events": [(event, action_label(event.action)) for event in shown],
            "actions": action_names(),
            "action": action,
            "actor": actor,
            "seal": AuditSeal.objects.defer("index").order_by("-number").first(),
        },
    )


@require_safe
@page(READ_AUDIT)
def seals(request: HttpRequest) -> HttpResponse:
    """The chain of seals, newest first; `sidik` looks for the seal whose digest somebody kept in their own papers."""
    kept = "".join(request.GET.get("sidik", "").split()).lower()
    shown = paging.page_of(
        AuditSeal.objects.defer("index"), order=("-number",), cursor=request.GET.get(paging.PARAMETER, "")
    )
    return render(
        request,
        "kernel/audit/seals.html",
        {
            "page": shown,
            "seals": list(shown),
            "checks": [_shown(check) for check in AuditCheck.objects.order_by("-is_whole")],
            "kept": kept,
            "found": AuditSeal.objects.defer("index").filter(digest=kept).first() if kept else None,
        },
    )


def _shown(check: AuditCheck) -> dict[str, Any]:
    words = {
        Kind.CHANGED: _("Catatan nomor %(entry)s berubah setelah disegel (segel %(seal)s)."),
        Kind.MISSING: _("Catatan nomor %(entry)s hilang setelah disegel (segel %(seal)s)."),
        Kind.ADDED: _("Catatan nomor %(entry)s disisipkan setelah penyegelan (segel %(seal)s)."),
        Kind.SEAL_CHANGED: _("Segel %(seal)s berubah."),
        Kind.SEAL_FORGED: _("Segel %(seal)s tidak dibuat dengan kunci yang sah."),
        Kind.SEAL_MISSING: _("Segel %(seal)s hilang."),
    }
    broken = ""
    if check.broken:
        broken = words[Kind(check.broken)] % {"entry": check.broken_entry, "seal": check.broken_seal}
    return {"check": check, "broken": broken}
