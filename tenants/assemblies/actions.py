"""Calling people together, calling it off, and saying who came where no phone could."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.delivery import outbox
from kernel.periods import Month
from tenants.assemblies.ceremonies import ceremonies_on
from tenants.assemblies.errors import AlreadyOver, CallRefused, NotBegun, NotCalled
from tenants.assemblies.hearing import KIND
from tenants.assemblies.models import Assembly, CalledPerson, CalledUnit, Mark
from tenants.assemblies.presence import called_to
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.kiosks.secrets import code_secrets
from tenants.organisation.models import Unit
from tenants.punches.lane import COMPUTE_DAYS_TASK

CALLED = declare_action("assemblies.called", "Pegawai dipanggil apel")
CANCELLED = declare_action("assemblies.cancelled", "Apel dibatalkan")
MARKED = declare_action("assemblies.marked", "Kehadiran apel dicatat")
SECRET_TAKEN = declare_action("assemblies.secret_taken", "Kode apel dipasang di HP pemimpin")

LONGEST: Final = timedelta(hours=12)
# What a late mark is called beside the person's month.
LATE: Final = "Kehadiran apel"


@dataclass(frozen=True, slots=True)
class CallIn:
    """An assembly as an official calls it; both instants (aware) lie on `date` in the region's zone."""

    code: str
    title: str
    date: date
    starts_at: datetime
    ends_at: datetime
    leader: Employee
    place: str = ""
    letter_number: str = ""
    is_inspection: bool = False


@transaction.atomic
def call_assembly(*, draft: CallIn, units: Sequence[Unit], people: Sequence[Employee], actor: User) -> Assembly:
    """People must come. Raises CallRefused."""
    if draft.starts_at <= clock.now():
        raise CallRefused("past")
    if not timedelta() < draft.ends_at - draft.starts_at <= LONGEST:
        raise CallRefused("too_long")
    if draft.code not in ceremonies_on(draft.date):
        raise CallRefused("ceremony")
    if not units and not people:
        raise CallRefused("nobody")
    assembly = Assembly.objects.create(
        code=draft.code,
        title=draft.title,
        place=draft.place,
        letter_number=draft.letter_number,
        date=draft.date,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        is_inspection=draft.is_inspection,
        leader=draft.leader,
        called_by=actor,
    )
    CalledUnit.objects.bulk_create([CalledUnit(assembly=assembly, unit=unit) for unit in units])
    CalledPerson.objects.bulk_create([CalledPerson(assembly=assembly, employee=person) for person in people])
    record(
        CALLED,
        actor=actor,
        subject=assembly,
        after={
            "code": draft.code,
            "title": draft.title,
            "starts_at": draft.starts_at,
            "units": [unit.code for unit in units],
            "nips": [person.nip for person in people],
            "leader": draft.leader.nip,
        },
    )
    return assembly


@transaction.atomic
def cancel_assembly(*, assembly: Assembly, reason: str, actor: User) -> Assembly:
    """Nobody has to come, and whoever did not is missed nowhere. Raises AlreadyOver when it was called off already.

    Also after it was held: what was called by mistake. In a closed month it comes out as a difference.
    """
    row = Assembly.objects.select_for_update(of=("self",)).get(pk=assembly.pk)
    if row.cancelled_at is not None:
        raise AlreadyOver
    people = called_to([row])[row.pk]
    row.cancelled_at, row.cancelled_by, row.cancel_reason = clock.now(), actor, reason
    row.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    record(CANCELLED, actor=actor, subject=row, note=reason)
    if row.starts_at <= clock.now():
        _changed(people, row.date)
    return row


@transaction.atomic
def mark_people(*, assembly: Assembly, people: Sequence[Employee], state: str, reason: str, actor: User) -> list[Mark]:
    """An official says who came, was excused or did not come; the newest word counts.

    In a closed month it comes out as a plus or minus of a difference run. Raises NotBegun, AlreadyOver (called off),
    NotCalled.
    """
    row = Assembly.objects.select_for_update(of=("self",)).get(pk=assembly.pk)
    if row.cancelled_at is not None:
        raise AlreadyOver
    if row.starts_at > clock.now():
        raise NotBegun
    called = called_to([row])[row.pk]
    if any(person.pk not in called for person in people):
        raise NotCalled
    made = Mark.objects.bulk_create(
        [Mark(assembly=row, employee=person, state=state, reason=reason, marked_by=actor) for person in people]
    )
    record(
        MARKED, actor=actor, subject=row, after={"state": state, "nips": [person.nip for person in people]}, note=reason
    )
    _changed([person.pk for person in people], row.date)
    return made


@transaction.atomic
def take_secret(*, assembly: Assembly, actor: User) -> bytes:
    """What makes the changing code, for the leader's phone; the trail says when it was handed over."""
    record(SECRET_TAKEN, actor=actor, subject=assembly)
    return code_secrets(KIND, assembly.uid, assembly.turn)[0]


def _changed(employee_ids: Collection[int], day: date) -> None:
    """The day of these people is judged again; where the month is closed, the difference run is told."""
    if not employee_ids:
        return
    closing.late_fact(employee_ids=employee_ids, months={Month.of(day)}, what=LATE)
    outbox.send(COMPUTE_DAYS_TASK, employee_ids=sorted(employee_ids), first=str(day), last=str(day))
