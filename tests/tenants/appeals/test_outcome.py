"""What is decided becomes an order that the next difference run pays or takes, and can be taken back until then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import Role, RoleGrant, User
from kernel.errors import NotAllowed
from tenants.appeals.actions import set_remedy
from tenants.appeals.errors import AppealDecided, OwnAppeal, RemedyMissing, RemedyRefused
from tenants.appeals.models import Appeal
from tenants.approvals.actions import recall
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.undoing import undo_approvals
from tenants.arrears.models import Order
from tenants.tpp.models import Slip
from tests.tenants.appeals.objecting import decided, objection, remedied
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import MAY

JUNE = datetime(2024, 6, 10, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with clock.at(JUNE):
        yield


@pytest.fixture
def locked(slip: Slip, bkpsdm: User) -> Slip:
    lock_whole_month(MAY, actor=bkpsdm)
    return slip


@pytest.fixture
def at_bkpsdm(locked: Slip, owner: User, operator_opd: User) -> Appeal:
    """An appeal that the operator of the OPD has passed on."""
    made = objection(locked, owner)
    decided(made, operator_opd)
    return made


def test_a_granted_sum_becomes_an_order_of_the_month(at_bkpsdm: Appeal, bkpsdm: User, slip: Slip) -> None:
    remedied(at_bkpsdm, bkpsdm)
    decided(at_bkpsdm, bkpsdm)
    assert at_bkpsdm.state == Appeal.State.GRANTED
    ordered = Order.objects.get()
    assert (ordered.employee_id, ordered.of_month, ordered.amount) == (
        slip.employee_id,
        MAY.first_day,
        Decimal(118_800),
    )
    assert "Surat tugas 094/12/2024" in ordered.reason


def test_mended_facts_need_no_order(at_bkpsdm: Appeal, bkpsdm: User) -> None:
    remedied(at_bkpsdm, bkpsdm, None)
    decided(at_bkpsdm, bkpsdm)
    assert at_bkpsdm.state == Appeal.State.GRANTED
    assert not Order.objects.exists()


def test_nothing_is_granted_before_somebody_says_what_follows(at_bkpsdm: Appeal, bkpsdm: User) -> None:
    with pytest.raises(RemedyMissing):
        decided(at_bkpsdm, bkpsdm)
    at_bkpsdm.refresh_from_db()
    assert at_bkpsdm.state == Appeal.State.SUBMITTED


def test_a_refused_appeal_pays_nothing(at_bkpsdm: Appeal, bkpsdm: User) -> None:
    decided(at_bkpsdm, bkpsdm, "rejected", "Surat tugas tidak ada")
    assert at_bkpsdm.state == Appeal.State.REFUSED
    assert not Order.objects.exists()


def test_an_undone_approval_cancels_the_order_and_another_one_may_follow(at_bkpsdm: Appeal, bkpsdm: User) -> None:
    remedied(at_bkpsdm, bkpsdm)
    decided(at_bkpsdm, bkpsdm)
    undo_approvals(decided_at=clock.now(), actor=bkpsdm)
    at_bkpsdm.refresh_from_db()
    assert at_bkpsdm.state == Appeal.State.SUBMITTED
    assert Order.objects.get().cancelled_at is not None
    decided(at_bkpsdm, bkpsdm)
    assert Order.objects.filter(cancelled_at__isnull=True).count() == 1


def test_a_recalled_approval_goes_back_to_the_person(at_bkpsdm: Appeal, bkpsdm: User) -> None:
    remedied(at_bkpsdm, bkpsdm)
    decided(at_bkpsdm, bkpsdm)
    request = ApprovalRequest.objects.of_documents("appeal", [at_bkpsdm.uid]).latest("pk")
    recall(request_uids=[request.uid], note="Salah orang", actor=bkpsdm)
    at_bkpsdm.refresh_from_db()
    assert at_bkpsdm.state == Appeal.State.RETURNED
    assert Order.objects.get().cancelled_at is not None


def test_a_sum_needs_a_locked_month(slip: Slip, owner: User, operator_opd: User, bkpsdm: User) -> None:
    made = objection(slip, owner)
    with pytest.raises(RemedyRefused) as refused:
        remedied(made, bkpsdm)
    assert refused.value.reason == "open"
    assert remedied(made, bkpsdm, None).remedy == Appeal.Remedy.FACTS


@pytest.mark.parametrize(
    ("remedy", "amount", "reason"), [("amount", None, "amount"), ("amount", 0, "amount"), ("facts", 1000, "no_amount")]
)
def test_a_remedy_says_exactly_one_thing(
    remedy: str, amount: int | None, reason: str, at_bkpsdm: Appeal, bkpsdm: User
) -> None:
    with pytest.raises(RemedyRefused) as refused:
        set_remedy(
            uid=at_bkpsdm.uid,
            seen=at_bkpsdm.version,
            remedy=remedy,
            amount=None if amount is None else Decimal(amount),
            note="x",
            actor=bkpsdm,
        )
    assert refused.value.reason == reason


def test_a_remedy_is_not_for_oneself_for_strangers_or_for_what_was_changed_meanwhile(
    at_bkpsdm: Appeal, owner: User, bkpsdm: User, operator_opd: User
) -> None:
    with pytest.raises(NotAllowed):
        remedied(at_bkpsdm, operator_opd)
    RoleGrant.objects.create(user=owner, role=Role.objects.get(code="bkpsdm"))
    with pytest.raises(OwnAppeal):
        remedied(at_bkpsdm, User.objects.get(pk=owner.pk))
    seen = at_bkpsdm.version
    remedied(at_bkpsdm, bkpsdm)
    with pytest.raises(AppealDecided):
        set_remedy(uid=at_bkpsdm.uid, seen=seen, remedy="facts", amount=None, note="x", actor=bkpsdm)
