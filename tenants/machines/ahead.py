"""Lines whose time was ahead when they came: nothing guesses, somebody decides, and every decision can be taken back.

A line that is later than the moment at which it came proves that the machine's clock was wrong, at least by that much.
Counted, the same number of seconds is taken off each line; the punches have grade C and are looked at like all others.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.tenancy.context import current_region
from tenants.machines import access
from tenants.machines.errors import AheadTooLittle, DecisionUndone, NothingAhead, ReasonMissing
from tenants.machines.models import ClockDecision, KeptLine, Machine, MachinePin
from tenants.machines.receiving import ask_to_set_clock
from tenants.machines.signals import lines_restored, lines_withdrawn

COUNTED = declare_action("machines.ahead_counted", "Baris mesin absen dihitung dengan waktu yang dibetulkan")
DROPPED = declare_action("machines.ahead_dropped", "Baris mesin absen dengan waktu di depan tidak dihitung")
UNDONE = declare_action("machines.ahead_undone", "Keputusan atas jam mesin absen dibatalkan")

_NAMESPACE: Final = uuid.UUID("0d2c8b61-57a9-5f0e-9a53-6c1c6a3b9d47")

_INSERT: Final = """
    INSERT INTO punches_punch (id, region_id, employee_id, kind, source, captured_at, received_at, claimed_at,
                               place_error, device, state, grade, reasons)
    SELECT line.id, %s, line.employee_id, line.kind, 'machine', line.captured_at, line.received_at, line.claimed_at,
           '', %s, 'review', 'C', %s::jsonb
    FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
        AS line(id, employee_id, kind, captured_at, claimed_at, received_at)
    ON CONFLICT DO NOTHING
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The lines of a machine that wait for a decision: how many, how many of them have a PIN that means somebody, from
    when to when by the machine's clock, and by how many minutes it was ahead at least."""

    lines: int
    paired: int
    first: datetime
    last: datetime
    least_minutes: int

    @property
    def strange(self) -> int:
        """How many have a PIN that means nobody."""
        return self.lines - self.paired


def ahead_of(machine: Machine) -> Ahead | None:
    """What waits for a decision at this machine; None for nothing. One statement."""
    paired = MachinePin.objects.filter(device=machine.device, pin=OuterRef("pin"))
    found = (
        KeptLine.objects.ahead()
        .filter(machine=machine)
        .aggregate(
            lines=Count("pk"),
            paired=Count("pk", filter=Exists(paired)),
            first=Min("captured_at"),
            last=Max("captured_at"),
            least=Max(F("captured_at") - F("received_at")),
        )
    )
    if not found["lines"]:
        return None
    least = found.pop("least")
    return Ahead(**found, least_minutes=_minutes_up(least))


@transaction.atomic
def count_ahead(*, uid: UUID, minutes: int, actor: User) -> ClockDecision:
    """The lines with a PIN that means somebody count, `minutes` earlier than they say; the others go on waiting. The
    machine is asked to set its clock. Raises NotFound, MachineNotInUse, NothingAhead, AheadTooLittle.
    """
    machine = access.machine_in_use(actor, uid)
    waiting = KeptLine.objects.ahead().filter(machine=machine)
    people = _people(machine, set(waiting.values_list("pin", flat=True)))
    lines = list(waiting.filter(pin__in=people).select_for_update().order_by("captured_at", "pk"))
    if not lines:
        raise NothingAhead
    shift = timedelta(minutes=minutes)
    least = max(line.captured_at - line.received_at for line in lines if line.captured_at is not None)
    if shift < least:
        raise AheadTooLittle(_minutes_up(least))
    decision = _decide(machine, lines, shift, "", actor)
    reasons = ["machine_clock", "machine_shifted", *([] if machine.secret_digest else ["machine_open"])]
    punches = [punch_uid(line.pk, decision) for line in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            (
                current_region().number,
                machine.device,
                json.dumps(reasons),
                punches,
                [people[line.pin] for line in lines],
                [line.kind for line in lines],
                [line.captured_at - shift for line in lines if line.captured_at is not None],
                [line.captured_at for line in lines],
                [line.received_at for line in lines],
            ),
        )
        added = {row[0] for row in cursor.fetchall()}
    if again := [punch for punch in punches if punch not in added]:
        # Counted by these minutes once before, and taken back meanwhile.
        lines_restored.send(ClockDecision, punch_ids=again, reason=_("Jam mesin dihitung lagi."), actor=actor)
    if machine.clock_off_s is not None:
        ask_to_set_clock(machine.pk)
    record(COUNTED, actor=actor, subject=machine, after={"lines": len(lines), "minutes": minutes})
    return decision


