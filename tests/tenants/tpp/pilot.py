"""Small OPDs whose people can be computed by the Manado rules in any month of 2024, for the tests of practice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.punches.models import Punch
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun
from tenants.tpp.salary import record_salary_bases
from tests.cast import make_employee, make_opd, make_position
from tests.tenants.tpp.manado_month import ON_TIME_IN, ON_TIME_OUT, ZONE

MAY, JUNE, JULY = Month(2024, 5), Month(2024, 6), Month(2024, 7)
RunOf = Callable[[Month], MonthRun]


def after(month: Month) -> datetime:
    """The third day of the next month, at ten in the morning in Manado."""
    return datetime(month.next.year, month.next.number, 3, 2, 0, tzinfo=UTC)


def staffed(number: int, *, people: int = 2) -> tuple[Unit, list[Employee]]:
    """An OPD with people of class 7 and 8."""
    opd = make_opd(f"7.{number:02}", f"Dinas Uji {number}")
    posts = [make_position(opd, f"U-{number}-{serial}", "Pengelola", kelas=7 + serial % 2) for serial in range(people)]
    return opd, [make_employee(f"Orang {number}-{serial}", post) for serial, post in enumerate(posts)]


def give_facts(
    people: Iterable[Employee],
    months: Iterable[Month],
    bkpsdm: User,
    *,
    absent: Collection[tuple[Employee, date]] = (),
) -> None:
    """Rating and salary of these people in these months, and punches in time on every weekday but the `absent` ones."""
    people = list(people)
    for month in months:
        weekdays = [day for day in month.days() if day.weekday() < 5]
        Punch.objects.bulk_create(
            Punch(
                id=new_uid(),
                employee=employee,
                kind=kind,
                source=Punch.Source.MACHINE,
                device="SN-0001",
                captured_at=clock.at_local(day, moment, ZONE),
            )
            for employee in people
            for day in weekdays
            if (employee, day) not in absent
            for kind, moment in ((Punch.Kind.IN, ON_TIME_IN), (Punch.Kind.OUT, ON_TIME_OUT))
        )
        MonthlyRating.objects.bulk_create(
            MonthlyRating(
                employee=employee,
                month=month.first_day,
                skp_percent=Decimal("96"),
                behaviour_sum=620,
                source="Uji",
            )
            for employee in people
        )
        record_salary_bases(month=month, amounts={employee.pk: Decimal(4_000_000) for employee in people}, actor=bkpsdm)


@pytest.fixture
def four_opds(manado_rules: StoredRuleSet, bkpsdm: User) -> list[Unit]:
    """Four OPDs with two people each, who can be computed from May to July 2024."""
    made = [staffed(number) for number in range(1, 5)]
    give_facts([employee for _, people in made for employee in people], (MAY, JUNE, JULY), bkpsdm)
    return [opd for opd, _ in made]


@pytest.fixture
def run_of(bkpsdm: User, run_outbox: Callable[[], int]) -> RunOf:
    """Start a run of the month three days after its end and work it to the end."""

    def start(month: Month) -> MonthRun:
        with clock.at(after(month)):
            run = start_run(month=month, actor=bkpsdm)
            run_outbox()
        run.refresh_from_db()
        return run

    return start
