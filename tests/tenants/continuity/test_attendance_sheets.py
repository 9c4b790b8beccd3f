"""Attendance written by hand: every row is checked, another person approves, and it counts until withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.files import opening
from kernel.files.actions import MAX_BYTES
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.sheets.plain import SheetRow
from tenants.attendance.following import follow_punches
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.attendance.months import month_days
from tenants.calendars.closing import MonthClosed
from tenants.calendars.models import WorkPattern
from tenants.continuity import actions, reading
from tenants.continuity.approving import approve_sheet, withdraw_sheet
from tenants.continuity.errors import AttendanceSheetDecided, OwnAttendanceSheet
from tenants.continuity.filling import encrypted
from tenants.continuity.keys import password_of, row_code
from tenants.continuity.models import AttendanceSheet
from tenants.punches.models import Punch
from tests.cast import Office, Person
from tests.closed_months import close_months
from tests.files import pdf
from tests.sheets import xlsx, xlsx_upload
from tests.tenants.attendance.week import MONDAY, at, on, punched

SignedIn = Callable[..., Client]
Upload = Callable[..., Job]
HEADINGS = ("Tanggal", "NIP", "Nama", "Jam kerja", "Masuk", "Pulang", "Keterangan")
TUESDAY, WEDNESDAY = date(2026, 10, 6), date(2026, 10, 7)
LETTER = pdf("Surat pengantar")


@pytest.fixture(autouse=True)
def _the_end_of_the_month() -> Iterator[None]:
    with on(date(2026, 10, 30), "10:00"):
        yield


def row(person: Person, day: object, came: object = "", left: object = "", note: object = "") -> tuple[object, ...]:
    return (day, person.employee.nip, person.employee.name, "07.30–16.00", came, left, note)


@pytest.fixture
def upload(
    office: Office,
    shift: WorkPattern,
    manado_rules: Any,
    operator_opd: User,
    signed_in: SignedIn,
    run_outbox: Callable[[], int],
) -> Upload:
    client = signed_in(operator_opd)

    def send(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS, password: str = "") -> Job:
        sheet = xlsx_upload("isian-absen.xlsx", [headings, *rows])
        if password:
            sheet = SimpleUploadedFile(sheet.name or "", encrypted(sheet.read(), password))
        answer = client.post("/cadangan/isian/baru/", {**form(office), "berkas": sheet, "pengantar": letter()})
        assert answer.status_code == 302, answer.content.decode()
        run_outbox()
        return Job.objects.latest("id")

    return send


def form(office: Office) -> dict[str, str]:
    reason = "Sistem tidak dapat diakses seminggu"
    return {"bulan": "2026-10", "opd": str(office.opd.uid), "nomor": "800/12/2026", "alasan": reason}


def letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("pengantar.pdf", LETTER)


def problems(job: Job) -> list[tuple[int | None, str]]:
    return [(found.row_number, found.column) for found in job.rows.order_by("row_number")]


def day_of(person: Person, day: date) -> DayResult:
    return DayResult.objects.get(employee=person.employee, date=day)


def test_a_good_sheet_counts_once_another_person_has_approved_it(
    upload: Upload, ani: Person, budi: Person, bkpsdm: User, run_outbox: Callable[[], int]
) -> None:
    job = upload(
        row(ani, MONDAY, "07.25", "16.02"),
        row(ani, TUESDAY, "07:50", "1610"),
        row(budi, MONDAY, note="H"),
        row(budi, TUESDAY),
    )
    assert (job.state, problems(job)) == (Job.State.DONE, [])
    sheet = AttendanceSheet.objects.get()
    assert (sheet.title, sheet.people, sheet.days, sheet.state) == ("AM-2026-10-001", 2, 3, "waiting")
    assert not Punch.objects.exists()
    approve_sheet(uid=sheet.uid, actor=bkpsdm)
    approve_sheet(uid=sheet.uid, actor=bkpsdm)
    assert run_outbox() == 0
    follow_punches()
    assert list(Punch.objects.order_by("employee", "captured_at").values_list("kind", "captured_at", "source")) == [
        ("in", at(MONDAY, "07:25"), "manual"),
        ("out", at(MONDAY, "16:02"), "manual"),
        ("in", at(TUESDAY, "07:50"), "manual"),
        ("out", at(TUESDAY, "16:10"), "manual"),
        ("in", at(MONDAY, "07:30"), "manual"),
        ("out", at(MONDAY, "16:00"), "manual"),
    ]
    assert [event["code"] for event in day_of(ani, TUESDAY).events] == ["TMK1"]
    assert (day_of(ani, MONDAY).presence, day_of(budi, MONDAY).events) == ("hadir", [])
    # An empty row says nothing: no punch, no letter.
    assert month_days(budi.employee.pk, Month(2026, 10)).days[TUESDAY].presence == "tk"


def test_codes_become_letters_one_for_each_run_of_days(
    upload: Upload, ani: Person, bkpsdm: User, run_outbox: Callable[[], int]
) -> None:
    upload(row(ani, MONDAY, note="s"), row(ani, TUESDAY, note="S"), row(ani, date(2026, 10, 9), note="S"))
    approve_sheet(uid=AttendanceSheet.objects.get().uid, actor=bkpsdm)
    run_outbox()
    documents = AttendanceDocument.objects.order_by("period")
    assert [(paper.period.lower, paper.last_day, paper.letter_number) for paper in documents] == [
        (MONDAY, TUESDAY, "800/12/2026"),
        (date(2026, 10, 9), date(2026, 10, 9), "800/12/2026"),
    ]
    assert {paper.state for paper in documents} == {"approved"}
    assert (day_of(ani, MONDAY).presence, day_of(ani, MONDAY).document) == ("dokumen", "S")


def test_a_withdrawn_sheet_counts_no_more(
    upload: Upload, ani: Person, bkpsdm: User, run_outbox: Callable[[], int]
) -> None:
    upload(row(ani, MONDAY, "07.25", "16.02"), row(ani, TUESDAY, note="S"))
    sheet = approve_sheet(uid=AttendanceSheet.objects.get().uid, actor=bkpsdm)
    run_outbox()
    follow_punches()
    assert day_of(ani, MONDAY).presence == "hadir"
    withdraw_sheet(uid=sheet.uid, reason="Salah bulan", actor=bkpsdm)
    run_outbox()
    assert day_of(ani, MONDAY).presence == "tk"
    assert day_of(ani, TUESDAY).presence == "tk"
    # What was stored stays to be looked at.
    assert Punch.objects.count() == 2
    with pytest.raises(AttendanceSheetDecided):
        withdraw_sheet(uid=sheet.uid, reason="Sekali lagi", actor=bkpsdm)
    with pytest.raises(AttendanceSheetDecided):
        approve_sheet(uid=sheet.uid, actor=bkpsdm)


def test_nobody_approves_the_own_sheet(upload: Upload, ani: Person, operator_opd: User, bkpsdm: User) -> None:
    upload(row(ani, MONDAY, "07.25", "16.02"))
    sheet = AttendanceSheet.objects.get()
    with pytest.raises(NotAllowed):
        approve_sheet(uid=sheet.uid, actor=operator_opd)
    AttendanceSheet.objects.update(uploaded_by=bkpsdm)
    with pytest.raises(OwnAttendanceSheet):
        approve_sheet(uid=sheet.uid, actor=bkpsdm)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ((MONDAY, "jam 7", "16.00"), "Masuk"),
        ((MONDAY, "25.10", "16.00"), "Masuk"),
        ((MONDAY, "07.25", "16.75"), "Pulang"),
        ((MONDAY, "16.00", "07.25"), "Pulang"),
        ((MONDAY, "07.25", "16.00", "S"), "Keterangan"),
        ((MONDAY, "", "", "ZZZ"), "Keterangan"),
        ((date(2026, 10, 4), "", "", "H"), "Keterangan"),
        (("", "07.25", "16.00"), "Tanggal"),
        (("kemarin", "07.25", "16.00"), "Tanggal"),
        ((date(2026, 9, 30), "07.25", "16.00"), "Tanggal"),
        ((date(2026, 10, 31), "07.25", "16.00"), "Tanggal"),
    ],
)
def test_one_wrong_row_keeps_the_sheet_out_and_is_named(
    cells: tuple[object, ...], column: str, upload: Upload, ani: Person, budi: Person
) -> None:
    job = upload(row(budi, MONDAY, "07.25", "16.00"), row(ani, *cells))
    assert problems(job) == [(3, column)]
    assert not AttendanceSheet.objects.exists()


def test_people_of_another_opd_and_the_same_day_twice_are_named(
    upload: Upload, ani: Person, budi: Person, dedi: Person
) -> None:
    stranger = ("2026-10-05", "199912312020011999", "Orang lain", "", "07.25", "16.00", "")
    job = upload(row(ani, MONDAY, "07.25", "16.00"), row(ani, MONDAY, "07.30", "16.00"), stranger)
    assert problems(job) == [(3, "Tanggal"), (4, "NIP")]


def test_times_are_read_as_a_spreadsheet_keeps_them(upload: Upload, ani: Person, budi: Person) -> None:
    upload(row(ani, "05/10/2026", time(7, 25), 0.6680555555555556), row(budi, "2026-10-05", "7.05", "16:30:00"))
    found = AttendanceSheet.objects.get().rows.order_by("employee_id").values_list("came_at", "left_at")
    assert list(found) == [
        (at(MONDAY, "07:25"), at(MONDAY, "16:02")),
        (at(MONDAY, "07:05"), at(MONDAY, "16:30")),
    ]


def test_a_scanned_code_names_person_and_day(upload: Upload, ani: Person, budi: Person) -> None:
    scanned = row_code(ani.employee.nip, MONDAY)
    undated = row_code(budi.employee.nip, None)
    job = upload(
        (scanned, "", "07.25", "16.00"),
        (undated, "2026-10-06", "07.20", "16.00"),
        headings=("Kode", "Tanggal", "Masuk", "Pulang"),
    )
    assert problems(job) == []
    rows = AttendanceSheet.objects.get().rows.order_by("date").values_list("employee_id", "date")
    assert list(rows) == [(ani.employee.pk, MONDAY), (budi.employee.pk, TUESDAY)]


def test_an_invented_code_is_named(upload: Upload, ani: Person) -> None:
    invented = row_code(ani.employee.nip, MONDAY).replace("20261005", "20261006")
    job = upload((invented, "07.25", "16.00"), headings=("Kode", "Masuk", "Pulang"))
    assert problems(job) == [(2, "Kode")]


def test_a_sheet_that_is_still_locked_opens_with_the_kits_password(upload: Upload, office: Office, ani: Person) -> None:
    upload(row(ani, MONDAY, "07.25", "16.02"), password=password_of(office.opd.uid, 1))
    assert AttendanceSheet.objects.get().days == 1


def test_a_sheet_with_a_foreign_password_and_a_letter_that_is_none_are_said_beside_the_field(
    office: Office, ani: Person, operator_opd: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator_opd)
    plain = xlsx_upload("isian.xlsx", [HEADINGS, row(ani, MONDAY, "07.25", "16.00")]).read()
    locked = SimpleUploadedFile("isian.xlsx", encrypted(plain, "lain"))
    answer = client.post("/cadangan/isian/baru/", {**form(office), "berkas": locked, "pengantar": letter()})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["berkas"]
    wrong = SimpleUploadedFile("pengantar.exe", b"MZ program")
    answer = client.post(
        "/cadangan/isian/baru/",
        {**form(office), "berkas": SimpleUploadedFile("isian.xlsx", plain), "pengantar": wrong},
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["pengantar"]
    assert not Job.objects.exists()


def test_a_locked_sheet_that_takes_too_long_to_open_is_said_beside_the_field(
    office: Office, operator_opd: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SHEET_CPU_SECONDS", 0.001)
    locked = SimpleUploadedFile("isian.xlsx", encrypted(xlsx([HEADINGS]), password_of(office.opd.uid, 1)))
    sent = {**form(office), "berkas": locked, "pengantar": letter()}
    answer = signed_in(operator_opd).post("/cadangan/isian/baru/", sent)
    assert answer.status_code == 422
    assert "tidak dapat dibaca" in answer.context["form"].errors["berkas"][0]


def test_a_locked_sheet_that_is_too_large_is_not_opened(
    office: Office, operator_opd: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "decrypted", lambda *_said: pytest.fail("opened"))
    large = SimpleUploadedFile("isian.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * MAX_BYTES)
    answer = signed_in(operator_opd).post(
        "/cadangan/isian/baru/", {**form(office), "berkas": large, "pengantar": letter()}
    )
    assert answer.status_code == 422
    assert "lebih besar dari 5 MB" in answer.context["form"].errors["berkas"][0]


def test_days_on_which_a_phone_has_recorded_something_are_counted_and_shown(
    upload: Upload, ani: Person, budi: Person, bkpsdm: User, signed_in: SignedIn
) -> None:
    punched(ani.employee, MONDAY, "in", "07:55")
    upload(row(ani, MONDAY, "07.25", "16.02"), row(budi, MONDAY, "07.25", "16.02"))
    sheet = AttendanceSheet.objects.get()
    assert sheet.beside_others == 1
    page = signed_in(bkpsdm).get(f"/cadangan/isian/{sheet.uid}/?saring=ganda").content.decode()
    assert ani.employee.nip in page
    assert budi.employee.nip not in page


def test_a_night_shift_ends_on_the_next_date(ani: Person) -> None:
    known = reading.Known(
        month=Month(2026, 10),
        people={ani.employee.nip: ani.employee.pk},
        shifts={(ani.employee.pk, MONDAY): ((at(MONDAY, "21:00"), at(TUESDAY, "07:00")),)},
        codes=(),
        today=date(2026, 10, 30),
        zone="Asia/Makassar",
    )
    cells = {"nip": ani.employee.nip, "date": "2026-10-05", "came": "20.55", "left": "07.03"}
    read = reading.read_day(SheetRow(2, cells), known, ())
    assert (read.came_at, read.left_at) == (at(MONDAY, "20:55"), at(TUESDAY, "07:03"))


def test_the_job_taken_up_again_makes_no_second_sheet(upload: Upload, ani: Person) -> None:
    job = upload(row(ani, MONDAY, "07.25", "16.02"))
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, heartbeat_at=clock.now() - work.SILENCE * 2)
    work.run(str(job.uid))
    assert AttendanceSheet.objects.count() == 1


def test_the_same_rows_sent_again_make_no_second_sheet_and_lead_to_the_first(
    upload: Upload, ani: Person, budi: Person, bkpsdm: User
) -> None:
    rows = [row(ani, MONDAY, "07.25", "16.02"), row(budi, MONDAY, "07.30", "16.00")]
    upload(*rows)
    sheet = approve_sheet(uid=AttendanceSheet.objects.get().uid, actor=bkpsdm)
    # In another order, and the hours written another way.
    again = upload(row(budi, MONDAY, "0730", "16:00"), rows[0])
    assert (again.state, problems(again)) == (Job.State.DONE, [])
    assert again.result["url"] == f"/cadangan/isian/{sheet.uid}/"
    assert sheet.title in [value for _label, value in again.result["facts"]]
    assert AttendanceSheet.objects.count() == 1
    assert Punch.objects.count() == 4


def test_a_day_stands_on_one_sheet_until_that_is_withdrawn(
    upload: Upload, ani: Person, budi: Person, operator_opd: User
) -> None:
    upload(row(ani, MONDAY, "07.25", "16.02"))
    corrected = [row(budi, MONDAY, "07.30", "16.00"), row(ani, MONDAY, "07.45", "16.02")]
    refused = upload(*corrected)
    assert [(said.row_number, said.column) for said in refused.rows.all()] == [(3, "Tanggal")]
    assert "AM-2026-10-001" in refused.rows.get().message
    first = AttendanceSheet.objects.get()
    withdraw_sheet(uid=first.uid, reason="Jam Ani keliru", actor=operator_opd)
    assert problems(upload(*corrected)) == []
    assert [sheet.title for sheet in AttendanceSheet.objects.order_by("number")] == ["AM-2026-10-001", "AM-2026-10-002"]


def test_a_locked_month_takes_no_sheet_and_lets_none_count(
    upload: Upload,
    office: Office,
    ani: Person,
    bkpsdm: User,
    operator_opd: User,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload(row(ani, MONDAY, "07.25", "16.00"))
    close_months(monkeypatch, Month(2026, 10))
    with pytest.raises(MonthClosed):
        approve_sheet(uid=AttendanceSheet.objects.get().uid, actor=bkpsdm)
    plain = xlsx_upload("isian.xlsx", [HEADINGS, row(ani, TUESDAY, "07.25", "16.00")])
    answer = signed_in(operator_opd).post(
        "/cadangan/isian/baru/", {**form(office), "berkas": plain, "pengantar": letter()}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["bulan"]