@transaction.atomic
def drop_ahead(*, uid: UUID, reason: str, actor: User) -> ClockDecision:
    """None of the lines that wait counts. Raises NotFound, MachineNotInUse, ReasonMissing, NothingAhead."""
    machine = access.machine_in_use(actor, uid)
    if not reason.strip():
        raise ReasonMissing
    lines = list(KeptLine.objects.ahead().filter(machine=machine).select_for_update().order_by("captured_at", "pk"))
    if not lines:
        raise NothingAhead
    decision = _decide(machine, lines, None, reason.strip(), actor)
    record(DROPPED, actor=actor, subject=machine, after={"lines": len(lines)}, note=reason.strip())
    return decision


@transaction.atomic
def undo_ahead(*, uid: UUID, decision: UUID, actor: User) -> ClockDecision:
    """Take a decision back: its lines wait again, and punches that were made of them do not count. Raises NotFound,
    DecisionUndone, and MonthClosed where such a punch lies in a closed month.
    """
    machine = access.machine_to_manage(actor, uid, lock=True)
    found = ClockDecision.objects.select_for_update().filter(machine=machine, uid=decision).first()
    if found is None:
        raise NotFound("decision")
    if found.undone_at is not None:
        raise DecisionUndone
    lines = list(KeptLine.objects.filter(machine=machine, reason=KeptLine.Reason.FUTURE, decision=found))
    if found.ahead_s is not None:
        reason = _("Keputusan atas jam mesin %(machine)s dibatalkan.") % {"machine": machine}
        punches = [punch_uid(line.pk, found) for line in lines]
        lines_withdrawn.send(ClockDecision, punch_ids=punches, reason=reason, actor=actor)
    found.undone_by, found.undone_at = actor, clock.now()
    found.save(update_fields=["undone_by", "undone_at"])
    KeptLine.objects.filter(pk__in=[line.pk for line in lines]).update(decision=None)
    record(UNDONE, actor=actor, subject=machine, before={"lines": found.lines, "minutes": found.ahead_minutes})
    return found


def punch_uid(line: UUID, decision: ClockDecision) -> UUID:
    """The key of the punch that a line is by this decision: the same each time it is counted by as many seconds."""
    return uuid.uuid5(_NAMESPACE, f"{line}\n{decision.ahead_s}")


def _decide(
    machine: Machine, lines: Collection[KeptLine], shift: timedelta | None, reason: str, actor: User
) -> ClockDecision:
    decision = ClockDecision.objects.create(
        machine=machine,
        ahead_s=None if shift is None else int(shift.total_seconds()),
        lines=len(lines),
        reason=reason[:300],
        decided_by=actor,
    )
    KeptLine.objects.filter(pk__in=[line.pk for line in lines]).update(decision=decision)
    return decision


def _people(machine: Machine, pins: Collection[str]) -> dict[str, int]:
    """Whom the machine means by those of the PINs that mean somebody."""
    found: Any = MachinePin.objects.filter(device=machine.device, pin__in=pins)
    return dict(found.values_list("pin", "employee_id"))


def _minutes_up(span: timedelta) -> int:
    """Whole minutes, rounded up: that much must be taken off."""
    return -(-int(span.total_seconds()) // 60)
