"""The kit of a night: lists and sheets that open with the OPD's password and with nothing else."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.sheets.reading import Book
from kernel.tenancy.state import RegionState
from tenants.calendars.models import WorkPattern
from tenants.continuity.errors import NobodyInOpd
from tenants.continuity.filling import WrongPassword, decrypted
from tenants.continuity.keys import RowCode, password_of, read_row_code, row_code
from tenants.continuity.making import kit_content, make_kit
from tenants.continuity.models import ContinuityKit
from tenants.continuity.tasks import make_opd_kit
from tests.cast import Office, Person, make_opd

SignedIn = Callable[..., Client]
FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _one_in_the_morning() -> Iterator[None]:
    with clock.at(datetime(2026, 11, 19, 17, 0, tzinfo=UTC)):
        yield


def opened(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(archive)) as files:
        return {name: files.read(name) for name in files.namelist()}


def test_the_kit_lists_the_days_of_duty_ahead_and_the_sheets_of_two_months(
    office: Office, ani: Person, budi: Person, shift: WorkPattern
) -> None:
    content = kit_content(office.opd, FRIDAY, 1)
    files = opened(content.archive)
    working = ["2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
    assert sorted(files) == [
        "BACA-SAYA.txt",
        *(f"daftar-hadir-{day}.pdf" for day in working),
        "daftar-hadir-tanpa-tanggal.pdf",
        "isian-absen-2026-11.xlsx",
        "isian-absen-2026-12.xlsx",
    ]
    assert (content.people, content.days) == (2, 5)


def test_a_list_opens_with_the_password_only_and_names_everybody_with_their_hours(
    office: Office, ani: Person, budi: Person, shift: WorkPattern
) -> None:
    listed = PdfReader(BytesIO(opened(kit_content(office.opd, FRIDAY, 1).archive)["daftar-hadir-2026-11-20.pdf"]))
    assert listed.is_encrypted
    assert not listed.decrypt("salah")
    assert listed.decrypt(password_of(office.opd.uid, 1))
    text = listed.pages[0].extract_text()
    assert "Jumat, 20 November 2026" in text
    for person in (ani, budi):
        assert person.employee.name in text
        assert person.employee.nip in text
    assert "07.30–16.00" in text


def test_the_sheet_of_the_month_has_a_row_for_each_person_and_day_of_duty(
    office: Office, ani: Person, budi: Person, shift: WorkPattern, manado_rules: Any
) -> None:
    locked = opened(kit_content(office.opd, FRIDAY, 1).archive)["isian-absen-2026-11.xlsx"]
    with pytest.raises(WrongPassword):
        decrypted(locked, ["salah"])
    heads, *rows = Book(decrypted(locked, ["salah", password_of(office.opd.uid, 1)])).lines(None)
    assert heads[:7] == ["Tanggal *", "NIP *", "Nama", "Jam kerja", "Masuk", "Pulang", "Keterangan"]
    named = [row for row in rows if row[1]]
    # 21 weekdays, none of them a confirmed holiday here, of two people.
    assert len(named) == 42
    assert {row[3] for row in named} == {"07.30–16.00"}
    assert not any(row[4] or row[5] or row[6] for row in named)


def test_another_password_opens_kits_from_then_on(
    office: Office, ani: Person, shift: WorkPattern, operator_opd: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator_opd)
    before = password_of(office.opd.uid, 1)
    assert before in client.get(f"/cadangan/sandi/{office.opd.uid}/").content.decode()
    client.post(f"/cadangan/buat/{office.opd.uid}/")
    assert client.post(f"/cadangan/sandi/{office.opd.uid}/ganti/").status_code == 302
    page = client.get(f"/cadangan/sandi/{office.opd.uid}/").content.decode()
    after = password_of(office.opd.uid, 2)
    assert after in page
    # The kit that is there still opens with the former one, and the page says so.
    assert before in page
    client.post(f"/cadangan/buat/{office.opd.uid}/")
    kit = ContinuityKit.objects.get()
    assert kit.key_version == 2


def test_the_operator_downloads_the_newest_kit_and_it_is_noted(
    office: Office, ani: Person, shift: WorkPattern, operator_opd: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator_opd)
    assert "Belum ada" in client.get("/cadangan/").content.decode()
    kit = make_kit(opd=office.opd, actor=System("tests"))
    page = client.get("/cadangan/").content.decode()
    assert f"/cadangan/{kit.uid}.zip" in page
    answer = client.get(f"/cadangan/{kit.uid}.zip")
    assert "BACA-SAYA.txt" in opened(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    kit.refresh_from_db()
    assert kit.fetched_by == operator_opd
    assert AuditEvent.objects.filter(action="continuity.kit_fetched").count() == 1


def test_nobody_takes_the_kit_of_another_opd(
    office: Office, ani: Person, shift: WorkPattern, with_role: Any, signed_in: SignedIn
) -> None:
    kit = make_kit(opd=office.opd, actor=System("tests"))
    stranger = signed_in(with_role("operator_opd", opd=make_opd("2.02", "Dinas Lain")))
    assert stranger.get(f"/cadangan/{kit.uid}.zip").status_code in (403, 404)
    assert stranger.get(f"/cadangan/sandi/{office.opd.uid}/").status_code == 404
    assert stranger.post(f"/cadangan/buat/{office.opd.uid}/").status_code == 404


def test_the_night_makes_each_opds_kit_once_and_forgets_those_of_last_week(
    office: Office, ani: Person, shift: WorkPattern, manado: RegionState
) -> None:
    make_opd_kit.run(office.opd.code, "2026-11-12")
    make_opd_kit.run(office.opd.code, "2026-11-20")
    first = ContinuityKit.objects.get(made_for=FRIDAY)
    make_opd_kit.run(office.opd.code, "2026-11-20")
    assert ContinuityKit.objects.get(made_for=FRIDAY) == first
    from tenants.continuity.making import forget_old_kits

    assert forget_old_kits() == 1
    assert list(ContinuityKit.objects.values_list("made_for", flat=True)) == [FRIDAY]


def test_an_opd_without_people_has_no_kit(manado: RegionState) -> None:
    empty = make_opd("9.99", "Dinas Baru")
    with pytest.raises(NobodyInOpd):
        make_kit(opd=empty, actor=System("tests"))
    make_opd_kit.run(empty.code, "2026-11-20")
    assert not ContinuityKit.objects.exists()


def test_a_rows_code_names_person_and_day_and_an_invented_one_nobody(manado: RegionState) -> None:
    nip = "199001012015011001"
    assert read_row_code(row_code(nip, FRIDAY)) == RowCode(nip, FRIDAY)
    assert read_row_code(f" {row_code(nip, None)} ") == RowCode(nip, None)
    good = row_code(nip, FRIDAY)
    assert read_row_code(good.replace("20261120", "20261121")) is None
    assert read_row_code(good[:-1]) is None
    assert read_row_code("KD1.") is None


def test_a_code_of_another_region_names_nobody(manado: RegionState, in_region: Any) -> None:
    code = row_code("199001012015011001", FRIDAY + timedelta(days=3))
    with in_region("banjarmasin"):
        assert read_row_code(code) is None
