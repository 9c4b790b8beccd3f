"""Day results for many people at once: facts read in bulk, judged purely, written in one statement for each batch.

Nothing here grows with the number of people except the rows themselves: per batch one statement each for placements,
punches, documents and known results, one to write and one to remove. A day whose inputs have the digest that is stored
is not written again. Days of a closed month are left as they are. `stale_people` finds whose days need judging at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import xor
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F

from kernel import clock
from kernel.among import among_keys
from kernel.periods import Month
from kernel.tenancy.context import current_region
from kernel.turns import take_turns
from tenants.attendance.belonging import date_of, ordinary_cut
from tenants.attendance.day import DayFacts, DocumentFact, JudgedDay, by_day, judge
from tenants.attendance.facts import GRACE, Heard, OwnPunches, called_between, documents_between, heard, punches_between
from tenants.attendance.frames import Course, Frame, PlacedUnit, PlannedDay, frame_of, placed_units
from tenants.attendance.models import DayResult, PunchFollowing
from tenants.attendance.prints import (
    called_print,
    days_between,
    differences,
    differences_by_cut,
    document_print,
    unsettled_print,
)
from tenants.attendance.stored import details_of
from tenants.calendars import closing
from tenants.employees.models import Placement

BATCH: Final = 500
# A board shows the running day, and of the one before the shifts that still go on.
_YESTERDAY: Final = timedelta(days=1)

_WRITE: Final = """
    INSERT INTO attendance_dayresult (region_id, employee_id, date, presence, is_working_day, scheduled_in,
        scheduled_out, first_in, last_out, events, document, is_provisional, note, live, details, inputs_digest,
        inputs_print, computed_at)
    SELECT %s, row.*, %s FROM unnest(
        %s::bigint[], %s::date[], %s::text[], %s::boolean[], %s::timestamptz[], %s::timestamptz[],
        %s::timestamptz[], %s::timestamptz[], %s::jsonb[], %s::text[], %s::boolean[], %s::text[], %s::text[],
        %s::jsonb[], %s::text[], %s::bigint[]
    ) AS row
    ON CONFLICT (employee_id, date) DO UPDATE SET
        presence = EXCLUDED.presence, is_working_day = EXCLUDED.is_working_day,
        scheduled_in = EXCLUDED.scheduled_in, scheduled_out = EXCLUDED.scheduled_out,
        first_in = EXCLUDED.first_in, last_out = EXCLUDED.last_out, events = EXCLUDED.events,
        document = EXCLUDED.document, is_provisional = EXCLUDED.is_provisional, note = EXCLUDED.note,
        live = EXCLUDED.live, details = EXCLUDED.details,
        inputs_digest = EXCLUDED.inputs_digest, inputs_print = EXCLUDED.inputs_print,
        computed_at = EXCLUDED.computed_at
"""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a computation did: people looked at, days judged, rows written because their inputs had changed."""

    people: int
    days: int
    written: int


def judged_days(
    frame: Frame,
    employee_ids: Collection[int],
    units: Mapping[int, Sequence[PlacedUnit]] | None = None,
    courses: Mapping[int, Course] | None = None,
    *,
    is_stored: bool = False,
) -> Iterator[tuple[int, list[JudgedDay]]]:
    """Each person with the days up to the running one on which they hold a post, judged, in any order. No write.

    One statement each for posts, punches and documents; for verdicts and assemblies where there are any in the period,
    and for the last contacts where a day of the last three misses a punch (`is_stored`: whatever it misses, as the
    prints of stored days hold them). `units` are the posts where the caller has read them, `courses` the ways through
    the period where they are not those of today.
    """
    if units is None:
        units = placed_units(employee_ids, frame.first, frame.end)
    if courses is None:
        courses = {employee: frame.course(employee, units.get(employee, ())) for employee in employee_ids}
    if not courses:
        return
    punches = punches_between(
        employee_ids,
        min(course.begin.earliest for course in courses.values()),
        max(course.end.latest for course in courses.values()),
        has_verdicts=frame.rare.verdicts,
    )
    documents = documents_between(employee_ids, frame.first, frame.end)
    called = called_between(employee_ids, frame.first, frame.end) if frame.rare.assemblies else {}
    contacts = _contacts(frame, courses) if is_stored else None
    waiting: list[tuple[int, list[JudgedDay], dict[int, tuple[PlannedDay, DayFacts]]]] = []
    for employee in employee_ids:
        judged: list[JudgedDay] = []
        open_ends: dict[int, tuple[PlannedDay, DayFacts]] = {}
        course = courses[employee]
        for planned, facts in _facts(frame, course, punches.get(employee, _NO_PUNCHES), documents.get(employee, ())):
            assemblies = called.get((employee, planned.date), ())
            is_settled = _is_settled(planned, employee, contacts, frame)
            facts = replace(
                facts,
                called=assemblies,
                is_settled=is_settled,
                print=reduce(
                    xor,
                    (
                        *(called_print(one, planned.date) for one in assemblies),
                        *(() if is_settled else (unsettled_print(planned.date),)),
                    ),
                    facts.print,
                ),
            )
            day = judge(facts, *frame.rules.on(planned.date))
            if not is_stored and day.misses_punch and _may_wait(planned, frame):
                open_ends[len(judged)] = planned, facts
            judged.append(day)
        if open_ends:
            waiting.append((employee, judged, open_ends))
        else:
            yield employee, judged
    if not waiting:
        return
    contacts = heard(
        [employee for employee, _, _ in waiting],
        {planned.unit_id for _, _, open_ends in waiting for planned, _ in open_ends.values()},
    )
    for employee, judged, open_ends in waiting:
        for place, (planned, facts) in open_ends.items():
            if not _is_settled(planned, employee, contacts, frame):
                judged[place] = judge(replace(facts, is_settled=False), *frame.rules.on(planned.date))
        yield employee, judged


