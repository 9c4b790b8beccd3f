"""A slip that is held when its OPD is locked and released later: entered once, paid once, by a further list."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

import pytest
from django.db.models import Sum

from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.holds.actions import hold_payment
from tenants.holds.models import OrderedHold
from tenants.organisation.models import Unit
from tenants.payout.ledger import enter_released
from tenants.payout.models import LedgerEntry, PaymentList, PaymentRow
from tenants.payout.parcels.errors import GatesClosed
from tenants.payout.payments.errors import PaymentRefused
from tenants.payout.payments.lists import make_follow_up
from tenants.tpp.holding import release_slip
from tenants.tpp.models import MonthLock, Slip
from tests.tenants.payout.closing_steps import closer, is_intact
from tests.tenants.payout.paying import give_accounts, let_through, lock, people_of, request
from tests.tenants.tpp.pilot import MAY, RunOf, after, give_facts, staffed
from tests.tenants.tpp.small_run import stored_rules


@pytest.fixture(autouse=True)
def afterwards(manado: RegionState) -> Iterator[None]:
    with clock.at(after(MAY)):
        yield


def requested_with_held(opd: Unit, held: int, run_of: RunOf) -> PaymentList:
    """The OPD's May up to its first list; the first `held` people by name are held by the inspectorate."""
    people = people_of(opd)
    for person in people[:held]:
        hold_payment(
            employee=person,
            from_month=MAY,
            until_month=MAY.next,
            reason="Temuan terbuka",
            basis="LHP 12/2024",
            actor=closer("inspektorat"),
        )
    run_of(MAY)
    give_accounts(people)
    lock(opd)
    return request(opd)


def release(slip: Slip) -> None:
    order = OrderedHold.objects.get(employee=slip.employee)
    release_slip(uid=slip.uid, node_id=order.node_id, reason="Selesai", document_number="ND 7", actor=closer("bkpsdm"))


def entered() -> dict[int, Decimal]:
    """What the ledger grants to each person."""
    rows = LedgerEntry.objects.filter(kind="net_tpp").order_by().values_list("employee_id")
    return dict(rows.annotate(total=Sum("amount")))


def listed() -> dict[int, Decimal]:
    """What the lists pay to each person."""
    rows = PaymentRow.objects.newest().order_by().values_list("employee_id")
    return dict(rows.annotate(total=Sum("amount")))


@pytest.fixture
def opd(bkpsdm: User) -> Unit:
    stored_rules()
    made, people = staffed(1, people=4)
    give_facts(people, [MAY], bkpsdm)
    return made


def test_the_released_person_alone_is_on_the_second_list(opd: Unit, run_of: RunOf) -> None:
    first = requested_with_held(opd, 1, run_of)
    held = Slip.objects.get(employee=people_of(opd)[0])
    assert held.is_held
    assert first.people == 3
    assert held.employee_id not in entered()
    with pytest.raises(PaymentRefused, match="nothing"):
        make_follow_up(parcel_uid=first.parcel.uid, actor=closer("bpkad"))
    release(held)
    release(held)
    let_through(opd)
    second = make_follow_up(parcel_uid=first.parcel.uid, actor=closer("bpkad"))
    assert second.number == 2
    assert list(second.rows.values_list("employee", "amount")) == [(held.employee_id, held.net)]
    with pytest.raises(PaymentRefused, match="nothing"):
        make_follow_up(parcel_uid=first.parcel.uid, actor=closer("bpkad"))
    assert enter_released([held.pk]) == 0
    kinds = LedgerEntry.objects.filter(slip=held).values_list("kind", "amount")
    assert dict(kinds)["net_tpp"] == held.net
    assert len(kinds) == len(dict(kinds))
    assert is_intact(MAY)


def test_who_is_released_is_looked_at_before_the_further_list(opd: Unit, run_of: RunOf) -> None:
    first = requested_with_held(opd, 1, run_of)
    held = Slip.objects.get(employee=people_of(opd)[0])
    held.employee.bank_accounts.update(withdrawn_at=clock.now(), withdrawn_by=closer("bpkad"))
    release(held)
    with pytest.raises(GatesClosed):
        make_follow_up(parcel_uid=first.parcel.uid, actor=closer("bpkad"))
    assert PaymentList.objects.count() == 1


@pytest.mark.parametrize("seed", range(3))
def test_slips_ledger_and_lists_are_one_sum_whoever_is_released_in_whatever_order(
    opd: Unit, run_of: RunOf, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - an order, no secret
    first = requested_with_held(opd, chance.choice([1, 2, 3]), run_of)
    waiting = [slip for slip in Slip.objects.filter(opd=opd).order_by("pk") if slip.is_held]
    chance.shuffle(waiting)
    while waiting:
        for _ in range(min(chance.choice([1, 2]), len(waiting))):
            release(waiting.pop())
        if chance.random() < 0.7 or not waiting:
            let_through(opd)
            make_follow_up(parcel_uid=first.parcel.uid, actor=closer("bpkad"))
            assert listed() == entered()
        granted = dict(Slip.objects.filter(opd=opd).granted().values_list("employee_id", "net"))
        assert entered() == granted
    assert listed() == dict(Slip.objects.filter(opd=opd).values_list("employee_id", "net"))
    assert MonthLock.objects.get().digest
    assert is_intact(MAY)
