"""The rule sets that ship: the days of their tiers, and what they say about where they are from.

Their examples and golden person-months run with all others in ``test_golden``.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.rules.engine import (
    DayObservation,
    MonthFacts,
    classify_day,
    evaluate,
    facts_read,
    listed_codes,
    ready_rule_sets,
)
from tenants.rules.engine.nodes import ClassAmounts
from tests.tenants.rules.engine.golden_cases import GOLDEN, golden, ready
from tests.tenants.rules.engine.people_of import person_months

PAGE = Path(__file__).parents[4] / "docs" / "algorithms" / "rule-sets.md"

SAMPLE_AMOUNTS = (
    "balangan",
    "babel_ttu",
    "tapanuli_tengah",
    "pakpak_bharat",
    "hulu_sungai_selatan",
    "tangerang",
    "kaur",
    "umum_60_40",
    "poin_aktivitas",
)


@pytest.mark.parametrize("case", golden("days_of_sets"), ids=lambda case: case["name"])
def test_a_day_gives_the_events_of_the_regions_tiers(case: dict[str, Any]) -> None:
    starts = datetime(2024, 5, 6, 0, 0, tzinfo=UTC)
    back, ends = starts + timedelta(hours=5), starts + timedelta(hours=8)
    observation = DayObservation(
        date=starts.date(),
        starts_at=starts,
        ends_at=ends,
        break_ends_at=back,
        first_in=None if case.get("no_in") else starts + timedelta(seconds=case.get("late", 0)),
        back_from_break=None if case.get("no_back") else back + timedelta(seconds=case.get("back", 0)),
        last_out=None if case.get("no_out") else ends - timedelta(seconds=case.get("early", 0)),
        document=case.get("document"),
        ceremonies_missed=tuple(case.get("ceremonies", ())),
    )
    events = classify_day(ready(case["rule_set"]), observation)
    assert [[event.code, event.minutes] for event in events] == case["events"]


@pytest.mark.parametrize("code", sorted(ready_rule_sets()))
def test_a_rule_set_says_where_it_is_from_and_what_it_assumes(code: str) -> None:
    rule_set = ready(code)
    assert rule_set.code == code
    trust = ("dari program", "dari naskah", "dari berita")
    assert any(words in rule_set.source for words in trust)
    assert any(node.assumption for _, node in rule_set.walk())


@pytest.mark.parametrize("code", SAMPLE_AMOUNTS)
def test_sample_amounts_are_marked_as_such_on_the_node(code: str) -> None:
    (table,) = (node for node in ready(code).nodes if isinstance(node, ClassAmounts))
    assert table.assumption.startswith("ANGKA CONTOH")


@pytest.mark.parametrize("code", sorted(ready_rule_sets()))
def test_every_rule_set_takes_accepted_findings_back(code: str) -> None:
    assert "KOREKSI" in listed_codes(ready(code))


GROWING = {
    code: sorted(facts_read(ready(code)) & {"late_minutes", "early_minutes", "log_days_missing"})
    for code in ready_rule_sets()
}


@pytest.mark.parametrize("code", [code for code, names in GROWING.items() if names])
@settings(derandomize=True, max_examples=40, deadline=None)
@given(data=st.data())
def test_more_minutes_of_the_month_or_days_without_a_log_never_pay_more(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    facts = data.draw(person_months(rule_set))
    name = data.draw(st.sampled_from(GROWING[code]))
    worse = {**facts.to_mapping(), name: (getattr(facts, name) or 0) + data.draw(st.integers(1, 400))}
    assert evaluate(rule_set, MonthFacts.from_mapping(worse)).gross <= evaluate(rule_set, facts).gross


def cases_of(code: str) -> int:
    """Person-months and days among the golden cases that run on this rule set."""
    found = 0
    for path in GOLDEN.glob("*.yaml"):
        content = golden(path.stem)
        if isinstance(content, dict):
            found += len(content.get("cases", ())) if content.get("rule_set") == code else 0
        else:
            found += sum(case.get("rule_set") == code for case in content)
    return found


def test_the_page_has_every_set_with_its_number_of_cases() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if "| `" in line]
    found = {row[0].strip("`"): int(row[-1]) for row in rows}
    assert found == {code: cases_of(code) for code in ready_rule_sets()}
