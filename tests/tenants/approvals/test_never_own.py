"""Nobody decides on their own document: every kind, admins too, delegated and lapsed decisions too, also by SQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import Role, RoleGrant, User
from kernel.audit.models import AuditEvent
from tenants.approvals.actions import decide, submit
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.errors import OwnDocument
from tenants.approvals.handlers import Handler, handlers
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision, Delegation
from tests.cast import Office, Person
from tests.tenants.approvals.ladder import NOW, TODAY, hand_in
from tests.tenants.approvals.papers import Papers, Told

By = ChainStep.Approver
Chain = Callable[..., None]
INSERT = """
    INSERT INTO approvals_decision
        (request_id, level, verdict, decided_by_id, on_behalf_of_id, owner_user_id, note, decided_at)
    VALUES (%s, 1, %s, %s, %s, %s, '', now())
"""


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(NOW):
        yield


def insert(
    request: ApprovalRequest,
    *,
    by: int | None,
    holder: int | None = None,
    owner: int | None = None,
    verdict: str = "approved",
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [request.pk, verdict, by, holder, owner])


def admin_too(person: Person) -> None:
    """The person also holds every role of the region."""
    RoleGrant.objects.bulk_create(
        [RoleGrant(user=person.user, role=role) for role in Role.objects.exclude(code="asn")], ignore_conflicts=True
    )


def test_an_administrator_does_not_decide_their_own_document(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told, with_role: Callable[..., User]
) -> None:
    admin_too(ani)
    paper_chain(StepInput(By.BKPSDM))
    request = hand_in(ani)
    with pytest.raises(OwnDocument):
        decide(request_uids=[request.uid], verdict="approved", actor=User.objects.get(pk=ani.user.pk))
    assert papers.calls == []
    decide(request_uids=[request.uid], verdict="approved", actor=with_role("bkpsdm"))
    assert papers.calls == [("approved", 1, "")]


def test_the_database_refuses_it_whatever_the_copied_owner_says(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain
) -> None:
    paper_chain()
    request = hand_in(ani)
    for owner in (ani.user.pk, None, citra.user.pk):
        with pytest.raises(IntegrityError, match="own"):
            insert(request, by=ani.user.pk, owner=owner)
    insert(request, by=budi.user.pk, owner=None)


def test_the_database_refuses_a_decision_in_the_owners_stead(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain
) -> None:
    paper_chain()
    request = hand_in(ani)
    with pytest.raises(IntegrityError, match="own"):
        insert(request, by=citra.user.pk, holder=ani.employee.pk, owner=ani.user.pk)


def test_the_database_refuses_it_for_a_document_of_the_region(
    ani: Person, budi: Person, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Papers, "of_region", True)
    paper_chain(StepInput(By.BKPSDM))
    request = hand_in(ani, owner=None)
    with pytest.raises(IntegrityError, match="own"):
        insert(request, by=ani.user.pk)
    with pytest.raises(IntegrityError, match="own"):
        insert(request, by=budi.user.pk, holder=ani.employee.pk)


def test_only_what_lapsed_has_nobody_behind_it(ani: Person, budi: Person, paper_chain: Chain) -> None:
    paper_chain()
    request = hand_in(ani)
    with pytest.raises(IntegrityError, match="decision_by_somebody_or_lapsed"):
        insert(request, by=None)
    for values in ({"by": budi.user.pk}, {"by": ani.user.pk}, {"by": None, "holder": budi.employee.pk}):
        with pytest.raises(IntegrityError):
            insert(request, verdict="lapsed", **values)
    insert(request, by=None, verdict="lapsed")


def test_the_owner_of_a_request_cannot_be_exchanged(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain
) -> None:
    paper_chain()
    request = hand_in(ani)
    for values in ({"owner": citra.employee}, {"owner_user": None}, {"owner_user": citra.user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalRequest.objects.filter(pk=request.pk).update(**values)
    with pytest.raises(IntegrityError, match="approval_not_by_owner"), transaction.atomic():
        ApprovalRequest.objects.filter(pk=request.pk).update(approver=ani.employee)


def test_a_delegation_to_the_owner_does_not_help(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    request = hand_in(ani)
    Delegation.objects.create(
        giver=budi.employee, receiver=ani.employee, period=DateRange(TODAY, TODAY + timedelta(days=9))
    )
    with pytest.raises(OwnDocument):
        decide(request_uids=[request.uid], verdict="approved", actor=ani.user)
    assert papers.calls == []


def test_a_delegated_decision_says_for_whom_and_from_where(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told, signed_in: Callable[..., object]
) -> None:
    paper_chain()
    request = hand_in(ani)
    Delegation.objects.create(
        giver=budi.employee, receiver=citra.employee, period=DateRange(TODAY, TODAY + timedelta(days=9))
    )
    browser = signed_in(citra.user)
    browser.post("/kotak-masuk/putuskan/", {"setujui": str(request.uid)}, REMOTE_ADDR="192.0.2.9")  # type: ignore[attr-defined]
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.on_behalf_of) == (citra.user, budi.employee)
    event = AuditEvent.objects.get(action="approvals.approved")
    assert (event.actor_uid, event.subject_uid, event.origin) == (citra.user.uid, request.uid, "192.0.2.9")
    assert event.after["on_behalf_of"] == {"nip": budi.employee.nip, "name": "Budi"}
    assert (event.before["state"], event.after["state"]) == ("waiting", "approved")


def test_no_kind_lets_its_owner_decide(
    ani: Person, office: Office, monkeypatch: pytest.MonkeyPatch, with_role: Callable[..., User]
) -> None:
    """With every role in hand, at a level that the owner's own role decides, for each registered kind."""
    admin_too(ani)
    with_role("bkpsdm")
    owner = User.objects.get(pk=ani.user.pk)
    monkeypatch.setattr(Handler, "version", lambda self, uids: {})
    assert {"activity", "attendance_leave", "attendance_duty", "attendance_correction"} <= {d.code for d in handlers()}
    for document in handlers():
        monkeypatch.setattr(type(document), "version", lambda self, uids: {})
        monkeypatch.setattr(type(document), "deadline_rule", lambda self, day: None)
        lay_down_chain(document_kind=document.code, name="Uji", valid_from=TODAY, steps=[StepInput(By.BKPSDM)])
        request = submit(
            document_kind=document.code,
            document_uid=uuid.uuid4(),
            owner=None if document.of_region else ani.employee,
            title="Uji",
            on=TODAY,
            actor=owner,
        )
        with pytest.raises(OwnDocument):
            decide(request_uids=[request.uid], verdict="approved", actor=owner)
        with pytest.raises(IntegrityError, match="own"):
            insert(request, by=owner.pk)
    assert not Decision.objects.exists()
