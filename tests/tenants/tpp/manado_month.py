"""May 2024 in one agency of Manado: ten people whose punches, letters, ratings and salary give the printed figures.

May 2024 has 23 weekdays and five confirmed days off, so 18 working days like the printed month. The figures come from
tests/golden/tpp/manado_2024.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pytest
import yaml
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.attendance.models import AttendanceDocument
from tenants.calendars.actions import confirm_holidays, draft_national_holidays
from tenants.calendars.models import Holiday
from tenants.calendars.querysets import calendar_for
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.punches.models import Punch
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun
from tenants.tpp.penalties import record_penalty
from tenants.tpp.salary import record_salary_bases
from tests.cast import make_employee, make_opd, make_position

MAY = Month(2024, 5)
# Three days after the month: everything is over, nothing is locked.
AFTERWARDS = datetime(2024, 6, 3, 2, 0, tzinfo=UTC)
ZONE = "Asia/Makassar"
GOLDEN = Path(__file__).parents[2] / "golden" / "tpp" / "manado_2024.yaml"

ON_TIME_IN, ON_TIME_OUT = time(7, 10), time(17, 0)
# How a day must look to be counted under the code: punches in and out, or a letter.
_PUNCHES: dict[str, tuple[time | None, time | None]] = {
    "TMK1": (time(7, 50), ON_TIME_OUT),
    "TMK2": (time(8, 15), ON_TIME_OUT),
    "TMK3": (None, ON_TIME_OUT),
    "PKSW3": (ON_TIME_IN, None),
    "TK": (None, None),
}
_LETTERS = {"S": "Sakit", "TL": "Tugas luar"}


@dataclass(frozen=True)
class Case:
    """One printed person-month: the person in the database, and what the list says."""

    id: str
    employee: Employee
    expect: dict[str, Decimal]


def golden() -> dict[str, Any]:
    """The golden file as read."""
    content: dict[str, Any] = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    return content


class Living(Protocol):
    """Puts somebody's month into the region: the events of the case on its first days, the others in time."""

    def __call__(self, employee: Employee, counts: Mapping[str, int], working: list[date], bkpsdm: User) -> None: ...


def build(bkpsdm: User, live: Living | None = None) -> list[Case]:
    """Put the ten people and their month into the open region, by the real actions where there is one.

    `live` says how the month's days come in: from a machine when None.
    """
    draft_national_holidays(year=2024, actor=bkpsdm)
    drafts = Holiday.objects.drafts().filter(date__gte=MAY.first_day, date__lt=MAY.end)
    confirm_holidays(uids=[holiday.uid for holiday in drafts], source="SKB 3 Menteri 2024", actor=bkpsdm)
    content = golden()
    opd = make_opd("4.01", "Badan Pengelolaan Contoh")
    working = calendar_for(MAY).working_days(opd.pk, MAY)
    if len(working) != content["given"]["working_days"]:
        raise AssertionError(f"May 2024 has {len(working)} working days here")
    cases = []
    for number, case in enumerate(content["cases"], 1):
        given = {**content["given"], **case["given"]}
        position = make_position(opd, f"M-{number}", f"Jabatan {number}", kelas=given["kelas"])
        employee = make_employee(
            f"Pegawai {number:02}", position, status=given["status"], golongan=given["golongan"], since=date(2024, 1, 1)
        )
        (live or live_through)(employee, given["counts"], working, bkpsdm)
        MonthlyRating.objects.create(
            employee=employee,
            month=MAY.first_day,
            skp_percent=Decimal(given["skp_score"]).quantize(Decimal("0.000001")),
            behaviour_sum=int(given["behaviour_sum"]),
            source="Cetakan 2024",
        )
        record_salary_bases(month=MAY, amounts={employee.pk: Decimal(given["salary_base"])}, actor=bkpsdm)
        for penalty in given.get("penalties", ()):
            record_penalty(
                employee=employee,
                level=penalty["level"],
                from_month=MAY,
                until_month=MAY.next,
                letter_number="800/1/2024",
                actor=bkpsdm,
            )
        expect = {name: Decimal(figure) for name, figure in case["expect"].items()}
        cases.append(Case(case["name"][:3], employee, expect))
    return cases