def _facts(
    frame: Frame, course: Course, own: OwnPunches, documents: Sequence[tuple[date, date, DocumentFact]]
) -> Iterator[tuple[PlannedDay, DayFacts]]:
    """The days of the course with punches and documents."""
    by_date = by_day(own.facts, frame.zone, course.cuts)
    prints: dict[date, int] = {}
    for stored in own.prints:
        day = date_of(stored.kind, stored.moment, frame.zone, course.cuts)
        prints[day] = prints.get(day, 0) ^ stored.print
    for planned in course.days:
        papers = tuple(fact for first, end, fact in documents if first <= planned.date < end)
        yield (
            planned,
            DayFacts(
                date=planned.date,
                schedule=planned.schedule,
                punches=tuple(by_date.get(planned.date, ())),
                documents=papers,
                unit_category=planned.category,
                is_finished=planned.is_finished,
                windows=planned.windows,
                print=reduce(
                    xor,
                    (document_print(fact, planned.date) for fact in papers),
                    planned.print ^ prints.get(planned.date, 0),
                ),
            ),
        )


_NO_PUNCHES: Final = OwnPunches()


def _contacts(frame: Frame, courses: Mapping[int, Course]) -> Heard | None:
    """The last contacts of those people who have a day that they could settle; None where nobody has one."""
    waiting = {
        employee: {planned.unit_id for planned in course.days if _may_wait(planned, frame)}
        for employee, course in courses.items()
    }
    people = [employee for employee, units in waiting.items() if units]
    return heard(people, set().union(*waiting.values())) if people else None


def _may_wait(planned: PlannedDay, frame: Frame) -> bool:
    return planned.is_finished and frame.now < planned.over_at + GRACE and planned.schedule.is_working_day


def _is_settled(planned: PlannedDay, employee: int, contacts: Heard | None, frame: Frame) -> bool:
    if contacts is None or not _may_wait(planned, frame):
        return True
    return contacts.settles(employee, planned.unit_id, planned.over_at, frame.now)


def stale_people(frame: Frame, employee_ids: Collection[int], units: Mapping[int, Sequence[PlacedUnit]]) -> list[int]:
    """Whose stored days of the period are not what judging them now would give, in the order asked.

    Nobody is left out whose inputs changed since (`tenants.attendance.prints`). Somebody with a punch on a day without
    a post is always found; judging their days again changes nothing. Three statements, one more when somebody's period
    begins or ends within a shift, and those of the last contacts when a day of the last three is among them.
    """
    courses = {employee: frame.course(employee, units.get(employee, ())) for employee in employee_ids}
    ordinary = [employee for employee in employee_ids if courses[employee].is_ordinary]
    begin, until = ordinary_cut(frame.first, frame.zone), ordinary_cut(frame.judged_end, frame.zone)
    found = differences(ordinary, frame.first, frame.end, begin, until)
    own = {employee: course for employee, course in courses.items() if not course.is_ordinary}
    found |= differences_by_cut(
        {employee: (course.begin, course.end) for employee, course in own.items()}, frame.first, frame.end
    )
    documents = documents_between(employee_ids, frame.first, frame.end)
    called: dict[int, int] = {}
    rare = called_between(employee_ids, frame.first, frame.end) if frame.rare.assemblies else {}
    for (employee, day), assemblies in rare.items():
        if any(planned.date == day for planned in courses[employee].days):
            called[employee] = reduce(xor, (called_print(one, day) for one in assemblies), called.get(employee, 0))
    contacts = _contacts(frame, courses)
    stale = []
    for employee in employee_ids:
        course = courses[employee]
        expected = course.print ^ called.get(employee, 0)
        if employee in documents:
            judged = {planned.date for planned in course.days}
            for first, end, fact in documents[employee]:
                for day in days_between(max(first, frame.first), min(end, frame.judged_end)):
                    if day in judged:
                        expected ^= document_print(fact, day)
        if contacts is not None:
            for planned in course.days:
                if not _is_settled(planned, employee, contacts, frame):
                    expected ^= unsettled_print(planned.date)
        if found.get(employee, 0) != expected:
            stale.append(employee)
    return stale


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
    frame = frame_of(first, end, people)
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
    # Two computations of one region follow each other, or the older facts could win.
    take_turns("attendance.results")
    known: dict[tuple[int, date], tuple[str, int]] = {
        (employee, day): (digest, printed)
        for employee, day, digest, printed in DayResult.objects.filter(
            among_keys("employee_id", batch), date__gte=frame.first, date__lt=frame.end
        ).values_list("employee_id", "date", "inputs_digest", "inputs_print")
    }
    changed: list[tuple[int, JudgedDay]] = []
    judged = 0
    for employee, days in judged_days(frame, batch, is_stored=True):
        for day in days:
            stored = known.pop((employee, day.date), None)
            if closed and (employee, Month.of(day.date)) in closed:
                continue
            judged += 1
            if stored != (day.inputs_digest, day.inputs_print):
                changed.append((employee, day))
    if changed:
        _write(changed, clock.now())
        if any(day.date >= frame.running_day - _YESTERDAY for _, day in changed):
            PunchFollowing.objects.filter(pk=1).update(version=F("version") + 1)
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
        [day.live for _, day in rows],
        [json.dumps(details_of(day)) for _, day in rows],
        [day.inputs_digest for _, day in rows],
        [day.inputs_print for _, day in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, (current_region().number, moment, *columns))
