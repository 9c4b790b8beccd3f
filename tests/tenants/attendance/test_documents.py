"""Documents: handed in, decided, taken back, entered for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.audit.models import AuditEvent
from kernel.periods import Month
from tenants.approvals.actions import decide, recall
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.undoing import undo_approvals
from tenants.arrears.models import LateFact
from tenants.attendance.actions import DocumentIn, submit_document, withdraw_document
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.calendars.models import WorkPattern
from tests.cast import Office, Person, make_employee, make_opd
from tests.closed_months import close_months
from tests.files import pdf
from tests.tenants.attendance.week import MONDAY, documented, on

TUESDAY = MONDAY + timedelta(days=1)
LETTER = {"kind": "S", "covers": "day", "first": "2026-10-05", "last": "2026-10-06", "reason": "Demam"}


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: WorkPattern) -> None:
    return None


def letter_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("surat.pdf", pdf("Surat dokter"), content_type="application/pdf")


def status(client: Client, address: str) -> int:
    """The status of a page, or of a file that is read to its end."""
    answer = client.get(address)
    answer.getvalue()
    return answer.status_code


def test_a_letter_goes_to_the_superior_and_counts_once_approved(
    ani: Person, budi: Person, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY + timedelta(days=3), "09:00"):
        answer = signed_in(ani.user).post("/surat/baru/", {**LETTER, "file": letter_file()})
        assert answer.status_code == 302
        run_outbox()
        assert list(DayResult.objects.order_by("date").values_list("presence", "is_provisional")) == [("tk", True)] * 2
        request = ApprovalRequest.objects.get()
        assert request.approver == budi.employee
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
        run_outbox()
    document = AttendanceDocument.objects.get()
    assert (document.state, document.decided_by, document.label) == ("approved", budi.user, "Sakit (S)")
    assert list(DayResult.objects.order_by("date").values_list("presence", "document")) == [("dokumen", "S")] * 2
    assert AuditEvent.objects.filter(action="attendance.document_submitted").exists()


def test_a_rejected_letter_frees_its_days_and_tells_why(ani: Person, budi: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "09:00"):
        client.post("/surat/baru/", LETTER)
        decide(
            request_uids=[ApprovalRequest.objects.get().uid],
            verdict="rejected",
            note="Surat dokter belum ada",
            actor=budi.user,
        )
        document = AttendanceDocument.objects.get()
        assert document.state == "rejected"
        assert "Surat dokter belum ada" in client.get(f"/surat/{document.uid}/").content.decode()
        assert client.post("/surat/baru/", LETTER).status_code == 302


def test_an_approval_taken_back_frees_the_days(ani: Person, budi: Person, signed_in: Any) -> None:
    with on(MONDAY, "09:00"):
        signed_in(ani.user).post("/surat/baru/", LETTER)
        request = ApprovalRequest.objects.get()
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
        recall(request_uids=[request.uid], note="Salah orang", actor=budi.user)
    assert AttendanceDocument.objects.get().state == "rejected"


def test_an_undone_approval_leaves_the_letter_waiting_and_the_days_without_it(
    ani: Person, budi: Person, signed_in: Any
) -> None:
    with on(MONDAY, "09:00"):
        signed_in(ani.user).post("/surat/baru/", LETTER)
        request = ApprovalRequest.objects.get()
        moment = decide(request_uids=[request.uid], verdict="approved", actor=budi.user).at
        assert moment is not None
        assert undo_approvals(decided_at=moment, actor=budi.user).stays == []
        document = AttendanceDocument.objects.get()
        assert (document.state, document.decided_by, document.decided_at) == ("submitted", None, None)
        stages = {request.uid: "1.1"}
        decide(request_uids=[request.uid], verdict="approved", stages=stages, actor=budi.user)
    assert AttendanceDocument.objects.get().state == "approved"


def test_the_days_of_an_undone_letter_are_computed_without_it_and_with_it_again(
    ani: Person, budi: Person, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    days = DayResult.objects.order_by("date").values_list("presence", "document")
    with on(MONDAY + timedelta(days=3), "09:00"):
        signed_in(ani.user).post("/surat/baru/", LETTER)
        request = ApprovalRequest.objects.get()
        moment = decide(request_uids=[request.uid], verdict="approved", actor=budi.user).at
        assert moment is not None
        run_outbox()
        assert list(days.all()) == [("dokumen", "S")] * 2
        undo_approvals(decided_at=moment, actor=budi.user)
        run_outbox()
        assert list(days.all()) == [("tk", "")] * 2
        decide(request_uids=[request.uid], verdict="approved", stages={request.uid: "1.1"}, actor=budi.user)
        run_outbox()
        assert list(days.all()) == [("dokumen", "S")] * 2


def test_a_waiting_letter_can_be_taken_back_and_a_decided_one_cannot(ani: Person, budi: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "09:00"):
        client.post("/surat/baru/", LETTER)
        document = AttendanceDocument.objects.get()
        assert signed_in(budi.user).post(f"/surat/{document.uid}/tarik/").status_code == 404
        assert client.post(f"/surat/{document.uid}/tarik/").status_code == 302
        assert ApprovalRequest.objects.get().state == "withdrawn"
        assert client.post(f"/surat/{document.uid}/tarik/").status_code == 409


def test_overlapping_days_are_refused_in_words_and_by_the_database(ani: Person, signed_in: Any) -> None:
    documented(ani.employee, "C", TUESDAY, TUESDAY + timedelta(days=2), label="Cuti (C)")
    with on(MONDAY, "09:00"):
        answer = signed_in(ani.user).post("/surat/baru/", LETTER)
    assert answer.status_code == 422
    assert "Sudah ada surat Cuti (C) untuk 6 Oktober 2026 sampai 7 Oktober 2026" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        documented(ani.employee, "S", MONDAY, TUESDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"last": "2026-10-04"}, "mendahului tanggal mulai"),
        ({"last": "2028-10-04"}, "paling lama satu tahun"),
        ({"covers": "in"}, "satu hari saja"),
        ({"kind": "XYZ"}, "XYZ"),
        ({"first": "kemarin"}, "tanggal"),
    ],
)
def test_a_form_that_cannot_be_right_says_so_beside_the_field(
    ani: Person, signed_in: Any, change: dict[str, str], words: str
) -> None:
    with on(MONDAY, "09:00"):
        answer = signed_in(ani.user).post("/surat/baru/", {**LETTER, **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AttendanceDocument.objects.exists()


def test_a_page_is_no_letter(ani: Person, signed_in: Any) -> None:
    page = SimpleUploadedFile("surat.pdf", b"<html>", content_type="application/pdf")
    with on(MONDAY, "09:00"):
        answer = signed_in(ani.user).post("/surat/baru/", {**LETTER, "file": page})
    assert answer.status_code == 422
    assert "Berkas ini ditahan karena isinya dapat membahayakan" in answer.content.decode()
    assert not AttendanceDocument.objects.exists()


def test_a_letter_for_a_closed_month_is_taken_as_late(
    ani: Person, budi: Person, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    october = Month(2026, 10)
    close_months(monkeypatch, october)
    with on(MONDAY, "09:00"):
        assert signed_in(ani.user).post("/surat/baru/", LETTER).status_code == 302
        document = AttendanceDocument.objects.get()
        assert "Bulan ini sudah dikunci" in signed_in(ani.user).get(f"/surat/{document.uid}/").content.decode()
        assert not LateFact.objects.exists()
        decide(request_uids=[ApprovalRequest.objects.get().uid], verdict="approved", actor=budi.user)
    late = LateFact.objects.get()
    assert (late.employee, late.of_month, late.what) == (ani.employee, october.first_day, "Surat")


def test_the_letter_is_read_by_owner_approver_and_office_only(
    ani: Person, budi: Person, citra: Person, office: Office, signed_in: Any, with_role: Any
) -> None:
    with on(MONDAY, "09:00"):
        signed_in(ani.user).post("/surat/baru/", {**LETTER, "file": letter_file()})
        document = AttendanceDocument.objects.get()
        assert document.file is not None
        other_office = signed_in(with_role("operator_opd", opd=make_opd("9.01", "Dinas Sosial")))
        for address, seen in ((f"/surat/{document.uid}/", 200), (f"/berkas/{document.file.uid}/", 302)):
            assert status(signed_in(ani.user), address) == seen
            assert status(signed_in(budi.user), address) == seen
            assert status(signed_in(with_role("operator_opd", opd=office.opd)), address) == seen
            assert status(other_office, address) == 404
            assert status(signed_in(citra.user), address) == 404


def test_an_official_enters_one_letter_for_many(
    ani: Person, budi: Person, office: Office, signed_in: Any, with_role: Any, run_outbox: Callable[[], int]
) -> None:
    client = signed_in(with_role("operator_opd", opd=office.opd))
    letter = {
        **LETTER,
        "kind": "TL",
        "letter_number": "800/12/2026",
        "nips": f"{ani.employee.nip}\n {budi.employee.nip}",
    }
    with on(MONDAY + timedelta(days=3), "09:00"):
        assert client.post("/surat/catat/", letter).status_code == 302
        run_outbox()
    assert set(AttendanceDocument.objects.values_list("employee__name", "state", "kind")) == {
        ("Ani", "approved", "TL"),
        ("Budi", "approved", "TL"),
    }
    assert set(DayResult.objects.values_list("presence", flat=True)) == {"dokumen"}
    told = AuditEvent.objects.get(action="attendance.documents_recorded")
    assert told.after["nip"] == sorted([ani.employee.nip, budi.employee.nip])


def test_nobody_is_entered_when_one_is_unknown_or_taken(
    ani: Person, budi: Person, office: Office, signed_in: Any, with_role: Any
) -> None:
    client = signed_in(with_role("operator_opd", opd=office.opd))
    letter = {**LETTER, "letter_number": "800/12/2026"}
    with on(MONDAY, "09:00"):
        stranger = client.post("/surat/catat/", {**letter, "nips": f"{ani.employee.nip}\n199901012020011001"})
        short = client.post("/surat/catat/", {**letter, "nips": "12345"})
        documented(budi.employee, "C", MONDAY, TUESDAY, label="Cuti (C)")
        taken = client.post("/surat/catat/", {**letter, "nips": f"{ani.employee.nip}\n{budi.employee.nip}"})
    assert "199901012020011001" in stranger.content.decode()
    assert "18 angka" in short.content.decode()
    assert "Budi sudah memiliki surat Cuti (C)" in taken.content.decode()
    assert AttendanceDocument.objects.count() == 1


def test_entering_for_many_takes_a_constant_number_of_statements(ani: Person, office: Office, with_role: Any) -> None:
    from tenants.attendance.actions import record_documents

    actor = with_role("bkpsdm")

    def counted(people: int) -> int:
        staff = [
            make_employee(f"P {number}", office.staff, nip=f"19850505{people:06d}{number:04d}")
            for number in range(people)
        ]
        draft = DocumentIn("TL", "Tugas luar", MONDAY, TUESDAY, letter_number="1")
        with on(MONDAY, "09:00"), CaptureQueriesContext(connection) as statements:
            record_documents(employees=staff, draft=draft, actor=actor)
        return len(statements)

    assert counted(5) == counted(100)


def test_deciding_on_many_takes_a_constant_number_of_statements(ani: Person, budi: Person, office: Office) -> None:
    def counted(people: int) -> int:
        with on(MONDAY, "09:00"):
            for number in range(people):
                employee = make_employee(f"P {number}", office.staff, nip=f"19850505{people:06d}{number:04d}")
                submit_document(employee=employee, draft=DocumentIn("S", "Sakit", MONDAY, TUESDAY), actor=ani.user)
            waiting = list(ApprovalRequest.objects.waiting().values_list("uid", flat=True))
            with CaptureQueriesContext(connection) as statements:
                decide(request_uids=waiting, verdict="approved", actor=budi.user)
        return len(statements)

    counted(1)  # the person's grants are read once
    assert counted(2) == counted(20)


def test_the_kinds_follow_the_rule_set_in_force(ani: Person, signed_in: Any) -> None:
    with on(MONDAY, "09:00"):
        page = signed_in(ani.user).get("/surat/baru/?hari=2026-10-05").content.decode()
    assert 'value="DISP"' in page
    assert 'value="2026-10-05"' in page


def test_taking_back_locks_in_the_order_of_a_decision(ani: Person, budi: Person, signed_in: Any) -> None:
    with on(MONDAY, "09:00"):
        signed_in(ani.user).post("/surat/baru/", LETTER)
        uid = AttendanceDocument.objects.get().uid
        with CaptureQueriesContext(connection) as statements:
            withdraw_document(uid=uid, actor=ani.user)
    locked = [query["sql"] for query in statements if "FOR UPDATE" in query["sql"]]
    assert [sql.split('OF "')[1].split('"')[0] for sql in locked] == [
        "approvals_approvalrequest",
        "attendance_attendancedocument",
    ]


def test_nobody_enters_a_letter_for_themselves(office: Office, with_role: Callable[..., Any], signed_in: Any) -> None:
    clerk = with_role("operator_opd", opd=office.opd)
    own = make_employee("Operator", office.staff, user=clerk)
    colleague = make_employee("Rekan", office.staff)
    letter = {"kind": "S", "covers": "day", "first": "2026-10-05", "last": "2026-10-06", "letter_number": "1"}
    with on(MONDAY, "09:00"):
        answer = signed_in(clerk).post("/surat/catat/", {**letter, "nips": f"{colleague.nip}\n{own.nip}"})
        assert answer.status_code == 422
        assert "Surat Anda sendiri" in answer.content.decode()
        assert not AttendanceDocument.objects.exists()
        assert signed_in(clerk).post("/surat/catat/", {**letter, "nips": colleague.nip}).status_code == 302
