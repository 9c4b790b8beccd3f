"""Day results for many people at once: facts read in bulk, judged purely, written in one statement for each batch.

Nothing here grows with the number of people except the rows themselves: per batch one statement each for placements,
punches, documents and known results, one to write and one to remove. A day whose inputs have the digest that is stored
is not written again. Days of a closed month are left as they are. `stale_people` finds whose days need judging at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import reduce
from itertools import groupby
from operator import xor
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, FilteredRelation, Q

from kernel import clock
from kernel.among import among_keys
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.attendance.day import DayFacts, DocumentFact, JudgedDay, PunchFact, Schedule, by_day, judge
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.attendance.prints import PUNCH_PRINT, days_between, differences, document_print, frame_print
from tenants.calendars import closing
from tenants.calendars.querysets import calendar_between
from tenants.calendars.work_date import DAY_BEGINS, work_date
from tenants.calendars.working_days import RegionCalendar
from tenants.employees.models import Placement
from tenants.employees.stops import without_stops
from tenants.punches.models import Punch
from tenants.rules.engine import RuleSet
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet

BATCH: Final = 500
# Names the advisory lock: two computations of one region follow each other, or the older facts could win.
_LOCK: Final = 0x4B44

_WRITE: Final = """
    INSERT INTO attendance_dayresult (region_id, employee_id, date, presence, is_working_day, scheduled_in,
        scheduled_out, first_in, last_out, events, document, is_provisional, note, inputs_digest, inputs_print,
        computed_at)
    SELECT %s, row.*, %s FROM unnest(
        %s::bigint[], %s::date[], %s::text[], %s::boolean[], %s::timestamptz[], %s::timestamptz[],
        %s::timestamptz[], %s::timestamptz[], %s::jsonb[], %s::text[], %s::boolean[], %s::text[], %s::text[],
        %s::bigint[]
    ) AS row
    ON CONFLICT (employee_id, date) DO UPDATE SET
        presence = EXCLUDED.presence, is_working_day = EXCLUDED.is_working_day,
        scheduled_in = EXCLUDED.scheduled_in, scheduled_out = EXCLUDED.scheduled_out,
        first_in = EXCLUDED.first_in, last_out = EXCLUDED.last_out, events = EXCLUDED.events,
        document = EXCLUDED.document, is_provisional = EXCLUDED.is_provisional, note = EXCLUDED.note,
        inputs_digest = EXCLUDED.inputs_digest, inputs_print = EXCLUDED.inputs_print,
        computed_at = EXCLUDED.computed_at
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

    def within(self, first: date, end: date) -> PlacedUnit:
        """The same, as far as it lies in the half-open period: equal for all who hold a post there all the time."""
        until = end if self.end is None else min(self.end, end)
        return PlacedUnit(max(self.first, first), until, self.unit_id, self.category, self.name)


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
    _prints: dict[tuple[Schedule, str, date], int] = field(default_factory=dict)

    def schedule(self, unit_id: int, day: date) -> Schedule:
        key = (unit_id, day)
        if key not in self._schedules:
            hours = self.calendar.hours(unit_id, day)
            note = self.calendar.holiday(day) or ""
            self._schedules[key] = Schedule(None, None, note) if hours is None else Schedule(hours[0], hours[1], note)
        return self._schedules[key]

    def days(self) -> list[date]:
        return days_between(self.first, self.end)

    @property
    def judged_end(self) -> date:
        """Up to which day anything is judged: the running one is the last."""
        return max(self.first, min(self.end, self.running_day + timedelta(days=1)))

    def print_of(self, day: date, schedule: Schedule, unit_category: str) -> int:
        """The part of the day's print that is not the person's own."""
        key = (schedule, unit_category, day)
        if key not in self._prints:
            self._prints[key] = frame_print(
                day,
                schedule,
                unit_category,
                is_finished=day < self.running_day,
                rules_digest=self.rules.on(day)[1],
            )
        return self._prints[key]


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
    """The units of each person's definitive posts in the half-open period, without days out of service. One statement.

    A day on which somebody is out of paid service (`employees.ServiceStop`) is no day of duty: nothing is judged on it.
    """
    rows = (
        Placement.objects.filter(
            among_keys("employee_id", employee_ids),
            kind=Placement.Kind.DEFINITIF,
            period__overlap=DateRange(first, end),
        )
        .annotate(
            stop=FilteredRelation(
                "employee__service_stops",
                condition=Q(employee__service_stops__period__overlap=DateRange(first, end)),
            )
        )
        .order_by("employee_id", "period", "pk", F("stop__period"))
        .values_list(
            "employee_id",
            "period",
            "position__unit_id",
            "position__unit__category",
            "position__unit__name",
            F("stop__period"),
        )
    )
    found: dict[int, list[PlacedUnit]] = {}
    # One row for each stop of the placement, or one without.
    for (employee, period, unit, category, name), stops in groupby(rows, key=lambda row: row[:5]):
        out = [stop for *_placement, stop in stops if stop is not None]
        own = found.setdefault(employee, [])
        for begin, until in without_stops(period.lower, period.upper, out):
            own.append(PlacedUnit(begin, until, unit, category, name))
    return found


