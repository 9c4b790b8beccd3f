"""'Atasan saya salah': who is proposed, the way of the document, and what its approval does."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed, NotFound
from kernel.testing.queries import assert_query_count
from tenants.approvals.actions import decide, recall, submit, withdraw
from tenants.approvals.corrections import proposals, submit_correction, withdraw_correction
from tenants.approvals.errors import AlreadySuperior, CorrectionWaits
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.undoing import undo_approvals
from tenants.employees.errors import SuperiorInactive, SuperiorIsBelow, SuperiorIsSelf
from tenants.employees.models import Employee, Placement, SuperiorCorrection
from tenants.employees.querysets import superior_of
from tenants.employees.superiors import end_written_override, write_override
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.tenants.approvals.papers import Told

TODAY = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(clock.at_local(TODAY, time(9), "Asia/Makassar")):
        yield


@pytest.fixture
def wrong(office: Office, ani: Person, budi: Person, citra: Person) -> Person:
    """The map hangs Ani's post below the treasurer, although Budi leads her section."""
    office.staff.superior = citra.employee.placements.get().position
    office.staff.save()
    return ani


def request_of(correction: SuperiorCorrection) -> ApprovalRequest:
    return ApprovalRequest.objects.get(document_uid=correction.uid)


def test_the_head_of_the_own_unit_is_proposed_first(wrong: Person, budi: Person, citra: Person) -> None:
    assert superior_of(wrong.employee, TODAY) == citra.employee
    found = proposals(wrong.employee, TODAY)
    assert found[0].employee == budi.employee
    assert found[0].grounds == ["Memimpin Bidang Pembinaan"]
    assert found[0].post == "Kepala Seksi"
    assert {one.employee for one in found}.isdisjoint({wrong.employee, citra.employee})


def test_an_acting_head_and_recent_decisions_count(
    wrong: Person, budi: Person, citra: Person, dedi: Person, office: Office, paper_chain: Any, papers: Told
) -> None:
    Placement.objects.create(
        employee=dedi.employee, position=office.section_head, kind="plh", period=DateRange(date(2026, 11, 1), None)
    )
    found = proposals(wrong.employee, TODAY)
    assert [one.employee for one in found[:2]] == [dedi.employee, budi.employee]
    assert found[0].grounds == ["Plh Kepala Seksi, memimpin Bidang Pembinaan"]
    paper_chain()
    papers_of_ani = [
        submit(
            document_kind="paper",
            document_uid=uuid.uuid4(),
            owner=wrong.employee,
            title="Surat",
            on=TODAY,
            actor=wrong.user,
        )
        for _ in range(3)
    ]
    ApprovalRequest.objects.update(approver=budi.employee, approver_position=None)
    decide(request_uids=[paper.uid for paper in papers_of_ani], verdict="approved", actor=budi.user)
    found = proposals(wrong.employee, TODAY)
    assert found[0].employee == budi.employee
    assert "Memutuskan 3 dokumen Anda dalam 60 hari terakhir" in found[0].grounds


def test_nobody_below_and_nobody_gone_is_proposed(office: Office, ani: Person, budi: Person, citra: Person) -> None:
    Employee.objects.filter(pk=budi.employee.pk).update(is_active=False)
    assert budi.employee not in [one.employee for one in proposals(ani.employee, TODAY)]
    # Budi's own circle: Ani stands below him and leads nothing.
    assert ani.employee not in [one.employee for one in proposals(budi.employee, TODAY)]


