"""Deciding: who may, once each, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed, NotFound
from tenants.approvals.actions import (
    Submission,
    decide,
    recall,
    submit,
    submit_many,
    withdraw,
)
from tenants.approvals.chains import StepInput, make_chain
from tenants.approvals.errors import (
    AlreadyDecided,
    AlreadyWaiting,
    ChainRefused,
    NoChain,
    NotRecallable,
    OwnDocument,
    ReasonRequired,
)
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision
from tenants.employees.models import Employee, Placement
from tests.cast import Office, Person, make_employee, make_opd, make_position, make_user
from tests.tenants.approvals.papers import Told

TODAY = date(2026, 11, 19)
Chain = Callable[..., None]


def hand_in(owner: Person, **values: Any) -> ApprovalRequest:
    return submit(
        **{
            "document_kind": "paper",
            "document_uid": uuid.uuid4(),
            "owner": owner.employee,
            "title": "Surat",
            "on": TODAY,
            "actor": owner.user,
            **values,
        }
    )


def hand_in_many(owner: Person, count: int) -> list[uuid.UUID]:
    rows = submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), owner.employee, f"Surat {n}", TODAY) for n in range(count)],
        actor=owner.user,
    )
    return [row.uid for row in rows]


def test_the_direct_superior_approves_and_the_handler_is_told_once(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    uids = hand_in_many(ani, 3)
    outcome = decide(request_uids=uids, verdict="approved", actor=budi.user)
    assert papers.calls == [("approved", 3, "")]
    assert {row.state for row in outcome.decided} == {"approved"}
    assert Decision.objects.count() == 3


def test_the_same_click_twice_decides_once(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    uids = hand_in_many(ani, 2)
    decide(request_uids=uids, verdict="approved", actor=budi.user)
    again = decide(request_uids=uids, verdict="returned", note="berubah pikiran", actor=budi.user)
    assert again.decided == []
    assert [row.state for row in again.unchanged] == ["approved", "approved"]
    assert papers.calls == [("approved", 2, "")]


def test_a_stranger_is_told_that_there_is_nothing(
    ani: Person, budi: Person, citra: Person, dedi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    with pytest.raises(NotAllowed):
        decide(request_uids=[request.uid], verdict="approved", actor=dedi.user)
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid, uuid.uuid4()], verdict="approved", actor=budi.user)
    assert not Decision.objects.exists()


def test_nobody_approves_what_is_their_own(
    ani: Person, budi: Person, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(ChainStep.Approver.ROLE_IN_REGION, role_code="asn"))
    request = hand_in(ani)
    with pytest.raises(OwnDocument):
        decide(request_uids=[request.uid], verdict="approved", actor=ani.user)
    assert not Decision.objects.exists()


def test_the_database_refuses_a_self_approval_without_the_code(ani: Person, budi: Person, paper_chain: Chain) -> None:
    paper_chain()
    request = hand_in(ani)
    insert = """
        INSERT INTO approvals_decision (request_id, level, verdict, decided_by_id, owner_user_id, note, decided_at)
        VALUES (%s, 1, 'approved', %s, %s, '', now())
    """
    refused = pytest.raises(IntegrityError, match="decision_not_by_owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, [request.pk, ani.user.pk, ani.user.pk])
    with pytest.raises(IntegrityError, match="approval_not_by_owner"), transaction.atomic():
        ApprovalRequest.objects.filter(pk=request.pk).update(approver=ani.employee)


def test_a_decision_is_never_changed_or_removed(ani: Person, budi: Person, paper_chain: Chain) -> None:
    paper_chain()
    request = hand_in(ani)
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        Decision.objects.update(verdict="rejected", note="lain")
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        Decision.objects.all().delete()


def test_a_refusal_needs_a_reason(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    request = hand_in(ani)
    with pytest.raises(ReasonRequired):
        decide(request_uids=[request.uid], verdict="returned", note="  ", actor=budi.user)
    decide(request_uids=[request.uid], verdict="returned", note="Bukti kurang", actor=budi.user)
    assert papers.calls == [("returned", 1, "Bukti kurang")]
    request.refresh_from_db()
    assert request.state == "returned"


def test_a_returned_document_is_handed_in_again_and_the_history_stays(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    first = hand_in(ani)
    with pytest.raises(AlreadyWaiting):
        hand_in(ani, document_uid=first.document_uid)
    decide(request_uids=[first.uid], verdict="returned", note="Bukti kurang", actor=budi.user)
    second = hand_in(ani, document_uid=first.document_uid)
    decide(request_uids=[second.uid], verdict="approved", actor=budi.user)
    states = (
        ApprovalRequest.objects.filter(document_uid=first.document_uid).order_by("pk").values_list("state", flat=True)
    )
    assert list(states) == ["returned", "approved"]


def test_an_error_in_the_documents_app_undoes_everything(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    uids = hand_in_many(ani, 3)
    events = AuditEvent.objects.count()
    papers.fail = True
    with pytest.raises(RuntimeError):
        decide(request_uids=uids, verdict="approved", actor=budi.user)
    assert ApprovalRequest.objects.waiting().count() == 3
    assert not Decision.objects.exists()
    assert AuditEvent.objects.count() == events


def test_two_hundred_take_as_many_statements_as_twenty(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    counts = {}
    for size in (20, 200):
        uids = hand_in_many(ani, size)
        with CaptureQueriesContext(connection) as captured:
            outcome = decide(request_uids=uids, verdict="approved", actor=budi.user)
        assert len(outcome.decided) == size
        counts[size] = len(captured)
    assert abs(counts[200] - counts[20]) <= 2
    assert counts[200] <= 25


def test_two_levels_are_decided_by_two_people(
    ani: Person, budi: Person, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(ChainStep.Approver.DIRECT_SUPERIOR), StepInput(ChainStep.Approver.NEXT_SUPERIOR))
    head_user = make_user("198001012005011001", "Kepala", "asn", "atasan")
    head = make_employee("Kepala", office.head, user=head_user, nip="198001012005011001")
    request = hand_in(ani)
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert papers.calls == []
    request.refresh_from_db()
    assert (request.state, request.level, request.approver) == ("waiting", 2, head)
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert papers.calls == []
    decide(request_uids=[request.uid], verdict="approved", actor=head_user)
    assert papers.calls == [("approved", 1, "")]


def test_a_level_of_somebody_who_has_decided_is_passed_over(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(ChainStep.Approver.DIRECT_SUPERIOR), StepInput(ChainStep.Approver.DIRECT_SUPERIOR))
    request = hand_in(ani)
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert papers.calls == [("approved", 1, "")]


def test_a_vacant_post_is_passed_over_to_the_next_superior(ani: Person, office: Office, paper_chain: Chain) -> None:
    paper_chain()
    head = make_employee("Kepala", office.head)
    assert hand_in(ani).approver_id == head.pk


def test_a_vacant_post_goes_to_bkpsdm_where_the_chain_says_so(
    ani: Person, office: Office, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    paper_chain(StepInput(ChainStep.Approver.DIRECT_SUPERIOR, fallback=ChainStep.Fallback.BKPSDM))
    make_employee("Kepala", office.head)
    request = hand_in(ani)
    assert (request.approver_id, request.role_code) == (None, "bkpsdm")
    decide(request_uids=[request.uid], verdict="approved", actor=with_role("bkpsdm"))
    assert papers.calls == [("approved", 1, "")]


def test_the_acting_head_approves_while_the_post_is_vacant(
    ani: Person, office: Office, citra: Person, paper_chain: Chain
) -> None:
    paper_chain()
    Placement.objects.create(
        employee=citra.employee, position=office.section_head, kind="plt", period=DateRange(date(2026, 1, 1), None)
    )
    assert hand_in(ani).approver_id == citra.employee.pk


def test_a_cycle_in_the_map_of_posts_ends_at_bkpsdm(ani: Person, office: Office, paper_chain: Chain) -> None:
    paper_chain()
    office.head.superior = office.staff
    office.head.save()
    request = hand_in(ani)
    assert (request.approver_id, request.role_code, request.role_opd_uid) == (None, "bkpsdm", None)


def test_a_role_in_an_opd_decides_for_its_own_opd_only(
    ani: Person, office: Office, paper_chain: Chain, with_role: Callable[..., User], papers: Told
) -> None:
    paper_chain(StepInput(ChainStep.Approver.ROLE_IN_OPD, role_code="operator_opd"))
    here = with_role("operator_opd", opd=office.opd)
    elsewhere = with_role("operator_opd", opd=make_opd("9.99", "Dinas lain"))
    request = hand_in(ani)
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid], verdict="approved", actor=elsewhere)
    decide(request_uids=[request.uid], verdict="approved", actor=here)
    assert papers.calls == [("approved", 1, "")]


def test_the_owner_takes_back_what_still_waits(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    one, other = hand_in(ani), hand_in(ani)
    decide(request_uids=[other.uid], verdict="approved", actor=budi.user)
    uids = [one.document_uid, other.document_uid]
    taken = withdraw(document_kind="paper", document_uids=uids, owner=ani.employee, actor=ani.user)
    assert [row.pk for row in taken] == [one.pk]
    with pytest.raises(AlreadyDecided, match="ditarik"):
        decide(request_uids=[one.uid], verdict="approved", actor=budi.user)


def test_an_approval_is_taken_back_by_who_gave_it(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    with pytest.raises(NotFound):
        recall(request_uids=[request.uid], note="keliru", actor=citra.user)
    recall(request_uids=[request.uid], note="Keliru setuju", actor=budi.user)
    assert papers.calls == [("approved", 1, ""), ("recalled", 1, "Keliru setuju")]
    assert list(request.decisions.order_by("pk").values_list("verdict", flat=True)) == ["approved", "recalled"]
    with pytest.raises(NotRecallable):
        recall(request_uids=[request.uid], note="lagi", actor=budi.user)


def test_the_chain_in_force_on_the_day_is_followed(
    ani: Person, budi: Person, paper_chain: Chain, with_role: Callable[..., User]
) -> None:
    paper_chain()
    before = hand_in(ani, on=date(2026, 11, 19))
    admin = with_role("bkpsdm")
    make_chain(
        document_kind="paper",
        name="Baru",
        valid_from=date(2030, 1, 1),
        steps=[StepInput(ChainStep.Approver.ROLE_IN_REGION, role_code="bkpsdm")],
        actor=admin,
    )
    after = hand_in(ani, on=date(2030, 1, 1))
    assert (before.approver_id, after.role_code) == (budi.employee.pk, "bkpsdm")
    with pytest.raises(NoChain):
        hand_in(ani, on=date(2020, 1, 1))


def test_a_chain_does_not_change_the_past(paper_chain: Chain, with_role: Callable[..., User]) -> None:
    paper_chain()
    admin = with_role("bkpsdm")
    step = [StepInput(ChainStep.Approver.DIRECT_SUPERIOR)]
    for steps, day in ((step, date(2025, 1, 1)), ([], date(2031, 1, 1))):
        with pytest.raises(ChainRefused):
            make_chain(document_kind="paper", name="X", valid_from=day, steps=steps, actor=admin)
    with pytest.raises(NotAllowed):
        make_chain(document_kind="paper", name="X", valid_from=date(2031, 1, 1), steps=step, actor=with_role("asn"))


def test_a_person_without_a_user_still_gets_an_approver(office: Office, budi: Person, paper_chain: Chain) -> None:
    paper_chain()
    quiet: Employee = make_employee(
        "Tanpa akun", make_position(office.unit, "P-9", "Staf", superior=office.section_head)
    )
    request = submit(
        document_kind="paper", document_uid=uuid.uuid4(), owner=quiet, title="Surat", on=TODAY, actor=budi.user
    )
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert Decision.objects.get().owner_user is None
