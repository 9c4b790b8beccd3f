"""A December whose budget year closes before its last day: what counts for it, and where its other days are counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kernel import clock
from kernel.ids import new_uid
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.payout.actions import is_over
from tenants.punches.models import Punch
from tenants.rules.engine import MonthFacts, RuleSet, load_rule_set
from tenants.tpp.facts import collect
from tests.cast import Person
from tests.rule_rows import store_rules
from tests.tenants.rules.engine.golden_cases import tree
from tests.tenants.tpp.manado_month import ON_TIME_IN, ON_TIME_OUT, ZONE

DECEMBER, JANUARY = Month(2024, 12), Month(2025, 1)
AFTERWARDS = datetime(2025, 2, 3, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    with clock.at(AFTERWARDS):
        yield


def half_december(rest: str) -> RuleSet:
    """Manado's rules, with a December up to the fifteenth."""
    written = tree("manado")
    written["examples"] = []
    for node in written["nodes"]:
        if node["id"] == "kalender":
            node |= {"december_until_day": 15, "december_rest": rest}
    rule_set = load_rule_set(written)
    store_rules(rule_set, since=date(2024, 1, 1))
    return rule_set


def punched(person: Person, *days: date) -> None:
    Punch.objects.bulk_create(
        Punch(
            id=new_uid(),
            employee=person.employee,
            kind=kind,
            source=Punch.Source.MACHINE,
            device="SN-0001",
            captured_at=clock.at_local(day, moment, ZONE),
        )
        for day in days
        for kind, moment in ((Punch.Kind.IN, ON_TIME_IN), (Punch.Kind.OUT, ON_TIME_OUT))
    )


def facts_of(person: Person, month: Month, rule_set: RuleSet) -> MonthFacts:
    (found,) = collect([person.employee.pk], month=month, on=month.first_day, rule_set=rule_set)
    assert found.facts is not None, found.trouble
    return found.facts


def dates(facts: MonthFacts, code: str) -> list[date]:
    return [day.date for day in facts.days if day.code == code]


def test_december_is_counted_up_to_its_day(manado: RegionState, ani: Person) -> None:
    rule_set = half_december("dropped")
    punched(ani, date(2024, 12, 2), date(2024, 12, 3))
    facts = facts_of(ani, DECEMBER, rule_set)
    # Ten weekdays from Monday the second to Friday the thirteenth.
    assert facts.working_days == 10
    assert facts.counted_until == date(2024, 12, 15)
    assert dates(facts, "TK") == [date(2024, 12, day) for day in (4, 5, 6, 9, 10, 11, 12, 13)]
    assert facts.counts["TK"] == 8


def test_dropped_days_are_in_no_month(manado: RegionState, ani: Person) -> None:
    rule_set = half_december("dropped")
    facts = facts_of(ani, JANUARY, rule_set)
    assert facts.counted_from is None
    assert {(day.date.year, day.date.month) for day in facts.days} == {(2025, 1)}


def test_the_rest_of_december_is_counted_with_january_where_the_rules_say_so(manado: RegionState, ani: Person) -> None:
    rule_set = half_december("january")
    january = [day for day in JANUARY.days() if day.weekday() < 5]
    punched(ani, date(2024, 12, 16), *january)
    facts = facts_of(ani, JANUARY, rule_set)
    rest = [date(2024, 12, day) for day in (17, 18, 19, 20, 23, 24, 25, 26, 27, 30, 31)]
    assert facts.counted_from == date(2024, 12, 16)
    assert dates(facts, "TK") == rest
    assert facts.working_days == len(rest) + 1 + len(january)
    assert facts_of(ani, DECEMBER, rule_set).counted_until == date(2024, 12, 15)


@pytest.mark.parametrize(
    ("moment", "kind", "expected"),
    [
        (datetime(2024, 12, 15, 12, 0, tzinfo=UTC), "ordinary", False),
        (datetime(2024, 12, 16, 2, 0, tzinfo=UTC), "ordinary", True),
        (datetime(2024, 12, 1, 2, 0, tzinfo=UTC), "thr", True),
    ],
)
def test_a_december_is_over_on_the_day_after_the_last_that_counts(
    manado: RegionState, moment: datetime, kind: Any, expected: bool
) -> None:
    half_december("dropped")
    assert is_over(DECEMBER, moment, kind) is expected


def test_other_months_are_over_with_their_last_day(manado: RegionState) -> None:
    half_december("dropped")
    assert not is_over(JANUARY, datetime(2025, 1, 31, 12, 0, tzinfo=UTC))
    assert is_over(JANUARY, datetime(2025, 2, 1, 2, 0, tzinfo=UTC))
