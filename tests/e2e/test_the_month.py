"""Every page on the way through a month."""

from __future__ import annotations

from tests.e2e.the_month import Month


def test_no_page_breaks_an_accessibility_rule(month: Month) -> None:
    assert month.findings.accessibility == []


def test_every_page_fits_a_small_screen_and_large_text(month: Month) -> None:
    assert month.findings.layout == []


def test_no_page_says_an_error_to_the_console(month: Month) -> None:
    assert month.findings.console == []


def test_no_page_asks_another_server(month: Month) -> None:
    assert month.findings.strangers == []


def test_no_page_may_be_stored_by_the_browser(month: Month) -> None:
    assert month.findings.storable == []
