"""The facts of many people in one month, collected with a fixed number of statements and frozen for the engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Q
from django.utils.translation import gettext as _

from kernel.among import among_keys
from kernel.date_words import day_words
from kernel.periods import Month
from tenants.activities.facts import WorkFacts, approved_between
from tenants.approvals.delays import late_decisions
from tenants.attendance.months import AttendanceFacts, absent_in_year, month_attendance
from tenants.attendance.so_far import attendance_between
from tenants.calendars.querysets import calendar_between
from tenants.deductions.reading import consents_of
from tenants.employees.models import Employee
from tenants.employees.posts import Post, Posts
from tenants.employees.querysets import posts_on
from tenants.employees.stops import StopPeriod, stops_between
from tenants.holds.reading import ordered_holds, released_holds
from tenants.measures.reading import measures_of
from tenants.rules.engine import (
    BudgetFactor,
    Consent,
    FactsError,
    FixedDeduction,
    MonthFacts,
    OrderedHold,
    PenaltyRecord,
    Predikat,
    ReleasedHold,
    RuleSet,
    ServiceStop,
    YearIncome,
    consent_codes,
    counted_period,
    event_codes,
    explain,
    facts_read,
)
from tenants.skp.models import MonthlyRating
from tenants.tpp.acting import Holding, acting_posts, held_by_letters
from tenants.tpp.budget_factors import factors_for
from tenants.tpp.listed_deductions import listed_for
from tenants.tpp.models import DisciplinePenalty, RunIssue, SalaryBase
from tenants.tpp.service import day_of_post, stopped_days
from tenants.tpp.sheet_facts import SheetFacts, sheet_facts_of
from tenants.tpp.year_income import leaving, year_incomes

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who is computed, with status and golongan of the reference date (status "": none recorded for it)."""

    pk: int
    nip: str
    name: str
    status: str
    golongan: str

    # As a tuple: two of them are annotations of `standing_on`, which the type checker does not know.
    COLUMNS: ClassVar[tuple[str, ...]] = ("pk", "nip", "name", "status", "golongan")


@dataclass(frozen=True, slots=True)
class Person:
    """What a slip says about the person and post, as they were on the reference date."""

    employee_id: int
    opd_id: int
    heading: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a person cannot be computed, in words, and where that is mended."""

    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class Collected:
    """A person with frozen facts, or with the trouble that kept them from being frozen."""

    person: Person
    facts: MonthFacts | None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class _Month:
    """What was read about a chunk, by employee."""

    month: Month
    on: date
    # The first and the last day that count: those of the month, but for a December whose budget year closes before.
    first: date
    last: date
    posts: Mapping[int, Posts]
    held_by_letters: frozenset[Holding]
    attendance: Mapping[int, AttendanceFacts]
    work: Mapping[int, WorkFacts]
    ratings: Mapping[int, MonthlyRating]
    salaries: Mapping[int, SalaryBase]
    penalties: Mapping[int, tuple[PenaltyRecord, ...]]
    measures: Mapping[int, Mapping[str, Decimal]]
    deductions: Mapping[int, tuple[FixedDeduction, ...]]
    consents: Mapping[int, tuple[Consent, ...]]
    budget: Mapping[int, BudgetFactor]
    incomes: Mapping[int, YearIncome]
    # None where no rule reads it.
    absent_in_year: Mapping[int, int] | None
    late_decisions: Mapping[int, int] | None
    # Codes of days on which nobody is expected to write a log; None where no rule asks for one.
    days_without_log: frozenset[str] | None
    ordered_holds: Mapping[int, tuple[OrderedHold, ...]]
    released_holds: Mapping[int, tuple[ReleasedHold, ...]]
    # Those whose month was written down by hand.
    sheets: Mapping[int, SheetFacts]
    stops: Mapping[int, tuple[StopPeriod, ...]]
    # Of those with a stop: the days on which they would have worked that lie within one.
    stopped_days: Mapping[int, tuple[date, ...]]


class Attendance:
    """Where people's attendance in a month comes from: the stored day results, judged first where they are open."""

    def of_month(self, employee_ids: Collection[int], month: Month) -> Mapping[int, AttendanceFacts]:
        """Every asked id has an entry."""
        return month_attendance(employee_ids, month)

    def absent_in_year(self, employee_ids: Collection[int], month: Month) -> Mapping[int, int]:
        """Working days without reason from January on; zero may be left out."""
        return absent_in_year(employee_ids, month)


