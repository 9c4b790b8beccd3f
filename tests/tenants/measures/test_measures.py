"""Figures of a month that the rules read: brought in by sheet, read for people, units, and lines of superiors."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.accounts.models import User
from kernel.closing import MonthClosed
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.employees.querysets import posts_on
from tenants.measures.models import Measure
from tenants.measures.reading import measures_of
from tenants.measures.recording import record_measures
from tenants.rules.engine import load_rule_set
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.closed_months import close_months
from tests.rule_rows import ready_tree, store_rules
from tests.sheets import xlsx_upload

OCTOBER = Month(2026, 10)
SignedIn = Callable[..., Client]
DECLARED = {
    "IP_ASN": {"label": "Nilai IP ASN", "per": "employee"},
    "SERAPAN": {"label": "Serapan anggaran", "unit_label": "%", "per": "unit", "missing": "0"},
    "MELESET": {"label": "Program meleset", "per": "unit", "spread": "line", "missing": "0"},
}


@pytest.fixture
def rules(office: Office) -> StoredRuleSet:
    """The Manado rule set with three measures declared, in force."""
    return published(DECLARED)


def published(measures: dict[str, dict[str, str]]) -> StoredRuleSet:
    """The Manado rule set with these measures, in force from October 2026."""
    return store_rules({**ready_tree("manado"), "measures": measures}, since=OCTOBER.first_day)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def sheet(heading: str, *rows: list[Any]) -> SimpleUploadedFile:
    return xlsx_upload("ukuran.xlsx", [[heading, "Nilai"], *rows])


@pytest.fixture
def upload(signed_in: SignedIn, bkpsdm: User, run_outbox: Callable[[], int]) -> Callable[..., Job]:
    def bring_in(code: str, file: SimpleUploadedFile) -> Job:
        form = {"bulan": "2026-10", "ukuran": code, "berkas": file}
        answer = signed_in(bkpsdm).post("/ukuran/?bulan=2026-10", form)
        assert answer.status_code == 302, answer.content.decode()
        run_outbox()
        return Job.objects.latest("id")

    return bring_in


def read(rules: StoredRuleSet, *people: Person) -> dict[int, dict[str, Decimal]]:
    ids = [person.employee.pk for person in people]
    on = OCTOBER.first_day
    rule_set = load_rule_set(rules.text)
    return measures_of(ids, month=OCTOBER, on=on, posts=posts_on(ids, on), rule_set=rule_set)


def test_a_sheet_sets_a_figure_for_each_person(rules: StoredRuleSet, ani: Person, upload: Callable[..., Job]) -> None:
    upload("IP_ASN", sheet("NIP", [ani.employee.nip, "81,25"]))
    assert read(rules, ani) == {ani.employee.pk: {"IP_ASN": Decimal("81.25")}}


@pytest.mark.parametrize(
    ("cell", "figure"),
    [("1.250,5", "1250.5"), ("1.250.000", "1250000"), (1.125, "1.125"), (1250, "1250"), ("1,25", "1.25")],
)
def test_a_figure_is_read_as_it_was_meant(
    rules: StoredRuleSet, ani: Person, upload: Callable[..., Job], cell: Any, figure: str
) -> None:
    upload("IP_ASN", sheet("NIP", [ani.employee.nip, cell]))
    assert Measure.objects.get().value == Decimal(figure)


def test_the_same_sheet_twice_is_one_figure(rules: StoredRuleSet, ani: Person, upload: Callable[..., Job]) -> None:
    for _ in range(2):
        upload("IP_ASN", sheet("NIP", [ani.employee.nip, 80]))
    assert Measure.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["199001012015010000", "1"], "Tidak ada pegawai yang bertugas"),
        (["{nip}", "banyak"], "Isi dengan angka"),
        (["{nip}", "-3"], "tidak mungkin"),
        (["{nip}", "1.250"], "misalnya 1250 atau 1,25"),
        ([199001012015011101, "1"], "diketik sebagai angka"),
    ],
)
def test_one_wrong_row_writes_nothing_and_says_why(
    rules: StoredRuleSet, ani: Person, budi: Person, upload: Callable[..., Job], row: list[Any], words: str
) -> None:
    row = [cell.format(nip=ani.employee.nip) if isinstance(cell, str) else cell for cell in row]
    job = upload("IP_ASN", sheet("NIP", [budi.employee.nip, 80], row))
    assert words in job.rows.get().message
    assert not Measure.objects.exists()


def test_a_person_named_twice_is_refused(rules: StoredRuleSet, ani: Person, upload: Callable[..., Job]) -> None:
    job = upload("IP_ASN", sheet("NIP", [ani.employee.nip, 80], [ani.employee.nip, 81]))
    assert "Sudah ada di baris lain" in job.rows.get().message


def test_a_units_figure_counts_for_the_people_below_it_the_nearest_first(
    rules: StoredRuleSet, office: Office, ani: Person, citra: Person, bkpsdm: User
) -> None:
    record_measures(
        month=OCTOBER, code="SERAPAN", per="unit", values={office.opd.pk: Decimal(90)}, source="x", actor=bkpsdm
    )
    assert read(rules, ani, citra) == {
        ani.employee.pk: {"SERAPAN": Decimal(90)},
        citra.employee.pk: {"SERAPAN": Decimal(90)},
    }
    record_measures(
        month=OCTOBER, code="SERAPAN", per="unit", values={office.unit.pk: Decimal(70)}, source="x", actor=bkpsdm
    )
    found = read(rules, ani, citra)
    assert (found[ani.employee.pk]["SERAPAN"], found[citra.employee.pk]["SERAPAN"]) == (Decimal(70), Decimal(90))


def test_a_figure_that_spreads_along_the_line_reaches_the_superiors_and_nobody_else(
    rules: StoredRuleSet, office: Office, ani: Person, budi: Person, citra: Person, bkpsdm: User
) -> None:
    record_measures(
        month=OCTOBER, code="MELESET", per="unit", values={office.unit.pk: Decimal(1)}, source="x", actor=bkpsdm
    )
    found = read(rules, ani, budi, citra)
    assert found[ani.employee.pk] == {"MELESET": Decimal(1)}
    assert found[budi.employee.pk] == {"MELESET": Decimal(1)}
    assert found[citra.employee.pk] == {}


def test_the_rows_of_a_closed_opd_are_left_as_they_are_and_told_and_the_others_are_written(
    rules: StoredRuleSet,
    office: Office,
    ani: Person,
    budi: Person,
    bkpsdm: User,
    upload: Callable[..., Job],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = make_opd("2.01", "Dinas Kesehatan")
    gita = make_employee("Gita", make_position(elsewhere, "K-1", "Pengelola"))
    figures = {ani.employee.pk: Decimal(70), budi.employee.pk: Decimal(75)}
    record_measures(month=OCTOBER, code="IP_ASN", per="employee", values=figures, source="x", actor=bkpsdm)
    close_months(monkeypatch, OCTOBER, opds=[office.opd])
    # Budi's figure is what stands already: nothing of the closed month would change.
    job = upload("IP_ASN", sheet("NIP", [ani.employee.nip, 80], [budi.employee.nip, 75], [gita.nip, 90]))
    told = job.rows.get()
    assert (told.row_number, told.subject, told.value) == (2, ani.employee.nip, "80")
    assert "sudah dikunci untuk OPD-nya" in told.message
    stands = dict(Measure.objects.values_list("employee", "value"))
    assert stands == {**figures, gita.pk: Decimal(90)}
    assert job.result["facts"] == [["Ditulis", 2], ["Tidak diubah karena sudah dikunci", 1]]


def test_the_figure_of_a_unit_waits_for_its_own_opd_only(
    rules: StoredRuleSet, office: Office, upload: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = make_opd("2.01", "Dinas Kesehatan")
    close_months(monkeypatch, OCTOBER, opds=[office.opd])
    job = upload("SERAPAN", sheet("Kode unit", [office.unit.code, 80], [elsewhere.code, 90]))
    assert [row.subject for row in job.rows.all()] == [office.unit.code]
    assert list(Measure.objects.values_list("unit", "value")) == [(elsewhere.pk, Decimal(90))]


def test_a_figure_of_somebody_whose_month_is_closed_is_refused(
    rules: StoredRuleSet, ani: Person, bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_months(monkeypatch, OCTOBER)
    with pytest.raises(MonthClosed):
        record_measures(
            month=OCTOBER, code="IP_ASN", per="employee", values={ani.employee.pk: Decimal(1)}, source="x", actor=bkpsdm
        )
    assert not Measure.objects.exists()


def test_the_page_says_how_many_opds_have_closed_the_month_and_still_takes_a_sheet(
    rules: StoredRuleSet, office: Office, bkpsdm: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_months(monkeypatch, OCTOBER, opds=[office.opd])
    page = signed_in(bkpsdm).get("/ukuran/?bulan=2026-10").content.decode()
    assert "1 OPD sudah mengunci bulan ini" in page
    assert 'name="berkas"' in page


def test_a_measure_that_the_months_rules_do_not_know_is_refused(
    rules: StoredRuleSet, ani: Person, bkpsdm: User, signed_in: SignedIn
) -> None:
    form = {"bulan": "2026-09", "ukuran": "IP_ASN", "berkas": sheet("NIP", [ani.employee.nip, 80])}
    answer = signed_in(bkpsdm).post("/ukuran/?bulan=2026-10", form)
    assert answer.status_code == 422
    assert "tidak memakai ukuran ini" in answer.content.decode()


def test_the_page_tells_what_is_asked_for_and_what_is_there(
    rules: StoredRuleSet, ani: Person, bkpsdm: User, signed_in: SignedIn
) -> None:
    record_measures(
        month=OCTOBER, code="IP_ASN", per="employee", values={ani.employee.pk: Decimal(80)}, source="x", actor=bkpsdm
    )
    client = signed_in(bkpsdm)
    page = assert_query_count("measures.month", lambda: client.get("/ukuran/?bulan=2026-10")).content.decode()
    for words in ("Nilai IP ASN", "Serapan anggaran", "Ani", "unit, berlaku sampai atasan-atasannya"):
        assert words in page


def test_without_measures_in_the_rules_the_page_says_that_nothing_is_needed(
    office: Office, bkpsdm: User, signed_in: SignedIn
) -> None:
    published({})
    page = signed_in(bkpsdm).get("/ukuran/?bulan=2026-10").content.decode()
    assert "tidak memakai ukuran tambahan" in page


def test_the_example_sheet_has_the_right_heading(rules: StoredRuleSet, bkpsdm: User, signed_in: SignedIn) -> None:
    answer = signed_in(bkpsdm).get("/ukuran/contoh.xlsx?bulan=2026-10&ukuran=SERAPAN")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
