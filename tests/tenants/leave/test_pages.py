"""The pages of leave, as people use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.testing.queries import assert_query_count
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.attendance.models import AttendanceDocument
from tenants.leave.models import LeaveBooking, LeaveEntry, LeaveKind, LedgerStart
from tests.cast import Office, Person, make_employee
from tests.files import pdf
from tests.tenants.attendance.week import MONDAY, on
from tests.tenants.leave.balance import account, asked, granted

ASK = {"kind": "tahunan", "first": "2026-10-05", "last": "2026-10-09", "reason": "Pulang kampung"}


@pytest.fixture(autouse=True)
def _ledger(ledger: None) -> None:
    return None


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_leave_is_asked_for_in_one_form_and_shown_in_the_calendar(
    ani: Person, budi: Person, dedi: Person, signed_in: Any
) -> None:
    granted(ani)
    client = signed_in(ani.user)
    with on(MONDAY, "07:00"):
        form = text(client.get("/cuti/baru/"))
        assert "Cuti tahunan: sisa 12 hari kerja" in form
        answer = client.post("/cuti/baru/", {**ASK, "address": "Tomohon", "phone": "0812"}, follow=True)
        assert "Permohonan cuti 5 hari terkirim" in text(answer)
        page = text(client.get("/cuti/?bulan=2026-10"))
        assert page.count("month__day--draft") == 5
        decide(request_uids=[ApprovalRequest.objects.get().uid], verdict="approved", actor=budi.user)
        assert text(client.get("/cuti/?bulan=2026-10")).count("month__day--wait") == 5
    booking = LeaveBooking.objects.get()
    assert (booking.days, booking.address, booking.phone) == ({"2026": 5}, "Tomohon", "0812")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"last": "2026-10-04"}, "Tanggal selesai mendahului tanggal mulai"),
        ({"first": "2026-10-10", "last": "2026-10-11"}, "Semua hari itu libur"),
        ({"last": "2026-10-30"}, "tinggal 12 hari kerja, yang diminta 20"),
        ({"kind": "sakit"}, "lampirkan surat keterangannya"),
        ({"reason": ""}, "id_reason_error"),
    ],
)
def test_a_request_that_cannot_be_is_answered_beside_its_field(
    ani: Person, signed_in: Any, change: dict[str, str], words: str
) -> None:
    granted(ani)
    with on(MONDAY, "07:00"):
        answer = signed_in(ani.user).post("/cuti/baru/", {**ASK, **change})
    assert answer.status_code == 422
    assert words in text(answer)
    assert not AttendanceDocument.objects.exists()


def test_a_doctor_s_letter_is_taken_with_a_sick_leave(ani: Person, signed_in: Any) -> None:
    letter = SimpleUploadedFile("surat.pdf", pdf("Surat dokter"), content_type="application/pdf")
    with on(MONDAY, "07:00"):
        answer = signed_in(ani.user).post("/cuti/baru/", {**ASK, "kind": "sakit", "file": letter})
    assert answer.status_code == 302
    assert AttendanceDocument.objects.get().kind == "S"


def test_only_colleagues_of_the_unit_can_stand_in(ani: Person, office: Office, signed_in: Any, dedi: Person) -> None:
    colleague = make_employee("Fitri", office.staff)
    granted(ani)
    client = signed_in(ani.user)
    with on(MONDAY, "07:00"):
        page = text(client.get("/cuti/baru/"))
        assert "Fitri" in page
        assert "Dedi" not in page
        assert client.post("/cuti/baru/", {**ASK, "substitute": str(dedi.employee.uid)}).status_code == 422
        assert client.post("/cuti/baru/", {**ASK, "substitute": str(colleague.uid)}).status_code == 302
    assert LeaveBooking.objects.get().substitute == colleague


def test_the_page_of_letters_leads_to_the_page_of_leave(ani: Person, signed_in: Any) -> None:
    with on(MONDAY, "07:00"):
        page = text(signed_in(ani.user).get("/surat/baru/"))
    assert 'value="C"' not in page
    assert 'href="/cuti/baru/"' in page


def test_before_the_ledger_runs_the_pages_say_so(ani: Person, agency: User, signed_in: Any) -> None:
    LedgerStart.objects.all().delete()
    with on(MONDAY, "07:00"):
        assert "belum dijalankan di daerah ini" in text(signed_in(ani.user).get("/cuti/"))
        assert "belum dijalankan di daerah ini" in text(signed_in(ani.user).get("/cuti/baru/"))
        assert 'value="C"' in text(signed_in(ani.user).get("/surat/baru/"))
        client = signed_in(agency)
        assert "Saldo cuti belum dijalankan" in text(client.get("/cuti/saldo/"))
        assert client.post("/cuti/jenis/", {"year": 2026}).status_code == 302
        assert "Berjalan sejak 2026" in text(client.get("/cuti/jenis/"))


def test_an_official_sees_balances_corrects_one_and_records_leave_on_paper(
    ani: Person, agency: User, signed_in: Any
) -> None:
    granted(ani)
    client = signed_in(agency)
    with on(MONDAY, "07:00"):
        address = f"/cuti/saldo/{ani.employee.uid}/"
        assert client.post(address, {"year": 2026, "days": 2, "reason": "SK penangguhan"}).status_code == 302
        assert "SK penangguhan" in text(client.get(address))
        refused = client.post(address, {"year": 2026, "days": -24, "reason": "Keliru"})
        assert "hanya punya 14 hari" in text(refused)
        paper = {**ASK, "nips": ani.employee.nip, "letter_number": "851/3"}
        assert client.post("/cuti/catat/", paper).status_code == 302
        again = client.post("/cuti/catat/", paper)
        assert again.status_code == 422
        assert "Ani sudah memiliki surat Cuti tahunan" in text(again)
        listed = text(client.get("/cuti/saldo/?cari=Ani"))
    assert (account(ani).taken, account(ani).left) == (5, 9)
    assert "<strong>9</strong>" in listed


def test_another_office_sees_nobody_of_this_one(ani: Person, with_role: Any, signed_in: Any) -> None:
    from tests.cast import make_opd

    other = signed_in(with_role("operator_opd", opd=make_opd("9.01", "Dinas Sosial")))
    with on(MONDAY, "07:00"):
        assert other.get(f"/cuti/saldo/{ani.employee.uid}/").status_code == 404
        assert "Ani" not in text(other.get("/cuti/saldo/"))
        stranger = other.post("/cuti/catat/", {**ASK, "nips": ani.employee.nip, "letter_number": "1"})
    assert "Tidak ditemukan di OPD Anda" in text(stranger)


def test_the_yearly_right_is_written_by_a_press(
    ani: Person, agency: User, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY, "07:00"):
        client = signed_in(agency)
        for people in (1, 0):
            assert client.post("/cuti/saldo/hak/").status_code == 302
            run_outbox()
            job = Job.objects.latest("pk")
            assert (job.state, job.result["facts"][0][1]) == ("done", people)
    assert account(ani).left == 12


def test_a_kind_is_changed_from_a_day_on(agency: User, signed_in: Any) -> None:
    kind = LeaveKind.objects.get(code="penting", status="PNS")
    values = {
        "valid_from": "2026-11-01",
        "name": "Cuti alasan penting",
        "document_kind": "I",
        "counts": "calendar",
        "travel_most": 0,
        "most_months": 2,
        "extension_months": 0,
        "min_service_months": 0,
        "source": "Perwali 9/2026",
        "is_offered": "on",
        "is_confirmed": "on",
    }
    with on(MONDAY, "07:00"):
        client = signed_in(agency)
        assert "Belum dicocokkan" in text(client.get("/cuti/jenis/"))
        assert client.post(f"/cuti/jenis/{kind.uid}/", values).status_code == 302
    old, new = LeaveKind.objects.in_force(date(2026, 10, 31)), LeaveKind.objects.in_force(date(2026, 11, 1))
    for rows, expected in ((old, ("C", 1)), (new, ("I", 2))):
        found = [(row.document_kind, row.most_months) for row in rows if (row.code, row.status) == ("penting", "PNS")]
        assert found == [expected]


def test_a_list_of_balances_costs_the_same_for_one_and_for_many(
    ani: Person, office: Office, agency: User, signed_in: Any
) -> None:
    client = signed_in(agency)

    def counted() -> int:
        with on(MONDAY, "07:00"), CaptureQueriesContext(connection) as statements:
            client.get("/cuti/saldo/")
        return len(statements)

    granted(ani)
    counted()
    before = counted()
    for number in range(15):
        employee = make_employee(f"P {number}", office.staff)
        LeaveEntry.objects.create(employee=employee, year=2026, what="grant", days=12)
        LeaveEntry.objects.create(employee=employee, year=2025, what="grant", days=12)
    assert counted() == before


def test_a_waiting_leave_can_be_opened_from_the_balance(ani: Person, signed_in: Any) -> None:
    granted(ani)
    with on(MONDAY, "07:00"):
        document = asked(ani, MONDAY, 2)
        page = text(signed_in(ani.user).get("/cuti/"))
    assert f"/surat/{document.uid}/" in page


def test_the_pages_keep_their_number_of_statements(ani: Person, agency: User, signed_in: Any) -> None:
    granted(ani, year=2025)
    granted(ani)
    own, office = signed_in(ani.user), signed_in(agency)
    with on(MONDAY, "07:00"):
        asked(ani, MONDAY, 2)
        for name, client, address in (
            ("leave.own", own, "/cuti/"),
            ("leave.new", own, "/cuti/baru/"),
            ("leave.balances", office, "/cuti/saldo/"),
            ("leave.person", office, f"/cuti/saldo/{ani.employee.uid}/"),
        ):
            client.get(address)
            assert_query_count(name, partial(client.get, address))
