"""What people found in the month that was played, and what every page on the way was like."""

from __future__ import annotations

import re

from tests.e2e.the_month import ANI, PEOPLE, WRONG, Month, name_of, nip_of


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def test_three_bad_rows_are_named_and_come_back_with_their_reasons(month: Month) -> None:
    wrong, rejected = month.notes["wrong"], month.notes["rejected"]
    assert month.notes["people"] == PEOPLE - len(WRONG)
    for told, back, (serial, (column, reason)) in zip(wrong, rejected[1:], WRONG.items(), strict=True):
        for text in (name_of(serial), column, reason):
            assert text in told
        assert back[1] == name_of(serial)
        assert reason in back[-1]


def test_a_double_tap_is_one_punch_with_a_receipt(month: Month) -> None:
    assert month.notes["receipt"]
    assert month.notes["punches after a double tap"] == 1


def test_a_punch_without_a_network_is_kept_and_sent_once(month: Month) -> None:
    assert month.notes["punches without a network"] == 1
    assert month.notes["punches after the network"] == 2
    assert month.notes["second receipt"] != month.notes["receipt"]


def test_the_inbox_shows_exceptions_first_and_both_are_approved(month: Month) -> None:
    assert month.notes["inbox"] == ["1 perlu dilihat", "1 wajar"]
    assert month.notes["approved"] == [("approved", 180), ("approved", 240)]


def test_a_machine_file_becomes_every_punch_in_it(month: Month) -> None:
    lines, punches = month.notes["machine punches"]
    assert lines == punches > 1500


def test_who_cannot_be_computed_is_named_with_the_page_that_mends_it(month: Month) -> None:
    links = dict(month.notes["issues"])
    assert len(links) == 2
    assert any(address.startswith("/pegawai/") for address in links.values())
    assert f"/skp/nilai/?bulan={month.before:%Y-%m}" in links.values()


def test_the_slip_tells_clause_days_and_minutes(month: Month) -> None:
    text = month.notes["slip text"]
    assert "Perwali Manado" in text
    tuesdays = re.findall(r"Selasa, (\d+) \S+ \d{4}\s+40 menit", text)
    assert tuesdays
    assert {int(day) for day in tuesdays} <= {day.day for day in month.days_before() if day.weekday() == 1}


def test_page_paper_and_recap_agree_to_the_rupiah(month: Month) -> None:
    net = month.notes["net"]
    assert int(digits(net)) > 1_000_000
    assert f"TPP bersih {net}" in month.notes["paper"].replace("\n", " ")
    recap = month.notes["recap"]
    title = next(row for row in recap if "NIP" in row)
    ani = next(row for row in recap if row[title.index("NIP")] == nip_of(ANI))
    assert ani[title.index("TPP bersih")] == int(digits(net))


def test_the_locked_month_refuses_changes_in_words_and_in_the_database(month: Month) -> None:
    refused = month.notes["refused"]
    for page in ("activity", "run"):
        assert "sudah dikunci" in refused[page], page
    for table in ("slip", "line"):
        assert "the month is locked" in refused[table], table
    for table in ("lock", "ledger"):
        assert "append-only" in refused[table], table


def test_a_rating_that_comes_after_the_lock_is_said_to_become_a_difference(month: Month) -> None:
    text = month.notes["ratings after the lock"]
    assert "menjadi tambahan atau pengurangan pada perhitungan selisih" in text


def test_no_page_breaks_an_accessibility_rule(month: Month) -> None:
    assert month.findings.accessibility == [], "\n".join(month.findings.accessibility)


def test_every_page_fits_a_small_screen_and_large_text(month: Month) -> None:
    assert month.findings.layout == [], "\n".join(month.findings.layout)


def test_no_page_says_an_error_to_the_console(month: Month) -> None:
    assert month.findings.console == [], "\n".join(month.findings.console)


def test_no_page_asks_another_server(month: Month) -> None:
    assert month.findings.strangers == [], "\n".join(month.findings.strangers)


def test_no_page_may_be_stored_by_the_browser(month: Month) -> None:
    assert month.findings.storable == [], "\n".join(month.findings.storable)


def test_a_stricter_draft_over_the_month_costs_somebody_and_moves_nothing(month: Month) -> None:
    text = month.notes["try-out"]
    assert int(digits(text.partition("Pegawai turun")[2].strip().split("\n")[0])) > 0
    assert int(digits(text.partition("Pegawai naik")[2].strip().split("\n")[0])) == 0
    assert len(month.notes["try-out sheet"]) > 2
    before, after = month.notes["paid before and after the try-out"]
    assert before == after
