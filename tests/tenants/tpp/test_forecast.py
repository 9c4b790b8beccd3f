"""What the running month would pay if it ended today: from the facts of this moment, with nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.attendance.models import DayResult
from tenants.employees.models import Employee, Placement
from tenants.punches.models import Punch
from tenants.rules.models import StoredRuleSet
from tenants.tpp.forecasting import forecast_for
from tests.cast import Office, Person
from tests.tenants.tpp.manado_month import ON_TIME_IN, ON_TIME_OUT, ZONE
from tests.tenants.tpp.pilot import give_facts

APRIL = Month(2024, 4)
# Friday 17 May 2024, ten in the morning in Manado: twelve working days lie behind it.
FRIDAY = datetime(2024, 5, 17, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with clock.at(FRIDAY):
        yield


def punched(employee: Employee, day: date, first: time = ON_TIME_IN) -> None:
    Punch.objects.bulk_create(
        Punch(
            id=new_uid(),
            employee=employee,
            kind=kind,
            source=Punch.Source.MACHINE,
            device="SN-0001",
            captured_at=clock.at_local(day, moment, ZONE),
        )
        for kind, moment in ((Punch.Kind.IN, first), (Punch.Kind.OUT, ON_TIME_OUT))
    )


@pytest.fixture
def ani_in_may(ani: Person, manado_rules: StoredRuleSet, bkpsdm: User) -> Person:
    """April is rated; in May Ani was in time on every weekday before the 17th, and half an hour late on the 16th."""
    give_facts([ani.employee], [APRIL], bkpsdm)
    for day in Month(2024, 5).days():
        if day.weekday() < 5 and day < date(2024, 5, 17):
            punched(ani.employee, day, time(7, 50) if day.day == 16 else ON_TIME_IN)
    return ani


def test_the_month_is_reckoned_to_the_last_finished_day(ani_in_may: Person) -> None:
    found = forecast_for(ani_in_may.employee)
    assert found.reason == ""
    assert found.slip is not None
    # No holiday is confirmed in this region, so 12 weekdays lie between 1 and 16 May.
    assert found.working_days == 12
    # Class 7: 2,970,000 x (28.80 + 26.57 + 0.40 x 99) %, less 5 % tax and 1 % contribution.
    assert found.slip.pagu == Decimal(2_970_000)
    assert (found.slip.gross, found.slip.tax, found.slip.contributions, found.slip.net) == (
        Decimal(2_820_609),
        Decimal(141_030),
        Decimal(28_206),
        Decimal(2_651_372),
    )
    assert found.reductions[0].label == "Bobot perilaku"
    assert all(line.shown.startswith("−Rp") for line in found.reductions)
    assert any(day.date == date(2024, 5, 16) for line in found.reductions for day in line.days)
    assert found.assumed == (
        "Nilai SKP dan perilaku memakai nilai April 2024.",
        "Dasar gaji memakai data April 2024.",
    )


def test_today_and_the_days_to_come_take_nothing(ani_in_may: Person) -> None:
    before = forecast_for(ani_in_may.employee).slip
    with clock.at(FRIDAY.replace(hour=9)):
        # Still Friday, after closing time, and nobody has punched: the day is not over.
        assert forecast_for(ani_in_may.employee).slip == before
    with clock.at(datetime(2024, 5, 20, 2, 0, tzinfo=UTC)):
        later = forecast_for(ani_in_may.employee).slip
    assert before is not None
    assert later is not None
    assert later.net < before.net


def test_nothing_is_stored(ani_in_may: Person) -> None:
    forecast_for(ani_in_may.employee)
    assert not DayResult.objects.filter(date__gte=date(2024, 5, 1)).exists()


def test_who_has_no_post_or_no_rules_is_told_why(
    ani: Person, office: Office, manado_rules: StoredRuleSet, bkpsdm: User
) -> None:
    assert "SKP" in forecast_for(ani.employee).reason
    Placement.objects.filter(employee=ani.employee).delete()
    assert forecast_for(ani.employee).reason == "Tidak memegang jabatan definitif pada 1 Mei 2024."
    with clock.at(datetime(2023, 12, 15, 2, 0, tzinfo=UTC)):
        assert forecast_for(ani.employee).reason == "Belum ada aturan yang berlaku untuk bulan ini."


def test_the_page_shows_the_sum_and_what_takes_off(ani_in_may: Person, signed_in: Callable[..., Client]) -> None:
    client = signed_in(ani_in_may.user)
    page = client.get("/tpp/perkiraan/").content.decode()
    assert "Bila bulan ini berakhir hari ini, Jumat, 17 Mei 2024" in page
    assert "Ini perkiraan, bukan slip" in page
    assert "Nilai SKP dan perilaku memakai nilai April 2024." in page
    assert "Perkiraan bulan ini" in client.get("/tpp/").content.decode()
    assert_query_count("tpp.forecast", lambda: client.get("/tpp/perkiraan/"))


def test_who_is_no_employee_has_no_forecast(
    manado_rules: StoredRuleSet, signed_in: Callable[..., Client], with_role: Callable[..., User]
) -> None:
    assert signed_in(with_role("asn")).get("/tpp/perkiraan/").status_code == 404