STORED = Attendance()


def collect(
    employee_ids: Collection[int], *, month: Month, on: date, rule_set: RuleSet, attendance: Attendance = STORED
) -> list[Collected]:
    """The month's facts of these people, in the order of their keys, as far as the rule set reads them.

    The number of statements is fixed.
    """
    first, last = counted_period(rule_set, str(month))
    stops = stops_between(employee_ids, month.first_day, month.end)
    posts = posts_of_month(employee_ids, month, on, stops)
    wanted = facts_read(rule_set)
    sheets = sheet_facts_of(employee_ids, month)
    recorded = [employee for employee in employee_ids if employee not in sheets] if sheets else employee_ids
    absences = frozenset(code.code for code in event_codes(rule_set).values() if code.trigger and not code.present)
    read = _Month(
        month=month,
        on=on,
        posts=posts,
        held_by_letters=held_by_letters(posts, month),
        first=first,
        last=last,
        attendance=_counted(attendance.of_month(recorded, month), month, first, last),
        work=approved_between(employee_ids, first, last + ONE_DAY),
        ratings={rating.employee_id: rating for rating in _of_month(MonthlyRating, employee_ids, month)},
        salaries={base.employee_id: base for base in _of_month(SalaryBase, employee_ids, month)},
        penalties=_penalties(employee_ids, month),
        measures=measures_of(employee_ids, month=month, on=on, posts=posts, rule_set=rule_set),
        deductions=listed_for(employee_ids, month),
        consents=consents_of(employee_ids, month, codes=consent_codes(rule_set)),
        budget=factors_for({pk: held.definitive.opd_id for pk, held in posts.items() if held.definitive}, month),
        incomes=year_incomes(_closing_the_year(employee_ids, month, stops), month) if "year_income" in wanted else {},
        absent_in_year=attendance.absent_in_year(employee_ids, month) if "absent_days_year" in wanted else None,
        late_decisions=late_decisions(employee_ids, month) if "late_decisions" in wanted else None,
        days_without_log=absences if "log_days_missing" in wanted else None,
        ordered_holds=ordered_holds(employee_ids, month),
        released_holds=released_holds(employee_ids, month),
        sheets=sheets,
        stops=stops,
        stopped_days=_stopped_days(month, stops, posts),
    )
    return [_collected(worker, read) for worker in workers_on(employee_ids, on)]


def _counted(
    found: Mapping[int, AttendanceFacts], month: Month, first: date, last: date
) -> Mapping[int, AttendanceFacts]:
    """The attendance of the days that count. Earlier ones belong to a month that is closed: they are judged here."""
    if first < month.first_day:
        rest = attendance_between(found, first, month.first_day)
        return {employee: own.behind(rest[employee]) for employee, own in found.items()}
    if last < month.end - ONE_DAY:
        return {employee: own.until(last) for employee, own in found.items()}
    return found


def workers_on(employee_ids: Collection[int], on: date) -> list[Worker]:
    """These people as of the day, in the order of their keys. One statement."""
    people = Employee.objects.filter(among_keys("pk", employee_ids)).standing_on(on).order_by("pk")
    return [
        Worker(pk, nip, name, status or "", golongan or "")
        for pk, nip, name, status, golongan in people.values_list(*Worker.COLUMNS)
    ]


def posts_of_month(
    employee_ids: Collection[int], month: Month, on: date, stops: Mapping[int, Sequence[StopPeriod]]
) -> dict[int, Posts]:
    """The posts that pay the month: of the reference date, or of the day of service that stands for it.

    One statement, and one more for each such day.
    """
    others: dict[date, list[int]] = {}
    for employee, own in stops.items():
        day = day_of_post(month, on, own)
        if day is not None and day != on:
            others.setdefault(day, []).append(employee)
    apart = {employee for people in others.values() for employee in people}
    posts = posts_on([employee for employee in employee_ids if employee not in apart], on)
    for day, people in sorted(others.items()):
        posts.update(posts_on(people, day))
    return posts


def _stopped_days(
    month: Month, stops: Mapping[int, Sequence[StopPeriod]], posts: Mapping[int, Posts]
) -> dict[int, tuple[date, ...]]:
    """The working days that people miss by a stop, each by their own plan. No statement where nobody has one."""
    if not stops:
        return {}
    calendar = calendar_between(month.first_day, month.end, employee_ids=list(stops))
    found = {}
    for employee, own in stops.items():
        post = posts[employee].definitive if employee in posts else None
        if post is not None:
            found[employee] = stopped_days(calendar.working_days(post.unit_id, month, employee), own)
    return found


