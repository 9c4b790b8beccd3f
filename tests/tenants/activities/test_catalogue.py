"""The catalogue: seeded, searched, brought in from a sheet with errors beside the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs.models import Job
from kernel.sheets.plain import read_rows
from kernel.sheets.words import SheetRefused
from kernel.tenancy.state import RegionState
from kernel.testing.queries import assert_query_count
from tenants.activities.catalogue import UnreadableEntry, digest_of_catalogue, read_entry
from tenants.activities.models import CatalogueVersion, JobKind
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tests.cast import Office, Person
from tests.sheets import xlsx
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent

HEADINGS = ["Kode", "Nama", "Satuan hasil", "Norma menit", "Poin", "Perlu bukti", "Batas sehari", "Jenis jabatan"]


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


def sheet(*rows: list[Any], headings: list[str] = HEADINGS, above: int = 0) -> bytes:
    return xlsx([headings, *rows], above=above)


@pytest.fixture
def admin(signed_in: Callable[..., Client], with_role: Callable[..., User]) -> Client:
    """A browser of BKPSDM."""
    return signed_in(with_role("bkpsdm"))


@pytest.fixture
def check(admin: Client, run_outbox: Callable[[], int]) -> Callable[[bytes], Job]:
    """Upload a sheet and let its check run."""

    def upload(content: bytes) -> Job:
        response = admin.post("/katalog/impor/", {"file": SimpleUploadedFile("katalog.xlsx", content)})
        assert response.status_code == 302
        run_outbox()
        return Job.objects.latest("pk")

    return upload


@pytest.fixture
def apply(admin: Client, run_outbox: Callable[[], int]) -> Callable[[Job], None]:
    """Write what a check has shown, where there is something to write."""

    def write(checked: Job) -> None:
        admin.post(f"/katalog/impor/{checked.uid}/")
        run_outbox()

    return write


def test_a_new_region_begins_with_the_common_catalogue(manado: RegionState, banjarmasin: RegionState) -> None:
    kinds = JobKind.objects.in_force(date(2026, 11, 19))
    assert kinds.count() >= 25
    assert kinds.get(code="UM-10").needs_evidence
    assert kinds.get(code="UM-13").position_kinds == ["jpt", "administrator", "pengawas"]


def test_a_check_writes_nothing_and_names_the_bad_rows(check: Callable[[bytes], Job]) -> None:
    before = JobKind.objects.count()
    job = check(
        sheet(
            ["X-1", "Membuat peta", "lembar", 60, "2,5", "ya", 3, "fungsional"],
            ["X-2", "", "lembar", 0, "dua", "mungkin", "", "raja"],
            ["UM-01", "Membuat konsep surat dinas", "surat", 30, 1, "tidak", "", ""],
        )
    )
    assert JobKind.objects.count() == before
    assert job.result["writes"] == 1
    assert dict(job.result["facts"])["Tidak berubah"] == 1
    found = job.rows.order_by("pk").values_list("row_number", "column")
    assert list(found) == [
        (3, "Nama"),
        (3, "Norma menit"),
        (3, "Poin"),
        (3, "Perlu bukti"),
        (3, "Jenis jabatan"),
    ]


def test_what_was_checked_is_applied_once(
    check: Callable[[bytes], Job], admin: Client, run_outbox: Callable[[], int]
) -> None:
    checked = check(sheet(["X-1", "Membuat peta", "lembar", 60, "2,5", "ya", 3, "fungsional"]))
    for _ in range(2):
        admin.post(f"/katalog/impor/{checked.uid}/")
        run_outbox()
    kind = JobKind.objects.get(code="X-1")
    assert (kind.norm_minutes, kind.points, kind.daily_cap, kind.valid_from) == (
        60,
        Decimal("2.50"),
        3,
        date(2026, 11, 19),
    )
    assert AuditEvent.objects.filter(action="activities.catalogue_added").count() == 1


def test_a_change_is_a_new_version_and_ends_the_old_one(
    check: Callable[[bytes], Job], admin: Client, run_outbox: Callable[[], int]
) -> None:
    checked = check(sheet(["UM-01", "Membuat konsep surat dinas", "surat", 45, 1, "", "", ""]))
    admin.post(f"/katalog/impor/{checked.uid}/")
    run_outbox()
    versions = JobKind.objects.filter(code="UM-01").order_by("valid_from")
    assert list(versions.values_list("norm_minutes", "valid_to")) == [(30, date(2026, 11, 19)), (45, None)]


def test_a_version_that_was_used_is_not_edited(ani: Person, budi: Person, check: Callable[[bytes], Job]) -> None:
    make_sent(ani.employee, make_kind("X-9", valid_from=date(2026, 11, 19)))
    job = check(sheet(["X-9", "Lain sekali", "lembar", 60, 1, "", "", ""]))
    assert job.result["writes"] == 0
    assert "sudah dipakai" in job.rows.get().message


def test_a_version_does_not_end_below_what_was_entered_by_it(
    ani: Person, budi: Person, check: Callable[[bytes], Job], apply: Callable[[Job], None]
) -> None:
    used = make_kind("X-9", valid_to=date(2027, 1, 1))
    activity = make_sent(ani.employee, used)[0]
    # Without a day of its own a row holds from today, and today was entered already.
    refused = check(sheet(["X-9", "Menyusun laporan", "laporan", 60, 2, "", "", ""]))
    assert (refused.result["writes"], [(row.row_number, row.column, row.message) for row in refused.rows.all()]) == (
        0,
        [
            (
                2,
                "Berlaku mulai",
                "Sudah ada aktivitas sampai 19 Nov 2026 menurut versi sekarang. Mulai paling cepat 20 Nov 2026.",
            )
        ],
    )
    headings = [*HEADINGS, "Berlaku mulai"]
    apply(check(sheet(["X-9", "Menyusun laporan", "laporan", 60, 2, "", "", "", "2026-11-20"], headings=headings)))
    versions = JobKind.objects.filter(code="X-9").order_by("valid_from")
    assert list(versions.values_list("norm_minutes", "valid_to")) == [(30, date(2026, 11, 20)), (60, None)]
    activity.refresh_from_db()
    assert activity.job_kind == used


def test_a_rejected_activity_binds_no_version(
    ani: Person, budi: Person, check: Callable[[bytes], Job], apply: Callable[[Job], None]
) -> None:
    activity = make_sent(ani.employee, make_kind("X-9"))[0]
    request = ApprovalRequest.objects.waiting().get(document_uid=activity.uid)
    decide(request_uids=[request.uid], verdict="rejected", note="Bukan tugasnya", actor=budi.user)
    apply(check(sheet(["X-9", "Menyusun laporan", "laporan", 60, 2, "", "", ""])))
    assert JobKind.objects.filter(code="X-9").count() == 2


def test_a_sheet_without_the_columns_says_which(check: Callable[[bytes], Job]) -> None:
    job = check(sheet(["X-1", "Peta"], headings=["Kode", "Nama"]))
    assert job.state == Job.State.FAILED
    assert "Satuan hasil, Norma menit" in job.failure


def test_something_else_than_a_sheet_is_refused_beside_its_field(admin: Client) -> None:
    response = admin.post("/katalog/impor/", {"file": SimpleUploadedFile("katalog.xlsx", b"%PDF-1.7")})
    assert response.status_code == 422
    assert "Isi berkas tidak sesuai dengan akhiran namanya. Kirim XLSX." in response.content.decode()


def test_an_old_sheet_has_its_points_under_bobot(check: Callable[[bytes], Job], apply: Callable[[Job], None]) -> None:
    headings = ["Kode", "Nama", "Satuan", "Menit", "Bobot", "Bukti"]
    apply(check(sheet(["X-1", "Membuat peta", "lembar", 60, "2,5", "ya"], headings=headings)))
    kind = JobKind.objects.get(code="X-1")
    assert (kind.points, kind.weight) == (Decimal("2.50"), Decimal(1))
    assert (kind.evidence_rule, kind.evidence_kinds) == ("any", ["photo", "pdf"])


NEW = [
    *HEADINGS[:4],
    *("Poin", "Bobot", "Perlu bukti", "Syarat bukti", "Batas sehari", "Batas menit sehari"),
    *("Jenis jabatan", "Nama jabatan", "Kategori jabatan"),
]


def test_a_sheet_says_weight_evidence_caps_and_posts(
    office: Office, check: Callable[[bytes], Job], apply: Callable[[Job], None]
) -> None:
    row = ["X-1", "Membuat konsep surat", "surat", 30, 2, "1,5", "PDF; nomor surat", "semua", 3, 120]
    apply(check(sheet([*row, "pelaksana", "pengelola data; Kepala Seksi", "umum"], headings=NEW)))
    kind = JobKind.objects.get(code="X-1")
    assert (kind.points, kind.weight, kind.daily_cap, kind.daily_minutes) == (Decimal(2), Decimal("1.5"), 3, 120)
    assert (kind.evidence_rule, kind.evidence_kinds) == ("all", ["pdf", "letter"])
    assert (kind.position_kinds, kind.position_titles, kind.position_categories) == (
        ["pelaksana"],
        ["Pengelola Data", "Kepala Seksi"],
        ["umum"],
    )


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("Bobot", "berat", "Isi angka, paling banyak 3 angka di belakang koma."),
        ("Poin", "12,3456", "Isi angka, paling banyak 2 angka di belakang koma."),
        ("Perlu bukti", "video", "Isi ya, tidak, atau jenisnya: foto, pdf, nomor surat, nomor disposisi."),
        ("Syarat bukti", "kadang", "Isi salah satu atau semua."),
        ("Batas menit sehari", "1500", "Isi bilangan bulat 1 sampai 1440."),
        ("Batas menit sehari", "9" * 5000, "Isi bilangan bulat 1 sampai 1440."),
        ("Nama jabatan", "Arsiparis", "Tidak ada di peta jabatan: Arsiparis."),
        ("Kategori jabatan", "guru", "Tidak ada kategori itu di peta jabatan: guru."),
    ],
)
def test_a_bad_cell_is_named_and_nothing_of_its_row_is_taken(
    office: Office, check: Callable[[bytes], Job], column: str, value: str, text: str
) -> None:
    cells = {"Kode": "X-1", "Nama": "Peta", "Satuan hasil": "lembar", "Norma menit": 60, "Perlu bukti": "foto"}
    cells[column] = value
    job = check(sheet([cells.get(heading, "") for heading in NEW], headings=NEW))
    assert list(job.rows.values_list("column", "message")) == [(column, text)]
    assert job.result["writes"] == 0


def test_the_same_code_twice_from_one_day_is_refused(check: Callable[[bytes], Job]) -> None:
    job = check(sheet(["X-1", "Peta", "lembar", 60], ["X-1", "Peta lain", "lembar", 90], headings=HEADINGS[:4]))
    assert [(row.row_number, row.message) for row in job.rows.all()] == [
        (3, "Kode ini dua kali dengan tanggal mulai yang sama.")
    ]


def test_every_change_gives_the_catalogue_a_number_and_a_digest(
    check: Callable[[bytes], Job], apply: Callable[[Job], None]
) -> None:
    first = CatalogueVersion.objects.get()
    assert (first.number, first.digest) == (1, digest_of_catalogue())
    for _ in range(2):
        apply(check(sheet(["X-1", "Membuat peta", "lembar", 60], headings=HEADINGS[:4])))
    numbers = CatalogueVersion.objects.order_by("number")
    assert [version.number for version in numbers] == [1, 2]
    assert numbers[1].digest == digest_of_catalogue() != first.digest


def test_the_downloaded_catalogue_reads_back_unchanged(admin: Client, check: Callable[[bytes], Job]) -> None:
    content = admin.get("/katalog/katalog.xlsx").content
    job = check(content)
    facts = dict(job.result["facts"])
    assert (facts["Tidak diterima"], job.result["writes"]) == (0, 0)
    assert facts["Tidak berubah"] == facts["Baris dibaca"] == JobKind.objects.count()


def test_the_headings_are_found_below_a_title() -> None:
    rows = read_rows(
        BytesIO(sheet(["A", 7.0], headings=["kode ", "NORMA MENIT"], above=4)),
        headings={"code": ["Kode"], "minutes": ["Norma menit"]},
    )
    assert [(row.number, dict(row.cells)) for row in rows] == [(6, {"code": "A", "minutes": "7"})]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"plain text"])
def test_a_broken_file_is_refused(content: bytes) -> None:
    with pytest.raises(SheetRefused, match="unreadable"):
        read_rows(BytesIO(content), headings={"code": ["Kode"]})


def test_the_command_shows_first_and_writes_on_request(manado: RegionState, tmp_path: Path) -> None:
    path = tmp_path / "katalog.xlsx"
    path.write_bytes(sheet(["X-1", "Membuat peta", "lembar", 60], ["X-2", "", "lembar", 60], headings=HEADINGS[:4]))
    out, err = StringIO(), StringIO()
    call_command("import_catalogue", "manado", path, stdout=out, stderr=err)
    assert "1 new versions" in out.getvalue()
    assert "row 3 X-2: Nama" in err.getvalue()
    assert not JobKind.objects.filter(code="X-1").exists()
    call_command("import_catalogue", "manado", path, "--apply", stdout=out, stderr=err)
    assert JobKind.objects.get(code="X-1").output_unit == "lembar"
    with pytest.raises(CommandError, match="no such file"):
        call_command("import_catalogue", "manado", tmp_path / "lain.xlsx")


def test_the_catalogue_asks_a_committed_number_of_questions(admin: Client) -> None:
    admin.get("/katalog/")
    response = assert_query_count("activities.catalogue", lambda: admin.get("/katalog/?cari=rapat"))
    assert {kind.code for kind in response.context["page"]} == {"UM-10", "UM-11", "UM-12", "UM-13"}


@pytest.mark.parametrize("written", ["1.000", "1,000", "12.500"])
def test_points_that_could_be_thousands_or_less_are_refused(written: str) -> None:
    """`1.000` in a sheet is a thousand to its writer and one to a program."""
    cells = {"code": "A", "name": "A", "output_unit": "surat", "norm_minutes": "30", "points": written}
    with pytest.raises(UnreadableEntry) as refused:
        read_entry(cells, today=date(2026, 11, 19))
    assert "ribuan atau sebagai pecahan" in refused.value.faults[0].message


def test_a_number_cell_is_what_it_says(check: Callable[[bytes], Job], apply: Callable[[Job], None]) -> None:
    headings = [*HEADINGS, "Bobot"]
    apply(check(sheet(["X-1", "Peta", "peta", 60, 1250.5, "", "", "", 1.125], headings=headings)))
    kind = JobKind.objects.get(code="X-1")
    assert (kind.points, kind.weight) == (Decimal("1250.50"), Decimal("1.125"))


def test_a_weight_that_could_be_a_thousand_is_refused_beside_its_row(check: Callable[[bytes], Job]) -> None:
    job = check(sheet(["X-1", "Peta", "peta", 60, "1.250,5", "", "", "", "1.250"], headings=[*HEADINGS, "Bobot"]))
    row = job.rows.get()
    assert (row.row_number, row.column, row.value) == (2, "Bobot", "1.250")
    assert "misalnya 1250 atau 1,25" in row.message


@pytest.mark.parametrize(
    ("written", "points"), [("1000", "1000"), ("12,5", "12.5"), ("12.50", "12.5"), ("0.000", "0"), ("1000.00", "1000")]
)
def test_points_that_can_be_read_one_way_are_taken(written: str, points: str) -> None:
    cells = {"code": "A", "name": "A", "output_unit": "surat", "norm_minutes": "30", "points": written}
    assert read_entry({**cells, "weight": "1,250"}, today=date(2026, 11, 19)).points == Decimal(points)
