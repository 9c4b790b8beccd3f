"""What an OPD may spend, recorded through the pages."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import expect

from tests.e2e.browsing import Visitor

ENOUGH: Final = "900.000.000"
"""Rupiah a year, more than any office of these tests costs."""


def codes_to_pay(visitor: Visitor, page_of_month: str) -> list[str]:
    """The account codes from which the OPD's month is paid, as its page of ceilings lists them."""
    table = visitor.open(page_of_month).get_by_role("table", name="Pagu dan biaya, rupiah")
    return [head.split()[0] for head in table.get_by_role("rowheader").all_inner_texts()]


def record_ceiling(visitor: Visitor, opd: str, code: str, amount: str, paper: str, first: str) -> None:
    """Record what may be spent on the code from the day on, by this paper."""
    page = visitor.open(f"/anggaran/{first[:4]}/{opd}/")
    page.get_by_label("Kode rekening").and_(page.get_by_role("textbox")).fill(code)
    page.get_by_label("Pagu setahun (Rp)").fill(amount)
    page.get_by_label("Dokumen", exact=True).select_option(label=paper)
    page.get_by_label("Nomor dokumen").fill(f"{paper}/2.15")
    page.get_by_label("Tanggal dokumen").fill(first)
    page.get_by_label("Berlaku mulai").fill(first)
    page.get_by_role("button", name="Catat", exact=True).click()
    expect(page.get_by_role("row").filter(has_text=code).first).to_contain_text(f"Rp{amount}")
