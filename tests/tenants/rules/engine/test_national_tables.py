"""National tables: figures as the regulations give them, dated, with sources, changed only under a new digest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from tenants.rules.engine import national

ALL = [table for name in national.names() for table in national.versions(name)]


def test_the_tables_that_rules_and_yearly_tax_need_are_there() -> None:
    assert national.names() == (
        "biaya_jabatan",
        "bpjs_kesehatan",
        "pasal_17",
        "pph_final_golongan",
        "ptkp",
        "ter_bulanan",
    )


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.reference)
def test_every_table_says_its_regulation_and_at_least_two_sources_for_its_trust(table: national.NationalTable) -> None:
    assert table.regulation
    assert table.trust != "two_copies" or len(table.sources) >= 2
    assert all(source.title and source.says for source in table.sources)
    assert national.table(table.reference) is table


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_effective_rates_rise_band_by_band_and_the_last_is_open(name: str) -> None:
    rows = national.table("ter_bulanan@2024-01-01").content["tables"][name]
    assert all(Decimal(one["to"]) < Decimal(two["to"]) for one, two in pairwise(rows[:-1]))
    assert all(Decimal(one["percent"]) < Decimal(two["percent"]) for one, two in pairwise(rows))
    assert "to" not in rows[-1]
    assert rows[-1]["percent"] == "34"


def test_the_annex_has_44_40_and_41_bands() -> None:
    tables = national.table("ter_bulanan@2024-01-01").content["tables"]
    assert {name: len(rows) for name, rows in tables.items()} == {"A": 44, "B": 40, "C": 41}


@pytest.mark.parametrize(
    ("category", "income", "tax"),
    [
        ("C", "30000000", "3300000"),
        ("B", "6800000", "34000"),
        ("B", "55500000", "10545000"),
        ("A", "60000000", "12000000"),
    ],
)
def test_the_worked_examples_of_pmk_168_come_out(category: str, income: str, tax: str) -> None:
    rows = national.table("ter_bulanan@2024-01-01").content["tables"][category]
    band = next(row for row in rows if "to" not in row or Decimal(income) <= Decimal(row["to"]))
    assert Decimal(income) * Decimal(band["percent"]) / 100 == Decimal(tax)


def test_every_status_with_a_tax_free_amount_has_one_effective_rate_category() -> None:
    categories = national.table("ter_bulanan@2024-01-01").content["categories"]
    statuses = [status for statuses in categories.values() for status in statuses]
    assert sorted(statuses) == sorted(national.table("ptkp@2016-01-01").content["amounts"])


def test_a_table_is_in_force_from_its_first_day_on() -> None:
    first = national.table("ter_bulanan@2024-01-01")
    assert national.in_force("ter_bulanan", date(2023, 12, 31)) is None
    assert national.in_force("ter_bulanan", date(2024, 1, 1)) is first


def test_rows_for_people_show_every_figure_with_its_range() -> None:
    rows = national.bands(national.table("ter_bulanan@2024-01-01"))
    assert len(rows) == 125
    assert (rows[0].group, rows[0].label, rows[0].figure) == ("A: TK/0, TK/1, K/0", "sampai 5.400.000", Decimal(0))
    assert (rows[1].label, rows[1].figure) == ("di atas 5.400.000 sampai 5.650.000", Decimal("0.25"))
    assert (rows[-1].label, rows[-1].figure) == ("di atas 1.419.000.000", Decimal(34))
    bpjs = {row.label: row.figure for row in national.bands(national.table("bpjs_kesehatan@2020-01-01"))}
    assert bpjs["Batas paling tinggi dasar iuran sebulan"] == 12000000


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(LookupError):
        national.table("ter_bulanan@1999-01-01")
