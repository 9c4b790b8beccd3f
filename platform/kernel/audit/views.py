"""Reading the audit trail of the open side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.accounts.permissions import READ_AUDIT
from kernel.audit.models import AuditEvent
from kernel.audit.record import action_label, action_names
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
        },
    )
