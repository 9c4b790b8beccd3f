"""The monthly recap of attendance: what is counted, in whose layout, on the page and in the files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.files.models import StoredFile
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.sheets.reading import Book
from tenants.attendance.models import DayResult
from tenants.reports.attendance.columns import RecapColumn, Tally, catalogue, chosen
from tenants.reports.attendance.counting import tallies
from tenants.reports.models import RecapLayout
from tenants.rules.engine import EventCode
from tests.cast import Office, Person, make_opd
from tests.files import handed_out

OCTOBER = Month(2026, 10)
FIRST = date(2026, 10, 1)


def lived(person: Person, day: int, presence: str, *events: tuple[str, int | None], **more: Any) -> None:
    DayResult.objects.create(
        employee=person.employee,
        date=FIRST + timedelta(days=day - 1),
        presence=presence,
        is_working_day=presence != "libur",
        events=[{"code": code, "minutes": minutes, "node": "n"} for code, minutes in events],
        inputs_digest="0" * 64,
        **more,
    )


@pytest.fixture
def october(ani: Person, budi: Person, manado_rules: Any) -> Person:
    lived(ani, 1, "hadir")
    lived(ani, 2, "hadir", ("TMK1", 12), ("PKSW1", 5))
    lived(ani, 3, "libur")
    lived(ani, 5, "hadir", ("TMK1", 30), is_provisional=True)
    lived(ani, 6, "tk", ("TK", None))
    lived(ani, 7, "dokumen", ("I", None), document="I")
    lived(ani, 8, "berjalan", is_provisional=True)
    lived(budi, 1, "hadir")
    return ani


@pytest.fixture
def operator(office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("operator_opd", opd=office.opd))


def test_a_month_is_counted_from_its_days(october: Person, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        found = tallies([october.employee.pk, 10**9], OCTOBER)
    assert found[october.employee.pk] == Tally(
        working=6,
        present=3,
        on_time=1,
        absent=1,
        open=1,
        provisional=1,
        days={"TMK1": 2, "PKSW1": 1},
        minutes={"TMK1": 42, "PKSW1": 5},
        documents={"I": 1},
    )
    assert found[10**9] == Tally()


def test_each_column_says_what_it_counts() -> None:
    tally = Tally(6, 3, 1, 1, 1, 2, {"TMK1": 2}, {"TMK1": 42}, {"I": 1, "S": 3})
    said = {
        "hari_kerja": 6,
        "hadir": 3,
        "tepat": 1,
        "catatan": 2,
        "tk": 1,
        "berjalan": 1,
        "sementara": 2,
        "menit": 42,
        "surat": 4,
        "kode:TMK1": 2,
        "menit:TMK1": 42,
        "surat:S": 3,
        "surat:X": 0,
    }
    assert {code: tally.value(code) for code in said} == said


def test_a_column_that_the_rules_do_not_have_is_left_out() -> None:
    columns = catalogue([EventCode("TMK1", "Terlambat 1", "n", "tier")])
    stored = [{"code": "tk", "title": "Alpa"}, {"code": "kode:TL9", "title": "TL9"}]
    assert chosen(stored, columns) == (RecapColumn("tk", "Alpa"),)
    assert [column.code for column in chosen([], columns)] == [
        "hari_kerja",
        "hadir",
        "tepat",
        "kode:TMK1",
        "menit",
        "surat",
        "tk",
    ]


def test_the_page_has_the_people_of_the_opd_and_its_sums(october: Person, operator: Client) -> None:
    page = operator.get("/kehadiran/rekap/?bulan=2026-10")
    sums = {column.code: value for column, value in page.context["sums"]}
    assert (sums["hari_kerja"], sums["hadir"], sums["kode:TMK1"], sums["tk"]) == (7, 4, 2, 1)
    assert {one.name for one, _values in page.context["rows"]} == {"Ani", "Budi"}
    assert "masih berjalan atau sementara" in page.content.decode()


def test_the_region_chooses_columns_their_order_and_their_words(
    october: Person, operator: Client, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    admin = signed_in(with_role("bkpsdm"))
    url = "/kehadiran/rekap/susunan/"
    assert 'name="place_tk"' in admin.get(url).content.decode()
    fields = {"place_tk": "2", "title_tk": "Alpa", "place_hadir": "1", "title_hadir": "H"}
    assert admin.post(url, {**fields, "place_surat": "satu"}).status_code == 422
    assert not RecapLayout.objects.exists()
    assert admin.post(url, fields).status_code == 302
    page = operator.get("/kehadiran/rekap/?bulan=2026-10")
    assert [column.title for column in page.context["columns"]] == ["H", "Alpa"]
    assert operator.get(url).status_code == 403


def test_both_files_are_made_in_the_background(
    october: Person, office: Office, operator: Client, run_outbox: Callable[[], int]
) -> None:
    RecapLayout.objects.create(columns=[{"code": "hadir", "title": "Hadir"}, {"code": "tk", "title": "TK"}])
    answer = operator.post("/kehadiran/rekap/berkas/", {"opd": str(office.opd.uid), "bulan": "2026-10"})
    assert answer.status_code == 302
    run_outbox()
    job = Job.objects.get(kind="papers.attendance")
    assert job.state == Job.State.DONE
    urls = [link["url"] for link in job.result["links"]]
    pdf, xlsx = (handed_out(operator.get(url)).body for url in urls)
    assert pdf.startswith(b"%PDF")
    cells = [line[1:] for line in Book(xlsx).lines() if "Ani" in line or "NIP" in line]
    assert cells == [["NIP", "Nama", "Hadir", "TK"], [october.employee.nip, "Ani", 3, 1]]
    assert StoredFile.objects.filter(purpose="reports.papers").count() == 2


def test_another_opd_is_not_found(
    october: Person, office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    stranger = signed_in(with_role("operator_opd", opd=make_opd("2.02", "Dinas Sosial")))
    assert stranger.get(f"/kehadiran/rekap/?opd={office.opd.uid}").status_code == 404
    asked = {"opd": str(office.opd.uid), "bulan": "2026-10"}
    assert stranger.post("/kehadiran/rekap/berkas/", asked).status_code == 404
    assert stranger.post("/kehadiran/rekap/berkas/", {**asked, "opd": "x"}).status_code == 404