def punches_between(employee_ids: Collection[int], first: date, end: date, zone: str) -> dict[int, list[PunchFact]]:
    """The punches that may belong to a day of the half-open period, by person, in one statement."""
    rows = Punch.objects.filter(
        among_keys("employee_id", employee_ids),
        captured_at__gte=clock.at_local(first, time(), zone),
        captured_at__lt=clock.at_local(end, DAY_BEGINS, zone),
    ).values_list("employee_id", "id", "kind", "captured_at", "state", PUNCH_PRINT)
    found: dict[int, list[PunchFact]] = {}
    for employee, uid, kind, captured_at, state, printed in rows:
        found.setdefault(employee, []).append(PunchFact(uid, kind, captured_at, state == Punch.State.REVIEW, printed))
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
    days = days_between(frame.first, frame.judged_end)
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
        schedule = frame.schedule(placed.unit_id, day)
        own_punches = tuple(punches.get(day, ()))
        own_documents = tuple(fact for first, end, fact in documents if first <= day < end)
        yield DayFacts(
            date=day,
            schedule=schedule,
            punches=own_punches,
            documents=own_documents,
            unit_category=placed.category,
            is_finished=day < frame.running_day,
            print=reduce(
                xor,
                (*(punch.print for punch in own_punches), *(document_print(fact, day) for fact in own_documents)),
                frame.print_of(day, schedule, placed.category),
            ),
        )


def stale_people(frame: Frame, employee_ids: Collection[int], units: Mapping[int, Sequence[PlacedUnit]]) -> list[int]:
    """Whose stored days of the period are not what judging them now would give, in the order asked. Two statements.

    Nobody is left out whose inputs changed since (`tenants.attendance.prints`). Somebody with a punch on a day without
    a post is always found; judging their days again changes nothing.
    """
    found = differences(employee_ids, frame.first, frame.judged_end, frame.end, frame.zone)
    documents = documents_between(employee_ids, frame.first, frame.end)
    expected: dict[tuple[PlacedUnit, ...], int] = {}
    stale = []
    for employee in employee_ids:
        own = tuple(unit.within(frame.first, frame.end) for unit in units.get(employee, ()))
        if own not in expected:
            expected[own] = reduce(xor, _frame_prints(frame, own), 0)
        papers = (
            document_print(fact, day)
            for first, end, fact in documents.get(employee, ())
            for day in days_between(max(first, frame.first), min(end, frame.judged_end))
        )
        if found.get(employee, 0) != reduce(xor, papers, expected[own]):
            stale.append(employee)
    return stale


def _frame_prints(frame: Frame, units: Sequence[PlacedUnit]) -> Iterator[int]:
    for day in days_between(frame.first, frame.judged_end):
        placed = next((unit for unit in units if unit.covers(day)), None)
        if placed is not None:
            yield frame.print_of(day, frame.schedule(placed.unit_id, day), placed.category)


def recompute_days(
    *,
    first: date,
    end: date,
    employee_ids: Collection[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Recomputed:
    """Judge the days of the half-open period again for these people (everybody with a post when None).

    Days of months that are closed for the person are left alone. `progress` is called with (people done, people in
    all) after each batch. Each batch is one transaction; running it twice changes nothing the second time.
    """
    people = sorted(_with_post(first, end) if employee_ids is None else set(employee_ids))
    frame = frame_of(first, end)
    judged = written = 0
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        with transaction.atomic():
            days, rows = _recompute_batch(frame, batch)
        judged += days
        written += rows
        if progress is not None:
            progress(start + len(batch), len(people))
    return Recomputed(len(people), judged, written)


def judge_stale(frame: Frame, employee_ids: Collection[int], units: Mapping[int, Sequence[PlacedUnit]]) -> int:
    """Judge the days of the `stale_people` again and store what changed; gives how many people those were.

    People whose month is closed are left alone. Call it for a period of one month.
    """
    closed = closing.closed_people(employee_ids, Month.of(frame.first))
    stale = stale_people(frame, [employee for employee in employee_ids if employee not in closed], units)
    for start in range(0, len(stale), BATCH):
        with transaction.atomic():
            _recompute_batch(frame, sorted(stale)[start : start + BATCH])
    return len(stale)


def _with_post(first: date, end: date) -> set[int]:
    return set(
        Placement.objects.filter(
            kind=Placement.Kind.DEFINITIF, period__overlap=DateRange(first, end), employee__is_active=True
        ).values_list("employee_id", flat=True)
    )


def _recompute_batch(frame: Frame, batch: Sequence[int]) -> tuple[int, int]:
    begin = Month.of(frame.first).first_day
    closing.hold(begin, frame.end)
    closed = closing.closed_person_months(batch, begin, frame.end)
    if closed:
        months = {Month.of(day) for day in frame.days()}
        batch = [employee for employee in batch if any((employee, month) not in closed for month in months)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK, current_region().number))
    known: dict[tuple[int, date], tuple[str, int]] = {
        (employee, day): (digest, printed)
        for employee, day, digest, printed in DayResult.objects.filter(
            among_keys("employee_id", batch), date__gte=frame.first, date__lt=frame.end
        ).values_list("employee_id", "date", "inputs_digest", "inputs_print")
    }
    changed: list[tuple[int, JudgedDay]] = []
    judged = 0
    for employee, days in judged_days(frame, batch):
        for day in days:
            stored = known.pop((employee, day.date), None)
            if closed and (employee, Month.of(day.date)) in closed:
                continue
            judged += 1
            if stored != (day.inputs_digest, day.inputs_print):
                changed.append((employee, day))
    if changed:
        _write(changed, clock.now())
    # What is left has lost its ground: the post ended before the day, or the day has not come yet.
    gone = [key for key in known if (key[0], Month.of(key[1])) not in closed]
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
        [day.inputs_print for _, day in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, (current_region().number, moment, *columns))
