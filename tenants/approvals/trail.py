"""What happened to a request, from the audit log, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kernel.accounts.models import Role, User
from kernel.audit.models import AuditEvent
from kernel.audit.record import action_label
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.routing import DECIDED_BEFORE, UNMET_CONDITION
from tenants.employees.models import Employee


@dataclass(frozen=True, slots=True)
class Line:
    """One event: what, by whom, for whom, where the document stood before and after, why, and from where.

    `origin` is "" for readers who may not know it.
    """

    at: datetime
    what: str
    who: str
    on_behalf_of: str
    before: str
    after: str
    reasons: tuple[str, ...]
    note: str
    origin: str


def trail_of(request: ApprovalRequest, reader: User, *, reads_audit: bool) -> list[Line]:
    """All events of the request, the oldest first; three statements.

    A reader of the audit log sees every origin, others only their own."""
    events = list(AuditEvent.objects.filter(subject_uid=request.uid).order_by("pk"))
    names = _names(events)
    roles = dict(Role.objects.values_list("code", "name"))
    return [
        Line(
            at=event.at,
            what=action_label(event.action),
            who=event.actor_name if event.actor_kind == AuditEvent.ActorKind.USER else _("Sistem"),
            on_behalf_of=str((event.after.get("on_behalf_of") or {}).get("name", "")),
            before=_place(event.before, names, roles),
            after=_place(event.after, names, roles),
            reasons=tuple(_reasons(event.after)),
            note=event.note,
            origin=event.origin if reads_audit or event.actor_uid == reader.uid else "",
        )
        for event in events
    ]


def _names(events: Iterable[AuditEvent]) -> dict[int, str]:
    keys = {way.get("approver") for event in events for way in (event.before, event.after)}
    return dict(Employee.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))


def _place(way: Mapping[str, Any], names: Mapping[int, str], roles: Mapping[str, str]) -> str:
    """`Menunggu, tingkat 1: Budi`; "" for an event that does not say where the document stands."""
    if "state" not in way:
        return ""
    state = str(dict(ApprovalRequest.State.choices).get(way["state"], way["state"]))
    if way["state"] != ApprovalRequest.State.WAITING:
        return state
    holder = names.get(way.get("approver") or 0) or roles.get(way.get("role", ""), way.get("role", ""))
    return _("%(state)s, tingkat %(level)s: %(holder)s") % {"state": state, "level": way["level"], "holder": holder}


def _reasons(way: Mapping[str, Any]) -> Iterable[str]:
    if (why := way.get("why")) and way.get("state") == ApprovalRequest.State.WAITING:
        yield str(dict(ApprovalRequest.Why.choices).get(why, why)).capitalize()
    counted = way.get("counted") or {}
    for level, reason in sorted((way.get("passed") or {}).items()):
        if reason == UNMET_CONDITION:
            yield _("Tingkat %(level)s dilewati: syaratnya tidak terpenuhi") % {"level": level}
        elif level in counted:
            yield _counted(level, counted[level])
        elif reason == DECIDED_BEFORE:
            yield _("Tingkat %(level)s dilewati: orangnya sudah memutuskan") % {"level": level}


def _counted(level: str, how: Mapping[str, Any]) -> str:
    """For whom the same person's decision counted at a further level."""
    giver = how.get("on_behalf_of")
    if giver:
        words = _("Keputusan ini berlaku juga untuk tingkat %(level)s, atas nama %(name)s")
        return words % {"level": level, "name": giver.get("name", "")}
    if how.get("why") == ApprovalRequest.Why.ACTING:
        return _("Keputusan ini berlaku juga untuk tingkat %(level)s, sebagai Plt/Plh") % {"level": level}
    return _("Keputusan ini berlaku juga untuk tingkat %(level)s, atas wewenang sendiri") % {"level": level}
