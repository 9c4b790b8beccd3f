"""When the last day to decide has passed: it goes up, counts, or waits, and the delay stays with who had it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.audit.models import AuditEvent
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from kernel.tenancy.tasks import REGION_HEADER
from tenants.approvals.actions import Submission, decide, submit_many, withdraw
from tenants.approvals.chains import StepInput
from tenants.approvals.delays import late_decisions
from tenants.approvals.errors import OwnDocument
from tenants.approvals.handlers import DeadlineRule
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision, DecisionDelay, Delegation
from tenants.approvals.overdue import follow_deadlines, follow_departures
from tenants.approvals.tasks import keep_deadlines
from tests.cast import Person
from tests.tenants.approvals.ladder import NOW, TODAY, Ladder, hand_in
from tests.tenants.approvals.papers import Papers, Told

By = ChainStep.Approver
After = ChainStep.AfterDeadline
NOVEMBER = Month(2026, 11)
Chain = Callable[..., None]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(NOW):
        yield


@contextmanager
def days_later(days: int) -> Iterator[datetime]:
    """The night after so many days."""
    moment = NOW + timedelta(days=days)
    with clock.at(moment):
        yield moment


def night() -> None:
    """What the night's task does, to its end."""
    while follow_departures():
        pass
    while follow_deadlines():
        pass


def fresh(request: ApprovalRequest) -> ApprovalRequest:
    return ApprovalRequest.objects.get(pk=request.pk)


def delays_of(person: Person) -> list[tuple[str, int | None]]:
    rows = DecisionDelay.objects.filter(approver=person.employee).order_by("pk")
    return [(row.outcome, row.days_late) for row in rows]


def test_in_time_nothing_follows_and_nothing_is_on_the_record(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT))
    request = hand_in(ani)
    with days_later(3):
        night()
        assert fresh(request).state == "waiting"
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert papers.calls == [("approved", 1, "")]
    assert not DecisionDelay.objects.exists()
    assert late_decisions([budi.employee.pk], NOVEMBER) == {budi.employee.pk: 0}


def test_it_counts_without_a_decision_and_the_delay_is_the_superiors(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT))
    request = hand_in(ani)
    with days_later(4):
        night()
        night()
    assert fresh(request).state == "approved"
    assert papers.calls == [("approved", 1, "")]
    decision = Decision.objects.get()
    assert (decision.verdict, decision.decided_by) == ("lapsed", None)
    assert delays_of(budi) == [("lapsed", 1)]
    assert late_decisions([budi.employee.pk, ani.employee.pk], NOVEMBER) == {budi.employee.pk: 1, ani.employee.pk: 0}
    event = AuditEvent.objects.get(action="approvals.lapsed")
    assert (event.actor_kind, event.after["state"]) == ("system", "approved")


def test_a_level_that_lapses_leads_to_the_next_level_and_skips_none(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT), StepInput(By.KEPALA_OPD))
    request = hand_in(ani)
    with days_later(4):
        night()
        moved = fresh(request)
        assert (moved.state, moved.level, moved.approver_id) == ("waiting", 2, ladder.head.employee.pk)
        decide(request_uids=[request.uid], verdict="approved", actor=ladder.head.user)
    assert papers.calls == [("approved", 1, "")]
    assert delays_of(ladder.head) == []


def test_it_goes_up_to_the_next_superior_with_time_of_their_own(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.NEXT_SUPERIOR))
    request = hand_in(ani)
    with days_later(4):
        night()
        up = fresh(request)
        assert (up.level, up.approver_id, up.why) == (1, ladder.head.employee.pk, "lewat_batas")
        assert (up.came_from_id, up.due_on) == (budi.employee.pk, TODAY + timedelta(days=7))
    with days_later(8):
        night()
        assert fresh(request).approver_id == ladder.sekda.employee.pk
    with days_later(12):
        night()
        last = fresh(request)
        assert (last.approver_id, last.role_code) == (None, "bkpsdm")
    with days_later(30):
        night()
        assert fresh(request).role_code == "bkpsdm"
    assert [delays_of(person) for person in (budi, ladder.head, ladder.sekda)] == [[("passed_up", 1)]] * 3
    assert papers.calls == []


def test_it_waits_where_the_chain_says_so_and_the_days_late_are_counted_at_the_end(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3))
    request = hand_in(ani)
    with days_later(4):
        night()
    assert (fresh(request).state, fresh(request).acts_after) == ("waiting", None)
    assert delays_of(budi) == [("open", None)]
    with days_later(10):
        night()
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert delays_of(budi) == [("decided", 7)]


def test_a_late_decision_before_the_night_is_on_the_record_as_well(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT))
    one, other = hand_in(ani), hand_in(ani)
    with days_later(4):
        decide(request_uids=[one.uid], verdict="approved", actor=budi.user)
        withdraw(document_kind="paper", document_uids=[other.document_uid], owner=ani.employee, actor=ani.user)
    assert delays_of(budi) == [("decided", 1), ("withdrawn", 1)]
    assert late_decisions([budi.employee.pk], NOVEMBER) == {budi.employee.pk: 2}
    assert late_decisions([budi.employee.pk], NOVEMBER.next) == {budi.employee.pk: 0}


