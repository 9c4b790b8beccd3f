"""The facts of many people in one month, collected with a fixed number of statements and frozen for the engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from kernel.date_words import day_words
from kernel.periods import Month
from tenants.activities.facts import WorkFacts, approved_work
from tenants.approvals.delays import late_decisions
from tenants.attendance.months import AttendanceFacts, absent_in_year, month_attendance
from tenants.employees.models import Employee, Placement
from tenants.employees.posts import Post, Posts
from tenants.employees.querysets import posts_on
from tenants.measures.reading import measures_of
from tenants.rules.engine import (
    ActingPost,
    FactsError,
    FixedDeduction,
    MonthFacts,
    PenaltyRecord,
    Predikat,
    RuleSet,
    event_codes,
    explain,
    facts_read,
    paid_statuses,
)
from tenants.skp.models import MonthlyRating
from tenants.tpp.listed_deductions import listed_for
from tenants.tpp.models import DisciplinePenalty, RunIssue, SalaryBase

# People whose facts are held in memory and written in one transaction: few statements for a whole region.
CHUNK = 2000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """People of one or more OPDs who are computed together."""

    employee_ids: tuple[int, ...]
    opds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nominative:
    """Who is computed, in chunks by OPD; who is not on the list, with the reason; whose OPD is not computed yet."""

    chunks: tuple[Chunk, ...]
    outside: Mapping[int, str]
    waiting: tuple[int, ...] = ()

    @property
    def people(self) -> int:
        return sum(len(chunk.employee_ids) for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class _Worker:
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
    posts: Mapping[int, Posts]
    attendance: Mapping[int, AttendanceFacts]
    work: Mapping[int, WorkFacts]
    ratings: Mapping[int, MonthlyRating]
    salaries: Mapping[int, SalaryBase]
    penalties: Mapping[int, tuple[PenaltyRecord, ...]]
    measures: Mapping[int, Mapping[str, Decimal]]
    deductions: Mapping[int, tuple[FixedDeduction, ...]]
    # None where no rule reads it.
    absent_in_year: Mapping[int, int] | None
    late_decisions: Mapping[int, int] | None
    # Codes of days on which nobody is expected to write a log; None where no rule asks for one.
    days_without_log: frozenset[str] | None


def nominative(
    *, on: date, rule_set: RuleSet, leave_out: Collection[int] = (), opds: Collection[UUID] | None = None
) -> Nominative:
    """The nominative list: people with a definitive post and a status that is paid, both on the reference date.

    Whose status is not recorded for that day is on it, so that somebody mends it; who has left since, because the
    month was worked. `outside` are the active people who are not on it, `leave_out` people who are done already (a run
    that is resumed). `opds` are those that are computed, None for all of them; the people of the others are `waiting`.
    Two statements.
    """
    paid = paid_statuses(rule_set)
    posts = {
        employee: (opd, code, name)
        for employee, opd, code, name in Placement.objects.on(on)
        .definitive()
        .values_list(
            "employee_id", "position__unit__opd__uid", "position__unit__opd__code", "position__unit__opd__name"
        )
    }
    outside: dict[int, str] = {}
    waiting: list[int] = []
    by_opd: dict[tuple[str, str], list[int]] = {}
    people = Employee.objects.in_service(on, on + ONE_DAY).standing_on(on)
    for pk, status in people.order_by("pk").values_list("pk", F("status")):
        if pk in leave_out:
            continue
        if pk not in posts:
            outside[pk] = _("Tidak memegang jabatan definitif pada %(date)s.") % {"date": day_words(on)}
        elif paid is not None and status is not None and status not in paid:
            outside[pk] = _("Status %(status)s tidak dibayar TPP menurut aturan.") % {"status": status}
        elif opds is not None and posts[pk][0] not in opds:
            waiting.append(pk)
        else:
            by_opd.setdefault(posts[pk][1:], []).append(pk)
    return Nominative(tuple(_chunks(by_opd)), outside, tuple(waiting))


def _chunks(by_opd: Mapping[tuple[str, str], list[int]]) -> Iterable[Chunk]:
    ids: list[int] = []
    opds: list[str] = []
    for (_code, opd), people in sorted(by_opd.items()):
        opds.append(opd)
        for start in range(0, len(people), CHUNK):
            part = people[start : start + CHUNK]
            if len(ids) + len(part) > CHUNK:
                yield Chunk(tuple(ids), tuple(opds[:-1]) or (opd,))
                ids, opds = [], [opd]
            ids += part
    if ids:
        yield Chunk(tuple(ids), tuple(opds))


def collect(employee_ids: Collection[int], *, month: Month, on: date, rule_set: RuleSet) -> list[Collected]:
    """The month's facts of these people, in the order of their keys, as far as the rule set reads them.

    The number of statements is fixed.
    """
    posts = posts_on(employee_ids, on)
    wanted = facts_read(rule_set)
    absences = frozenset(code.code for code in event_codes(rule_set).values() if code.trigger and not code.present)
    read = _Month(
        month=month,
        on=on,
        posts=posts,
        attendance=month_attendance(employee_ids, month),
        work=approved_work(employee_ids, month),
        ratings={
            rating.employee_id: rating
            for rating in MonthlyRating.objects.filter(month=month.first_day, employee_id__in=employee_ids)
        },
        salaries={
            base.employee_id: base
            for base in SalaryBase.objects.filter(month=month.first_day, employee_id__in=employee_ids)
        },
        penalties=_penalties(employee_ids, month),
        measures=measures_of(employee_ids, month=month, on=on, posts=posts, rule_set=rule_set),
        deductions=listed_for(employee_ids, month),
        absent_in_year=absent_in_year(employee_ids, month) if "absent_days_year" in wanted else None,
        late_decisions=late_decisions(employee_ids, month) if "late_decisions" in wanted else None,
        days_without_log=absences if "log_days_missing" in wanted else None,
    )
    people = Employee.objects.filter(pk__in=employee_ids).standing_on(on).order_by("pk")
    workers = [
        _Worker(pk, nip, name, status or "", golongan or "")
        for pk, nip, name, status, golongan in people.values_list(*_Worker.COLUMNS)
    ]
    return [_collected(worker, read) for worker in workers]


def _penalties(employee_ids: Collection[int], month: Month) -> dict[int, tuple[PenaltyRecord, ...]]:
    in_force = DisciplinePenalty.objects.filter(
        Q(until_month__isnull=True) | Q(until_month__gt=month.first_day),
        employee_id__in=employee_ids,
        from_month__lte=month.first_day,
    )
    found: dict[int, list[PenaltyRecord]] = {}
    for row in in_force.order_by("employee_id", "from_month", "pk"):
        until = None if row.until_month is None else str(Month.of(row.until_month))
        record = PenaltyRecord(row.level, str(Month.of(row.from_month)), until, row.letter_number)
        found.setdefault(row.employee_id, []).append(record)
    return {employee: tuple(records) for employee, records in found.items()}


def _collected(employee: _Worker, read: _Month) -> Collected:
    posts = read.posts[employee.pk]
    post = posts.definitive
    if post is None:
        raise LookupError(f"employee {employee.pk} is on the nominative list without a definitive post")
    person = Person(employee.pk, post.opd_id, _heading(employee, post))
    unrecorded = _unrecorded(employee, posts, read.on)
    if unrecorded:
        return Collected(person, None, Trouble(unrecorded, RunIssue.Place.EMPLOYEE))
    attendance = read.attendance[employee.pk]
    if attendance.problems:
        return Collected(person, None, _attendance_trouble(attendance.problems))
    if not attendance.working_days:
        reason = _("Tidak ada hari kerja terjadwal pada bulan ini; periksa pola kerja unit dan kalender.")
        return Collected(person, None, Trouble(reason, RunIssue.Place.ATTENDANCE))
    try:
        return Collected(person, _facts(employee, post, posts, attendance, read))
    except FactsError as error:
        return Collected(person, None, Trouble(explain(error), place_of(error.fact)))


def _unrecorded(employee: _Worker, posts: Posts, on: date) -> str:
    """Which dated fact has no value on the reference date, in words; empty when all have one."""
    words = {"date": day_words(on)}
    if not employee.status:
        return _("Status dan golongan belum tercatat untuk %(date)s. Lengkapi riwayatnya di halaman pegawai.") % words
    for post in (posts.definitive, *posts.acting):
        if post is not None and post.kelas is None:
            return _(
                "Kelas jabatan %(title)s belum tercatat untuk %(date)s. Lengkapi riwayatnya di halaman jabatan."
            ) % {**words, "title": post.title}
    return ""


def _heading(employee: _Worker, post: Post) -> dict[str, Any]:
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


def _facts(employee: _Worker, post: Post, posts: Posts, attendance: AttendanceFacts, read: _Month) -> MonthFacts:
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
        acting=tuple(_acting(post, other) for other in posts.acting),
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
        measures=measures,
        # A measure doubles as a yes or no: above zero, the flag of its code is set.
        flags=frozenset(code.lower() for code, value in measures.items() if value),
        absent_days_year=None if read.absent_in_year is None else read.absent_in_year.get(employee.pk, 0),
        late_decisions=None if read.late_decisions is None else read.late_decisions.get(employee.pk, 0),
        log_days_missing=_days_missing(attendance, work, read.days_without_log),
    )


def _days_missing(attendance: AttendanceFacts, work: WorkFacts, away: frozenset[str] | None) -> int | None:
    """Working days without a counted log; a day away from work (leave, absence) needs none."""
    if away is None:
        return None
    expected = attendance.working_days - sum(attendance.counts.get(code, 0) for code in away)
    return max(expected - work.days_logged, 0)


def _acting(own: Post, other: Post) -> ActingPost:
    """The acting post as seen from the own one; `same_unit` means the same OPD, which pays the list."""
    (own_kelas, _category), (kelas, category) = own.terms, other.terms
    level = "equal" if kelas == own_kelas else "higher" if kelas > own_kelas else "lower"
    return ActingPost(
        level=cast("Any", level),
        kelas=kelas,
        position_category=category,
        unit_category=other.unit_category,
        same_unit=other.opd_id == own.opd_id,
        title=other.title,
    )


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
    "penalties": RunIssue.Place.RULES,
}


def place_of(fact: str) -> str:
    """Where a missing or wrong fact is mended; the employee's own page when no other place owns it."""
    return _PLACES.get(fact.split(".")[0], RunIssue.Place.EMPLOYEE)
