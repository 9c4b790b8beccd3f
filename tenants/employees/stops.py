"""When a person is out of paid service: recording it by its letter, correcting it, taking it back, reading it for many.

A letter that arrives after a month was locked is recorded all the same: the difference run of that month then adds or
takes what it changes, and the record says so (`is_late`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from kernel import closing
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.among import among_keys
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.date_words import short_day_words
from kernel.errors import NotFound
from kernel.periods import Month
from tenants.employees import access
from tenants.employees.errors import OwnRecord, StopRefused
from tenants.employees.models import ONE_DAY, Employee, ServiceStop
from tenants.employees.permissions import RECORD_STOPS
from tenants.employees.posts import Period
from tenants.employees.signals import service_changed

RECORDED = declare_action("employees.stop_recorded", "Penghentian tugas dicatat")
CORRECTED = declare_action("employees.stop_corrected", "Penghentian tugas dibetulkan")
WITHDRAWN = declare_action("employees.stop_withdrawn", "Penghentian tugas dibatalkan")

# How late facts call it.
LATE: Final = "Penghentian tugas"
KINDS: Final[Mapping[str, Any]] = dict(ServiceStop.Kind.choices)


@dataclass(frozen=True, slots=True)
class StopPeriod:
    """A stop as a run reads it: `first` to `last` (both included; None: for good or until further notice)."""

    kind: str
    first: date
    last: date | None
    letter: str

    @property
    def is_ending(self) -> bool:
        return self.kind in ServiceStop.ENDINGS

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def words(self) -> str:
        """`Meninggal dunia 10 Okt 2026, SK 474.3/12/2026`, in the active language."""
        days = {"kind": KINDS[self.kind], "first": short_day_words(self.first), "letter": self.letter}
        if self.is_ending:
            return _("%(kind)s %(first)s, SK %(letter)s") % days
        if self.last is None:
            return _("%(kind)s sejak %(first)s, SK %(letter)s") % days
        return _("%(kind)s %(first)s sampai %(last)s, SK %(letter)s") % {**days, "last": short_day_words(self.last)}


@dataclass(frozen=True, slots=True)
class StopInput:
    """What a letter says: the kind, the days (both included), its number and date."""

    kind: str
    first: date
    last: date | None
    letter_number: str
    letter_date: date
    note: str = ""

    @property
    def end(self) -> date | None:
        return None if self.last is None else self.last + ONE_DAY


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A stop with how it stands today."""

    stop: ServiceStop
    is_current: bool
    is_future: bool


def stops_between(
    employee_ids: Collection[int] | None, first: date, end: date | None
) -> dict[int, tuple[StopPeriod, ...]]:
    """The stops with a day in the half-open period, by person, in order of their first day. One statement.

    Everybody's when `employee_ids` is None. Who has none has no entry.
    """
    rows = ServiceStop.objects.filter(period__overlap=DateRange(first, end))
    if employee_ids is not None:
        rows = rows.filter(among_keys("employee_id", employee_ids))
    found: dict[int, list[StopPeriod]] = {}
    for stop in rows.order_by("employee_id", "period", "kind"):
        found.setdefault(stop.employee_id, []).append(period_of(stop))
    return {employee: tuple(stops) for employee, stops in found.items()}


def without_stops(first: date, end: date | None, stops: Iterable[Period]) -> Iterator[tuple[date, date | None]]:
    """What is left of a half-open period of service without the half-open periods of stops, which come in order."""
    for stop in stops:
        if end is not None and stop.lower >= end:
            break
        if stop.lower > first:
            yield first, stop.lower
        if stop.upper is None:
            return
        first = max(first, stop.upper)
    if end is None or first < end:
        yield first, end


def period_of(stop: ServiceStop) -> StopPeriod:
    """The record as a plain value."""
    return StopPeriod(stop.kind, stop.first, stop.last, stop.letter_number)


def shown_stops(rows: Sequence[ServiceStop], today: date) -> list[ShownStop]:
    """The stops as a page shows them."""
    return [
        ShownStop(
            row,
            is_current=row.first <= today and (row.last is None or today <= row.last),
            is_future=row.first > today,
        )
        for row in rows
    ]


@transaction.atomic
def record_stop(*, uid: UUID, stop: StopInput, actor: User) -> ServiceStop:
    """Record that the person is out of paid service. The same letter said twice stays one record.

    Raises NotAllowed, NotFound, OwnRecord, StopRefused.
    """
    employee = _locked(actor, uid)
    return write_stop(employee, stop, actor)


def write_stop(employee: Employee, stop: StopInput, actor: User) -> ServiceStop:
    """As `record_stop`, for a person whose row the caller has locked and may change."""
    known = list(employee.service_stops.order_by("period"))
    same = next((row for row in known if says(row) == stop), None)
    if same is not None:
        return same
    refuse_contradiction(stop, known)
    row = unstored(employee, stop)
    row.is_late = bool(closing.late_period(employee.pk, stop.first, stop.end, LATE))
    row.recorded_by = actor
    row.save()
    record(RECORDED, actor=actor, subject=employee, after=_told(row))
    service_changed.send(sender=ServiceStop, employee=employee, first=stop.first)
    return row


