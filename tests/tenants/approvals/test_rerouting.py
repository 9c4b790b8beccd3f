"""Approvers who leave: their documents go to who stands there now, and they themselves get a clear answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotFound
from tenants.approvals.actions import decide
from tenants.approvals.chains import StepInput
from tenants.approvals.errors import NoLongerYours
from tenants.approvals.models import ApprovalRequest, ChainStep, DecisionDelay
from tenants.approvals.overdue import follow_deadlines, follow_departures
from tenants.employees.actions import deactivate_employee, end_placement
from tenants.employees.models import Placement
from tenants.employees.superiors import override_superior
from tests.cast import Office, Person
from tests.tenants.approvals.ladder import NOW, TODAY, Ladder, hand_in, person_at
from tests.tenants.approvals.papers import Told

By = ChainStep.Approver
Chain = Callable[..., None]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(NOW):
        yield


def ended(person: Person, on: date) -> None:
    """The person's post ends before this day, without the application hearing of it."""
    for placement in Placement.objects.filter(employee=person.employee):
        placement.period = DateRange(placement.period.lower, on)
        placement.save(update_fields=["period"])


def fresh(request: ApprovalRequest) -> ApprovalRequest:
    return ApprovalRequest.objects.get(pk=request.pk)


def test_the_successor_in_the_post_gets_what_waits(
    ani: Person,
    budi: Person,
    ladder: Ladder,
    office: Office,
    paper_chain: Chain,
    with_role: Callable[..., User],
    papers: Told,
) -> None:
    paper_chain()
    request = hand_in(ani)
    new = person_at("Fitri", office.section_head)
    admin = with_role("bkpsdm")
    placement = Placement.objects.get(employee=budi.employee)
    end_placement(uid=budi.employee.uid, placement_uid=placement.uid, last=TODAY - timedelta(days=1), actor=admin)
    moved = fresh(request)
    assert (moved.approver_id, moved.came_from_id, moved.why) == (new.employee.pk, budi.employee.pk, "pindah")
    event = AuditEvent.objects.get(action="approvals.rerouted")
    assert (event.before["approver"], event.after["approver"]) == (budi.employee.pk, new.employee.pk)
    with pytest.raises(NoLongerYours) as refused:
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert refused.value.status == 403
    decide(request_uids=[request.uid], verdict="approved", actor=new.user)
    assert papers.calls == [("approved", 1, "")]


def test_without_a_successor_it_goes_to_whom_the_step_names_now(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain
) -> None:
    paper_chain()
    request = hand_in(ani)
    ended(budi, TODAY)
    assert follow_departures() == 1
    assert follow_departures() == 0
    assert fresh(request).approver_id == ladder.head.employee.pk


def test_who_has_left_is_refused_and_the_document_is_rerouted_at_once(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    ended(budi, TODAY)
    with pytest.raises(NoLongerYours):
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert papers.calls == []
    assert fresh(request).approver_id == ladder.head.employee.pk
    with pytest.raises(NoLongerYours):
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)


def test_who_is_no_longer_in_service_hands_on_what_waits(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, with_role: Callable[..., User]
) -> None:
    paper_chain()
    request = hand_in(ani)
    admin = with_role("bkpsdm")
    deactivate_employee(uid=budi.employee.uid, last=TODAY - timedelta(days=1), reason="Pensiun", actor=admin)
    follow_departures()
    assert fresh(request).approver_id == ladder.head.employee.pk


def test_who_moved_before_the_last_day_is_not_charged_and_the_new_one_has_time(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline="dihitung"))
    request = hand_in(ani)
    ended(budi, TODAY + timedelta(days=2))
    with clock.at(NOW + timedelta(days=6)):
        while follow_departures() or follow_deadlines():
            pass
        row = fresh(request)
        assert (row.state, row.approver_id) == ("waiting", ladder.head.employee.pk)
        assert row.due_on == TODAY + timedelta(days=9)
    assert not DecisionDelay.objects.exists()


def test_a_plh_hands_back_to_who_returns(
    ani: Person, budi: Person, citra: Person, office: Office, paper_chain: Chain
) -> None:
    paper_chain()
    Placement.objects.create(
        employee=citra.employee, position=office.section_head, kind="plh", period=DateRange(TODAY, date(2026, 11, 22))
    )
    request = hand_in(ani)
    assert request.approver_id == citra.employee.pk
    with clock.at(NOW + timedelta(days=4)):
        follow_departures()
    assert fresh(request).approver_id == budi.employee.pk


def test_a_role_that_nobody_holds_any_more_hands_on_what_waits(
    ani: Person, budi: Person, office: Office, paper_chain: Chain, with_role: Callable[..., User]
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    paper_chain(StepInput(By.ROLE_IN_OPD, role_code="operator_opd"))
    request = hand_in(ani)
    assert (request.role_code, follow_departures()) == ("operator_opd", 0)
    User.objects.filter(pk=operator.pk).update(is_active=False)
    assert follow_departures() == 1
    assert (fresh(request).approver_id, fresh(request).role_code) == (budi.employee.pk, "")
    assert follow_departures() == 0


def test_a_superior_said_anew_gets_what_waits_at_once(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    override_superior(
        uid=ani.employee.uid,
        superior_uid=citra.employee.uid,
        first=TODAY,
        last=None,
        reason="Tim kerja",
        letter_number="",
        actor=with_role("bkpsdm"),
    )
    moved = fresh(request)
    assert (moved.approver_id, moved.came_from_id) == (citra.employee.pk, budi.employee.pk)
    with pytest.raises(NoLongerYours):
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    assert papers.calls == [("approved", 1, "")]


def test_two_hundred_are_rerouted_in_as_many_statements_as_twenty(
    ani: Person, budi: Person, ladder: Ladder, paper_chain: Chain, office: Office
) -> None:
    paper_chain()
    counts = {}
    for size in (20, 200):
        for _n in range(size):
            hand_in(ani)
        ended(budi, TODAY)
        with CaptureQueriesContext(connection) as captured:
            assert follow_departures() == size
        counts[size] = len(captured)
        for placement in Placement.objects.filter(employee=budi.employee):
            placement.period = DateRange(date(2024, 1, 1), None)
            placement.save()
    assert counts[20] == counts[200]


def test_somebody_who_never_had_it_learns_nothing(ani: Person, budi: Person, citra: Person, paper_chain: Chain) -> None:
    paper_chain()
    request = hand_in(ani)
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