M = TypeVar("M", MonthlyRating, SalaryBase)


def _of_month(model: type[M], employee_ids: Collection[int], month: Month) -> Iterable[M]:
    return model._default_manager.filter(among_keys("employee_id", employee_ids), month=month.first_day)


def _closing_the_year(
    employee_ids: Collection[int], month: Month, stops: Mapping[int, tuple[StopPeriod, ...]]
) -> Collection[int]:
    """Whose last tax month it is: everybody's in December, else of who leaves."""
    return employee_ids if month.first_day.month == 12 else leaving(stops)


def _penalties(employee_ids: Collection[int], month: Month) -> dict[int, tuple[PenaltyRecord, ...]]:
    in_force = DisciplinePenalty.objects.filter(
        Q(until_month__isnull=True) | Q(until_month__gt=month.first_day),
        among_keys("employee_id", employee_ids),
        from_month__lte=month.first_day,
    )
    found: dict[int, list[PenaltyRecord]] = {}
    for row in in_force.order_by("employee_id", "from_month", "pk"):
        until = None if row.until_month is None else str(Month.of(row.until_month))
        record = PenaltyRecord(row.level, str(Month.of(row.from_month)), until, row.letter_number)
        found.setdefault(row.employee_id, []).append(record)
    return {employee: tuple(records) for employee, records in found.items()}


def _collected(employee: Worker, read: _Month) -> Collected:
    posts = read.posts[employee.pk]
    post = posts.definitive
    if post is None:
        raise LookupError(f"employee {employee.pk} is on the nominative list without a definitive post")
    heading = heading_of(employee, post)
    if employee.pk in read.sheets:
        heading["source"] = read.sheets[employee.pk].source
    person = Person(employee.pk, post.opd_id, heading)
    missing = unrecorded(employee, posts, read.on)
    if missing:
        return Collected(person, None, Trouble(missing, RunIssue.Place.EMPLOYEE))
    sheet = read.sheets.get(employee.pk)
    attendance = read.attendance[employee.pk] if sheet is None else sheet.attendance()
    is_stopped = bool(read.stops.get(employee.pk))
    # Who is out of service all month has no day of duty, and may have given up the post before.
    problems = [problem for problem in attendance.problems if problem != "no_post" or not is_stopped]
    if problems:
        return Collected(person, None, _attendance_trouble(problems))
    if not attendance.working_days and not is_stopped:
        reason = _("Tidak ada hari kerja terjadwal pada bulan ini; periksa pola kerja unit dan kalender.")
        return Collected(person, None, Trouble(reason, RunIssue.Place.ATTENDANCE))
    try:
        facts = _facts(employee, post, posts, attendance, read)
        return Collected(person, facts if sheet is None else sheet.onto(facts))
    except FactsError as error:
        return Collected(person, None, Trouble(explain(error), place_of(error.fact)))


def unrecorded(employee: Worker, posts: Posts, on: date) -> str:
    """Which dated fact has no value on the reference date, in words; empty when all have one."""
    if not employee.status:
        words = {"date": day_words(on)}
        return _("Status dan golongan belum tercatat untuk %(date)s. Lengkapi riwayatnya di halaman pegawai.") % words
    for post in (posts.definitive, *posts.acting):
        if post is not None and post.kelas is None:
            return _(
                "Kelas jabatan %(title)s belum tercatat untuk %(date)s. Lengkapi riwayatnya di halaman jabatan."
            ) % {"date": day_words(on), "title": post.title}
    return ""


def heading_of(employee: Worker, post: Post) -> dict[str, Any]:
    """Names and post as a slip's heading has them."""
    return {
        "nip": employee.nip,
        "name": employee.name,
        "golongan": employee.golongan,
        "status": employee.status,
        "position": post.title,
        "kelas": post.kelas,
        "unit": post.unit_name,
        "opd": post.opd_name,
        "opd_code": post.opd_code,
    }


