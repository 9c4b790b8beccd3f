"""Corrections, permits of hours, what the region asks of documents, and documents that are revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.periods import Month
from tenants.approvals.actions import decide
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import ApprovalRequest
from tenants.arrears.models import LateFact
from tenants.attendance.actions import DocumentIn, enter_documents, revoke_documents, set_policy, submit_document
from tenants.attendance.errors import (
    CorrectionsUsedUp,
    DaysTaken,
    LetterMissing,
    NotApproved,
    NotYetPunched,
    OnlyFreeDays,
    OwnLetter,
)
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.attendance.moments import half_of, instant_of, own_plan
from tenants.attendance.policy import last_days_to_explain, unexplained
from tenants.attendance.results import recompute_days
from tests.cast import Office, Person, make_employee, make_opd
from tests.closed_months import close_months
from tests.files import pdf
from tests.tenants.attendance.week import MONDAY, at, documented, on, punched

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
FRIDAY, SATURDAY = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)
CORRECTION = {
    "day": "2026-10-05",
    "covers": "in",
    "at": "07:25",
    "cause": "no_signal",
    "evidence": "superior",
    "reason": "Tidak ada sinyal di balai desa",
}
PERMIT = {"day": "2026-10-05", "part": "hours", "begins": "07:30", "ends": "10:00", "reason": "Rapor anak"}


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: Any) -> None:
    return None


@pytest.fixture
def agency(with_role: Callable[..., User]) -> User:
    """An official of the personnel agency."""
    return with_role("bkpsdm")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def asked_for(agency: User, **values: Any) -> None:
    """What the region asks of documents since the beginning of the year."""
    said = {"corrections_per_month": None, "excuse_days": None, "letter_from_days": {}, "source": "Perwali 9", **values}
    set_policy(valid_from=date(2026, 1, 1), values=said, actor=agency)


def corrected(person: Person, day: date, clock_time: str = "07:25", covers: str = "in") -> AttendanceDocument:
    draft = DocumentIn(
        kind="KOREKSI",
        label="Koreksi absen masuk",
        first=day,
        last=day,
        covers=covers,
        reason="Uji",
        corrected_at=at(day, clock_time),
        cause="forgot",
        evidence="none",
    )
    return submit_document(employee=person.employee, draft=draft, actor=person.user)


def approved(document: AttendanceDocument, by: Person) -> None:
    decide(request_uids=[ApprovalRequest.objects.get(document_uid=document.uid).uid], verdict="approved", actor=by.user)


def test_a_correction_carries_its_time_its_cause_and_its_evidence_to_who_decides(
    ani: Person, budi: Person, signed_in: Any
) -> None:
    with on(TUESDAY, "09:00"):
        answer = signed_in(ani.user).post("/surat/koreksi/", CORRECTION)
        assert answer.status_code == 302
        document = AttendanceDocument.objects.get()
        details = handler_for(document.purpose).details([document.uid])[document.uid]
    assert (document.purpose, document.corrected_at) == ("attendance_correction", at(MONDAY, "07:25"))
    facts = {str(name): str(value) for name, value in details.facts}
    assert (facts["Jam yang diminta"], facts["Sebab"], facts["Bukti"]) == (
        "07.25",
        "Tidak ada sinyal",
        "Keterangan atasan",
    )


def test_the_month_s_corrections_are_as_many_as_the_region_takes(ani: Person, budi: Person, agency: User) -> None:
    asked_for(agency, corrections_per_month=2)
    with on(FRIDAY, "09:00"):
        corrected(ani, MONDAY)
        approved(corrected(ani, TUESDAY), budi)
        with pytest.raises(CorrectionsUsedUp) as refused:
            corrected(ani, WEDNESDAY)
        assert "Oktober 2026 sudah 2 kali" in refused.value.message()
        corrected(ani, date(2026, 9, 30))
        decide(
            request_uids=[ApprovalRequest.objects.waiting().earliest("pk").uid],
            verdict="rejected",
            note="Hadir di mana?",
            actor=budi.user,
        )
        corrected(ani, WEDNESDAY)


def test_what_speaks_against_a_correction_stands_beside_its_field(ani: Person, agency: User, signed_in: Any) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "07:00"):
        early = client.post("/surat/koreksi/", CORRECTION)
    asked_for(agency, corrections_per_month=0)
    with on(TUESDAY, "09:00"):
        one_too_many = client.post("/surat/koreksi/", CORRECTION)
    asked_for(agency)
    with on(TUESDAY, "09:00"):
        no_letter = client.post("/surat/koreksi/", {**CORRECTION, "file": SimpleUploadedFile("bukti.exe", b"MZ")})
    refused = [list(answer.context["form"].errors) for answer in (early, one_too_many, no_letter)]
    assert refused == [["at"], ["day"], ["file"]]
    assert not AttendanceDocument.objects.exists()


def test_the_page_says_how_many_corrections_are_left(ani: Person, agency: User, signed_in: Any) -> None:
    asked_for(agency, corrections_per_month=3)
    with on(FRIDAY, "09:00"):
        corrected(ani, MONDAY)
        assert "masih dapat 2 dari 3 kali" in text(signed_in(ani.user).get("/surat/koreksi/"))


def test_the_day_in_the_calendar_leads_to_its_correction(ani: Person, signed_in: Any) -> None:
    punched(ani.employee, MONDAY, "out", "16:05")
    with on(TUESDAY, "09:00"):
        client = signed_in(ani.user)
        assert "/surat/koreksi/?hari=2026-10-05" in text(client.get("/kehadiran/?hari=2026-10-05"))
        assert 'value="2026-10-05"' in text(client.get("/surat/koreksi/?hari=2026-10-05"))


def test_a_time_that_has_not_come_is_not_corrected(ani: Person, signed_in: Any) -> None:
    with on(MONDAY, "07:00"):
        with pytest.raises(NotYetPunched):
            corrected(ani, MONDAY, "16:00", "out")
        answer = signed_in(ani.user).post("/surat/koreksi/", {**CORRECTION, "covers": "out", "at": "16:00"})
    assert answer.status_code == 422
    assert "Jam itu belum lewat" in text(answer)


def test_a_letter_is_asked_for_from_the_day_that_the_region_says(ani: Person, agency: User, signed_in: Any) -> None:
    asked_for(agency, letter_from_days={"S": 2})
    sick = {"kind": "S", "covers": "day", "first": "2026-10-05", "last": "2026-10-06", "reason": "Demam"}
    with on(MONDAY, "09:00"):
        client = signed_in(ani.user)
        refused = client.post("/surat/baru/", sick)
        assert refused.status_code == 422
        assert "lampirkan suratnya" in text(refused)
        assert client.post("/surat/baru/", {**sick, "last": "2026-10-05"}).status_code == 302
        letter = SimpleUploadedFile("surat.pdf", pdf("Surat dokter"), content_type="application/pdf")
        later = {**sick, "first": "2026-10-06", "last": "2026-10-07", "file": letter}
        assert client.post("/surat/baru/", later).status_code == 302
        with pytest.raises(LetterMissing):
            submit_document(
                employee=ani.employee,
                draft=DocumentIn("S", "Sakit", FRIDAY - timedelta(days=1), FRIDAY),
                actor=ani.user,
            )


def test_a_leave_or_permit_for_free_days_only_is_refused_and_a_duty_is_not(ani: Person, signed_in: Any) -> None:
    weekend = {"covers": "day", "first": "2026-10-10", "last": "2026-10-11", "reason": "Uji"}
    with on(MONDAY, "09:00"):
        refused = signed_in(ani.user).post("/surat/baru/", {**weekend, "kind": "S"})
        assert refused.status_code == 422
        assert "libur bagi Anda" in text(refused)
        with pytest.raises(OnlyFreeDays):
            submit_document(employee=ani.employee, draft=DocumentIn("I", "Izin", SATURDAY, SATURDAY), actor=ani.user)
        assert signed_in(ani.user).post("/surat/baru/", {**weekend, "kind": "TL"}).status_code == 302


@pytest.mark.parametrize(
    ("change", "span"),
    [
        ({}, ("07:30", "10:00")),
        ({"part": "first", "begins": "", "ends": ""}, ("07:30", "12:00")),
        ({"part": "second", "begins": "", "ends": ""}, ("12:00", "16:00")),
    ],
)
def test_a_permit_covers_hours_or_half_a_day(
    ani: Person, signed_in: Any, change: dict[str, str], span: tuple[str, str]
) -> None:
    with on(MONDAY, "07:00"):
        assert signed_in(ani.user).post("/surat/izin/", {**PERMIT, **change}).status_code == 302
    document = AttendanceDocument.objects.get()
    assert (document.covers, document.purpose) == ("hours", "attendance_leave")
    assert (document.begins_at, document.ends_at) == tuple(at(MONDAY, clock_time) for clock_time in span)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "2026-10-10"}, "Hari itu libur bagi Anda"),
        ({"ends": ""}, "Isi jamnya"),
        ({"begins": "11:00"}, "Jam selesai mendahului jam mulai"),
        ({"begins": "17:00", "ends": "18:00"}, "di luar jam kerja"),
        ({"reason": ""}, "harus diisi"),
    ],
)
def test_a_permit_that_cannot_be_is_answered_beside_its_field(
    ani: Person, signed_in: Any, change: dict[str, str], words: str
) -> None:
    with on(MONDAY, "07:00"):
        answer = signed_in(ani.user).post("/surat/izin/", {**PERMIT, **change})
    assert answer.status_code == 422
    assert words in text(answer)
    assert not AttendanceDocument.objects.exists()


def test_a_time_after_midnight_is_of_the_day_before(ani: Person) -> None:
    plan = own_plan(ani.employee.pk, MONDAY)
    assert instant_of(MONDAY, time(0, 40), plan) == at(TUESDAY, "00:40")
    assert instant_of(MONDAY, time(7, 25), plan) == at(MONDAY, "07:25")
    saturday = own_plan(ani.employee.pk, SATURDAY)
    assert saturday is not None
    assert half_of(saturday, "first") is None


def test_an_official_revokes_a_document_and_its_days_are_computed_without_it(
    ani: Person, office: Office, with_role: Any, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    document = documented(ani.employee, "S", MONDAY, TUESDAY, label="Sakit (S)")
    clerk = with_role("operator_opd", opd=office.opd)
    with on(WEDNESDAY, "09:00"):
        recompute_days(first=MONDAY, end=TUESDAY, employee_ids=[ani.employee.pk])
        assert DayResult.objects.get().presence == "dokumen"
        other = with_role("operator_opd", opd=make_opd("9.01", "Dinas Sosial"))
        assert signed_in(other).post(f"/surat/{document.uid}/cabut/", {"reason": "x"}).status_code == 404
        client = signed_in(clerk)
        assert client.post(f"/surat/{document.uid}/cabut/", {"reason": ""}).status_code == 422
        assert client.post(f"/surat/{document.uid}/cabut/", {"reason": "Surat palsu"}).status_code == 302
        run_outbox()
        assert DayResult.objects.get().presence == "tk"
        assert "Surat palsu" in text(signed_in(ani.user).get(f"/surat/{document.uid}/"))
        again = client.post(f"/surat/{document.uid}/cabut/", {"reason": "Sekali lagi"}, follow=True)
        assert "tidak sedang berlaku" in text(again)
    assert AuditEvent.objects.get(action="attendance.documents_revoked").after == {"reason": "Surat palsu"}


def test_nobody_revokes_the_own_document_or_one_that_does_not_count(ani: Person, agency: User) -> None:
    own = documented(ani.employee, "S", MONDAY, TUESDAY)
    waiting = documented(ani.employee, "S", TUESDAY, WEDNESDAY, state="submitted")
    with on(WEDNESDAY, "09:00"):
        with pytest.raises(OwnLetter):
            revoke_documents(documents=[own], reason="Keliru", actor=ani.user)
        with pytest.raises(NotApproved):
            revoke_documents(documents=[own, waiting], reason="Keliru", actor=agency)
    own.refresh_from_db()
    assert own.state == "approved"


def test_revoking_what_counted_in_a_closed_month_is_a_late_fact(
    ani: Person, agency: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = documented(ani.employee, "S", MONDAY, TUESDAY)
    close_months(monkeypatch, Month(2026, 10))
    with on(date(2026, 11, 10), "09:00"):
        revoke_documents(documents=[document], reason="Surat palsu", actor=agency)
    late = LateFact.objects.get()
    assert (late.employee, late.of_month) == (ani.employee, date(2026, 10, 1))


def test_many_people_are_entered_with_days_of_their_own(ani: Person, budi: Person, agency: User) -> None:
    entries = [
        (ani.employee, DocumentIn("S", "Sakit", MONDAY, MONDAY)),
        (ani.employee, DocumentIn("I", "Izin", WEDNESDAY, WEDNESDAY)),
        (budi.employee, DocumentIn("TL", "Tugas luar", MONDAY, TUESDAY)),
    ]
    with on(FRIDAY, "09:00"):
        made = enter_documents(entries=entries, file=None, letter_number="BA-1", actor=agency)
        assert [(paper.kind, paper.state, paper.letter_number) for paper in made] == [
            ("S", "approved", "BA-1"),
            ("I", "approved", "BA-1"),
            ("TL", "approved", "BA-1"),
        ]
        with pytest.raises(DaysTaken) as refused:
            enter_documents(
                entries=[(budi.employee, DocumentIn("S", "Sakit", TUESDAY, TUESDAY))],
                file=None,
                letter_number="BA-2",
                actor=agency,
            )
        assert refused.value.message().startswith("Budi sudah memiliki surat Tugas luar")
        assert enter_documents(entries=[], file=None, letter_number="BA-3", actor=agency) == []
    assert AuditEvent.objects.filter(action="attendance.documents_recorded").count() == 1


def test_who_decides_sees_who_of_the_unit_is_away_on_those_days(ani: Person, budi: Person, office: Office) -> None:
    away, waiting, other = (make_employee(name, office.staff) for name in ("Fitri", "Gita", "Hana"))
    documented(away, "C", MONDAY, WEDNESDAY)
    documented(waiting, "C", TUESDAY, FRIDAY, state="submitted")
    documented(other, "C", WEDNESDAY, FRIDAY)
    with on(MONDAY, "07:00"):
        document = submit_document(
            employee=ani.employee, draft=DocumentIn("S", "Sakit", MONDAY, TUESDAY), actor=ani.user
        )
        details = handler_for(document.purpose).details([document.uid])[document.uid]
    facts = {str(name): str(value) for name, value in details.facts}
    # Budi is of the unit too: four beside Ani.
    assert facts["Rekan seunit yang tidak masuk pada hari itu"] == "2 dari 4: Fitri, Gita (diajukan)"


def test_an_absence_is_to_be_explained_within_so_many_working_days(ani: Person, agency: User, signed_in: Any) -> None:
    asked_for(agency, excuse_days=3)
    with on(SATURDAY, "09:00"):
        recompute_days(first=FRIDAY, end=SATURDAY, employee_ids=[ani.employee.pk])
        assert unexplained(ani.employee.pk, MONDAY) == [FRIDAY]
        # Monday, Tuesday, Wednesday of the next week.
        assert last_days_to_explain(ani.employee.pk, [FRIDAY]) == {FRIDAY: date(2026, 10, 14)}
        page = text(signed_in(ani.user).get("/surat/"))
    assert "kirim surat paling lambat Rabu, 14 Oktober 2026" in page
    with on(date(2026, 10, 15), "09:00"):
        page = text(signed_in(ani.user).get("/surat/"))
    assert "batasnya Rabu, 14 Oktober 2026, surat yang terlambat masih dapat diajukan" in page


@pytest.mark.parametrize(("day", "is_late"), [(date(2026, 10, 14), False), (date(2026, 10, 15), True)])
def test_a_letter_after_that_day_is_taken_and_marked_for_who_decides(
    ani: Person, agency: User, day: date, is_late: bool
) -> None:
    asked_for(agency, excuse_days=3)
    with on(day, "09:00"):
        submit_document(employee=ani.employee, draft=DocumentIn("S", "Sakit", FRIDAY, FRIDAY), actor=ani.user)
    remarks = ApprovalRequest.objects.get().remarks
    assert any("Lewat batas hari" in remark for remark in remarks) is is_late


def test_a_late_letter_turns_an_absence_back_and_costs_nothing_more(
    ani: Person, budi: Person, agency: User, run_outbox: Callable[[], int]
) -> None:
    asked_for(agency, excuse_days=1)
    day = DayResult.objects.filter(employee=ani.employee, date=MONDAY)
    with on(FRIDAY, "09:00"):
        punched(ani.employee, TUESDAY, "in", "07:20")
        recompute_days(first=MONDAY, end=TUESDAY, employee_ids=[ani.employee.pk])
        assert [event["code"] for event in day.get().events] == ["TK"]
        document = submit_document(
            employee=ani.employee, draft=DocumentIn("S", "Sakit", MONDAY, MONDAY), actor=ani.user
        )
        approved(document, budi)
        run_outbox()
    assert (day.get().presence, [event["code"] for event in day.get().events]) == ("dokumen", ["S"])


def test_what_is_asked_of_documents_is_set_from_a_day_on(agency: User, signed_in: Any) -> None:
    with on(MONDAY, "09:00"):
        client = signed_in(agency)
        assert "Belum diatur" in text(client.get("/surat/syarat/"))
        values = {"valid_from": "2026-10-01", "corrections_per_month": 3, "letter_S": 1, "source": "Perwali 9/2026"}
        assert client.post("/surat/syarat/", values).status_code == 302
        page = text(client.get("/surat/syarat/"))
    assert 'value="Perwali 9/2026"' in page
    assert "Belum diatur" not in page
