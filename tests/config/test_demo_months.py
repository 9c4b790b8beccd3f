"""The demo begins on any day, and goes on when it was kept over the end of a month."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db.models import Count

from config.demo.load import ADMIN_NIP, REGIONS, load_region
from config.demo.people import roster_of
from kernel import clock
from kernel.accounts.models import User
from kernel.jobs import work
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.activities.models import Activity
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.models import ChainStep
from tenants.employees.actions import deactivate_employee
from tenants.employees.models import Employee
from tenants.punches.models import Punch
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthLock
from tests.cast import make_user

NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
def _admin(manado: RegionState) -> None:
    """The suite's Manado has no first administrator, whom the demo's own provisioning gives."""
    make_user(ADMIN_NIP, "Admin BKPSDM", "bkpsdm", "diskominfo")


def load_at(moment: datetime) -> list[str]:
    said: list[str] = []
    with clock.at(moment):
        load_region(REGIONS[0], said.append)
    assert not Punch.objects.filter(captured_at__gt=moment).exists(), "nobody has punched in the future"
    return said


def entered() -> dict[str, int]:
    return dict(Activity.objects.values_list("state").annotate(Count("pk")))


def test_a_demo_that_was_kept_goes_on_in_the_next_month() -> None:
    load_at(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    assert not MonthLock.objects.filter(month=NOVEMBER.first_day).exists()
    # A visitor looks what November would give; such a run is too early to be locked.
    with clock.at(datetime(2026, 11, 26, 2, 0, tzinfo=UTC)):
        early = start_run(month=NOVEMBER, actor=User.objects.get(login=ADMIN_NIP))
        assert early.job is not None
        work.run(str(early.job.uid))
    punches = dict(Punch.objects.values_list("id", "captured_at"))
    # Ten minutes past eight in the morning of 1 December in Manado.
    first_morning = datetime(2026, 12, 1, 0, 10, tzinfo=UTC)
    assert "Kota Manado: 2026-11 computed and locked" in load_at(first_morning)
    run = MonthLock.objects.filter(month=NOVEMBER.first_day)[0].run
    assert (run.number, run.people, run.errors) == (2, 34, 0)
    kept = Punch.objects.in_bulk(punches)
    assert {key: punch.captured_at for key, punch in kept.items()} == punches
    # Everybody has one day of work a day, but for Budi's people on the day that they handed in for him to decide.
    twice = (
        Activity.objects.filter(state=Activity.State.APPROVED)
        .values("employee", "date")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    assert not twice.exists()
    last_days = Punch.objects.filter(captured_at__date__in=("2026-11-26", "2026-11-27", "2026-11-30"))
    assert last_days.values("captured_at__date").distinct().count() == 3
    stands = (entered(), Punch.objects.count())
    load_at(first_morning)
    assert (entered(), Punch.objects.count()) == stands


def test_what_a_visitor_laid_down_is_followed(manado: RegionState) -> None:
    load_at(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    lay_down_chain(
        document_kind="month_close",
        name="Penutupan bulan",
        valid_from=date(2026, 11, 26),
        steps=[StepInput(ChainStep.Approver.BKPSDM)],
    )
    said = load_at(datetime(2026, 12, 1, 0, 10, tzinfo=UTC))
    assert [line for line in said if line.startswith("Kota Manado: 2026-11 not locked: ")]
    assert not MonthLock.objects.filter(month=NOVEMBER.first_day).exists()
    assert Punch.objects.filter(captured_at__gte=datetime(2026, 11, 29, tzinfo=UTC)).exists()


def test_a_demo_goes_on_without_the_section_that_a_visitor_dissolved() -> None:
    begun = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    load_at(begun)
    budi = Employee.objects.get(nip=roster_of("manado", secretary_category="sekretaris").nips["Budi"])
    admin = User.objects.get(login=ADMIN_NIP)
    with clock.at(begun):
        deactivate_employee(uid=budi.uid, last=date(2026, 11, 25), reason="Pensiun", actor=admin)
    load_at(begun)
    load_at(datetime(2026, 12, 1, 0, 10, tzinfo=UTC))
    assert MonthLock.objects.filter(month=NOVEMBER.first_day).exists()
    assert Punch.objects.filter(captured_at__gte=datetime(2026, 11, 29, tzinfo=UTC)).exists()


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime(2026, 12, 31, 16, 10, tzinfo=UTC), id="new year's midnight, a holiday"),
        pytest.param(datetime(2028, 2, 29, 15, 59, tzinfo=UTC), id="last minute of a leap day"),
        pytest.param(datetime(2026, 12, 30, 2, 0, tzinfo=UTC), id="a week that ends in the next year"),
    ],
)
def test_a_demo_begins_on_any_day(moment: datetime) -> None:
    load_at(moment)
    with clock.at(moment):
        running = Month.of(clock.today("Asia/Makassar"))
    assert set(MonthLock.objects.values_list("month", flat=True)) == {running.previous.first_day}
    waiting = Activity.objects.filter(state=Activity.State.SUBMITTED)
    assert {Month.of(day) for day in waiting.values_list("date", flat=True)} == {running}