def _facts(employee: Worker, post: Post, posts: Posts, attendance: AttendanceFacts, read: _Month) -> MonthFacts:
    rating = read.ratings.get(employee.pk)
    work = read.work[employee.pk]
    salary = read.salaries.get(employee.pk)
    measures = read.measures[employee.pk]
    behaviour = None if rating is None or rating.behaviour_sum is None else Decimal(rating.behaviour_sum)
    kelas, category = post.terms
    return MonthFacts(
        month=str(read.month),
        working_days=attendance.working_days,
        status=employee.status,
        golongan=employee.golongan or None,
        kelas=kelas,
        position_category=category,
        unit_category=post.unit_category,
        acting=acting_posts(employee.pk, posts, read.month, read.held_by_letters),
        counts=attendance.counts,
        days=attendance.days,
        minutes_approved=work.minutes,
        activity_points=work.points,
        skp_score=None if rating is None else rating.skp_percent,
        behaviour_sum=behaviour,
        predikat=None if rating is None or not rating.predikat else cast("Predikat", rating.predikat),
        salary_base=None if salary is None else salary.amount,
        salary_tax=None if salary is None else salary.tax,
        ptkp=(salary.ptkp or None) if salary is not None else None,
        penalties=read.penalties.get(employee.pk, ()),
        deductions=read.deductions.get(employee.pk, ()),
        consents=read.consents.get(employee.pk, ()),
        budget_factor=read.budget.get(employee.pk),
        year_income=read.incomes.get(employee.pk),
        measures=measures,
        # A measure doubles as a yes or no: above zero, the flag of its code is set.
        flags=frozenset(code.lower() for code, value in measures.items() if value),
        absent_days_year=None if read.absent_in_year is None else read.absent_in_year.get(employee.pk, 0),
        late_decisions=None if read.late_decisions is None else read.late_decisions.get(employee.pk, 0),
        log_days_missing=_days_missing(attendance, work, read.days_without_log),
        ordered_holds=read.ordered_holds.get(employee.pk, ()),
        released_holds=read.released_holds.get(employee.pk, ()),
        stops=stops_as_facts(read.stops.get(employee.pk, ())),
        stop_working_days=_up_to(read.stopped_days.get(employee.pk), read.last),
        counted_from=read.first if read.first < read.month.first_day else None,
        counted_until=read.last if read.last < read.month.end - ONE_DAY else None,
    )


def _up_to(days: tuple[date, ...] | None, last: date) -> tuple[date, ...] | None:
    return days if days is None else tuple(day for day in days if day <= last)


def stops_as_facts(stops: Iterable[StopPeriod]) -> tuple[ServiceStop, ...]:
    """The stops as the engine reads them."""
    return tuple(ServiceStop(cast("Any", stop.kind), stop.first, stop.last, stop.letter) for stop in stops)


def _days_missing(attendance: AttendanceFacts, work: WorkFacts, away: frozenset[str] | None) -> int | None:
    """Working days without a counted log; a day away from work (leave, absence) needs none."""
    if away is None:
        return None
    expected = attendance.working_days - sum(attendance.counts.get(code, 0) for code in away)
    return max(expected - work.days_logged, 0)


def _attendance_trouble(problems: Collection[str]) -> Trouble:
    words = {
        "no_post": _("Tidak memegang jabatan definitif pada bulan ini."),
        "no_rules": _("Ada hari tanpa aturan yang berlaku pada bulan ini."),
    }
    reason = " ".join(words.get(problem, problem) for problem in problems)
    return Trouble(reason, RunIssue.Place.RULES if "no_rules" in problems else RunIssue.Place.EMPLOYEE)


_PLACES = {
    "salary_base": RunIssue.Place.SALARY,
    "salary_tax": RunIssue.Place.SALARY,
    "ptkp": RunIssue.Place.SALARY,
    "year_income": RunIssue.Place.SALARY,
    "deductions": RunIssue.Place.SALARY,
    "ukuran": RunIssue.Place.MEASURE,
    "measures": RunIssue.Place.MEASURE,
    "skp_score": RunIssue.Place.RATING,
    "behaviour_sum": RunIssue.Place.RATING,
    "behaviour_scores": RunIssue.Place.RATING,
    "predikat": RunIssue.Place.RATING,
    "target_ratio": RunIssue.Place.RATING,
    "working_days": RunIssue.Place.ATTENDANCE,
    "days": RunIssue.Place.ATTENDANCE,
    "counts": RunIssue.Place.RULES,
    "stops": RunIssue.Place.RULES,
    "penalties": RunIssue.Place.RULES,
}


def place_of(fact: str) -> str:
    """Where a missing or wrong fact is mended; the employee's own page when no other place owns it."""
    return _PLACES.get(fact.split(".")[0], RunIssue.Place.EMPLOYEE)