def test_the_delay_is_of_whom_it_was_delegated_to(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT))
    hand_in(ani)
    Delegation.objects.create(
        giver=budi.employee, receiver=citra.employee, period=DateRange(TODAY, TODAY + timedelta(days=9))
    )
    with days_later(4):
        night()
    assert (delays_of(budi), delays_of(citra)) == ([], [("lapsed", 1)])


def test_a_role_has_no_record(ani: Person, paper_chain: Chain, papers: Told, with_role: Callable[..., object]) -> None:
    with_role("bkpsdm")
    paper_chain(StepInput(By.BKPSDM, days_to_decide=3, after_deadline=After.NEXT_SUPERIOR))
    request = hand_in(ani)
    with days_later(9):
        night()
    assert fresh(request).role_code == "bkpsdm"
    assert not DecisionDelay.objects.exists()


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        (DeadlineRule(2, "count"), After.WAIT, ("approved", True)),
        (DeadlineRule(2, "next_superior"), After.WAIT, ("waiting", False)),
        (DeadlineRule(2, "not_count"), After.COUNT, ("waiting", True)),
        (None, After.COUNT, ("approved", True)),
    ],
)
def test_the_regions_rule_set_speaks_first(
    ani: Person,
    budi: Person,
    ladder: Ladder,
    paper_chain: Chain,
    papers: Told,
    monkeypatch: pytest.MonkeyPatch,
    rule: DeadlineRule | None,
    after: str,
    expected: tuple[str, bool],
) -> None:
    monkeypatch.setattr(Papers, "deadline_rule", lambda self, day: rule)
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=5, after_deadline=after))
    request = hand_in(ani)
    with days_later(6):
        night()
    row = fresh(request)
    assert (row.state, row.approver_id == budi.employee.pk) == expected


def test_the_rule_set_counts_after_its_own_days_although_the_chain_sends_it_up_before(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Papers, "deadline_rule", lambda self, day: DeadlineRule(5, "count"))
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.NEXT_SUPERIOR))
    request = hand_in(ani)
    with days_later(4):
        night()
        up = fresh(request)
        assert (up.approver_id, up.due_on) == (ladder.head.employee.pk, TODAY + timedelta(days=5))
    with days_later(6):
        night()
    assert fresh(request).state == "approved"
    assert [delays_of(budi), delays_of(ladder.head)] == [[("passed_up", 1)], [("lapsed", 1)]]


def test_a_document_of_the_region_never_counts_by_itself(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Papers, "of_region", True)
    monkeypatch.setattr(Papers, "deadline_rule", lambda self, day: DeadlineRule(2, "count"))
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT))
    request = hand_in(ani, owner=None)
    assert (request.owner_id, request.owner_user_id, request.approver_id) == (None, ani.user.pk, budi.employee.pk)
    with days_later(30):
        night()
    assert fresh(request).state == "waiting"
    with pytest.raises(OwnDocument):
        decide(request_uids=[request.uid], verdict="approved", actor=ani.user)


def test_what_its_app_refuses_waits_on_and_the_others_count(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kernel.errors import DomainError

    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT))
    good, bad = hand_in(ani), hand_in(ani)
    real = Papers.on_approved

    def refuse_one(self: Papers, requests: list[ApprovalRequest], **values: object) -> None:
        if any(request.pk == bad.pk for request in requests):
            raise DomainError("closed")
        real(self, requests, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(Papers, "on_approved", refuse_one)
    with days_later(4):
        night()
    assert (fresh(good).state, fresh(bad).state) == ("approved", "waiting")
    assert not Decision.objects.filter(request=bad).exists()
    assert sorted(delays_of(budi)) == [("lapsed", 1), ("open", None)]


def test_the_nights_task_works_in_batches_with_as_many_statements_for_ten_times_as_many(
    manado: RegionState, ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline=After.COUNT))
    counts = {}
    for size in (20, 200):
        submissions = [Submission(uuid.uuid4(), ani.employee, "Surat", TODAY) for _n in range(size)]
        submit_many(document_kind="paper", submissions=submissions, actor=ani.user)
        with days_later(4), CaptureQueriesContext(connection) as captured:
            assert follow_deadlines() == size
        counts[size] = len(captured)
    assert counts[20] == counts[200]
    submissions = [Submission(uuid.uuid4(), ani.employee, "Surat", TODAY) for _n in range(450)]
    submit_many(document_kind="paper", submissions=submissions, actor=ani.user)
    with days_later(4):
        keep_deadlines.apply(headers={REGION_HEADER: manado.code}, throw=True)
    assert not ApprovalRequest.objects.waiting().exists()
    assert late_decisions([budi.employee.pk], NOVEMBER) == {budi.employee.pk: 670}


def test_a_delay_is_in_the_month_of_its_last_day(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=11))
    request = hand_in(ani)
    assert request.due_on == date(2026, 11, 30)
    with days_later(12):
        night()
        assert late_decisions([budi.employee.pk], NOVEMBER) == {budi.employee.pk: 1}
        assert late_decisions([budi.employee.pk], NOVEMBER.next) == {budi.employee.pk: 0}
