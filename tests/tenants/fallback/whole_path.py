"""A golden person-month put into the region, once as recorded facts and once as a sheet, up to the slip of its run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from kernel import clock
from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.sheets.writing import Sheet, workbook
from tenants.activities.models import Activity, JobKind
from tenants.calendars.querysets import calendar_for
from tenants.employees.models import Employee, Placement
from tenants.fallback.actions import confirm_sheet, start_reading
from tenants.fallback.columns import FIGURES, columns
from tenants.fallback.models import ManualSheet
from tenants.organisation.models import PositionTerms, Unit
from tenants.rules.engine import RuleSet, counted_period
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.penalties import record_penalty
from tenants.tpp.salary import Salary, record_salaries
from tests.cast import make_employee, make_opd, make_position
from tests.rule_rows import store_rules
from tests.tenants.activities.work import make_kind
from tests.tenants.rules.engine.golden_cases import amended
from tests.tenants.tpp.manado_month import ON_TIME_IN, ZONE, live_through

SINCE = date(2022, 1, 1)
# The sheets that round nothing, as a region can pay them: each total in cents, exact behind it.
IN_CENTS = {**dict.fromkeys(("pagu", "gross", "deduction", "net"), "half_up_2"), "carry": "unrounded"}
REASON = "Jaringan kantor putus selama bulan ini"


@dataclass(frozen=True)
class Lived:
    """One golden case in the region: the person, the rules in force, what it gives and expects, when somebody came."""

    employee: Employee
    opd: Unit
    month: Month
    rules: RuleSet
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    came: Mapping[str, Sequence[str]]


def bring_to_life(content: Mapping[str, Any], case: Mapping[str, Any], bkpsdm: User) -> Lived:
    """The person with post, acting post and penalties of the case, and its rule set in force; no month yet."""
    given = {**content["given"], **case.get("given", {})}
    month = Month.parse(given["month"])
    amend = case.get("amend", {})
    if amend.get("rounding", {}).get("net") == "none":
        amend = {**amend, "rounding": {**amend["rounding"], **IN_CENTS}}
    rules = amended(content["rule_set"], amend)
    store_rules(rules, since=SINCE)
    opd = make_opd("4.01", "Badan Contoh")
    if "unit_category" in given:
        Unit.objects.filter(pk=opd.pk).update(category=given["unit_category"])
    position = _post(opd, "M-1", given["kelas"], given.get("position_category", "umum"))
    employee = make_employee(
        "Pegawai 01", position, status=given["status"], golongan=given.get("golongan", ""), since=SINCE
    )
    for number, acting in enumerate(given.get("acting", ()), 2):
        post = _post(opd, f"M-{number}", acting["kelas"], acting.get("position_category", "umum"))
        Placement.objects.create(
            employee=employee, position=post, kind="plt", period=DateRange(SINCE, None), letter_number="SP 1"
        )
    for penalty in given.get("penalties", ()):
        until = penalty.get("until_month")
        record_penalty(
            employee=employee,
            level=penalty["level"],
            from_month=Month.parse(penalty["from_month"]),
            until_month=None if until is None else Month.parse(until),
            letter_number="800/1",
            actor=bkpsdm,
        )
    return Lived(employee, opd, month, rules, given, case["expect"], case.get("came", {}))


def _post(opd: Unit, code: str, kelas: int, category: str) -> Any:
    post = make_position(opd, code, f"Jabatan {code}", kelas=kelas)
    PositionTerms.objects.filter(position=post).update(category=category)
    return post


def record_the_month(lived: Lived, bkpsdm: User) -> None:
    """The month as the system records it: punches and letters, approved work, rating and salary."""
    working = calendar_for(lived.month).working_days(lived.opd.pk, lived.month)
    live_through(lived.employee, lived.given.get("counts", {}), working, bkpsdm, lived.came)
    # Where December closes early, only the days that count are worked for.
    first, last = counted_period(lived.rules, str(lived.month))
    _work(lived, [day for day in working if first <= day <= last])
    score, behaviour = lived.given.get("skp_score"), lived.given.get("behaviour_sum")
    MonthlyRating.objects.create(
        employee=lived.employee,
        month=lived.month.first_day,
        predikat=lived.given.get("predikat", ""),
        skp_percent=None if score is None else Decimal(score),
        behaviour_sum=None if behaviour is None else int(behaviour),
        source="Contoh",
    )
    record_salaries(month=lived.month, salaries={lived.employee.pk: _salary(lived)}, actor=bkpsdm)


def _work(lived: Lived, working: list[date]) -> None:
    """The approved minutes of the case, spread over the working days."""
    kind = JobKind.objects.first() or make_kind()
    left = int(lived.given.get("minutes_approved", 0))
    share = left // len(working) + 1
    for day in working:
        minutes = min(left, share)
        if not minutes:
            break
        begin = clock.at_local(day, ON_TIME_IN, ZONE)
        Activity.objects.create(
            employee=lived.employee,
            job_kind=kind,
            date=day,
            span=DateTimeTZRange(begin, begin + timedelta(minutes=minutes)),
            minutes=minutes,
            description="Pekerjaan",
            state=Activity.State.APPROVED,
            approved_minutes=minutes,
            approved_points=Decimal(0),
            approved_weight=Decimal(1),
            catalogue_version=1,
        )
        left -= minutes


def _salary(lived: Lived) -> Salary:
    tax = lived.given.get("salary_tax")
    return Salary(
        Decimal(lived.given["salary_base"]), None if tax is None else Decimal(tax), lived.given.get("ptkp") or ""
    )


def sheet_of(*people: Lived) -> bytes:
    """The cases as an official writes them into the sheet: figures as people type them, with a decimal comma."""
    wanted = columns(people[0].rules)
    rows = [[cells.get(column.title) for column in wanted] for cells in map(_cells_of, people)]
    return workbook([Sheet("Lembar", wanted, rows)])


def _cells_of(lived: Lived) -> dict[str, Any]:
    given = lived.given
    cells = {
        "NIP": lived.employee.nip,
        "Nama": lived.employee.name,
        "Hari kerja": given["working_days"],
        "Predikat": str(given.get("predikat", "")).replace("_", " "),
        "Dasar gaji": given.get("salary_base"),
        "PPh 21 gaji": given.get("salary_tax"),
        "PTKP": given.get("ptkp"),
        **given.get("counts", {}),
    }
    names = {"minutes": "minutes_approved", "points": "activity_points"}
    for name, title, _kind in FIGURES:
        value = given.get(names.get(name, name))
        cells[title] = None if value is None else str(value).replace(".", ",")
    return cells


def bring_the_sheet(
    lived: Lived, operator: User, second: User, run_outbox: Callable[[], int], *others: Lived
) -> ManualSheet:
    """The sheet of this person, and of others of the same OPD, uploaded by one and confirmed by another."""
    with clock.at(after(lived.month)):
        start_reading(
            month=lived.month,
            opd=lived.opd,
            reason=REASON,
            upload=ContentFile(sheet_of(lived, *others), "lembar.xlsx"),
            actor=operator,
        )
        run_outbox()
        job = Job.objects.latest("id")
        assert list(job.rows.values_list("column", "message")) == []
        return confirm_sheet(uid=ManualSheet.objects.get(job_uid=job.uid).uid, actor=second)


def after(month: Month) -> datetime:
    """The third day of the next month, at ten in the morning in Manado."""
    return datetime(month.next.year, month.next.number, 3, 2, 0, tzinfo=UTC)


def slip_of(lived: Lived, bkpsdm: User, run_outbox: Callable[[], int]) -> Slip:
    """The slip of a run three days after the month."""
    with clock.at(after(lived.month)):
        run: MonthRun = start_run(month=lived.month, actor=bkpsdm)
        run_outbox()
    assert list(run.issues.values_list("reason", flat=True)) == []
    return Slip.objects.get(run=run, employee=lived.employee)


def figures_of(slip: Slip) -> dict[str, Decimal]:
    """Every figure that a golden case may name, exact where the slip keeps it exact."""
    exact = {name: Decimal(text) for name, text in slip.unrounded.items()}
    printed = {
        "pagu": slip.pagu,
        "gross": slip.gross,
        "tax": slip.tax,
        "contributions": slip.contributions,
        "net": slip.net,
    }
    # Where the sheet rounds nothing, two decimals are all that can be paid.
    for name, value in printed.items():
        if name in exact and exact[name].quantize(Decimal("0.01")) == value:
            printed[name] = exact[name]
    return {**{name: Decimal(text) for name, text in {**slip.figures, **slip.criteria}.items()}, **printed}
