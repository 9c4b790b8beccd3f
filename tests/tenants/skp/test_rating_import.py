"""Ratings come in from a sheet: looked at first, then stored; the same sheet twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from python_calamine import load_workbook

from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.periods import Month
from tenants.arrears.models import LateFact
from tenants.employees.models import Employee, Placement
from tenants.skp.configuring import make_setting
from tenants.skp.models import MonthlyRating
from tests.cast import Person
from tests.closed_months import close_months
from tests.sheets import xlsx

SignedIn = Callable[..., Client]
HEADINGS = ["NIP", "Predikat", "Capaian SKP (%)", "Jumlah Perilaku"]


def sheet(*rows: list[Any], headings: list[str] = HEADINGS) -> bytes:
    return xlsx([headings, *rows])


@pytest.fixture
def import_sheet(
    signed_in: SignedIn, with_role: Callable[..., User], run_outbox: Callable[[], int]
) -> Callable[..., Job]:
    """Upload as BKPSDM and let the check run; `apply=True` also confirms it."""
    client = signed_in(with_role("bkpsdm"))

    def upload(content: bytes, *, apply: bool = False, month: str = "2026-10") -> Job:
        form = {"month": month, "sheet": SimpleUploadedFile("nilai.xlsx", content)}
        answer = client.post("/skp/unggah/", form)
        assert answer.status_code == 302
        run_outbox()
        if apply:
            checked = Job.objects.latest("id")
            assert client.post(f"/skp/simpan/{checked.uid}/").status_code == 302
            run_outbox()
        return Job.objects.latest("id")

    return upload


def facts(job: Job) -> dict[str, int]:
    return {label: value for label, value in job.result["facts"]}


def test_the_check_shows_what_would_happen_and_stores_nothing(ani: Person, import_sheet: Callable[..., Job]) -> None:
    job = import_sheet(sheet([ani.employee.nip, "Baik", 96.5, 679]))
    assert facts(job)["Nilai baru"] == 1
    assert not MonthlyRating.objects.exists()


def test_a_confirmed_sheet_is_stored_exactly(ani: Person, budi: Person, import_sheet: Callable[..., Job]) -> None:
    import_sheet(
        sheet([ani.employee.nip, "Cukup", "95,4545", 679], [budi.employee.nip, "Sangat Baik", "", ""]), apply=True
    )
    first = MonthlyRating.objects.get(employee=ani.employee)
    assert (first.predikat, first.skp_percent, first.behaviour_sum) == ("butuh_perbaikan", Decimal("95.4545"), 679)
    second = MonthlyRating.objects.get(employee=budi.employee)
    assert (second.predikat, second.skp_percent, second.behaviour_sum) == ("sangat_baik", None, None)


def test_the_same_sheet_again_changes_nothing(ani: Person, import_sheet: Callable[..., Job]) -> None:
    content = sheet([ani.employee.nip, "Baik", 96.5, 679])
    import_sheet(content, apply=True)
    job = import_sheet(content)
    assert facts(job)["Tidak berubah"] == 1
    assert job.result["writes"] == 0


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ([199001012015011101, "Baik", 90, 600], "NIP", "format kolom menjadi Teks"),
        (["12345", "Baik", 90, 600], "NIP", "18 angka"),
        (["199001012015011999", "Baik", 90, 600], "NIP", "Tidak ada pegawai yang bertugas bulan itu"),
        (["{ani}", "Bagus", 90, 600], "Predikat", "Predikat tidak dikenal"),
        (["{ani}", "Baik", "banyak", 600], "Capaian SKP (%)", "angka"),
        (["{ani}", "Baik", -1, 600], "Capaian SKP (%)", "mulai dari 0"),
        (["{ani}", "Baik", "96.125", 600], "Capaian SKP (%)", "ribuan atau sebagai pecahan"),
        (["{ani}", "Baik", 90, 701], "Jumlah Perilaku", "0 sampai 700"),
        (["{ani}", "", "", ""], "Predikat", "tidak berisi nilai"),
    ],
)
def test_a_wrong_row_is_named_with_its_column_and_the_others_go_in(
    ani: Person, budi: Person, import_sheet: Callable[..., Job], row: list[Any], column: str, says: str
) -> None:
    wrong = [value.format(ani=ani.employee.nip) if isinstance(value, str) else value for value in row]
    job = import_sheet(sheet([budi.employee.nip, "Baik", 90, 600], wrong), apply=True)
    found = job.rows.get()
    assert (found.row_number, found.column) == (3, column)
    assert says in found.message
    assert MonthlyRating.objects.get().employee_id == budi.employee.pk


def test_a_percent_with_three_places_is_taken_with_its_comma_or_as_a_number(
    ani: Person, budi: Person, import_sheet: Callable[..., Job]
) -> None:
    import_sheet(sheet([ani.employee.nip, "Baik", "96,125", 600], [budi.employee.nip, "Baik", 96.125, 600]), apply=True)
    assert set(MonthlyRating.objects.values_list("skp_percent", flat=True)) == {Decimal("96.125")}


@pytest.mark.parametrize("share", [0.955, 1, 1.1])
def test_a_cell_that_the_spreadsheet_shows_as_a_percentage_is_not_taken_for_a_hundredth(
    ani: Person, import_sheet: Callable[..., Job], share: float
) -> None:
    job = import_sheet(sheet([ani.employee.nip, "Baik", share, 600]))
    row = job.rows.get()
    assert (row.column, row.message) == ("Capaian SKP (%)", "Isi dengan angka, misalnya 96,5.")
    import_sheet(sheet([ani.employee.nip, "Baik", "0,955", 600]), apply=True)
    assert MonthlyRating.objects.get().skp_percent == Decimal("0.955")


def test_the_same_nip_twice_in_a_sheet_is_refused_once(ani: Person, import_sheet: Callable[..., Job]) -> None:
    nip = ani.employee.nip
    job = import_sheet(sheet([nip, "Baik", 90, 600], [nip, "Kurang", 10, 100]), apply=True)
    assert "baris 2" in job.rows.get().message
    assert MonthlyRating.objects.get().predikat == "baik"


def test_a_sheet_of_a_closed_month_is_taken_as_late(
    ani: Person, import_sheet: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    close_months(monkeypatch, Month(2026, 10))
    import_sheet(sheet([ani.employee.nip, "Baik", 96.5, 679]), apply=True, month="2026-10")
    assert MonthlyRating.objects.get().predikat == "baik"
    assert LateFact.objects.get().what == "Nilai SKP"


def test_a_file_that_is_no_sheet_is_refused_beside_the_field(
    signed_in: SignedIn, with_role: Callable[..., User]
) -> None:
    form = {"month": "2026-10", "sheet": SimpleUploadedFile("nilai.xlsx", b"bukan lembar kerja")}
    answer = signed_in(with_role("bkpsdm")).post("/skp/unggah/", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors["sheet"]


def test_a_sheet_takes_the_same_statements_for_many_rows_as_for_few(
    ani: Person, import_sheet: Callable[..., Job], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    unknown = [[f"19900101201501{number:04d}", "Baik", 90, 600] for number in range(2000, 2300)]
    with django_assert_max_num_queries(60):
        job = import_sheet(sheet(*unknown))
    assert job.error_rows == 300


def test_the_page_shows_a_month_and_the_operator_sees_only_the_own_opd(
    ani: Person, import_sheet: Callable[..., Job], signed_in: SignedIn, with_role: Callable[..., User]
) -> None:
    import_sheet(sheet([ani.employee.nip, "Baik", 96.5, 679]), apply=True)
    page = signed_in(with_role("bkpsdm")).get("/skp/nilai/?bulan=2026-10").content.decode()
    assert "96,5%" in page
    assert ani.employee.nip in page


def test_the_command_says_which_rows_it_left_out(ani: Person, manado: Any, tmp_path: Path) -> None:
    file = tmp_path / "nilai.xlsx"
    file.write_bytes(sheet([ani.employee.nip, "Baik", 96.5, 679], ["1", "Baik", 1, 1]))
    out, err = StringIO(), StringIO()
    call_command("import_ratings", "manado", "2026-10", str(file), stdout=out, stderr=err)
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 refused" in out.getvalue()
    assert "row 3" in err.getvalue()


def test_who_left_after_the_month_still_gets_a_rating(ani: Person, import_sheet: Callable[..., Job]) -> None:
    Placement.objects.filter(employee=ani.employee).update(period=DateRange(date(2024, 1, 1), date(2026, 11, 1)))
    Employee.objects.filter(pk=ani.employee.pk).update(is_active=False)
    job = import_sheet(sheet([ani.employee.nip, "Baik", 96.5, 679]), apply=True)
    assert facts(job)["Nilai baru"] == 1
    assert MonthlyRating.objects.get().employee == ani.employee


def test_who_left_before_the_month_gets_none(ani: Person, import_sheet: Callable[..., Job]) -> None:
    Placement.objects.filter(employee=ani.employee).update(period=DateRange(date(2024, 1, 1), date(2026, 10, 1)))
    Employee.objects.filter(pk=ani.employee.pk).update(is_active=False)
    assert facts(import_sheet(sheet([ani.employee.nip, "Baik", 96.5, 679])))["Tidak diterima"] == 1


SIASN = ["nipBaru", "hasilKinerja", "perilakuKerja", "kuadranKinerja", "tahun", "bulanMulaiPenilaian"]


def test_the_column_names_of_siasn_are_read_and_the_matrix_gives_the_predikat(
    ani: Person, budi: Person, import_sheet: Callable[..., Job]
) -> None:
    content = sheet(
        [ani.employee.nip, "DIATAS EKSPEKTASI", "SESUAI EKSPEKTASI", "", "2026", "10"],
        [budi.employee.nip, "DI BAWAH EKSPEKTASI", "DI BAWAH EKSPEKTASI", "SANGAT KURANG", "2026", "Oktober"],
        headings=SIASN,
    )
    import_sheet(content, apply=True)
    assert MonthlyRating.objects.get(employee=ani.employee).predikat == "baik"
    assert MonthlyRating.objects.get(employee=budi.employee).predikat == "sangat_kurang"


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (["Sesuai ekspektasi", "Sesuai ekspektasi", "Kurang", "2026", "10"], "Predikat", "tidak sesuai dengan hasil"),
        (["Bagus", "Sesuai ekspektasi", "", "2026", "10"], "Hasil Kerja", "Di atas ekspektasi"),
        (["Sesuai ekspektasi", "Sesuai ekspektasi", "", "2025", "10"], "Tahun", "periode lain"),
        (["Sesuai ekspektasi", "Sesuai ekspektasi", "", "2026", "9"], "Bulan Mulai", "periode lain"),
    ],
)
def test_a_row_of_siasn_that_contradicts_itself_or_the_period_is_refused(
    ani: Person, import_sheet: Callable[..., Job], row: list[str], column: str, says: str
) -> None:
    job = import_sheet(sheet([ani.employee.nip, *row], headings=SIASN), apply=False)
    found = job.rows.get()
    assert found.column == column
    assert says in found.message


@pytest.mark.parametrize("words", ["Cukup", "Butuh Perbaikan", "CUKUP", "butuh_perbaikan", "Butuh Perbaikan (Cukup)"])
def test_cukup_is_an_older_word_for_butuh_perbaikan(ani: Person, import_sheet: Callable[..., Job], words: str) -> None:
    import_sheet(sheet([ani.employee.nip, words, "", ""]), apply=True)
    assert MonthlyRating.objects.get().predikat == "butuh_perbaikan"


@pytest.fixture
def by_quarter(with_role: Callable[..., User]) -> None:
    make_setting(
        valid_from=date(2026, 1, 1), source="bkn", months_per_period=3, behaviour="scores", actor=with_role("bkpsdm")
    )


def test_a_quarters_rating_is_that_of_each_of_its_months(
    ani: Person, by_quarter: None, import_sheet: Callable[..., Job]
) -> None:
    content = sheet([ani.employee.nip, "Baik", "", ""])
    job = import_sheet(content, apply=True, month="2026-11")
    assert facts(job)["Nilai baru"] == 1
    assert [f"{rating.month:%m}" for rating in MonthlyRating.objects.order_by("month")] == ["10", "11", "12"]
    assert import_sheet(content, month="2026-12").result["writes"] == 0


def test_a_quarter_rates_its_closed_months_late(
    ani: Person, by_quarter: None, import_sheet: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    october = Month(2026, 10)
    close_months(monkeypatch, october)
    import_sheet(sheet([ani.employee.nip, "Baik", "", ""]), apply=True, month="2026-11")
    assert [f"{rating.month:%m}" for rating in MonthlyRating.objects.order_by("month")] == ["10", "11", "12"]
    assert [f"{late.of_month:%m}" for late in LateFact.objects.all()] == ["10"]


def test_refused_rows_come_back_as_a_sheet_that_can_be_mended_and_handed_in(
    ani: Person,
    budi: Person,
    import_sheet: Callable[..., Job],
    with_role: Callable[..., User],
    signed_in: SignedIn,
) -> None:
    job = import_sheet(sheet([ani.employee.nip, "Bagus", 90, 600], [budi.employee.nip, "Baik", 90, 600]))
    assert {"text": "Unduh baris yang ditolak", "url": f"/skp/ditolak/{job.uid}.xlsx"} in job.result["links"]
    answer = signed_in(with_role("bkpsdm")).get(f"/skp/ditolak/{job.uid}.xlsx")
    rows = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == [*HEADINGS, "Keterangan"]
    assert len(rows) == 2
    assert rows[1][:4] == [ani.employee.nip, "Bagus", "90", "600"]
    assert "Predikat tidak dikenal" in str(rows[1][4])
    mended = sheet([str(rows[1][0]), "Baik", "90", "600"])
    assert facts(import_sheet(mended))["Nilai baru"] == 1


def test_a_figure_of_a_refused_row_is_still_the_same_figure_when_handed_in_again(
    ani: Person, import_sheet: Callable[..., Job], with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    job = import_sheet(sheet([ani.employee.nip, "Bagus", 96.125, 600]))
    answer = signed_in(with_role("bkpsdm")).get(f"/skp/ditolak/{job.uid}.xlsx")
    nip, _predikat, *figures = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1][:4]
    assert figures == ["96,125", "600"]
    import_sheet(sheet([nip, "Baik", *figures]), apply=True)
    assert MonthlyRating.objects.get().skp_percent == Decimal("96.125")


def test_a_check_that_refused_nothing_has_no_such_sheet(
    ani: Person, import_sheet: Callable[..., Job], with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    job = import_sheet(sheet([ani.employee.nip, "Baik", 90, 600]))
    assert signed_in(with_role("bkpsdm")).get(f"/skp/ditolak/{job.uid}.xlsx").status_code == 404


def test_where_the_skp_is_kept_here_no_sheet_is_taken(
    ani: Person, import_sheet: Callable[..., Job], with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    checked = import_sheet(sheet([ani.employee.nip, "Baik", 90, 600]))
    admin = with_role("bkpsdm")
    make_setting(valid_from=date(2026, 10, 1), source="here", months_per_period=1, behaviour="scores", actor=admin)
    client = signed_in(admin)
    content = SimpleUploadedFile("nilai.xlsx", sheet([ani.employee.nip, "Baik", 96.5, 679]))
    answer = client.post("/skp/unggah/", {"month": "2026-10", "sheet": content})
    assert answer.status_code == 422
    assert "dinilai di sini menurut pengaturan daerah" in str(answer.context["form"].errors["month"])
    assert client.post(f"/skp/simpan/{checked.uid}/").status_code == 409
    assert not MonthlyRating.objects.exists()
