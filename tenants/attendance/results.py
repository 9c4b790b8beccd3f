"""Day results for many people at once: facts read in bulk, judged purely, written in one statement for each batch.

Nothing here grows with the number of people except the rows themselves: per batch one statement each for placements,
punches, documents and known results, one to write and one to remove. A day whose inputs have the digest that is stored
is not written again. Days of a closed month are left as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.attendance.day import (
    DAY_BEGINS,
    DayFacts,
    DocumentFact,
    JudgedDay,
    PunchFact,
    Schedule,
    by_day,
    judge,
    work_date,
)
from tenants.attendance.models import AttendanceDocument, DayResult, Punch
from tenants.calendars import closing
from tenants.calendars.querysets import calendar_between
from tenants.calendars.working_days import RegionCalendar
from tenants.employees.models import Placement
from tenants.rules.engine import RuleSet
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet

BATCH: Final = 500
# Names the advisory lock: two computations of one region follow each other, or the older facts could win.
_LOCK: Final = 0x4B44

_WRITE: Final = """
    INSERT INTO attendance_dayresult (region_id, employee_id, date, presence, is_working_day, scheduled_in,
        scheduled_out, first_in, last_out, events, document, is_provisional, note, inputs_digest, computed_at)
    SELECT %s, row.*, %s FROM unnest(
        %s::bigint[], %s::date[], %s::text[], %s::boolean[], %s::timestamptz[], %s::timestamptz[],
        %s::timestamptz[], %s::timestamptz[], %s::jsonb[], %s::text[], %s::boolean[], %s::text[], %s::text[]
    ) AS row
    ON CONFLICT (employee_id, date) DO UPDATE SET
        presence = EXCLUDED.presence, is_working_day = EXCLUDED.is_working_day,
        scheduled_in = EXCLUDED.scheduled_in, scheduled_out = EXCLUDED.scheduled_out,
        first_in = EXCLUDED.first_in, last_out = EXCLUDED.last_out, events = EXCLUDED.events,
        document = EXCLUDED.document, is_provisional = EXCLUDED.is_provisional, note = EXCLUDED.note,
        inputs_digest = EXCLUDED.inputs_digest, computed_at = EXCLUDED.computed_at
"""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a computation did: people looked at, days judged, rows written because their inputs had changed."""

    people: int
    days: int
    written: int


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """The unit of a definitive post for a half-open period."""

    first: date
    end: date | None
    unit_id: int
    category: str
    name: str

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rule sets of a period with their digests, by the dates on which they are in force."""

    versions: tuple[tuple[date, date | None, RuleSet, str], ...]

    def on(self, day: date) -> tuple[RuleSet | None, str]:
        for first, end, rules, digest in self.versions:
            if first <= day and (end is None or day < end):
                return rules, digest
        return None, ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the judgement of a period needs that does not depend on the person: read once, for everybody."""

    first: date
    end: date
    zone: str
    running_day: date
    calendar: RegionCalendar
    rules: RulesInForce
    _schedules: dict[tuple[int, date], Schedule] = field(default_factory=dict)

    def schedule(self, unit_id: int, day: date) -> Schedule:
        key = (unit_id, day)
        if key not in self._schedules:
            hours = self.calendar.hours(unit_id, day)
            note = self.calendar.holiday(day) or ""
            self._schedules[key] = Schedule(None, None, note) if hours is None else Schedule(hours[0], hours[1], note)
        return self._schedules[key]

    def days(self) -> list[date]:
        return [self.first + timedelta(days=offset) for offset in range((self.end - self.first).days)]


def rules_between(first: date, end: date) -> RulesInForce:
    """The published rule sets with a day in the half-open period, in one statement."""
    stored = StoredRuleSet.objects.published().filter(period__overlap=DateRange(first, end))
    return RulesInForce(tuple((row.period.lower, row.period.upper, loaded(row), row.digest) for row in stored))


def frame_of(first: date, end: date) -> Frame:
    """Calendar and rules of the open region for the half-open period."""
    zone = current_region().time_zone
    return Frame(
        first=first,
        end=end,
        zone=zone,
        running_day=work_date(clock.now(), zone),
        calendar=calendar_between(first, end),
        rules=rules_between(first, end),
    )


def placed_units(employee_ids: Collection[int], first: date, end: date) -> dict[int, list[PlacedUnit]]:
    """The units of each person's definitive posts in the half-open period, in one statement."""
    rows = (
        Placement.objects.filter(
            employee_id__in=employee_ids, kind=Placement.Kind.DEFINITIF, period__overlap=DateRange(first, end)
        )
        .order_by("employee_id", "period")
        .values_list("employee_id", "period", "position__unit_id", "position__unit__category", "position__unit__name")
    )
    found: dict[int, list[PlacedUnit]] = {}
    for employee, period, unit, category, name in rows:
        found.setdefault(employee, []).append(PlacedUnit(period.lower, period.upper, unit, category, name))
    return found


def punches_between(employee_ids: Collection[int], first: date, end: date, zone: str) -> dict[int, list[PunchFact]]:
    """The punches that may belong to a day of the half-open period, by person, in one statement."""
    rows = Punch.objects.filter(
        employee_id__in=employee_ids,
        captured_at__gte=clock.at_local(first, time(), zone),
        captured_at__lt=clock.at_local(end, DAY_BEGINS, zone),
    ).values_list("employee_id", "id", "kind", "captured_at", "state")
    found: dict[int, list[PunchFact]] = {}
    for employee, uid, kind, captured_at, state in rows:
        found.setdefault(employee, []).append(PunchFact(uid, kind, captured_at, state == Punch.State.REVIEW))
    return found


