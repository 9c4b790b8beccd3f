"""The yearly accounts, case by case, and that writing what is missing ends the matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tenants.leave.ledger import Entry, Terms, accounts, missing_lines, turn_lines

GOLDEN = yaml.safe_load((Path(__file__).parents[2] / "golden" / "leave" / "ledger.yaml").read_text())


def lines(rows: Any) -> list[Entry]:
    return [Entry(year, what, days) for year, what, days in rows]


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: str(case["name"]))
def test_the_accounts_are_those_of_the_golden_case(case: dict[str, Any]) -> None:
    entries = lines(case["entries"])
    found = accounts(entries, lambda year: Terms(*case["terms"]), case["running_year"])
    assert {year: found[year].left for year in case["left"]} == case["left"]
    assert {year: account.carried_in for year, account in found.items() if account.carried_in} == case["carried_in"]
    assert {year: account.expired for year, account in found.items() if account.expired} == case["expired"]
    if "missing" in case:
        assert missing_lines(entries, found.values()) == lines(case["missing"])


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: str(case["name"]))
def test_once_the_missing_lines_are_written_each_sum_is_what_is_left(case: dict[str, Any]) -> None:
    entries = lines(case["entries"])
    found = accounts(entries, lambda year: Terms(*case["terms"]), case["running_year"])
    entries += missing_lines(entries, found.values())
    again = accounts(entries, lambda year: Terms(*case["terms"]), case["running_year"])
    assert (again, missing_lines(entries, again.values())) == (found, [])
    assert sum(turn_lines(found.values()).values()) == -sum(account.expired for account in found.values())
    if not any(account.has_opening and account.grant for account in found.values()):
        assert {year: account.left for year, account in found.items()} == {
            year: sum(entry.days for entry in entries if entry.year == year) for year in found
        }


def test_a_line_of_an_unknown_sort_is_not_counted_silently() -> None:
    with pytest.raises(ValueError, match="bonus"):
        accounts([Entry(2026, "bonus", 3)], lambda year: Terms(12), 2026)
