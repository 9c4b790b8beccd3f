"""A sheet is handed out, filled in, checked row by row, confirmed by a second person, and counts until withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.jobs.models import Job
from kernel.sheets.reading import Book
from kernel.testing.queries import assert_query_count
from tenants.calendars.closing import MonthClosed
from tenants.fallback.actions import confirm_sheet, withdraw_sheet
from tenants.fallback.collecting import facts_from_sheets
from tenants.fallback.errors import OwnSheet, SheetDecided
from tenants.fallback.models import ManualSheet
from tenants.tpp.actions import start_run
from tests.cast import Office, Person, make_opd
from tests.sheets import xlsx_upload
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import MAY

SignedIn = Callable[..., Client]
HEADINGS = ("NIP", "Nama", "Hari kerja", "TK", "TMK1", "Capaian SKP (%)", "Jumlah nilai perilaku", "Dasar gaji")


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with clock.at(datetime(2024, 6, 3, 2, 0, tzinfo=UTC)):
        yield


def filled(*rows: tuple[object, ...]) -> SimpleUploadedFile:
    return xlsx_upload("lembar.xlsx", [HEADINGS, *rows])


@pytest.fixture
def upload(
    operator_opd: User, signed_in: SignedIn, run_outbox: Callable[[], int], sheet_office: Office
) -> Callable[..., Job]:
    client = signed_in(operator_opd)

    def send(*rows: tuple[object, ...]) -> Job:
        form = {"bulan": "2024-05", "opd": str(sheet_office.opd.uid), "alasan": "Jaringan putus sebulan"}
        answer = client.post("/lembar/baru/", {**form, "berkas": filled(*rows)})
        assert answer.status_code == 302, answer.content.decode()
        run_outbox()
        return Job.objects.latest("id")

    return send


def row_of(person: Person, **values: Any) -> tuple[object, ...]:
    given = {"days": 18, "tk": 1, "tmk1": "", "skp": 96, "behaviour": 620, "salary": 4_000_000, **values}
    return (person.employee.nip, person.employee.name, *given.values())


def test_the_empty_sheet_names_the_people_and_the_codes_of_the_rules(
    sheet_office: Office, operator_opd: User, signed_in: SignedIn, ani: Person, budi: Person
) -> None:
    answer = signed_in(operator_opd).get(f"/lembar/kosong.xlsx?bulan=2024-05&opd={sheet_office.opd.uid}")
    heads, *rows = Book(answer.content).lines(None)
    assert {"NIP *", "Hari kerja *", "TK", "TMK1", "Capaian SKP (%)", "Dasar gaji"} <= set(heads)
    assert [row[0] for row in rows if row[0]] == [ani.employee.nip, budi.employee.nip]
    # 23 weekdays, none of which is a confirmed holiday here.
    assert {row[2] for row in rows if row[0]} == {23}


def test_a_good_sheet_waits_for_a_second_person_and_then_counts(
    upload: Callable[..., Job], ani: Person, budi: Person, operator_opd: User, bkpsdm: User
) -> None:
    job = upload(row_of(ani, tmk1=2), row_of(budi))
    assert job.state == Job.State.DONE
    sheet = ManualSheet.objects.get()
    assert (sheet.people, sheet.state, sheet.title) == (2, ManualSheet.State.WAITING, "KD-2024-05-001")
    assert facts_from_sheets([ani.employee.pk], MAY) == {}
    confirm_sheet(uid=sheet.uid, actor=bkpsdm)
    confirm_sheet(uid=sheet.uid, actor=bkpsdm)
    facts = facts_from_sheets([ani.employee.pk], MAY)[ani.employee.pk]
    assert (facts.working_days, dict(facts.counts), facts.source) == (18, {"TK": 1, "TMK1": 2}, "KD-2024-05-001")


def test_nobody_confirms_the_own_sheet(
    upload: Callable[..., Job], ani: Person, operator_opd: User, bkpsdm: User
) -> None:
    upload(row_of(ani))
    sheet = ManualSheet.objects.get()
    with pytest.raises(NotAllowed):
        confirm_sheet(uid=sheet.uid, actor=operator_opd)
    ManualSheet.objects.update(uploaded_by=bkpsdm)
    with pytest.raises(OwnSheet):
        confirm_sheet(uid=sheet.uid, actor=bkpsdm)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"days": ""}, "Hari kerja"),
        ({"days": 32}, "Hari kerja"),
        ({"tk": "satu"}, "TK"),
        ({"tk": "1,5"}, "TK"),
        ({"skp": -1}, "Capaian SKP (%)"),
        ({"salary": "banyak"}, "Dasar gaji"),
    ],
)
def test_one_wrong_row_keeps_the_sheet_out_and_is_named(
    change: dict[str, object], column: str, upload: Callable[..., Job], ani: Person, budi: Person
) -> None:
    job = upload(row_of(ani), row_of(budi, **change))
    assert [(row.row_number, row.column) for row in job.rows.all()] == [(3, column)]
    assert not ManualSheet.objects.exists()


def test_a_stranger_and_a_person_twice_are_named(upload: Callable[..., Job], ani: Person) -> None:
    job = upload(row_of(ani), row_of(ani), ("199001012015011999", "Orang lain", 18))
    assert [row.row_number for row in job.rows.order_by("row_number")] == [3, 4]


def test_a_newer_sheet_counts_person_by_person_and_a_withdrawn_one_not(
    upload: Callable[..., Job], ani: Person, budi: Person, bkpsdm: User
) -> None:
    upload(row_of(ani), row_of(budi))
    upload(row_of(ani, tk=3))
    for sheet in ManualSheet.objects.all():
        confirm_sheet(uid=sheet.uid, actor=bkpsdm)
    facts = facts_from_sheets([ani.employee.pk, budi.employee.pk], MAY)
    assert [facts[person.employee.pk].counts["TK"] for person in (ani, budi)] == [3, 1]
    withdraw_sheet(uid=ManualSheet.objects.latest("id").uid, reason="Salah bulan", actor=bkpsdm)
    assert facts_from_sheets([ani.employee.pk], MAY)[ani.employee.pk].counts["TK"] == 1
    with pytest.raises(SheetDecided):
        withdraw_sheet(uid=ManualSheet.objects.latest("id").uid, reason="Lagi", actor=bkpsdm)


def test_a_locked_month_takes_no_sheet(
    upload: Callable[..., Job],
    ani: Person,
    budi: Person,
    bkpsdm: User,
    operator_opd: User,
    signed_in: SignedIn,
    sheet_office: Office,
    run_outbox: Callable[[], int],
) -> None:
    upload(row_of(ani), row_of(budi))
    sheet = ManualSheet.objects.get()
    confirm_sheet(uid=sheet.uid, actor=bkpsdm)
    start_run(month=MAY, actor=bkpsdm)
    run_outbox()
    lock_whole_month(MAY)
    with pytest.raises(MonthClosed):
        withdraw_sheet(uid=sheet.uid, reason="Terlambat", actor=bkpsdm)
    form = {"bulan": "2024-05", "opd": str(sheet_office.opd.uid), "alasan": "Jaringan putus sebulan"}
    answer = signed_in(operator_opd).post("/lembar/baru/", {**form, "berkas": filled(row_of(ani))})
    assert answer.status_code == 422


def test_the_pages_show_the_sheet_to_whom_it_concerns(
    upload: Callable[..., Job],
    ani: Person,
    operator_opd: User,
    bkpsdm: User,
    signed_in: SignedIn,
    with_role: Callable[..., User],
) -> None:
    upload(row_of(ani))
    sheet = ManualSheet.objects.get()
    page = f"/lembar/{sheet.uid}/"
    own = signed_in(operator_opd).get(page).content.decode()
    assert "Menunggu orang kedua" in own
    assert "Konfirmasi dan pakai" not in own
    official = signed_in(bkpsdm)
    assert "Konfirmasi dan pakai" in official.get(page).content.decode()
    assert official.post(f"{page}konfirmasi/").status_code == 302
    assert "Dipakai" in official.get("/lembar/").content.decode()
    assert official.post(f"{page}tarik/", {"alasan": ""}).status_code == 422
    assert official.post(f"{page}tarik/", {"alasan": "Salah bulan"}).status_code == 302
    stranger = with_role("operator_opd", opd=make_opd("9.01", "Dinas Lain"))
    assert signed_in(stranger).get(page).status_code == 404
    assert_query_count("fallback.sheet", lambda: official.get(page))
    assert_query_count("fallback.sheets", lambda: official.get("/lembar/"))
