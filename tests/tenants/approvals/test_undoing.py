"""Undoing an approval of a moment ago: the documents wait again where they waited, and everything is on the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.periods import Month
from tenants.activities.models import Activity
from tenants.approvals.actions import decide, recall
from tenants.approvals.chains import StepInput
from tenants.approvals.delegations import delegate, withdraw_delegation
from tenants.approvals.errors import ChangedSinceSeen, NotRecallable
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision, DecisionDelay
from tenants.approvals.overdue import follow_deadlines
from tenants.approvals.undoing import Undone, undo_approvals, undo_offer
from tests.cast import Person
from tests.closed_months import close_months
from tests.tenants.activities.work import make_kind, make_sent
from tests.tenants.approvals.ladder import TODAY, Ladder, hand_in
from tests.tenants.approvals.papers import Told

By = ChainStep.Approver
Chain = Callable[..., None]
NOW = clock.at_local(TODAY, time(16), "Asia/Makassar")


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(NOW):
        yield


def approve(actor: User, *requests: ApprovalRequest, **seen: Any) -> Any:
    """The moment of the decision."""
    fresh = User.objects.get(pk=actor.pk)
    outcome = decide(request_uids=[r.uid for r in requests], verdict="approved", actor=fresh, **seen)
    assert outcome.decided
    return outcome.at


def undo(actor: User, moment: Any, *, seconds: int = 60) -> Undone:
    with clock.at(NOW + timedelta(seconds=seconds)):
        return undo_approvals(decided_at=moment, actor=User.objects.get(pk=actor.pk))


def in_inbox(person: Person, request: ApprovalRequest) -> bool:
    user = User.objects.get(pk=person.user.pk)
    return ApprovalRequest.objects.waiting().for_approver(user).filter(pk=request.pk).exists()


def verdicts(request: ApprovalRequest) -> list[tuple[str, int, int]]:
    return list(Decision.objects.filter(request=request).order_by("pk").values_list("verdict", "level", "turn"))


def test_activities_wait_again_and_what_was_frozen_is_kept_in_the_record_only(ani: Person, budi: Person) -> None:
    activity, other = make_sent(ani.employee, make_kind(), 2)
    requests = list(ApprovalRequest.objects.order_by("pk"))
    place = [(r.level, r.approver_id, r.approver_position_id, r.due_on, r.acts_after) for r in requests]
    moment = approve(budi.user, *requests)
    done = undo(budi.user, moment)
    assert [len(done.waiting), len(done.stays)] == [2, 0]
    again = list(ApprovalRequest.objects.order_by("pk"))
    assert [(r.level, r.approver_id, r.approver_position_id, r.due_on, r.acts_after) for r in again] == place
    assert {(r.state, r.turn) for r in again} == {("waiting", 1)}
    activity.refresh_from_db()
    assert (activity.state, activity.approved_points, activity.approved_minutes, activity.decided_at) == (
        Activity.State.SUBMITTED,
        None,
        None,
        None,
    )
    assert verdicts(again[0]) == [("approved", 1, 0), ("recalled", 1, 0)]
    event = AuditEvent.objects.get(action="approvals.undone", subject_uid=again[0].uid)
    assert (event.before["state"], event.after["state"]) == ("approved", "waiting")
    assert Decimal(event.before["given"]["approved_points"]) == 2
    assert event.before["given"]["approved_minutes"] == activity.minutes
    # Decided anew in the next turn, each once.
    approve(budi.user, again[0], stages={again[0].uid: "1.1"})
    activity.refresh_from_db()
    other.refresh_from_db()
    assert (activity.state, activity.approved_points, other.state) == ("approved", Decimal("2.00"), "submitted")
    assert verdicts(again[0])[2:] == [("approved", 1, 1)]


def test_the_person_returns_what_was_approved_by_mistake(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    undo(budi.user, approve(budi.user, request))
    assert in_inbox(budi, request)
    decide(
        request_uids=[request.uid],
        verdict="returned",
        note="Bukti kurang",
        stages={request.uid: "1.1"},
        actor=budi.user,
    )
    request.refresh_from_db()
    assert (request.state, [call[0] for call in papers.calls]) == ("returned", ["approved", "undone", "returned"])


def test_a_page_from_before_the_undoing_decides_nothing(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    undo(budi.user, approve(budi.user, request))
    for stage in ({}, {request.uid: "1.0"}):
        with pytest.raises(ChangedSinceSeen):
            decide(request_uids=[request.uid], verdict="approved", stages=stage, actor=budi.user)
    assert len(papers.calls) == 2


def test_what_went_on_comes_back_to_the_level_where_it_was(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3), StepInput(By.KEPALA_OPD))
    request = hand_in(ani)
    moment = approve(budi.user, request)
    assert in_inbox(ladder.head, request)
    assert len(undo(budi.user, moment).waiting) == 1
    request.refresh_from_db()
    assert (request.state, request.level, request.approver, request.came_from_id) == (
        "waiting",
        1,
        budi.employee,
        None,
    )
    assert request.due_on == TODAY + timedelta(days=3)
    assert not in_inbox(ladder.head, request)
    # Who has the page open above is told, and learns nothing more.
    with pytest.raises(ChangedSinceSeen):
        decide(request_uids=[request.uid], verdict="approved", actor=ladder.head.user)
    page = signed_in(budi.user).get(f"/kotak-masuk/{request.uid}/jejak/").content.decode()
    assert "Persetujuan dibatalkan, dokumen menunggu lagi" in page
    approve(budi.user, request, stages={request.uid: "1.1"})
    approve(ladder.head.user, request)
    request.refresh_from_db()
    assert (request.state, papers.calls) == ("approved", [("approved", 1, "")])


def test_what_somebody_has_decided_since_stays(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    request, other = hand_in(ani), hand_in(ani)
    moment = approve(budi.user, request, other)
    approve(ladder.head.user, request)
    done = undo(budi.user, moment)
    assert ([r.pk for r in done.waiting], [r.pk for r in done.stays]) == ([other.pk], [request.pk])
    request.refresh_from_db()
    assert request.state == "approved"
    # Above, the approval stands behind the one below; undone, only its own level is asked again.
    undo(ladder.head.user, Decision.objects.get(request=request, level=2).decided_at)
    request.refresh_from_db()
    assert (request.state, request.level, request.approver) == ("waiting", 2, ladder.head.employee)
    assert verdicts(request) == [("approved", 1, 0), ("approved", 2, 0), ("recalled", 2, 0)]


def test_both_levels_of_one_decision_are_undone_together(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.DIRECT_SUPERIOR))
    request = hand_in(ani)
    undo(budi.user, approve(budi.user, request))
    assert verdicts(request) == [("approved", 1, 0), ("approved", 2, 0), ("recalled", 1, 0), ("recalled", 2, 0)]
    approve(budi.user, request, stages={request.uid: "1.1"})
    recall(request_uids=[request.uid], note="Keliru", actor=budi.user)
    assert verdicts(request)[4:] == [("approved", 1, 1), ("approved", 2, 1), ("recalled", 1, 1), ("recalled", 2, 1)]


def test_a_closed_month_keeps_its_activities_and_lets_the_others_go(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_chain()
    (activity,) = make_sent(ani.employee, make_kind())
    paper = hand_in(ani)
    of_activity = ApprovalRequest.objects.get(document_uid=activity.uid)
    moment = approve(budi.user, of_activity, paper)
    close_months(monkeypatch, Month(2026, 11))
    done = undo(budi.user, moment)
    assert ([r.pk for r in done.waiting], [r.pk for r in done.stays]) == ([paper.pk], [of_activity.pk])
    activity.refresh_from_db()
    assert (activity.state, activity.approved_points) == ("approved", Decimal("2.00"))
    assert verdicts(of_activity) == [("approved", 1, 0)]


def test_it_is_undone_once_and_only_by_who_approved_it(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    moment = approve(budi.user, request)
    offer = undo_offer(decided_at=moment, actor=budi.user)
    assert offer is not None
    assert offer.count == 1
    assert undo_offer(decided_at=moment, actor=citra.user) is None
    undo(budi.user, moment)
    assert undo_offer(decided_at=moment, actor=budi.user) is None
    assert [r.pk for r in undo(budi.user, moment).stays] == [request.pk]
    with pytest.raises(NotRecallable):
        recall(request_uids=[request.uid], note="Keliru", actor=budi.user)
    assert [call[0] for call in papers.calls] == ["approved", "undone"]


def test_a_delegation_that_has_ended_undoes_nothing(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    given = delegate(receiver_uid=citra.employee.uid, first=TODAY, last=date(2026, 11, 25), actor=budi.user)
    first, second = hand_in(ani), hand_in(ani)
    moment = approve(citra.user, first)
    with clock.at(NOW + timedelta(seconds=1)):
        later = approve(citra.user, second)
    undo(citra.user, moment)
    assert in_inbox(budi, first)
    withdraw_delegation(uid=given.uid, actor=budi.user)
    assert [r.pk for r in undo(citra.user, later).stays] == [second.pk]


def test_a_late_decision_that_is_undone_goes_on_being_late(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3))
    request = hand_in(ani)
    late = NOW + timedelta(days=5)
    with clock.at(late):
        moment = approve(budi.user, request)
        assert DecisionDelay.objects.get().outcome == "decided"
        with clock.at(late + timedelta(minutes=1)):
            undo_approvals(decided_at=moment, actor=budi.user)
        assert DecisionDelay.objects.get().outcome == "open"
    with clock.at(NOW + timedelta(days=9)):
        follow_deadlines()
        approve(budi.user, request, stages={request.uid: "1.1"})
    assert [(d.outcome, d.days_late) for d in DecisionDelay.objects.all()] == [("decided", 6)]


def test_the_database_keeps_turns_in_order(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    request = hand_in(ani)
    undo(budi.user, approve(budi.user, request))
    insert = """
        INSERT INTO approvals_decision (request_id, level, turn, verdict, decided_by_id, note, decided_at)
        VALUES (%s, 1, %s, 'approved', %s, '', now())
    """
    for turn in (0, 2):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [request.pk, turn, budi.user.pk])
    for turn in (0, 3):
        with pytest.raises(DatabaseError, match="append"), transaction.atomic():
            ApprovalRequest.objects.filter(pk=request.pk).update(turn=turn)


def test_two_hundred_are_undone_in_as_many_statements_as_twenty(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD))
    counts = {}
    for number, size in enumerate((20, 200)):
        with clock.at(NOW + timedelta(seconds=number)):
            requests = [hand_in(ani) for _ in range(size)]
            moment = approve(budi.user, *requests)
        with CaptureQueriesContext(connection) as captured:
            done = undo(budi.user, moment)
        assert len(done.waiting) == size
        counts[size] = len(captured)
    assert counts[20] == counts[200]
