"""What came of a month's money, from its run to the accounts, and what every page on the way was like."""

from __future__ import annotations

import re
from decimal import Decimal

from pypdf import PdfReader

from tests.e2e.money_office import ADMIN, CITRA, HADI, LATE_MINUTES, LINA, OFFICE
from tests.e2e.the_money import Money
from tests.e2e.the_month import cells_of

OF_THE_OFFICE = 5


def rupiah(amount: Decimal) -> str:
    return f"Rp{amount:,.0f}".replace(",", ".")


def test_an_error_row_is_mended_through_its_link_and_only_its_office_is_computed_again(money: Money) -> None:
    assert "dasar gaji" in money.notes["error row"]
    first = {nip: digest for nip, number, digest, _net in money.notes["slips of the first run"] if number == 1}
    again = {nip: digest for nip, number, digest, _net in money.notes["slips of both runs"] if number == 2}
    assert LINA not in first
    assert len(again) == OF_THE_OFFICE
    assert {nip: first[nip] for nip in again if nip != LINA} == {nip: again[nip] for nip in again if nip != LINA}


def test_the_office_closes_its_month_on_its_own_page(money: Money) -> None:
    assert "Posisi: diperiksa BKPSDM" in money.notes["closed"]
    assert re.search(r"Ditutup OPD\s+: selesai", money.notes["closed"])


def test_grave_hits_are_refused_to_bkpsdm_and_let_through_by_the_inspectorate_with_a_reason(money: Money) -> None:
    assert "inspektorat" in money.notes["refused to BKPSDM"].casefold()
    assert "temuan pra-audit belum" in money.notes["lock refused"]
    assert "Surat tugas sebulan penuh sudah diperiksa." in money.notes["let through"]
    waivers = "SELECT w.reason, u.login FROM preaudit_waiver w JOIN accounts_user u ON u.id = w.waived_by_id"
    assert dict(money.region.rows(waivers)) == {
        "Mesin absen rusak; kerja dari lapangan.": ADMIN,
        "Surat tugas sebulan penuh sudah diperiksa.": HADI,
    }


def test_a_month_over_its_ceiling_stops_until_the_budget_is_changed(money: Money) -> None:
    assert "Ditahan dulu" in money.notes["over the ceiling"]
    assert "Melewati pagu" in money.notes["ways out"]
    assert "Pilihan dan dampaknya" in money.notes["ways out"]
    assert "Dalam pagu" in money.notes["within the ceiling"]


def test_three_different_people_sign_the_lock_of_one_office_and_the_other_stays_open(money: Money) -> None:
    assert dict(money.notes["signers"]) == {"bkpsdm": ADMIN, "inspektorat": HADI, "bpkad": CITRA}
    locks = "SELECT u.name FROM tpp_monthlock l JOIN organisation_unit u ON u.id = l.opd_id"
    assert money.region.rows(locks) == [(OFFICE,)]


def test_papers_come_as_pdf_and_xlsx_and_their_total_is_that_of_the_ledger(money: Money) -> None:
    pdf, xlsx = money.notes["pdf"], money.notes["xlsx"]
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert xlsx.read_bytes().startswith(b"PK\x03\x04")
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(pdf).pages)
    assert f"{money.notes['net']:,.0f}".replace(",", ".") in text
    [total] = [row for row in cells_of(xlsx) if row and row[0] == "Jumlah"]
    assert money.notes["net"] in [Decimal(str(cell)) for cell in total if isinstance(cell, int | float)]


def test_anybody_checks_a_paper_by_its_code_and_learns_nothing_about_people(money: Money) -> None:
    assert "Dokumen ini asli dan berlaku" in money.notes["verified"]
    assert "Kota Uang" in money.notes["verified"]
    for word in ("Ani", "Lina", rupiah(money.notes["net"])):
        assert re.search(rf"\b{word}\b", money.notes["verified"]) is None


def test_the_bank_file_is_what_the_lock_grants_and_its_answer_marks_who_was_paid(money: Money) -> None:
    assert money.notes["bank total"] == money.notes["net"]
    assert sum(Decimal(str(row["Jumlah"])) for row in money.notes["bank"]) == money.notes["net"]
    assert "Referensi ini tidak ada di daftar pembayaran mana pun." in money.notes["first answer"]
    assert "3 dari 4 pegawai sudah dibayar." in money.notes["partly paid"]
    assert re.search(r"Sudah tercatat sebelumnya\s+3", money.notes["second answer"])
    assert "4 dari 4 pegawai sudah dibayar." in money.notes["paid"]
    assert {state for _nip, state in money.notes["states"]} == {"paid"}
    assert "sudah dibayar" in money.notes["paid"].split("Bulan sebelumnya")[0]


def test_the_slip_tells_clause_days_and_base_of_a_line(money: Money) -> None:
    line = money.notes["line"]
    assert "Perwali Manado" in line
    assert re.findall(rf"Selasa, \d+ \S+ \d{{4}}\s+{LATE_MINUTES} menit", line)
    assert re.search(r"Poin per kejadian\s+2", line)
    assert re.search(r"Pengaruh pada TPP\s+−Rp\d", line)


def test_her_slip_as_pdf_says_the_same_sum(money: Money) -> None:
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(money.notes["slip pdf"]).pages)
    assert f"{money.notes['slip net']:,.0f}".replace(",", ".") in text


def test_an_objection_that_is_sent_without_a_network_and_then_three_times_is_one(money: Money) -> None:
    first, second = money.notes["sent twice"]
    assert first == second == money.notes["appeal"]
    assert money.notes["appeals"] == 1


def test_a_granted_objection_becomes_an_order_and_leaves_the_slip_as_it_is(money: Money) -> None:
    assert "Diterima" in money.notes["outcome"]
    assert "Rp50.000" in money.notes["outcome"]
    assert "Masuk perhitungan selisih berikutnya" in money.notes["outcome"]
    assert money.notes["orders"] == [(Decimal(50_000), "appeal")]
    assert {net for (net,) in money.notes["slip after"]} == {money.notes["slip net"]}


def test_every_page_of_the_money_is_within_the_rules(money: Money) -> None:
    """Accessible, no wider than a small screen, silent, asking no other server, and stored by no browser."""
    assert money.findings.all() == [], "\n".join(money.findings.all())
