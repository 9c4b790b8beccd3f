"""The rule sets that ship: the days of their tiers, and what they say about where they are from.

Their examples and golden person-months run with all others in ``test_golden``.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenants.rules.engine import DayObservation, classify_day, listed_codes, ready_rule_sets
from tenants.rules.engine.nodes import ClassAmounts
from tests.tenants.rules.engine.golden_cases import golden, ready

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
