"""A list of more people than are set at once is the same paper as if it had been set in one piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from kernel import clock
from kernel.papers import pdf
from kernel.papers.blocks import Foot, Letterhead, Paper, Paragraph, Signature, Signatures, Table, TableColumn
from kernel.papers.values import Value
from tests.tenants.tpp.manado_month import AFTERWARDS


def people(number: int) -> Iterator[Sequence[Value]]:
    for place in range(1, number + 1):
        name = f"Pegawai dengan nama panjang {place}" if place % 7 else f"P {place}"
        post = "Pengelola Data Kepegawaian dan Kearsipan" if place % 5 else "Staf"
        yield [place, f"{name}\n19850101201501{place:04}", post, Decimal(place * 7919 % 9_000_000), Decimal(place)]


def a_list(number: int, *, is_grouped: bool = False) -> Paper:
    group = "TPP" if is_grouped else ""
    columns = [
        TableColumn("No.", "count"),
        TableColumn("Nama / NIP", "text", is_wide=True),
        TableColumn("Jabatan", "text", is_wide=True),
        TableColumn("Bruto", "money", group=group),
        TableColumn("Bersih", "money", group=group),
    ]
    return Paper(
        title="Daftar pembayaran",
        subtitle="Dinas Contoh",
        number="900/1",
        letterhead=Letterhead("PEMERINTAH KOTA CONTOH", "DINAS CONTOH", "Jalan Contoh 1"),
        blocks=[
            Paragraph("Yang dibayar bulan ini:"),
            Table(columns, people(number), [Foot("Jumlah", [Decimal(123_456_789_012), Decimal(9)])]),
            Paragraph("Demikian daftar ini dibuat."),
            Signatures([Signature("Contoh, 3 Juni 2024", "Kepala Dinas", "Ani")]),
        ],
        is_wide=True,
    )


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


@pytest.mark.parametrize(("number", "is_grouped"), [(205, False), (205, True), (240, False), (121, False)])
def test_page_by_page_it_says_the_same(number: int, is_grouped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "ROWS_AT_ONCE", 1000)
    whole = pages_of(pdf.paper_pdf(a_list(number, is_grouped=is_grouped), made_at=AFTERWARDS))
    monkeypatch.setattr(pdf, "ROWS_AT_ONCE", 60)
    in_parts = pdf.paper_pdf(a_list(number, is_grouped=is_grouped), made_at=AFTERWARDS)
    assert pages_of(in_parts) == whole
    assert len(whole) > 3
    assert in_parts == pdf.paper_pdf(a_list(number, is_grouped=is_grouped), made_at=AFTERWARDS)


def test_a_part_that_is_all_on_one_page_is_joined_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "ROWS_AT_ONCE", 5)
    pages = pages_of(pdf.paper_pdf(a_list(12), made_at=clock.now()))
    assert len(pages) == 3
    assert [f"Halaman {place} dari 3" in page for place, page in enumerate(pages, 1)] == [True] * 3
    assert "Demikian daftar ini dibuat." in pages[2]
