"""Opening and ending visits from the operators' side. The visit itself stands in the region (`kernel.guests`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from control.breakglass.errors import EntryRefused
from control.regions.errors import ReasonMissing
from control.regions.models import Region
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.guests import actions as guests
from kernel.guests.models import Visit
from kernel.tenancy.context import region_scope

OPENED = declare_action("breakglass.opened", "Kunjungan ke wilayah dibuka")
ENDED = declare_action("breakglass.ended", "Kunjungan ke wilayah diakhiri")

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(minutes=60)
# Roles of an employee's own data: a guest has none.
NOT_AS: Final = frozenset({"asn", "atasan"})


@transaction.atomic
def open_visit(
    *, region: str, role: str, reason: str, minutes: int, key: UUID, actor: User, incident: UUID | None = None
) -> Visit:
    """Open a timed visit to the region, to look at it as one of its roles; the same `key` again is the same visit.

    Raises NotFound (region, role), ReasonMissing, EntryRefused (a time out of bounds, a region that is closed, another
    visit of the operator that still runs there).
    """
    row = Region.objects.select_for_update().filter(code=region).first()
    if row is None:
        raise NotFound("region")
    if not reason.strip():
        raise ReasonMissing
    if not SHORTEST <= timedelta(minutes=minutes) <= LONGEST:
        raise EntryRefused("minutes")
    state = row.state()
    if not state.is_live:
        raise EntryRefused("closed")
    if role in NOT_AS:
        raise NotFound("role")
    with region_scope(state):
        if Visit.objects.running().filter(operator_uid=actor.uid).exclude(key=key).exists():
            raise EntryRefused("runs")
        visit = guests.open_visit(
            operator=actor,
            role=role,
            reason=reason.strip()[:300],
            ends_at=clock.now() + timedelta(minutes=minutes),
            key=key,
            incident=incident,
        )
    record(
        OPENED,
        actor=actor,
        subject=row,
        after={"visit": str(visit.uid), "role": role, "minutes": minutes, "incident": str(incident or "")},
        note=reason.strip(),
    )
    return visit


@transaction.atomic
def end_visit(*, region: str, uid: UUID, actor: User) -> Visit:
    """End a visit. Raises NotFound."""
    row = Region.objects.filter(code=region).first()
    if row is None:
        raise NotFound("region")
    with region_scope(row.state()):
        found = Visit.objects.filter(uid=uid).first()
        if found is None:
            raise NotFound("visit")
        visit = guests.end_visit(uid=uid, end=Visit.End.OPERATOR, actor=guests.operator_of(found))
    record(ENDED, actor=actor, subject=row, after={"visit": str(uid)})
    return visit
