"""THR and the 13th month: a run of their own beside the month's, on the post or the slip of the base month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.deductions.models import ListedDeduction
from tenants.employees.models import Employee
from tenants.employees.stops import StopInput, record_stop
from tenants.rules.engine import special_pay
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import start_run
from tenants.tpp.computing import people_changed_since
from tenants.tpp.errors import NotInTheRules
from tenants.tpp.models import MonthRun, RunIssue, Slip
from tenants.tpp.special_months import base_month
from tests.cast import make_employee, make_opd, make_position
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case
from tests.tenants.tpp.special_june import JUNE, RunSpecial, run_special, special_cases
from tests.tenants.tryout.drafts import draft, without

__all__ = ["run_special", "special_cases"]

RunMonth = Callable[[], MonthRun]


def slip_of(run: MonthRun, person: Employee) -> Slip:
    return Slip.objects.get(run=run, employee=person)


def test_thr_is_half_of_what_the_base_month_earned_less_tax(
    special_cases: list[Case], run_month: RunMonth, run_special: RunSpecial
) -> None:
    run_month()
    thr = run_special("thr")
    assert (thr.kind, thr.number, thr.people, thr.errors) == ("thr", 1, 10, 0)
    # Rp3.637.788 were earned: 2.635.696 and 1.002.092, half of each; 5 % tax of III/c.
    slip = slip_of(thr, special_cases[0].employee)
    assert (slip.gross, slip.tax, slip.contributions) == (Decimal(1_818_894), Decimal(90_945), Decimal(0))
    assert slip.net == Decimal(1_818_894 - 90_945)


def test_the_thirteenth_is_half_of_the_pagu_without_deductions(
    special_cases: list[Case], run_special: RunSpecial
) -> None:
    run = run_special("thirteenth")
    # Class 9 has Rp4.191.000; the month before June is the base.
    slip = slip_of(run, special_cases[0].employee)
    assert (slip.gross, slip.tax, slip.net) == (Decimal(2_095_500), Decimal(0), Decimal(2_095_500))


def test_each_kind_has_its_own_numbers_and_none_counts_for_another(
    special_cases: list[Case], run_month: RunMonth, run_special: RunSpecial
) -> None:
    may = run_month()
    thr, again, thirteenth = run_special("thr"), run_special("thr"), run_special("thirteenth")
    assert (thr.number, again.number, thirteenth.number) == (1, 2, 1)
    assert thr.digest == again.digest != thirteenth.digest
    opd = special_cases[0].employee.placements.get().position.unit
    assert MonthRun.objects.counting(MAY, opd=opd.uid) == may
    assert MonthRun.objects.counting(JUNE, "thr", opd=opd.uid) == again
    assert MonthRun.objects.counting(JUNE, opd=opd.uid) is None
    assert people_changed_since(again, opd) == []


def test_who_is_not_in_service_when_it_is_paid_and_whose_status_is_not_paid_are_off_the_list(
    special_cases: list[Case], bkpsdm: User, run_special: RunSpecial
) -> None:
    retired, pppk = special_cases[0].employee, special_cases[1].employee
    stop = StopInput("retirement", date(2024, 6, 1), None, "SK/9", date(2024, 5, 1))
    record_stop(uid=retired.uid, stop=stop, actor=bkpsdm)
    pppk.standings.update(status="PPPK", golongan="IX")
    newcomer = make_employee("Datang Juni", make_position(make_opd("5.01", "Dinas Lain"), "L-1", "Staf"))
    newcomer.placements.update(period=DateRange(date(2024, 6, 1), None))
    run = run_special("thr")
    reasons = dict(RunIssue.objects.filter(run=run, kind="outside").values_list("employee", "reason"))
    assert reasons[retired.pk] == "Pensiun 1 Jun 2024, SK SK/9"
    assert "PPPK" in reasons[pppk.pk]
    assert "1 Mei 2024" in reasons[newcomer.pk]


def test_sums_by_list_that_the_rules_take_from_the_month_do_not_touch_thr(
    special_cases: list[Case], run_special: RunSpecial, bkpsdm: User
) -> None:
    someone = special_cases[0].employee
    sums = {"amount": Decimal(50_000), "percent": None}, {"amount": None, "percent": Decimal(1)}
    for number, given in enumerate(sums):
        ListedDeduction.objects.create(
            employee=someone,
            code="KOREKSI",
            from_month=JUNE.first_day,
            letter_number=f"L/{number}",
            **given,
        )
    slip = slip_of(run_special("thirteenth"), someone)
    assert (slip.gross, slip.other_deductions) == (Decimal(2_095_500), Decimal(0))


def test_who_earned_nothing_in_the_base_month_gets_nothing(special_cases: list[Case], run_special: RunSpecial) -> None:
    # No run of May has finished.
    assert slip_of(run_special("thr"), special_cases[0].employee).net == 0


def test_rules_that_do_not_know_the_payment_start_no_run(manado: RegionState, bkpsdm: User) -> None:
    draft(without("special_pay"), state="published", since=date(2024, 1, 1))
    with clock.at(AFTERWARDS), pytest.raises(NotInTheRules) as refused:
        start_run(month=JUNE, kind="thr", actor=bkpsdm)
    assert "THR" in refused.value.message()
    assert not MonthRun.objects.exists()


def test_the_base_month_is_the_newest_of_its_number(special_cases: list[Case]) -> None:
    rules = loaded(StoredRuleSet.objects.get())
    thr, thirteenth = special_pay(rules, "thr"), special_pay(rules, "thirteenth")
    assert thr is not None
    assert thirteenth is not None
    assert base_month(thr, Month(2025, 4)) == Month(2024, 5)
    assert base_month(thr, Month(2025, 5)) == Month(2025, 5)
    assert base_month(thirteenth, Month(2025, 1)) == Month(2024, 12)
