"""Who reads decisions after one of them was undone: only those that stand count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import User
from tenants.approvals.actions import decide, withdraw
from tenants.approvals.chains import StepInput
from tenants.approvals.corrections import proposals
from tenants.approvals.delegations import delegate, withdraw_delegation
from tenants.approvals.errors import AlreadyDecided
from tenants.approvals.models import ApprovalRequest, ChainStep, DecisionDelay
from tenants.approvals.overdue import follow_deadlines, follow_departures
from tenants.approvals.undoing import undo_approvals, undo_offer
from tenants.employees.models import Placement
from tests.cast import Office, Person
from tests.tenants.approvals.ladder import TODAY, Ladder, hand_in
from tests.tenants.approvals.papers import Told

By = ChainStep.Approver
After = ChainStep.AfterDeadline
Chain = Callable[..., None]
NOW = clock.at_local(TODAY, time(16), "Asia/Makassar")


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(NOW):
        yield


def approve(actor: User, *requests: ApprovalRequest) -> Any:
    fresh = User.objects.get(pk=actor.pk)
    for request in requests:
        request.refresh_from_db()
    stages = {request.uid: request.stage for request in requests}
    return decide(request_uids=[r.uid for r in requests], verdict="approved", stages=stages, actor=fresh).at


def undo(actor: User, moment: Any) -> None:
    with clock.at(NOW + timedelta(minutes=1)):
        assert undo_approvals(decided_at=moment, actor=User.objects.get(pk=actor.pk)).waiting


def test_what_a_delegate_undid_goes_up_to_that_delegate_when_the_day_has_passed(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.NEXT_SUPERIOR))
    delegate(receiver_uid=ladder.head.employee.uid, first=TODAY, last=TODAY, actor=budi.user)
    request = hand_in(ani)
    undo(ladder.head.user, approve(ladder.head.user, request))
    with clock.at(NOW + timedelta(days=5)):
        follow_deadlines()
    request.refresh_from_db()
    assert (request.why, request.approver) == ("lewat_batas", ladder.head.employee)


def test_what_a_delegate_undid_goes_to_that_delegate_as_the_successor(
    ani: Person, budi: Person, citra: Person, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=30))
    delegate(receiver_uid=citra.employee.uid, first=TODAY, last=TODAY, actor=budi.user)
    request = hand_in(ani)
    undo(citra.user, approve(citra.user, request))
    Placement.objects.filter(employee=budi.employee).update(period=DateRange(date(2026, 1, 1), TODAY))
    Placement.objects.create(
        employee=citra.employee, position=office.section_head, kind="plt", period=DateRange(TODAY, None)
    )
    follow_departures()
    request.refresh_from_db()
    assert request.approver == citra.employee


def test_a_delay_stays_with_the_delegate_of_that_day_when_the_delegation_is_withdrawn_later(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3))
    request = hand_in(ani)
    given = delegate(receiver_uid=citra.employee.uid, first=TODAY, last=date(2026, 12, 5), actor=budi.user)
    with clock.at(NOW + timedelta(days=5)):
        moment = approve(citra.user, request)
        with clock.at(NOW + timedelta(days=5, minutes=1)):
            undo_approvals(decided_at=moment, actor=citra.user)
            withdraw_delegation(uid=given.uid, actor=budi.user)
    with clock.at(NOW + timedelta(days=6)):
        approve(budi.user, request)
    found = DecisionDelay.objects.values_list("approver__name", "outcome", "days_late")
    assert list(found) == [(citra.employee.name, "decided", 3)]


def test_a_delegation_withdrawn_before_the_last_day_charges_the_giver(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3))
    hand_in(ani)
    given = delegate(receiver_uid=citra.employee.uid, first=TODAY, last=date(2026, 12, 5), actor=budi.user)
    with clock.at(NOW + timedelta(days=3)):
        withdraw_delegation(uid=given.uid, actor=budi.user)
    with clock.at(NOW + timedelta(days=5)):
        follow_deadlines()
    assert DecisionDelay.objects.get().approver == budi.employee


def test_a_document_decided_twice_speaks_once_for_a_superior(
    ani: Person, budi: Person, citra: Person, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request, undone = hand_in(ani), hand_in(ani)
    undo(budi.user, approve(budi.user, request, undone))
    with clock.at(NOW + timedelta(minutes=2)):
        approve(budi.user, request)
    office.staff.superior = citra.employee.placements.get().position
    office.staff.save()
    grounds = {one.employee: one.grounds for one in proposals(ani.employee, TODAY)}
    assert "Memutuskan 1 dokumen Anda dalam 60 hari terakhir" in grounds[budi.employee]


def test_what_its_owner_took_back_after_the_undoing_is_told_as_that(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    undo(budi.user, approve(budi.user, request))
    withdraw(document_kind="paper", document_uids=[request.document_uid], owner=ani.employee, actor=ani.user)
    with pytest.raises(AlreadyDecided) as refused:
        approve(budi.user, request)
    assert "“Surat”: ditarik." in refused.value.message()
    assert "Budi" not in refused.value.message()


def test_what_was_decided_above_is_not_offered_for_undoing(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD), StepInput(By.SEKDA))
    first, second = hand_in(ani), hand_in(ani)
    moment = approve(budi.user, first, second)
    with clock.at(NOW + timedelta(minutes=1)):
        approve(ladder.head.user, first)
    offer = undo_offer(decided_at=moment, actor=budi.user)
    assert offer is not None
    assert offer.count == 1
    with clock.at(NOW + timedelta(minutes=1)):
        assert len(undo_approvals(decided_at=moment, actor=budi.user).waiting) == 1
