"""A visit from its opening to its end, inside the region's scope.

The operators' side opens it and hands the operator a link for the region's host: signed, for this visit and region, a
minute long, and good for one use. From then on the region's own process decides with each request.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core import signing
from django.db import transaction

from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.accounts.models import Grant, Role, User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.guests import presence
from kernel.guests.errors import VisitRefused
from kernel.guests.models import Guest, Visit
from kernel.tenancy.context import current_region, region_scope
from kernel.watching import emit, names

OPENED = declare_action("guests.visit_opened", "Kunjungan operator dibuka")
ENTERED = declare_action("guests.visit_entered", "Operator masuk sebagai tamu")
ENDED = declare_action("guests.visit_ended", "Kunjungan operator diakhiri")

# The guest's key: no row has it, and nothing can refer to it.
NOBODYS_KEY: Final = 0
LINK_SECONDS: Final = 60
_SALT: Final = "kernel.guests.link"


@transaction.atomic
def open_visit(
    *, operator: User, role: str, reason: str, ends_at: datetime, key: UUID, incident: UUID | None = None
) -> Visit:
    """Let the operator look at the open region; the same `key` again gives the same visit. Raises NotFound (role)."""
    known = Visit.objects.filter(key=key).first()
    if known is not None:
        return known
    if not Role.objects.filter(code=role).exists():
        raise NotFound("role")
    visit = Visit.objects.create(
        operator_uid=operator.uid,
        operator=operator.display_name,
        role=role,
        reason=reason,
        incident=incident,
        key=key,
        ends_at=ends_at,
    )
    facts = {"role": role, "until": ends_at.isoformat(), "incident": None if incident is None else str(incident)}
    record(OPENED, actor=operator_of(visit), subject=visit, after=facts, note=reason)
    emit(names.BREAKGLASS_OPENED, subject=str(visit.uid), person=operator.uid, role=role, reason=reason)
    return visit


def link_token(visit: Visit) -> str:
    """What opens this visit at its region's host, for a minute and once."""
    return signing.dumps([current_region().number, str(visit.uid)], salt=_SALT)


@transaction.atomic
def enter(token: str) -> Visit:
    """Take the link's token. Raises VisitRefused for one that is used, old, forged or another region's."""
    try:
        number, uid = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise VisitRefused("link") from error
    if number != current_region().number:
        raise VisitRefused("link")
    visit = Visit.objects.select_for_update().filter(uid=uid, entered_at__isnull=True).first()
    if visit is None:
        raise VisitRefused("link")
    if not visit.is_running:
        raise VisitRefused("over")
    visit.entered_at = clock.now()
    visit.save(update_fields=["entered_at"])
    record(ENTERED, actor=operator_of(visit), subject=visit)
    _once_committed(presence.note, visit)
    return visit


@transaction.atomic
def end_visit(*, uid: UUID, end: Visit.End, actor: Actor) -> Visit:
    """Nothing is answered in it from now on; a visit that is over stays as it is. Raises NotFound."""
    visit = Visit.objects.select_for_update().filter(uid=uid).first()
    if visit is None:
        raise NotFound("visit")
    if not visit.is_running:
        return visit
    visit.ended_at, visit.end = clock.now(), end
    visit.ended_by = actor.name if isinstance(actor, System) else actor.display_name
    visit.save(update_fields=["ended_at", "end", "ended_by"])
    record(ENDED, actor=actor, subject=visit, after={"end": end})
    _once_committed(presence.forget, visit)
    emit(names.BREAKGLASS_CLOSED, subject=str(visit.uid), end=end)
    return visit


def guest_of(visit: Visit) -> Guest:
    """The identity of the visit's requests: it has the permissions of the visit's role in this region, and no row."""
    role = Role.objects.filter(code=visit.role).first()
    guest = Guest(
        pk=NOBODYS_KEY, uid=visit.uid, login=f"tamu-{visit.uid}", display_name=f"{visit.operator} (tamu)"[:200]
    )
    permissions = frozenset() if role is None else frozenset(role.permissions)
    # The second factor was shown at the operators' side, which asks for it before a visit is opened.
    guest.__dict__["_grants"] = (Grant(visit.role, permissions, None, None),)
    guest.visit = visit
    return guest


def operator_of(visit: Visit) -> System:
    """Whom the region's trail names."""
    return System(f"Operator platform: {visit.operator}"[:200])


def _once_committed(work: Callable[[Visit], None], visit: Visit) -> None:
    # The operators' side may have left the region by then.
    region = current_region()

    def do() -> None:
        with region_scope(region):
            work(visit)

    transaction.on_commit(do)
