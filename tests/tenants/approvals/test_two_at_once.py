"""Two people decide the same documents at the same moment: each document is decided once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.approvals.actions import Outcome, Submission, decide, submit_many, withdraw
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.defaults import FROM_THE_BEGINNING
from tenants.approvals.delegations import delegate
from tenants.approvals.errors import AlreadyDecided, ChangedSinceSeen, NoLongerYours
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision, DecisionDelay
from tenants.approvals.overdue import follow_deadlines
from tenants.approvals.undoing import Undone, undo_approvals
from tenants.employees.actions import end_placement
from tenants.employees.models import Employee, Placement
from tenants.organisation.models import Position
from tests.cast import make_employee, make_opd, make_position, make_user
from tests.tenants.approvals.papers import Papers, Told

COUNT = 60


def test_two_holders_of_a_role_decide_each_document_once(papers: Told, fresh_region: RegionState) -> None:
    lay_down_chain(
        document_kind="paper",
        name="Surat uji",
        valid_from=FROM_THE_BEGINNING,
        steps=[StepInput(ChainStep.Approver.ROLE_IN_REGION, role_code="bkpsdm")],
    )
    owner = make_employee("Pegawai", make_position(make_opd(), "P-1", "Staf"))
    first, second = (make_user(f"19800101200501100{n}", f"BKPSDM {n}", "bkpsdm") for n in (1, 2))
    rows = submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), owner, f"Surat {n}", FROM_THE_BEGINNING) for n in range(COUNT)],
        actor=first,
    )
    uids = [row.uid for row in rows]
    ready = threading.Barrier(2)

    def press(user: User, order: list[uuid.UUID], verdict: str) -> Outcome | AlreadyDecided:
        with region_scope(fresh_region):
            try:
                actor = User.objects.get(pk=user.pk)
                ready.wait(timeout=20)
                return decide(request_uids=order, verdict=verdict, note="Keputusan", actor=actor)
            except AlreadyDecided as error:
                return error
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        approving = pool.submit(press, first, uids, "approved")
        returning = pool.submit(press, second, list(reversed(uids)), "returned")
        outcomes = [approving.result(timeout=60), returning.result(timeout=60)]

    first_one = next(outcome for outcome in outcomes if isinstance(outcome, Outcome))
    second_one = next(outcome for outcome in outcomes if isinstance(outcome, AlreadyDecided))
    assert len(first_one.decided) == COUNT
    assert "Surat 0" in second_one.message()
    assert f"{COUNT - 3} dokumen lain" in second_one.message()
    assert Decision.objects.count() == COUNT
    assert len(papers.calls) == 1
    winner = {"approved": "approved", "returned": "returned"}[papers.calls[0][0]]
    assert ApprovalRequest.objects.filter(state=winner).count() == COUNT


def test_the_same_person_in_two_windows_decides_once(papers: Told, fresh_region: RegionState) -> None:
    lay_down_chain(
        document_kind="paper",
        name="Surat uji",
        valid_from=FROM_THE_BEGINNING,
        steps=[StepInput(ChainStep.Approver.DIRECT_SUPERIOR)],
    )
    opd = make_opd()
    head = make_position(opd, "P-1", "Kepala", kind="jpt")
    boss_user = make_user("198001012005011001", "Kepala", "asn", "atasan")
    make_employee("Kepala", head, user=boss_user, nip="198001012005011001")
    owner = make_employee("Pegawai", make_position(opd, "P-2", "Staf", superior=head))
    rows = submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), owner, f"Surat {n}", date(2025, 1, 1)) for n in range(20)],
        actor=boss_user,
    )
    uids = [row.uid for row in rows]
    ready = threading.Barrier(2)

    def press() -> int:
        with region_scope(fresh_region):
            try:
                actor = User.objects.get(pk=boss_user.pk)
                ready.wait(timeout=20)
                return len(decide(request_uids=uids, verdict="approved", actor=actor).decided)
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        decided = [future.result(timeout=60) for future in [pool.submit(press), pool.submit(press)]]
    assert sorted(decided) == [0, 20]
    assert papers.calls == [("approved", 20, "")]


def two_at_once(region: RegionState, *works: Callable[[], object]) -> list[object]:
    """Each of these in its own thread and transaction, begun at the same moment; what each gave or raised."""
    ready = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with region_scope(region):
            try:
                ready.wait(timeout=20)
                return work()
            except DomainError as error:
                return error
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, work) for work in works]]


@dataclass(frozen=True)
class Desk:
    """A boss, a successor without a post, an owner and what the owner handed in."""

    boss: User
    boss_employee: Employee
    successor: Employee
    owner: Employee
    post: Position
    requests: list[ApprovalRequest]


def make_desk(steps: list[StepInput]) -> Desk:
    lay_down_chain(document_kind="paper", name="Surat uji", valid_from=FROM_THE_BEGINNING, steps=steps)
    opd = make_opd()
    post = make_position(opd, "P-1", "Kepala", kind="jpt")
    boss = make_user("198001012005011001", "Kepala", "asn", "atasan")
    employee = make_employee("Kepala", post, user=boss, nip="198001012005011001")
    successor = make_employee(
        "Pengganti", user=make_user("198001012005011002", "Pengganti", "asn", "atasan"), nip="198001012005011002"
    )
    owner = make_employee("Pegawai", make_position(opd, "P-2", "Staf", superior=post))
    today = clock.today("Asia/Makassar")
    rows = submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), owner, f"Surat {n}", today) for n in range(COUNT)],
        actor=boss,
    )
    return Desk(boss, employee, successor, owner, post, rows)


def test_an_approval_and_a_withdrawal_at_once_are_one_of_the_two(papers: Told, fresh_region: RegionState) -> None:
    desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR)])
    boss = User.objects.get(pk=desk.boss.pk)
    two_at_once(
        fresh_region,
        lambda: decide(request_uids=[r.uid for r in desk.requests], verdict="approved", actor=boss),
        lambda: withdraw(
            document_kind="paper",
            document_uids=[r.document_uid for r in desk.requests],
            owner=desk.owner,
            actor=System("test"),
        ),
    )
    states = list(ApprovalRequest.objects.values_list("state", flat=True))
    assert set(states) <= {"approved", "withdrawn"}
    assert Decision.objects.count() == states.count("approved") == sum(count for _what, count, _note in papers.calls)


def test_a_decision_and_the_nights_task_at_once_decide_each_document_once(
    papers: Told, fresh_region: RegionState
) -> None:
    with clock.at(clock.now() - timedelta(days=9)):
        desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR, days_to_decide=3, after_deadline="dihitung")])
    boss = User.objects.get(pk=desk.boss.pk)
    two_at_once(
        fresh_region,
        lambda: decide(
            request_uids=[r.uid for r in desk.requests], verdict="rejected", note="Tidak sesuai", actor=boss
        ),
        follow_deadlines,
        follow_deadlines,
    )
    follow_deadlines()
    assert Decision.objects.count() == COUNT
    assert sum(count for _what, count, _note in papers.calls) == COUNT
    assert not ApprovalRequest.objects.waiting().exists()
    assert DecisionDelay.objects.count() == COUNT
    assert not DecisionDelay.objects.open().exists()


def test_an_approver_who_is_moved_at_the_same_moment_decides_before_it_or_not_at_all(
    papers: Told, fresh_region: RegionState
) -> None:
    desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR)])
    boss = User.objects.get(pk=desk.boss.pk)
    admin = make_user("198001012005011003", "BKPSDM", "bkpsdm")
    placement = Placement.objects.get(employee=desk.boss_employee)
    yesterday = clock.today("Asia/Makassar") - timedelta(days=1)
    Placement.objects.create(employee=desk.successor, position=desk.post, period=DateRange(yesterday, None))
    decided, _moved = two_at_once(
        fresh_region,
        lambda: decide(request_uids=[r.uid for r in desk.requests], verdict="approved", actor=boss),
        lambda: end_placement(uid=desk.boss_employee.uid, placement_uid=placement.uid, last=yesterday, actor=admin),
    )
    states = set(ApprovalRequest.objects.values_list("state", "approver"))
    if isinstance(decided, Outcome):
        assert states == {("approved", desk.boss_employee.pk)}
        assert len(decided.decided) == COUNT
    else:
        assert isinstance(decided, NoLongerYours)
        assert states == {("waiting", desk.successor.pk)}
        assert papers.calls == []


def test_a_stale_page_decides_nothing_of_what_was_changed(
    papers: Told, fresh_region: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {"now": "1"}
    monkeypatch.setattr(Papers, "version", lambda self, uids: dict.fromkeys(uids, numbers["now"]))
    desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR)])
    seen = {request.uid: request.document_version for request in desk.requests}
    numbers["now"] = "2"
    with pytest.raises(ChangedSinceSeen) as refused:
        decide(request_uids=list(seen), verdict="approved", seen=seen, actor=desk.boss)
    assert refused.value.status == 412
    assert (papers.calls, Decision.objects.count()) == ([], 0)
    first = desk.requests[0]
    outcome = decide(request_uids=list(seen), verdict="approved", seen={**seen, first.uid: "2"}, actor=desk.boss)
    assert (len(outcome.decided), len(outcome.stale)) == (1, COUNT - 1)


def test_a_page_from_before_a_withdrawal_does_not_decide_what_was_handed_in_again(
    papers: Told, fresh_region: RegionState
) -> None:
    desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR)])
    old = desk.requests[0]
    withdraw(document_kind="paper", document_uids=[old.document_uid], owner=desk.owner, actor=System("test"))
    submit_many(
        document_kind="paper",
        submissions=[Submission(old.document_uid, desk.owner, "Surat", clock.today("Asia/Makassar"))],
        actor=System("test"),
    )
    with pytest.raises(ChangedSinceSeen):
        decide(request_uids=[old.uid], verdict="approved", actor=desk.boss)
    assert papers.calls == []


def test_an_undoing_and_a_decision_above_at_once_are_one_of_the_two(papers: Told, fresh_region: RegionState) -> None:
    above = make_user("198001012005011009", "BKPSDM", "bkpsdm")
    desk = make_desk(
        [
            StepInput(ChainStep.Approver.DIRECT_SUPERIOR),
            StepInput(ChainStep.Approver.ROLE_IN_REGION, role_code="bkpsdm"),
        ]
    )
    boss = User.objects.get(pk=desk.boss.pk)
    uids = [request.uid for request in desk.requests]
    moment = decide(request_uids=uids, verdict="approved", actor=boss).at
    assert moment is not None
    second = User.objects.get(pk=above.pk)
    undone, decided = two_at_once(
        fresh_region,
        lambda: undo_approvals(decided_at=moment, actor=boss),
        lambda: decide(request_uids=list(reversed(uids)), verdict="approved", actor=second),
    )
    states = set(ApprovalRequest.objects.values_list("state", "level", "turn"))
    assert isinstance(undone, Undone)
    if isinstance(decided, Outcome):
        assert (len(decided.decided), len(undone.stays)) == (COUNT, COUNT)
        assert states == {("approved", 2, 0)}
    else:
        assert isinstance(decided, ChangedSinceSeen)
        assert (len(undone.waiting), states) == (COUNT, {("waiting", 1, 1)})
    assert len(papers.calls) == (1 if isinstance(decided, Outcome) else 0)


def test_the_same_undoing_twice_at_once_undoes_once(papers: Told, fresh_region: RegionState) -> None:
    desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR)])
    boss = User.objects.get(pk=desk.boss.pk)
    moment = decide(request_uids=[r.uid for r in desk.requests], verdict="approved", actor=boss).at
    assert moment is not None
    outcomes = two_at_once(
        fresh_region,
        lambda: undo_approvals(decided_at=moment, actor=boss),
        lambda: undo_approvals(decided_at=moment, actor=boss),
    )
    waiting = sorted(len(one.waiting) for one in outcomes if isinstance(one, Undone))
    assert waiting == [0, COUNT]
    assert set(ApprovalRequest.objects.values_list("state", "turn")) == {("waiting", 1)}
    assert Decision.objects.filter(verdict="recalled").count() == COUNT
    assert [call[:2] for call in papers.calls] == [("approved", COUNT), ("undone", COUNT)]


def test_an_undoing_and_a_second_click_of_the_approval_at_once_leave_the_documents_waiting(
    papers: Told, fresh_region: RegionState
) -> None:
    desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR)])
    boss = User.objects.get(pk=desk.boss.pk)
    uids = [request.uid for request in desk.requests]
    moment = decide(request_uids=uids, verdict="approved", actor=boss).at
    assert moment is not None
    undone, again = two_at_once(
        fresh_region,
        lambda: undo_approvals(decided_at=moment, actor=boss),
        lambda: decide(request_uids=uids, verdict="approved", actor=boss),
    )
    assert isinstance(undone, Undone)
    assert len(undone.waiting) == COUNT
    # Before the undoing it is a repetition, behind it a page that is no longer true; never a new approval.
    assert isinstance(again, ChangedSinceSeen) or (isinstance(again, Outcome) and len(again.repeated) == COUNT)
    assert set(ApprovalRequest.objects.values_list("state", "turn")) == {("waiting", 1)}


def test_two_people_who_stand_at_two_levels_decide_each_level_once(papers: Told, fresh_region: RegionState) -> None:
    desk = make_desk([StepInput(ChainStep.Approver.DIRECT_SUPERIOR), StepInput(ChainStep.Approver.DIRECT_SUPERIOR)])
    today = clock.today("Asia/Makassar")
    boss = User.objects.get(pk=desk.boss.pk)
    delegate(receiver_uid=desk.successor.uid, first=today, last=today + timedelta(days=3), actor=boss)
    assert desk.successor.user is not None
    deputy = User.objects.get(pk=desk.successor.user.pk)
    uids = [request.uid for request in desk.requests]
    two_at_once(
        fresh_region,
        lambda: decide(request_uids=uids, verdict="approved", actor=boss),
        lambda: decide(request_uids=list(reversed(uids)), verdict="approved", actor=deputy),
    )
    assert set(ApprovalRequest.objects.values_list("state", flat=True)) == {"approved"}
    assert Decision.objects.count() == 2 * COUNT
    assert len(set(Decision.objects.values_list("decided_by", "on_behalf_of"))) == 1
    assert papers.calls == [("approved", COUNT, "")]