def stop_by_leave(entries: Sequence[tuple[Employee, StopInput]], *, actor: Actor) -> list[ServiceStop | None]:
    """The stops that follow from leave of these people, in the order given; a fixed number of statements.

    None where the person is out of service already in a way that the stop would contradict: that record stands. The
    caller has told what is late of the leave itself, and asks for its days to be computed.
    """
    if not entries:
        return []
    ids = {employee.pk for employee, _stop in entries}
    known: dict[int, list[ServiceStop]] = {}
    for row in ServiceStop.objects.filter(among_keys("employee_id", ids)).order_by("period"):
        known.setdefault(row.employee_id, []).append(row)
    begin = Month.of(min(stop.first for _employee, stop in entries)).first_day
    closed = closing.closed_person_months(ids, begin, None)
    found: list[ServiceStop | None] = []
    for employee, stop in entries:
        own = known.setdefault(employee.pk, [])
        try:
            refuse_contradiction(stop, own)
        except StopRefused:
            found.append(None)
            continue
        row = unstored(employee, stop)
        row.is_late = any(
            person == employee.pk and stop.first < month.end and (stop.end is None or month.first_day < stop.end)
            for person, month in closed
        )
        row.recorded_by = actor if isinstance(actor, User) else None
        own.append(row)
        found.append(row)
    made = ServiceStop.objects.bulk_create([row for row in found if row is not None])
    record_many(RECORDED, actor=actor, deeds=[Deed(row.employee, after=_told(row)) for row in made])
    return found


def take_back(rows: Sequence[ServiceStop], *, reason: str, actor: Actor) -> None:
    """Take records back that followed from leave which does not count any more; a fixed number of statements."""
    if rows:
        record_many(WITHDRAWN, actor=actor, deeds=[Deed(row.employee, before=_told(row), note=reason) for row in rows])
        ServiceStop.objects.filter(pk__in=[row.pk for row in rows]).delete()


def unstored(employee: Employee, stop: StopInput) -> ServiceStop:
    """The record of what a letter says, not written."""
    return ServiceStop(
        employee=employee,
        kind=stop.kind,
        period=DateRange(stop.first, stop.end),
        letter_number=stop.letter_number,
        letter_date=stop.letter_date,
        note=stop.note,
    )


@transaction.atomic
def correct_stop(*, uid: UUID, stop_uid: UUID, stop: StopInput, reason: str, actor: User) -> ServiceStop:
    """Put a wrong record right: kind, days, letter. Raises NotAllowed, NotFound, OwnRecord, StopRefused."""
    employee = _locked(actor, uid)
    known = list(employee.service_stops.order_by("period"))
    row = _found(known, stop_uid)
    if says(row) == stop:
        return row
    refuse_contradiction(stop, [other for other in known if other.pk != row.pk])
    before, first = _told(row), min(row.first, stop.first)
    late = closing.late_period(employee.pk, first, _later(row.period.upper, stop.end), LATE)
    row.is_late = bool(late) or row.is_late
    row.kind, row.period = stop.kind, DateRange(stop.first, stop.end)
    row.letter_number, row.letter_date, row.note = stop.letter_number, stop.letter_date, stop.note
    row.save()
    record(CORRECTED, actor=actor, subject=employee, before=before, after=_told(row), note=reason)
    service_changed.send(sender=ServiceStop, employee=employee, first=first)
    return row


@transaction.atomic
def withdraw_stop(*, uid: UUID, stop_uid: UUID, reason: str, actor: User) -> None:
    """Take a record back that should not be there; the audit log keeps it. Raises NotAllowed, NotFound, OwnRecord."""
    employee = _locked(actor, uid)
    row = _found(list(employee.service_stops.all()), stop_uid)
    closing.late_period(employee.pk, row.first, row.period.upper, LATE)
    record(WITHDRAWN, actor=actor, subject=employee, before=_told(row), note=reason)
    row.delete()
    service_changed.send(sender=ServiceStop, employee=employee, first=row.first)


def refuse_contradiction(stop: StopInput, others: Sequence[ServiceStop]) -> None:
    """Raise StopRefused where the stop cannot stand beside these of the same person."""
    if stop.last is not None and stop.kind in ServiceStop.ENDINGS:
        raise StopRefused("ending_is_final")
    if stop.last is not None and stop.last < stop.first:
        raise StopRefused("reversed")
    for other in others:
        if other.is_ending and stop.kind in ServiceStop.ENDINGS:
            raise StopRefused("ended", KINDS[other.kind], other.first)
        if other.is_ending and stop.first >= other.first:
            raise StopRefused("after_ending", KINDS[other.kind], other.first)
        if other.kind == stop.kind and _overlap(stop, other):
            raise StopRefused("overlaps", KINDS[other.kind], other.first)


def _overlap(stop: StopInput, other: ServiceStop) -> bool:
    begins_in_time = other.period.upper is None or stop.first < other.period.upper
    return begins_in_time and (stop.end is None or other.first < stop.end)


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def says(row: ServiceStop) -> StopInput:
    """What a record's letter says."""
    return StopInput(row.kind, row.first, row.last, row.letter_number, row.letter_date, row.note)


def _told(row: ServiceStop) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "first": row.first,
        "last": row.last,
        "letter": row.letter_number,
        "letter_date": row.letter_date,
    }


def _found(rows: Sequence[ServiceStop], uid: UUID) -> ServiceStop:
    row = next((row for row in rows if row.uid == uid), None)
    if row is None:
        raise NotFound("service_stop")
    return row


def _locked(actor: User, uid: UUID) -> Employee:
    reached = access.employee_to_manage(actor, uid, RECORD_STOPS)
    if reached.user_id == actor.pk:
        raise OwnRecord
    return Employee.objects.select_for_update(of=("self",)).get(pk=reached.pk)
