"""Deciding in somebody's stead: who sees it, what is stored, and where it ends."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed, NotFound
from tenants.approvals import access
from tenants.approvals.actions import decide, recall, submit
from tenants.approvals.chains import StepInput
from tenants.approvals.delegations import delegate, withdraw_delegation
from tenants.approvals.errors import DelegationRefused, NotRecallable, OwnDocument
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision, Delegation
from tenants.employees.models import Employee, Placement
from tests.cast import Office, Person, make_employee, make_user
from tests.tenants.approvals.papers import Told

TODAY = date(2026, 11, 19)
Chain = Callable[..., None]


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(clock.at_local(TODAY, time(9), "Asia/Makassar")):
        yield


def hand_in(owner: Person) -> ApprovalRequest:
    return submit(
        document_kind="paper",
        document_uid=uuid.uuid4(),
        owner=owner.employee,
        title="Surat",
        on=TODAY,
        actor=owner.user,
    )


def give(giver: Person, receiver: Person, **values: Any) -> Delegation:
    days = {"first": TODAY, "last": date(2026, 11, 25)}
    return delegate(**{"receiver_uid": receiver.employee.uid, **days, "actor": giver.user, **values})


def waiting(person: Person) -> set[uuid.UUID]:
    """Asked anew, as the next request of the person would be."""
    user = User.objects.get(pk=person.user.pk)
    return set(ApprovalRequest.objects.waiting().for_approver(user).values_list("uid", flat=True))


def test_the_delegate_decides_and_both_names_are_kept(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    give(budi, citra)
    assert waiting(citra) == waiting(budi) == {request.uid}
    decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.on_behalf_of) == (citra.user, budi.employee)
    assert papers.calls == [("approved", 1, "")]
    assert waiting(budi) == set()


def test_what_was_approved_in_somebodys_stead_is_not_taken_back_once_that_has_ended(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain()
    request = hand_in(ani)
    give(budi, citra)
    decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    assert "Tarik" in signed_in(citra.user).get(f"/kotak-masuk/{request.uid}/").content.decode()
    with clock.at(clock.at_local(date(2026, 11, 26), time(9), "Asia/Makassar")):
        assert "Tarik" not in signed_in(citra.user).get(f"/kotak-masuk/{request.uid}/").content.decode()
        with pytest.raises(NotRecallable):
            recall(request_uids=[request.uid], note="Salah lihat", actor=citra.user)
    recall(request_uids=[request.uid], note="Salah lihat", actor=citra.user)
    assert [decision.verdict for decision in Decision.objects.order_by("pk")] == ["approved", "recalled"]


def test_in_the_own_right_nobody_else_is_named(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    give(budi, citra)
    request = hand_in(ani)
    decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    assert Decision.objects.get().on_behalf_of is None


@pytest.mark.parametrize(
    ("day", "counts"),
    [(date(2026, 11, 19), False), (date(2026, 11, 20), True), (date(2026, 11, 25), True), (date(2026, 11, 26), False)],
)
def test_it_counts_on_its_days_only(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told, day: date, counts: bool
) -> None:
    paper_chain()
    give(budi, citra, first=date(2026, 11, 20))
    request = hand_in(ani)
    with clock.at(clock.at_local(day, time(9), "Asia/Makassar")):
        assert (request.uid in waiting(citra)) is counts
        assert access.is_approver(citra.user, request) is counts


def test_only_the_kinds_that_were_named(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    request = hand_in(ani)
    give(budi, citra, kinds=["activity"])
    assert waiting(citra) == set()
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    give(budi, citra, kinds=["paper"], first=date(2026, 11, 26), last=date(2026, 11, 26))
    with clock.at(clock.at_local(date(2026, 11, 26), time(9), "Asia/Makassar")):
        assert waiting(citra) == {request.uid}


def test_a_delegate_never_decides_on_own_documents(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    give(budi, ani)
    request = hand_in(ani)
    assert waiting(ani) == set()
    with pytest.raises(OwnDocument):
        decide(request_uids=[request.uid], verdict="approved", actor=ani.user)
    insert = """
        INSERT INTO approvals_decision
            (request_id, level, verdict, decided_by_id, on_behalf_of_id, owner_user_id, note, decided_at)
        VALUES (%s, 1, 'approved', %s, %s, %s, '', now())
    """
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, [request.pk, ani.user.pk, budi.employee.pk, ani.user.pk])
    assert not Decision.objects.exists()


def test_a_delegation_is_not_passed_on(
    ani: Person, budi: Person, citra: Person, dedi: Person, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    user = make_user("198001012005011003", "Farah", "asn")
    farah = Person(user, make_employee("Farah", office.head, user=user))
    give(budi, citra)
    give(citra, farah)
    request = hand_in(ani)
    assert waiting(farah) == set()
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid], verdict="approved", actor=farah.user)


def test_what_a_role_decides_is_not_delegated(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain(StepInput(ChainStep.Approver.ROLE_IN_REGION, role_code="atasan"))
    request = hand_in(ani)
    give(budi, citra)
    assert waiting(budi) == {request.uid}
    assert waiting(citra) == set()


def test_a_vacancy_still_goes_up_and_the_next_superior_delegates(
    ani: Person, citra: Person, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    user = make_user("198001012005011003", "Farah", "asn", "atasan")
    farah = Person(user, make_employee("Farah", office.head, user=user))
    request = hand_in(ani)
    assert request.approver == farah.employee
    give(farah, citra)
    decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    assert Decision.objects.get().on_behalf_of == farah.employee


def test_an_acting_head_delegates_what_waits_for_them(
    ani: Person, budi: Person, citra: Person, dedi: Person, office: Office, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    Placement.objects.create(
        employee=citra.employee, position=office.section_head, kind="plh", period=DateRange(date(2026, 11, 1), None)
    )
    request = hand_in(ani)
    assert request.approver == citra.employee
    user = make_user("198001012005011003", "Farah", "asn")
    farah = Person(user, make_employee("Farah", office.head, user=user))
    give(citra, farah)
    assert waiting(farah) == {request.uid}
    assert waiting(budi) == set()


def test_it_is_taken_back_at_any_time_and_only_by_its_giver(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    made = give(budi, citra)
    request = hand_in(ani)
    with pytest.raises(NotFound):
        withdraw_delegation(uid=made.uid, actor=citra.user)
    withdraw_delegation(uid=made.uid, actor=budi.user)
    withdraw_delegation(uid=made.uid, actor=budi.user)
    assert waiting(citra) == set()
    with pytest.raises(NotFound):
        decide(request_uids=[request.uid], verdict="approved", actor=citra.user)
    events = AuditEvent.objects.filter(action__startswith="approvals.delegat").order_by("id")
    assert list(events.values_list("action", flat=True)) == ["approvals.delegated", "approvals.delegation_withdrawn"]
    # The days are free for another delegation to the same person.
    give(budi, citra)


def test_what_cannot_be_delegated_is_said(
    ani: Person, budi: Person, citra: Person, dedi: Person, office: Office
) -> None:
    quiet = make_employee("Tanpa akun", office.staff)
    cases: dict[str, dict[str, Any]] = {
        "self": {"receiver_uid": budi.employee.uid},
        "account": {"receiver_uid": quiet.uid},
        "reversed": {"last": date(2026, 11, 18)},
        "past": {"first": date(2026, 11, 18)},
        "long": {"last": date(2028, 1, 1)},
        "kind": {"kinds": ["umpama"]},
    }
    for reason, values in cases.items():
        with pytest.raises(DelegationRefused) as refused:
            give(budi, citra, **values)
        assert refused.value.reason == reason
        assert "%(" not in refused.value.message()
    with pytest.raises(DelegationRefused):
        give(budi, dedi)
    with pytest.raises(NotAllowed):
        give(dedi, citra)
    give(budi, citra)
    with pytest.raises(DelegationRefused) as refused:
        give(budi, citra, last=date(2026, 12, 1))
    assert refused.value.reason == "twice"
    assert Delegation.objects.count() == 1


def test_the_database_refuses_a_delegation_to_oneself(budi: Person) -> None:
    with pytest.raises(IntegrityError, match="delegation_not_to_oneself"), transaction.atomic():
        Delegation.objects.create(
            giver=budi.employee, receiver=budi.employee, period=DateRange(TODAY, date(2026, 11, 20))
        )


def test_the_superior_delegates_on_the_page_and_both_see_it(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told, signed_in: Callable[..., Client]
) -> None:
    paper_chain()
    request = hand_in(ani)
    superior, other = signed_in(budi.user), signed_in(citra.user)
    page = superior.get("/kotak-masuk/delegasi/").content.decode()
    # Ani is near: her name stands to be chosen, and the days are filled in.
    for words in ("Ani", 'value="2026-11-19"', 'value="2026-11-25"'):
        assert words in page
    form = {"first": "2026-11-19", "last": "2026-11-25", "receiver": "lain", "nip": citra.employee.nip}
    answer = superior.post("/kotak-masuk/delegasi/", form, follow=True)
    assert "Delegasi tersimpan. Citra melihatnya di kotak masuk." in answer.content.decode()
    inbox = other.get("/kotak-masuk/").content.decode()
    assert "atas nama Budi" in inbox
    assert str(request.uid) in inbox
    assert "Budi" in other.get("/kotak-masuk/delegasi/").content.decode()
    other.post("/kotak-masuk/putuskan/", {"setujui": str(request.uid)})
    for browser in (superior, other):
        history = browser.get("/kotak-masuk/riwayat/").content.decode()
        assert "Citra, atas nama Budi" in history
        assert "Citra, atas nama Budi" in browser.get(f"/kotak-masuk/{request.uid}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nip": "199001012015011999"}, "Tidak ada pegawai aktif dengan NIP ini."),
        ({"nip": ""}, "Isi NIP pegawai lain itu."),
        ({"last": "2026-11-01"}, "Tanggal akhir harus sama dengan atau sesudah tanggal mulai."),
        ({"first": "2026-11-01"}, "Delegasi berlaku paling cepat hari ini."),
    ],
)
def test_a_wrong_form_says_why(
    budi: Person, citra: Person, signed_in: Callable[..., Client], changes: dict[str, str], words: str
) -> None:
    form = {"first": "2026-11-19", "last": "2026-11-25", "receiver": "lain", "nip": citra.employee.nip, **changes}
    answer = signed_in(budi.user).post("/kotak-masuk/delegasi/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Delegation.objects.exists()


def test_the_number_of_statements_does_not_grow_with_delegations(
    ani: Person, budi: Person, citra: Person, office: Office, paper_chain: Chain, django_assert_num_queries: Any
) -> None:
    paper_chain()
    hand_in(ani)
    others = [make_employee(f"Kepala {number}", office.section_head) for number in range(20)]
    Delegation.objects.bulk_create(
        Delegation(giver=giver, receiver=citra.employee, period=DateRange(TODAY, date(2026, 11, 26)))
        for giver in [budi.employee, *others]
    )
    user = User.objects.get(pk=citra.user.pk)
    assert user.effective_grants
    with django_assert_num_queries(1):
        assert ApprovalRequest.objects.waiting().for_approver(user).count() == 1
    with django_assert_num_queries(2):
        authority = access.authority_of(user)
    assert len(authority.delegated) == 21
    assert Employee.objects.filter(pk__in=authority.delegated).count() == 21