def test_the_proposals_ask_a_fixed_number_of_questions(
    wrong: Person, budi: Person, office: Office, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_employee(f"Staf {number}", office.staff)
    with django_assert_max_num_queries(9):
        proposals(wrong.employee, TODAY)


def test_two_taps_send_the_proposal_and_the_approval_writes_the_override(
    wrong: Person, budi: Person, citra: Person, office: Office, with_role: Any, signed_in: Callable[..., Client]
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    browser = signed_in(wrong.user)
    assert "/profil/atasan/" in browser.get("/").content.decode()
    assert "/profil/atasan/" in browser.get("/profil/").content.decode()
    page = browser.get("/profil/atasan/").content.decode()
    assert "Tercatat sekarang: Citra." in page
    assert f'value="{budi.employee.uid}" ' in page
    assert "checked" in page[page.index(str(budi.employee.uid)) :][:120]
    answer = browser.post("/profil/atasan/", {"superior": str(budi.employee.uid)}, follow=True)
    assert "Anda mengusulkan Budi." in answer.content.decode()
    correction = SuperiorCorrection.objects.get()
    assert correction.grounds == ["Memimpin Bidang Pembinaan"]
    request = request_of(correction)
    assert (request.role_code, request.is_exception) == ("operator_opd", False)
    desk = signed_in(operator)
    inbox = desk.get("/kotak-masuk/").content.decode()
    for words in ("Atasan yang benar: Budi", "Citra (Bendahara)", "Budi (Kepala Seksi)"):
        assert words in inbox
    desk.post("/kotak-masuk/putuskan/", {"setujui": str(request.uid)})
    assert superior_of(wrong.employee, TODAY) == budi.employee
    correction.refresh_from_db()
    assert correction.state == "approved"
    assert correction.result is not None
    assert (correction.result.superior, correction.result.period.lower) == (budi.employee, TODAY)
    page = browser.get("/profil/atasan/").content.decode()
    assert "Tercatat sekarang: Budi." in page
    assert "Disetujui" in page
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    for action in ("employees.superior_questioned", "approvals.submitted", "employees.superior_overridden"):
        assert action in actions


def test_somebody_picked_by_hand_is_looked_at_more_closely(wrong: Person, budi: Person, dedi: Person) -> None:
    correction = submit_correction(superior_uid=dedi.employee.uid, actor=wrong.user)
    assert request_of(correction).remarks == ["Dipilih sendiri, bukan usulan dari peta jabatan"]


def test_a_correction_that_is_none_is_refused_with_words(
    wrong: Person, budi: Person, citra: Person, dedi: Person
) -> None:
    gone = make_employee("Pensiun")
    Employee.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(AlreadySuperior, match="Citra"):
        submit_correction(superior_uid=citra.employee.uid, actor=wrong.user)
    with pytest.raises(SuperiorIsSelf):
        submit_correction(superior_uid=wrong.employee.uid, actor=wrong.user)
    with pytest.raises(SuperiorInactive):
        submit_correction(superior_uid=gone.uid, actor=wrong.user)
    with pytest.raises(SuperiorIsBelow):
        submit_correction(superior_uid=wrong.employee.uid, actor=citra.user)
    with pytest.raises(NotFound):
        submit_correction(superior_uid=uuid.uuid4(), actor=wrong.user)
    with pytest.raises(NotAllowed):
        submit_correction(superior_uid=budi.employee.uid, actor=dedi.user)
    submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    with pytest.raises(CorrectionWaits):
        submit_correction(superior_uid=dedi.employee.uid, actor=wrong.user)
    assert SuperiorCorrection.objects.count() == 1


def test_a_second_try_on_the_page_says_that_one_waits(
    wrong: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    browser = signed_in(wrong.user)
    browser.post("/profil/atasan/", {"superior": str(budi.employee.uid)})
    again = browser.post("/profil/atasan/", {"superior": str(budi.employee.uid)})
    assert again.status_code == 422
    assert "masih menunggu keputusan" in again.content.decode()
    unknown = browser.post("/profil/atasan/", {"superior": "lain", "nip": "199001012015011999"})
    assert "Tidak ada pegawai aktif dengan NIP ini." in unknown.content.decode()


def test_it_is_taken_back_while_it_waits_and_by_its_person_only(
    wrong: Person, budi: Person, citra: Person, signed_in: Callable[..., Client]
) -> None:
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    with pytest.raises(NotFound):
        withdraw_correction(uid=correction.uid, actor=citra.user)
    signed_in(wrong.user).post(f"/profil/atasan/{correction.uid}/tarik/")
    correction.refresh_from_db()
    assert (correction.state, request_of(correction).state) == ("withdrawn", "withdrawn")
    submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    assert (
        withdraw(
            document_kind="position_correction", document_uids=[correction.uid], owner=wrong.employee, actor=wrong.user
        )
        == []
    )


def test_returned_or_refused_it_changes_nothing_and_the_reason_is_read(
    wrong: Person, budi: Person, citra: Person, office: Office, with_role: Any, signed_in: Callable[..., Client]
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    for verdict, state in (("returned", "returned"), ("rejected", "rejected")):
        correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
        decide(
            request_uids=[request_of(correction).uid], verdict=verdict, note=f"Belum ada SK ({verdict})", actor=operator
        )
        correction.refresh_from_db()
        assert correction.state == state
        assert f"Belum ada SK ({verdict})" in signed_in(wrong.user).get("/profil/atasan/").content.decode()
    assert superior_of(wrong.employee, TODAY) == citra.employee


def test_what_waits_goes_on_to_the_right_superior(
    wrong: Person, budi: Person, citra: Person, office: Office, with_role: Any, paper_chain: Any, papers: Told
) -> None:
    paper_chain()
    operator = with_role("operator_opd", opd=office.opd)
    paper = submit(
        document_kind="paper",
        document_uid=uuid.uuid4(),
        owner=wrong.employee,
        title="Surat",
        on=TODAY,
        actor=wrong.user,
    )
    assert paper.approver == citra.employee
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    decide(request_uids=[request_of(correction).uid], verdict="approved", actor=operator)
    paper.refresh_from_db()
    assert (paper.state, paper.approver) == ("waiting", budi.employee)


def test_an_approval_taken_back_ends_the_override(
    wrong: Person, budi: Person, citra: Person, office: Office, with_role: Any
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    decide(request_uids=[request_of(correction).uid], verdict="approved", actor=operator)
    recall(request_uids=[request_of(correction).uid], note="Keliru", actor=operator)
    assert superior_of(wrong.employee, TODAY) == citra.employee
    correction.refresh_from_db()
    assert (correction.state, correction.result) == ("returned", None)


def test_an_undone_approval_ends_the_override_and_the_correction_waits(
    wrong: Person, budi: Person, citra: Person, office: Office, with_role: Any
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    moment = decide(request_uids=[request_of(correction).uid], verdict="approved", actor=operator).at
    assert moment is not None
    assert undo_approvals(decided_at=moment, actor=operator).stays == []
    assert superior_of(wrong.employee, TODAY) == citra.employee
    correction.refresh_from_db()
    request = request_of(correction)
    assert (correction.state, correction.result, request.state, request.turn) == ("submitted", None, "waiting", 1)
    decide(request_uids=[request.uid], verdict="approved", stages={request.uid: request.stage}, actor=operator)
    assert superior_of(wrong.employee, TODAY) == budi.employee


def test_the_former_override_counts_again_when_the_approval_is_undone(
    wrong: Person, budi: Person, citra: Person, dedi: Person, office: Office, with_role: Any
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    last = date(2026, 12, 31)
    write_override(
        employee=wrong.employee, superior=dedi.employee, first=date(2026, 11, 2), last=last, reason="SK", actor=operator
    )
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    for turn in range(2):
        request = request_of(correction)
        stages = {request.uid: request.stage}
        with clock.at(clock.at_local(TODAY, time(10, turn), "Asia/Makassar")):
            moment = decide(request_uids=[request.uid], verdict="approved", stages=stages, actor=operator).at
            assert moment is not None
            assert superior_of(wrong.employee, TODAY) == budi.employee
            assert undo_approvals(decided_at=moment, actor=operator).stays == []
        days = (TODAY - timedelta(days=1), TODAY, last, last + timedelta(days=1))
        found = [superior_of(wrong.employee, day) for day in days]
        assert found == [dedi.employee, dedi.employee, dedi.employee, citra.employee]


def test_behind_midnight_the_former_override_counts_again_from_the_new_day(
    wrong: Person, budi: Person, citra: Person, dedi: Person, office: Office, with_role: Any
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    write_override(
        employee=wrong.employee, superior=dedi.employee, first=date(2026, 11, 2), last=None, reason="SK", actor=operator
    )
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    with clock.at(clock.at_local(TODAY, time(23, 58), "Asia/Makassar")):
        moment = decide(request_uids=[request_of(correction).uid], verdict="approved", actor=operator).at
    assert moment is not None
    tomorrow = TODAY + timedelta(days=1)
    with clock.at(clock.at_local(tomorrow, time(0, 2), "Asia/Makassar")):
        assert undo_approvals(decided_at=moment, actor=operator).stays == []
    days = (TODAY - timedelta(days=1), TODAY, tomorrow, date(2027, 5, 1))
    assert [superior_of(wrong.employee, day) for day in days] == [
        dedi.employee,
        budi.employee,
        dedi.employee,
        dedi.employee,
    ]


def test_what_an_official_has_ended_since_does_not_bring_the_former_override_back(
    wrong: Person, budi: Person, citra: Person, dedi: Person, office: Office, with_role: Any
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    write_override(
        employee=wrong.employee, superior=dedi.employee, first=date(2026, 11, 2), last=None, reason="SK", actor=operator
    )
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    request = request_of(correction)
    decide(request_uids=[request.uid], verdict="approved", actor=operator)
    correction.refresh_from_db()
    assert correction.result is not None
    end_written_override(correction.result, TODAY + timedelta(days=2), actor=operator)
    later = TODAY + timedelta(days=4)
    with clock.at(clock.at_local(later, time(9), "Asia/Makassar")):
        recall(request_uids=[request.uid], note="Keliru", actor=operator)
    assert [superior_of(wrong.employee, day) for day in (TODAY, later)] == [budi.employee, citra.employee]


def test_an_undone_approval_is_no_reason_that_the_person_is_told(
    wrong: Person, budi: Person, office: Office, with_role: Any, signed_in: Callable[..., Client]
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    request = request_of(correction)
    moment = decide(request_uids=[request.uid], verdict="approved", actor=operator).at
    assert moment is not None
    undo_approvals(decided_at=moment, actor=operator)
    told = "Persetujuan dibatalkan oleh yang menyetujui"
    assert told not in signed_in(wrong.user).get("/profil/atasan/").content.decode()
    decide(request_uids=[request.uid], verdict="approved", stages={request.uid: "1.1"}, actor=operator)
    assert told not in signed_in(wrong.user).get("/profil/atasan/").content.decode()
    recall(request_uids=[request.uid], note="Keliru orang", actor=operator)
    assert "Keliru orang" in signed_in(wrong.user).get("/profil/atasan/").content.decode()


def test_an_operator_of_another_office_knows_nothing_of_it(wrong: Person, budi: Person, with_role: Any) -> None:
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    elsewhere: User = with_role("operator_opd", opd=make_opd("9.99", "Dinas lain"))
    with pytest.raises(NotFound):
        decide(request_uids=[request_of(correction).uid], verdict="approved", actor=elsewhere)


def test_a_circle_that_came_up_meanwhile_stops_the_approval(
    wrong: Person, budi: Person, citra: Person, office: Office, with_role: Any
) -> None:
    operator = with_role("operator_opd", opd=office.opd)
    correction = submit_correction(superior_uid=budi.employee.uid, actor=wrong.user)
    office.section_head.superior = office.staff
    office.section_head.save()
    with pytest.raises(SuperiorIsBelow):
        decide(
            request_uids=[request_of(correction).uid],
            verdict="approved",
            actor=operator,
        )
    correction.refresh_from_db()
    assert (correction.state, request_of(correction).state) == ("submitted", "waiting")


def test_the_pages_ask_a_committed_number_of_questions(
    wrong: Person, budi: Person, office: Office, signed_in: Callable[..., Client]
) -> None:
    browser = signed_in(wrong.user)
    make_position(office.unit, "P-77", "Staf lain", superior=office.section_head)
    for name, path in (("approvals.correction", "/profil/atasan/"), ("employees.profile", "/profil/")):
        browser.get(path)
        page = assert_query_count(name, lambda: browser.get(path))  # noqa: B023
        assert page.status_code == 200
