"""THR and the 13th month are compared like months: by rules, by what their base month gives now, and by decision."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from tenants.arrears.actions import order
from tenants.arrears.errors import OrderRefused
from tenants.arrears.models import DifferenceIssue, DifferenceSlip, DifferenceSpan
from tenants.arrears.wording import reasons_of
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_month
from tenants.payout.verifying import verify_month
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.arrears.closed import Difference, backdated, first_person
from tests.tenants.payout.closing_steps import lock_whole_month, take_steps_before_lock
from tests.tenants.tpp.manado_month import AFTERWARDS, Case, run_month
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, after
from tests.tenants.tpp.special_june import RunSpecial, run_special, special_cases

__all__ = ["run_month", "run_special", "special_cases"]

WithRole = Callable[..., User]
Locked = Callable[[Month, str], None]


@pytest.fixture
def signers(bkpsdm: User, with_role: WithRole) -> tuple[User, User]:
    return bkpsdm, with_role("bpkad")


@pytest.fixture
def paid(bkpsdm: User, run_outbox: Callable[[], int]) -> Locked:
    """THR or the 13th month, computed and locked for every OPD."""

    def pay(month: Month, kind: str) -> None:
        with clock.at(after(month)):
            start_run(month=month, kind=kind, actor=bkpsdm)
            run_outbox()
            take_steps_before_lock(month, kind=kind)
            refused = lock_month(month=month, kind=kind, actor=bkpsdm).refused
        assert [(left.opd.name, left.text) for left in refused] == []

    return pay


@pytest.fixture
def half_of_may(
    special_cases: list[Case], run_month: Callable[[], MonthRun], run_special: RunSpecial, bkpsdm: User
) -> list[Employee]:
    """The printed month of May 2024, locked; THR, half of what it earned, paid and locked in June."""
    run_month()
    run_special("thr")
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
        take_steps_before_lock(JUNE, kind="thr")
        assert not lock_month(month=JUNE, kind="thr", actor=bkpsdm).refused
    return [case.employee for case in special_cases]


def rows_of(run: MonthRun, kind: str) -> list[DifferenceSlip]:
    return list(DifferenceSlip.objects.filter(run=run, of_kind=kind).order_by("employee"))


def test_what_nobody_changed_differs_by_nothing(
    closed_months: list[Unit], paid: Locked, difference: Difference
) -> None:
    paid(JULY, "thr")
    paid(JUNE, "thirteenth")
    run = difference()
    assert run.people == 0
    assert not DifferenceIssue.objects.exists()
    assert DifferenceSpan.objects.get(run=run).compared == 5 * 8


def test_a_backdated_raise_raises_the_thr_that_stands_on_its_months(
    closed_months: list[Unit],
    paid: Locked,
    difference: Difference,
    manado_rules: StoredRuleSet,
    signers: tuple[User, User],
) -> None:
    paid(JULY, "thr")
    backdated(manado_rules, JUNE.first_day, signers)
    run = difference()
    (one,) = [row for row in rows_of(run, "thr") if row.employee == first_person(closed_months[0])]
    # All of the pagu of the month before, without tax: 2,970,000 became 3,000,000.
    assert (one.old_net, one.new_net, one.net) == (2_970_000, 3_000_000, 30_000)
    assert (one.of_month, one.is_rapel, one.is_koreksi) == (JULY.first_day, True, False)
    assert one.slip == Slip.objects.get(employee=one.employee, run__kind="thr")
    assert one.payment == "THR Juli 2024"
    assert len(rows_of(run, "ordinary")) == 2 * 8


def test_a_span_of_the_base_month_takes_the_thr_along_that_stands_on_it(
    closed_months: list[Unit],
    paid: Locked,
    difference: Difference,
    manado_rules: StoredRuleSet,
    signers: tuple[User, User],
) -> None:
    paid(JULY, "thr")
    backdated(manado_rules, JUNE.first_day, signers)
    found = DifferenceSlip.objects.filter(run=difference(JUNE, JUNE))
    assert set(found.values_list("of_month", "of_kind")) == {
        (JUNE.first_day, "ordinary"),
        (JULY.first_day, "thr"),
    }
    assert not DifferenceSlip.objects.filter(run=difference(MAY, MAY)).exists()


def test_a_mended_base_month_changes_the_share_that_was_taken_of_it(
    half_of_may: list[Employee], difference: Difference
) -> None:
    person = half_of_may[0]
    MonthlyRating.objects.filter(employee=person, month=MAY.first_day).update(skp_percent=Decimal(50))
    run = difference(MAY, JUNE)
    (month,), (thr,) = rows_of(run, "ordinary"), rows_of(run, "thr")
    # Class 9: 15 points of 100 less of 4,191,000, half of that for THR; its tax was 90,945 and is 75,228.
    assert (month.gross, thr.gross, thr.tax) == (Decimal(-628_650), Decimal(-314_325), Decimal(-15_717))
    assert (thr.employee, thr.is_rapel, thr.is_koreksi) == (person, False, True)
    assert reasons_of(thr) == [
        "TPP beban kerja bulan dasar: 1002092 menjadi 828919.",
        "TPP prestasi kerja bulan dasar: 2635696 menjadi 2180219.",
    ]


def test_a_base_month_that_cannot_be_computed_is_an_issue_of_the_thr_too(
    half_of_may: list[Employee], difference: Difference
) -> None:
    MonthlyRating.objects.filter(employee=half_of_may[0], month=MAY.first_day).delete()
    run = difference(MAY, JUNE)
    found = DifferenceIssue.objects.filter(run=run).values_list("employee", "of_month", "of_kind", "place")
    assert set(found) == {
        (half_of_may[0].pk, MAY.first_day, "ordinary", "rating"),
        (half_of_may[0].pk, JUNE.first_day, "thr", "rating"),
    }


def test_a_sum_may_be_decided_for_the_thr_and_only_for_one_that_is_locked(
    half_of_may: list[Employee], difference: Difference, bkpsdm: User
) -> None:
    def decide(month: Month, kind: str) -> None:
        order(
            employee=half_of_may[0],
            of_month=month,
            of_kind=kind,
            amount=Decimal(100_000),
            reason="Putusan",
            source="court",
            source_uid=UUID(int=1),
            actor=bkpsdm,
        )

    with pytest.raises(OrderRefused, match="open"):
        decide(JUNE, "ordinary")
    with pytest.raises(OrderRefused, match="open"):
        decide(JUNE, "thirteenth")
    decide(JUNE, "thr")
    run = difference(MAY, JUNE)
    assert rows_of(run, "ordinary") == []
    (one,) = rows_of(run, "thr")
    assert (one.gross, one.tax, one.net) == (Decimal(100_000), Decimal(5_000), Decimal(95_000))
    assert one.is_decided


def test_locked_with_the_months_it_is_paid_once_and_shown_by_its_name(
    half_of_may: list[Employee], difference: Difference, bkpsdm: User, signed_in: Callable[..., Client]
) -> None:
    person = half_of_may[0]
    MonthlyRating.objects.filter(employee=person, month=MAY.first_day).update(skp_percent=Decimal(50))
    run = difference(MAY, JUNE, paid_in=JULY)
    with clock.at(after(JULY)):
        take_steps_before_lock(JULY, kind="difference")
        (lock,) = lock_month(month=JULY, kind="difference", actor=bkpsdm).locked
    assert all(verified.is_intact for verified in verify_month(JULY, "difference"))
    assert difference(MAY, JUNE, paid_in=JULY.next).people == 0
    client = signed_in(bkpsdm)
    assert "THR Juni 2024" in client.get(f"/tpp/selisih/{run.uid}/").content.decode()
    (thr,) = rows_of(run, "thr")
    assert "Selisih TPP THR Juni 2024" in client.get(f"/tpp/selisih/slip/{thr.uid}/").content.decode()
    assert lock.run == run
