"""Differences are locked like months: ledger, payments and recoveries agree, twice gives nothing, all is final."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from tenants.arrears.actions import cancel_order, order
from tenants.arrears.errors import OrderRefused
from tenants.arrears.models import DifferenceSlip, LateFact, Order, Recovery
from tenants.arrears.payable import payable_rows
from tenants.arrears.recoveries import deductions_of, settlements
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.payout.actions import Outcome, lock_month
from tenants.payout.models import LedgerEntry
from tenants.payout.reopening import confirm_reopening, propose_reopening
from tenants.payout.verifying import verify_month
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import MonthLock, Slip
from tests.cast import make_user
from tests.tenants.arrears.closed import Difference, backdated, first_person
from tests.tenants.payout.closing_steps import lock_whole_month, take_steps_before_lock
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, RunOf, after, give_facts

WithRole = Callable[..., User]
AUGUST = JULY.next
Locking = Callable[..., Outcome]


@pytest.fixture
def signers(bkpsdm: User, with_role: WithRole) -> tuple[User, User]:
    return bkpsdm, with_role("bpkad")


@pytest.fixture
def lock(bkpsdm: User) -> Locking:
    """Lock the differences of every OPD that has some."""

    def press(paid_in: Month = AUGUST, opds: list[Unit] | None = None) -> Outcome:
        with clock.at(after(paid_in)):
            take_steps_before_lock(paid_in, kind="difference", opds=opds)
            return lock_month(month=paid_in, kind="difference", actor=bkpsdm, opds=opds)

    return press


def rate(employee: Employee, month: Month, percent: int) -> None:
    MonthlyRating.objects.filter(employee=employee, month=month.first_day).update(skp_percent=Decimal(percent))


def by_kind(lock: MonthLock) -> dict[str, Decimal]:
    return LedgerEntry.objects.filter(lock=lock).by_kind()


def test_a_second_run_after_the_lock_is_zero(
    closed_months: list[Unit],
    difference: Difference,
    lock: Locking,
    manado_rules: StoredRuleSet,
    signers: tuple[User, User],
) -> None:
    backdated(manado_rules, JUNE.first_day, signers)
    rate(first_person(closed_months[0]), MAY, 80)
    assert difference().people
    assert not lock().refused
    again = difference(paid_in=AUGUST.next)
    assert again.people == 0
    assert not DifferenceSlip.objects.filter(run=again).exists()


def test_the_ledger_the_payments_and_the_lock_say_the_same(
    closed_months: list[Unit],
    difference: Difference,
    lock: Locking,
    manado_rules: StoredRuleSet,
    signers: tuple[User, User],
) -> None:
    backdated(manado_rules, JUNE.first_day, signers)
    run = difference()
    done = lock()
    assert len(done.locked) == 4
    for found in done.locked:
        paid = sum(row.amount for row in payable_rows(run, found.opd_id))
        assert by_kind(found)["net_tpp"] == paid == found.net_total
        sums = DifferenceSlip.objects.of(run.pk, found.opd_id).sums()
        assert by_kind(found)["tax"] == sums["tax"]
    assert [verified.is_intact for verified in verify_month(AUGUST, "difference")] == [True] * 4


def test_a_plus_and_a_minus_month_of_one_person_are_one_payment(
    closed_months: list[Unit],
    difference: Difference,
    lock: Locking,
    manado_rules: StoredRuleSet,
    signers: tuple[User, User],
) -> None:
    backdated(manado_rules, JUNE.first_day, signers)
    person = first_person(closed_months[0])
    rate(person, MAY, 95)
    run = difference()
    nets = list(DifferenceSlip.objects.filter(run=run, employee=person).values_list("net", flat=True))
    assert min(nets) < 0 < sum(nets)
    lock()
    assert not Recovery.objects.exists()
    row = next(row for row in payable_rows(run, closed_months[0].pk) if row.employee_id == person.pk)
    assert (row.amount, row.months) == (sum(nets), 3)
    entered = LedgerEntry.objects.filter(employee=person, difference__run=run, kind="net_tpp")
    assert entered.aggregate(total=Sum("amount"))["total"] == row.amount


def test_what_was_paid_too_much_is_taken_back_from_the_next_months(
    closed_months: list[Unit], difference: Difference, lock: Locking, run_of: RunOf, bkpsdm: User
) -> None:
    person = first_person(closed_months[0])
    for month in (MAY, JUNE, JULY):
        rate(person, month, 0)
    run = difference()
    (found,) = lock().locked
    owed = -sum(DifferenceSlip.objects.filter(run=run).values_list("net", flat=True))
    recovery = Recovery.objects.get()
    assert (recovery.employee, recovery.amount, recovery.from_month) == (person, owed, AUGUST.next.first_day)
    assert by_kind(found)["recovery"] == -owed
    assert "net_tpp" not in by_kind(found)
    assert (found.people, found.net_total) == (0, Decimal(0))
    people = Employee.objects.filter(placements__position__unit__in=closed_months)
    give_facts(people, (AUGUST.next, AUGUST.next.next), bkpsdm)
    taken = Decimal(0)
    for month in (AUGUST.next, AUGUST.next.next):
        slip = Slip.objects.get(run=run_of(month), employee=person)
        line = slip.lines.get(inputs__code="KOREKSI")
        assert line.base is not None
        assert slip.other_deductions == min(owed - taken, line.base // 2)
        with clock.at(after(month)):
            lock_whole_month(month, actor=bkpsdm)
        taken += slip.other_deductions
        (state,) = settlements([person.pk])[person.pk]
        assert (state.settled, state.left) == (taken, owed - taken)
    balance = LedgerEntry.objects.filter(employee=person, kind__in=["recovery", "deduction"])
    assert balance.aggregate(total=Sum("amount"))["total"] == taken - owed


def test_a_decision_is_taken_with_the_lock_and_cannot_be_cancelled_then(
    closed_months: list[Unit], difference: Difference, lock: Locking, bkpsdm: User
) -> None:
    person = first_person(closed_months[0])
    made = order(
        employee=person,
        of_month=JUNE,
        amount=Decimal(200_000),
        reason="Putusan",
        source="court",
        source_uid=UUID(int=1),
        actor=bkpsdm,
    )
    difference()
    lock()
    made.refresh_from_db()
    assert made.taken_in is not None
    assert made.taken_in.employee == person
    with pytest.raises(OrderRefused, match="taken"):
        cancel_order(uid=made.uid, reason="x", actor=bkpsdm)
    assert difference(paid_in=AUGUST.next).people == 0


def test_a_cancelled_decision_or_another_lock_makes_the_run_stale(
    closed_months: list[Unit], difference: Difference, lock: Locking, bkpsdm: User
) -> None:
    made = order(
        employee=first_person(closed_months[0]),
        of_month=JUNE,
        amount=Decimal(200_000),
        reason="Putusan",
        source="court",
        source_uid=UUID(int=1),
        actor=bkpsdm,
    )
    rate(first_person(closed_months[1]), MAY, 80)
    difference()
    difference(paid_in=AUGUST.next)
    cancel_order(uid=made.uid, reason="Keliru", actor=bkpsdm)
    refused = {left.opd: left.text for left in lock().refused}
    assert "keputusan jumlah yang dibatalkan" in refused[closed_months[0]]
    assert MonthLock.objects.standing().filter(kind="difference", opd=closed_months[1]).exists()
    later = {left.opd: left.text for left in lock(AUGUST.next).refused}
    assert "selisih lain sudah dikunci" in later[closed_months[1]]
    assert Order.objects.get().taken_in is None


def test_late_facts_are_settled_by_the_lock_of_a_run_that_saw_them(
    closed_months: list[Unit], difference: Difference, lock: Locking
) -> None:
    person = first_person(closed_months[0])
    with clock.at(after(JULY)):
        closing.late_fact(employee_ids=[person.pk], months=[MAY], what="Nilai SKP")
    rate(person, MAY, 80)
    difference()
    with clock.at(after(AUGUST.next)):
        closing.late_fact(employee_ids=[person.pk], months=[JUNE], what="Surat")
    lock()
    assert list(LateFact.objects.waiting().values_list("of_month", flat=True)) == [JUNE.first_day]


def test_a_locked_difference_changes_no_more_by_sql_either(
    closed_months: list[Unit], difference: Difference, lock: Locking
) -> None:
    rate(first_person(closed_months[0]), MAY, 80)
    difference()
    lock()
    for statement in (
        "UPDATE arrears_differenceslip SET reasons = '[]'",
        "DELETE FROM arrears_differenceline",
        "UPDATE arrears_differenceline SET label = 'x'",
        "UPDATE arrears_differencespan SET compared = 0",
        "DELETE FROM arrears_differenceissue; UPDATE tpp_monthrun SET digest = 'x' WHERE kind = 'difference'",
        "UPDATE arrears_recovery SET amount = 1",
        "DELETE FROM arrears_recovery",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_locked_difference_can_be_reopened_by_two_until_something_was_taken_back(
    closed_months: list[Unit], difference: Difference, lock: Locking, bkpsdm: User
) -> None:
    person = first_person(closed_months[0])
    rate(person, MAY, 80)
    difference()
    (found,) = lock().locked
    assert deductions_of([person.pk], AUGUST.next)
    with clock.at(after(AUGUST)):
        proposed = propose_reopening(lock=found.uid, reason="Nilai keliru", actor=bkpsdm)
        confirm_reopening(uid=proposed.uid, actor=make_user("197001012000011002", "Kedua", "bkpsdm"))
    assert not Recovery.objects.standing().exists()
    assert LedgerEntry.objects.filter(lock=found).aggregate(total=Sum("amount"))["total"] == 0
    assert difference().people == 1


def test_a_month_is_not_reopened_under_locked_differences(
    closed_months: list[Unit], difference: Difference, lock: Locking, bkpsdm: User
) -> None:
    rate(first_person(closed_months[0]), MAY, 80)
    difference()
    lock()
    base = MonthLock.objects.standing().ordinary().of(MAY).get(opd=closed_months[0])
    with pytest.raises(Exception, match="differences"):
        propose_reopening(lock=base.uid, reason="x", actor=bkpsdm)


def test_the_person_sees_the_locked_difference_with_what_becomes_of_it(
    closed_months: list[Unit],
    difference: Difference,
    lock: Locking,
    signed_in: Callable[..., Client],
) -> None:
    person = first_person(closed_months[0])
    rate(person, MAY, 80)
    run = difference()
    slip = DifferenceSlip.objects.get(run=run)
    user = make_user(person.nip, person.name, "asn")
    person.user = user
    person.save(update_fields=["user"])
    client = signed_in(user)
    assert client.get(f"/tpp/selisih/slip/{slip.uid}/").status_code == 404
    lock()
    page = client.get(f"/tpp/selisih/slip/{slip.uid}/").content.decode()
    assert "Dipotong dari TPP berikutnya" in page
    assert "Nilai SKP: 96 menjadi 80." in page
    own = client.get("/tpp/selisih/saya/").content.decode()
    assert "Pengembalian" in own
    assert "Mei 2024" in own