@dataclass(frozen=True)
class LivedDay:
    """A day as it was: when somebody came and went, or the code of the letter that covers it."""

    date: date
    came: time | None = None
    left: time | None = None
    letter: str = ""


def days_of(
    counts: Mapping[str, int], working: list[date], came: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Iterator[LivedDay]:
    """The month's days of duty: the events of the case on the first ones, the others in time.

    `came` says when somebody came in on the days of a code ("08:31"), for codes that are not Manado's.
    """
    codes: Iterator[str] = iter([code for code, count in counts.items() for _ in range(count)])
    moments = {code: iter(texts) for code, texts in came.items()}
    for day in working:
        code = next(codes, "")
        if code in _LETTERS:
            yield LivedDay(day, letter=code)
        elif code in moments:
            yield LivedDay(day, time.fromisoformat(next(moments[code])), ON_TIME_OUT)
        elif code in _PUNCHES:
            yield LivedDay(day, *_PUNCHES[code])
        elif code:
            raise AssertionError(f"nobody says how a day of {code} looks")
        else:
            yield LivedDay(day, ON_TIME_IN, ON_TIME_OUT)


def live_through(
    employee: Employee,
    counts: Mapping[str, int],
    working: list[date],
    bkpsdm: User,
    came: Mapping[str, Sequence[str]] = MappingProxyType({}),
    *,
    source: str = Punch.Source.MACHINE,
) -> None:
    """Punches and letters of the month, as `days_of` says them."""
    punches: list[Punch] = []
    for day in days_of(counts, working, came):
        if day.letter:
            AttendanceDocument.objects.create(
                employee=employee,
                kind=day.letter,
                label=_LETTERS[day.letter],
                period=DateRange(day.date, date.fromordinal(day.date.toordinal() + 1)),
                letter_number=f"SRT/{day.date:%d}",
                created_at=clock.at_local(day.date, ON_TIME_IN, ZONE),
                state=AttendanceDocument.State.APPROVED,
                decided_by=bkpsdm,
                decided_at=clock.now(),
            )
        punches += [
            Punch(
                id=new_uid(),
                employee=employee,
                kind=kind,
                source=source,
                device="SN-0001",
                captured_at=clock.at_local(day.date, moment, ZONE),
            )
            for kind, moment in ((Punch.Kind.IN, day.came), (Punch.Kind.OUT, day.left))
            if moment is not None
        ]
    Punch.objects.bulk_create(punches)


def flawless(name: str, opd: Unit, bkpsdm: User, *, status: str = "PNS", since: date = date(2024, 1, 1)) -> Employee:
    """Somebody of class 9 in the OPD who was in time on every day of May 2024 and has full scores: earns the pagu."""
    position = make_position(opd, f"T-{name}", f"Jabatan {name}", kelas=9)
    employee = make_employee(name, position, status=status, golongan="III/c", since=since)
    live_through(employee, {}, calendar_for(MAY).working_days(opd.pk, MAY), bkpsdm)
    MonthlyRating.objects.create(
        employee=employee, month=MAY.first_day, skp_percent=Decimal(100), behaviour_sum=700, source="Uji"
    )
    record_salary_bases(month=MAY, amounts={employee.pk: Decimal(4_000_000)}, actor=bkpsdm)
    return employee


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def cases(manado_rules: StoredRuleSet, bkpsdm: User) -> list[Case]:
    return build(bkpsdm)


@pytest.fixture
def run_month(bkpsdm: User, run_outbox: Callable[[], int]) -> Callable[[], MonthRun]:
    """Start a run of May 2024 after its end and work it to the end."""

    def start() -> MonthRun:
        with clock.at(AFTERWARDS):
            run = start_run(month=MAY, actor=bkpsdm)
            run_outbox()
        run.refresh_from_db()
        return run

    return start


@pytest.fixture
def month_run(cases: list[Case], run_month: Callable[[], MonthRun]) -> MonthRun:
    return run_month()
