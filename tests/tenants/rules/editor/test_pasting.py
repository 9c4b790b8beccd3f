"""Rows from a spreadsheet: Indonesian and English figures, a heading, and what is wrong beside each line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenants.rules.editor import controls, figures
from tenants.rules.editor.choosing import choices_in
from tenants.rules.editor.controls import raw_of, typed
from tenants.rules.editor.pasting import Pasted, paste
from tenants.rules.editor.shapes import KEY, VALUE, Leaf, Rows, record_of
from tenants.rules.engine.deduction_nodes import GolonganRates, TerBand
from tenants.rules.engine.nodes import ActingCase, AmountRow, EventTier
from tests.tenants.rules.editor.drafts import tree_of

CHOICES = choices_in(tree_of("manado"))


def table(model: type, name: str) -> Rows:
    shape = next(entry.shape for entry in record_of(model).fields if entry.name == name)
    assert isinstance(shape, Rows)
    return shape


AMOUNTS = table(AmountRow, "values")
BANDS = table(EventTier, "bands")


def pasted(shape: Rows, *lines: str) -> Pasted:
    return paste(shape, "\n".join(lines), CHOICES)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2970000", "2970000"),
        ("2.970.000", "2970000"),
        ("2,970,000", "2970000"),
        ("Rp 2.970.000", "2970000"),
        ("Rp2,970,000.50", "2970000.5"),
        ("2.970.000,50", "2970000.5"),
        ("1.250", "1250"),
        ("1,250", "1250"),
    ],
)
def test_money_is_read_in_either_writing(written: str, read: str) -> None:
    assert figures.read(written, money=True) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("0,5", "0.5"), ("0.5", "0.5"), ("1.250", "1.25"), ("37,5 %", "37.5"), ("-2", "-2"), ("100", "100")],
)
def test_a_small_figure_takes_a_dot_for_a_comma(written: str, read: str) -> None:
    assert figures.read(written, small=True) == read


@pytest.mark.parametrize("written", ["1.2.3", "1,5,", "dua", "", "1.250.00", "12e3", "٣"])
def test_what_could_be_no_figure_is_refused(written: str) -> None:
    with pytest.raises(figures.NotAFigure, match="bukan angka"):
        figures.read(written, money=True)


@pytest.mark.parametrize("written", ["9" * 31, "9" * 5000, "1.5", "²"])
def test_what_is_no_whole_number_is_refused_however_long(written: str) -> None:
    with pytest.raises(figures.NotAFigure):
        figures.read_whole(written)


def test_what_is_written_is_read_back() -> None:
    for plain in ("0.5", "2970000", "1234.56", "19.01", "0"):
        assert figures.read(figures.write(plain)) == plain


def test_a_figure_is_written_without_an_exponent() -> None:
    assert figures.write(Decimal("1E+3")) == "1.000"
    assert figures.write(Decimal("1E-7")) == "0,0000001"


@pytest.mark.parametrize("plain", ["0.125", "12.125", "999.125", "1000", "1234.5", "1250000", "-12.125"])
@pytest.mark.parametrize(
    "leaf",
    [Leaf("figure"), Leaf("figure", small=True), Leaf("rupiah"), Leaf("numbers"), Leaf("numbers", small=True)],
    ids=str,
)
def test_a_field_that_is_sent_as_it_stands_keeps_its_figure(leaf: Leaf, plain: str) -> None:
    value = [Decimal(plain)] if leaf.kind == "numbers" else Decimal(plain)
    sent = typed(leaf, raw_of(leaf, value))
    assert sent.problems == []
    assert sent.data == ([plain] if leaf.kind == "numbers" else plain)


@pytest.mark.parametrize("written", ["6 7", "1 250.000"])
def test_two_whole_numbers_are_not_run_together(written: str) -> None:
    with pytest.raises(figures.NotAFigure):
        figures.read_whole(written)


def test_a_class_table_is_read_with_its_heading() -> None:
    found = pasted(AMOUNTS, "Kelas\tRupiah", "6\t2.581.000", "Kelas 7\tRp 2,970,000")
    assert found.is_good
    assert found.heading == "Kelas · Rupiah"
    assert [(row[KEY], row[VALUE]) for row in found.rows()] == [("6", "2.581.000"), ("7", "2.970.000")]


def test_a_heading_may_name_the_columns_in_another_order() -> None:
    found = pasted(BANDS, "Poin\tKode\tDari menit\tSampai menit\tNama tingkat", "0.5\tTL1\t1\t30\tSedikit")
    row = found.rows()[0]
    assert (row["code"], row["label"], row["from"], row["to"], row["points"]) == ("TL1", "Sedikit", "1", "30", "0,5")


def test_a_heading_in_unknown_words_is_passed_over() -> None:
    found = pasted(AMOUNTS, "Grade\tAmount", "6\t2581000")
    assert found.is_good
    assert len(found.lines) == 1


def test_every_wrong_line_says_why() -> None:
    found = pasted(AMOUNTS, "6\t2.581.000", "7\ttiga juta", "\t4.000.000", "6\t1", "8\t1\t2\t3")
    assert not found.is_good
    assert [line.errors for line in found.lines] == [
        [],
        ["Rupiah sebulan: “tiga juta” bukan angka. Contoh: 1.250.000 atau 0,5."],
        ["Kelas: wajib diisi"],
        ["sama dengan baris 1"],
        ["ada 4 kolom, seharusnya paling banyak 2"],
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("", "  "), "Belum ada yang ditempel."),
        (("Kelas\tRupiah sebulan",), "Hanya ada judul kolom; baris isinya belum ditempel."),
        (tuple(f"{n}\t1" for n in range(controls.MAX_ROWS + 1)), "Paling banyak 500 baris."),
    ],
)
def test_what_is_no_table_is_said(lines: tuple[str, ...], words: str) -> None:
    found = pasted(AMOUNTS, *lines)
    assert found.errors == [words]
    assert not found.is_good


def test_the_last_band_may_be_open_and_semicolons_part_cells_too() -> None:
    found = pasted(BANDS, "TL1;Sedikit;1;30;0,5", "TL2;Banyak;31;;1")
    assert found.is_good
    assert found.rows()[1]["to"] == ""


def test_tax_bands_are_pasted() -> None:
    found = paste(Rows(record_of(TerBand)), "5.400.000\t0\n5.650.000\t0,25\n\t34", CHOICES)
    assert [(row["to"], row["percent"]) for row in found.rows()] == [
        ("5.400.000", "0"),
        ("5.650.000", "0,25"),
        ("", "34"),
    ]


def test_choices_and_ticks_are_read_by_their_words() -> None:
    cases = Rows(record_of(ActingCase))
    row = paste(cases, "lebih tinggi\tya\t\tmenggantikan\t100\tya", CHOICES).rows()[0]
    assert (row["level"], row["same_unit"], row["effect"], row["scored"]) == ("higher", "ya", "replace", "ya")
    refused = paste(cases, "lebih tinggi\tmungkin\t\tdihapus\t100\tya", CHOICES)
    assert refused.lines[0].errors[0] == "Unit yang sama: isi “ya” atau “tidak”"
    assert refused.lines[0].errors[1].startswith("Akibat: “dihapus” bukan pilihan; yang ada: menggantikan")


def test_a_keyed_table_of_words_is_read() -> None:
    found = paste(table(GolonganRates, "percent"), "III\t5\nIV\t15", CHOICES)
    assert [(row[KEY], row[VALUE]) for row in found.rows()] == [("III", "5"), ("IV", "15")]
