"""Nothing is paid twice and nothing is lost, whoever comes at the same moment. With real commits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from kernel.tenancy.state import RegionState
from tenants.employees.models import Employee
from tenants.holds.actions import hold_payment
from tenants.holds.models import OrderedHold
from tenants.payout.actions import lock_opd
from tenants.payout.errors import FactsChanged, NotReady
from tenants.payout.models import LedgerEntry, PaymentList, PaymentRow
from tenants.payout.parcels.acting import Letter, expected_amount, take_step
from tenants.payout.parcels.board import place_of
from tenants.payout.parcels.steps import Step
from tenants.payout.payments.errors import PaymentRefused
from tenants.payout.payments.lists import make_follow_up
from tenants.payout.reopening import confirm_reopening, propose_reopening
from tenants.tpp.holding import release_slip
from tenants.tpp.models import MonthLock, Slip
from tests.tenants.payout.at_once import Beside, Office, compute, office
from tests.tenants.payout.closing_steps import closer, is_intact, sign_whole, take_steps_again, take_steps_before_lock
from tests.tenants.payout.paying import KIND, give_accounts, let_through, order, people_of, request
from tests.tenants.tpp.pilot import MAY

__all__ = ["office"]


def held(person: Employee, office_: Office) -> Slip:
    """The person's slip of a run after the inspectorate has held the pay."""
    hold_payment(
        employee=person,
        from_month=MAY,
        until_month=MAY.next,
        reason="Temuan terbuka",
        basis="LHP 12/2024",
        actor=closer("inspektorat"),
    )
    official, opd, _people = office_
    run = compute(official)
    take_steps_again(MAY, opd)
    return Slip.objects.get(run=run, employee=person)


def released(slip: Slip) -> Callable[[], object]:
    node, actor = OrderedHold.objects.get(employee=slip.employee).node_id, closer("bkpsdm")
    return lambda: release_slip(uid=slip.uid, node_id=node, reason="Selesai", document_number="ND 7", actor=actor)


def all_together(threads: list[Beside]) -> list[type | None]:
    """Start them all; what each raised, by name of the kind."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    return [None if thread.refused is None else type(thread.refused) for thread in threads]


def granted() -> Decimal:
    total: Decimal | None = LedgerEntry.objects.filter(kind="net_tpp").aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def test_a_release_while_the_month_is_locked_waits_and_is_paid_behind_the_lock(
    fresh_region: RegionState, office: Office
) -> None:
    official, opd, people = office
    slip = held(people[0], office)
    releaser = Beside(fresh_region, released(slip))
    with transaction.atomic():
        lock_opd(month=MAY, opd=opd, actor=official)
        releaser.start()
        releaser.join(timeout=1)
        assert releaser.is_alive()
    releaser.join(timeout=60)
    assert releaser.refused is None
    assert LedgerEntry.objects.get(kind="net_tpp", slip=slip).amount == slip.net
    assert is_intact(MAY)


def test_a_lock_waits_for_a_release_and_asks_for_a_new_run(fresh_region: RegionState, office: Office) -> None:
    official, opd, people = office
    slip = held(people[0], office)
    locker = Beside(fresh_region, lambda: lock_opd(month=MAY, opd=opd, actor=official))
    with transaction.atomic():
        released(slip)()
        locker.start()
        locker.join(timeout=1)
        assert locker.is_alive()
    locker.join(timeout=60)
    assert isinstance(locker.refused, FactsChanged)
    compute(official)
    take_steps_again(MAY, opd)
    lock_opd(month=MAY, opd=opd, actor=official)
    assert LedgerEntry.objects.get(kind="net_tpp", employee=people[0]).amount == slip.net


def signed(office_: Office) -> MonthLock:
    official, opd, _people = office_
    give_accounts(people_of(opd))
    lock = lock_opd(month=MAY, opd=opd, actor=official)
    sign_whole(lock)
    return lock


def test_a_lock_is_not_reopened_while_its_sp2d_is_being_recorded(fresh_region: RegionState, office: Office) -> None:
    _official, opd, _people = office
    lock = signed(office)
    request(opd)
    proposal = propose_reopening(lock=lock.uid, reason="Salah nilai", actor=closer("bkpsdm"))
    second = closer("inspektorat")
    reopener = Beside(fresh_region, lambda: confirm_reopening(uid=proposal.uid, actor=second))
    with transaction.atomic():
        order(opd)
        reopener.start()
        reopener.join(timeout=1)
        assert reopener.is_alive()
    reopener.join(timeout=60)
    assert isinstance(reopener.refused, NotReady)
    lock.refresh_from_db()
    assert lock.is_standing
    assert PaymentList.objects.standing().count() == 1


def test_an_spp_that_is_sent_by_several_at_once_makes_one_list(fresh_region: RegionState, office: Office) -> None:
    _official, opd, people = office
    signed(office)
    let_through(opd)
    letter = Letter("SPP/1", MAY.end, expected_amount(place_of(MAY, KIND, opd), Step.REQUESTED))
    treasurer = closer("bendahara")

    def send() -> object:
        return take_step(month=MAY, kind=KIND, opd=opd, step=Step.REQUESTED, actor=treasurer, letter=letter)

    assert all_together([Beside(fresh_region, send) for _ in range(4)]) == [None] * 4
    assert PaymentList.objects.get().people == len(people)
    assert PaymentRow.objects.aggregate(total=Sum("amount"))["total"] == granted()


def test_two_further_lists_at_once_pay_the_released_person_once(fresh_region: RegionState, office: Office) -> None:
    _official, opd, people = office
    slip = held(people[0], office)
    signed(office)
    first = request(opd)
    released(slip)()
    let_through(opd)
    payer = closer("bpkad")
    parcel = first.parcel.uid
    makers = [Beside(fresh_region, lambda: make_follow_up(parcel_uid=parcel, actor=payer)) for _ in range(3)]
    assert sorted(map(str, all_together(makers))) == sorted(map(str, [None, PaymentRefused, PaymentRefused]))
    second = PaymentList.objects.get(number=2)
    assert list(second.rows.values_list("employee", "amount")) == [(slip.employee_id, slip.net)]
    assert PaymentRow.objects.newest().aggregate(total=Sum("amount"))["total"] == granted()


def test_after_a_reopening_only_the_new_lists_pay(fresh_region: RegionState, office: Office) -> None:
    official, opd, people = office
    lock = signed(office)
    former = request(opd)
    proposal = propose_reopening(lock=lock.uid, reason="Salah nilai", actor=closer("bkpsdm"))
    confirm_reopening(uid=proposal.uid, actor=closer("inspektorat"))
    assert granted() == 0
    assert set(former.rows.values_list("state", flat=True)) == {"void"}
    compute(official)
    take_steps_before_lock(MAY, opds=[opd])
    again = lock_opd(month=MAY, opd=opd, actor=official)
    sign_whole(again)
    made = request(opd)
    assert (made.number, made.people) == (2, len(people))
    assert granted() == made.total == again.net_total
    assert not set(made.rows.values_list("reference", flat=True)) & set(former.rows.values_list("reference", flat=True))