def documents_between(
    employee_ids: Collection[int], first: date, end: date
) -> dict[int, list[tuple[date, date, DocumentFact]]]:
    """Waiting and approved documents with their half-open days, by person, in one statement."""
    rows = (
        AttendanceDocument.objects.of_people(employee_ids)
        .standing()
        .touching(first, end)
        .values_list("employee_id", "period", "uid", "kind", "covers", "state")
    )
    found: dict[int, list[tuple[date, date, DocumentFact]]] = {}
    for employee, period, uid, kind, covers, state in rows:
        fact = DocumentFact(uid, kind, covers, state == AttendanceDocument.State.APPROVED)
        found.setdefault(employee, []).append((period.lower, period.upper, fact))
    return found


def judged_days(
    frame: Frame, employee_ids: Collection[int], units: Mapping[int, Sequence[PlacedUnit]] | None = None
) -> Iterator[tuple[int, list[JudgedDay]]]:
    """Each person with the days up to the running one on which they hold a post, judged. Three statements, no write.

    Two when the caller has read the `units` of the period.
    """
    if units is None:
        units = placed_units(employee_ids, frame.first, frame.end)
    punches = punches_between(employee_ids, frame.first, frame.end, frame.zone)
    documents = documents_between(employee_ids, frame.first, frame.end)
    days = [day for day in frame.days() if day <= frame.running_day]
    for employee in employee_ids:
        yield (
            employee,
            [
                judge(facts, *frame.rules.on(facts.date))
                for facts in _facts(
                    frame,
                    days,
                    units.get(employee, ()),
                    by_day(punches.get(employee, ()), frame.zone),
                    documents.get(employee, ()),
                )
            ],
        )


def _facts(
    frame: Frame,
    days: Sequence[date],
    units: Sequence[PlacedUnit],
    punches: Mapping[date, list[PunchFact]],
    documents: Sequence[tuple[date, date, DocumentFact]],
) -> Iterator[DayFacts]:
    for day in days:
        placed = next((unit for unit in units if unit.covers(day)), None)
        if placed is None:
            continue
        yield DayFacts(
            date=day,
            schedule=frame.schedule(placed.unit_id, day),
            punches=tuple(punches.get(day, ())),
            documents=tuple(fact for first, end, fact in documents if first <= day < end),
            unit_category=placed.category,
            is_finished=day < frame.running_day,
        )


def recompute_days(
    *,
    first: date,
    end: date,
    employee_ids: Collection[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Recomputed:
    """Judge the days of the half-open period again for these people (everybody with a post when None).

    Days of closed months are left alone. `progress` is called with (people done, people in all) after each batch.
    Each batch is one transaction; running it twice changes nothing the second time.
    """
    people = sorted(_with_post(first, end) if employee_ids is None else set(employee_ids))
    closed = closing.closed_months(Month.of(first).first_day, end)
    frame = frame_of(first, end)
    judged = written = 0
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        with transaction.atomic():
            days, rows = _recompute_batch(frame, batch, closed)
        judged += days
        written += rows
        if progress is not None:
            progress(start + len(batch), len(people))
    return Recomputed(len(people), judged, written)


def _with_post(first: date, end: date) -> set[int]:
    return set(
        Placement.objects.filter(
            kind=Placement.Kind.DEFINITIF, period__overlap=DateRange(first, end), employee__is_active=True
        ).values_list("employee_id", flat=True)
    )


def _recompute_batch(frame: Frame, batch: Sequence[int], closed: Collection[Month]) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK, current_region().number))
    known: dict[tuple[int, date], str] = {
        (employee, day): digest
        for employee, day, digest in DayResult.objects.filter(
            employee_id__in=batch, date__gte=frame.first, date__lt=frame.end
        ).values_list("employee_id", "date", "inputs_digest")
    }
    changed: list[tuple[int, JudgedDay]] = []
    judged = 0
    for employee, days in judged_days(frame, batch):
        for day in days:
            stored = known.pop((employee, day.date), None)
            if closed and Month.of(day.date) in closed:
                continue
            judged += 1
            if stored != day.inputs_digest:
                changed.append((employee, day))
    if changed:
        _write(changed, clock.now())
    # What is left has lost its ground: the post ended before the day, or the day has not come yet.
    gone = [key for key in known if Month.of(key[1]) not in closed]
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM attendance_dayresult r USING unnest(%s::bigint[], %s::date[]) AS gone(employee_id, date)"
                " WHERE r.employee_id = gone.employee_id AND r.date = gone.date",
                ([employee for employee, _ in gone], [day for _, day in gone]),
            )
    return judged, len(changed) + len(gone)


def _write(rows: Sequence[tuple[int, JudgedDay]], moment: datetime) -> None:
    columns: tuple[list[Any], ...] = (
        [employee for employee, _ in rows],
        [day.date for _, day in rows],
        [day.presence for _, day in rows],
        [day.is_working_day for _, day in rows],
        [day.schedule.starts_at for _, day in rows],
        [day.schedule.ends_at for _, day in rows],
        [day.first_in for _, day in rows],
        [day.last_out for _, day in rows],
        [json.dumps([event.to_json() for event in day.events]) for _, day in rows],
        [day.document for _, day in rows],
        [day.is_provisional for _, day in rows],
        [day.note[:200] for _, day in rows],
        [day.inputs_digest for _, day in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, (current_region().number, moment, *columns))
