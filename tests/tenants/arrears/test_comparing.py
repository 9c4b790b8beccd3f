"""The comparison by itself: the worked example of docs/algorithms/arrears.md, and what always holds of a difference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.comparing import (
    Difference,
    FactChange,
    Side,
    Totals,
    as_of_the_lock,
    changed_facts,
    difference_of,
    values_of,
    with_taken_back,
)
from tenants.rules.engine import FixedDeduction, MonthFacts, RuleSet, evaluate, load_rule_set, ready_rule_sets

OLD = load_rule_set(ready_rule_sets()["manado"])
MAY = MonthFacts(
    month="2024-05",
    working_days=18,
    status="PNS",
    golongan="III/b",
    kelas=7,
    skp_score=Decimal(96),
    behaviour_sum=Decimal(620),
    salary_base=Decimal(4_000_000),
)
JUNE = replace(MAY, month="2024-06")


def raised(pagu: int) -> RuleSet:
    """The rules with another pagu of class 7."""
    tree: dict[str, Any] = yaml.safe_load(ready_rule_sets()["manado"].replace("2970000", str(pagu)))
    return load_rule_set({**tree, "examples": []})


def side(rules: RuleSet, facts: MonthFacts) -> Side:
    slip = evaluate(rules, facts)
    return Side(Totals.computed(slip), values_of(slip.lines))


def compared(before: Side, now: Side, **kinds: bool) -> Difference | None:
    return difference_of(before, now, **{"rules_differ": False, "facts_differ": False, **kinds})


def test_the_worked_example() -> None:
    june = compared(side(OLD, JUNE), side(raised(3_000_000), JUNE), rules_differ=True)
    may = compared(side(OLD, MAY), side(OLD, replace(MAY, skp_score=Decimal(100))), facts_differ=True)
    assert june is not None
    assert may is not None
    assert june.totals == Totals(*(Decimal(figure) for figure in (30_000, 28_611, 1_431, 286, 0, 0, 26_894)))
    assert may.totals == Totals(*(Decimal(figure) for figure in (0, 35_640, 1_782, 356, 0, -1, 33_501)))
    assert {line.reason for line in june.lines} == {"rule", "follows"}
    assert {line.reason for line in may.lines} == {"fact", "follows"}


def test_nothing_changed_is_nothing() -> None:
    assert compared(side(OLD, MAY), side(OLD, MAY)) is None


@given(st.integers(0, 100), st.integers(0, 100), st.integers(2_000_000, 4_000_000))
def test_the_lines_of_a_difference_add_up_and_standing_on_it_leaves_nothing(then: int, now: int, pagu: int) -> None:
    before = side(OLD, replace(MAY, skp_score=Decimal(then)))
    after = side(raised(pagu), replace(MAY, skp_score=Decimal(now)))
    found = compared(before, after, rules_differ=True, facts_differ=True)
    if found is None:
        assert before.totals == after.totals
        return
    columns = {"gross": found.totals.gross, "tax": found.totals.tax, "contribution": found.totals.contributions}
    for column, total in columns.items():
        assert sum(line.difference for line in found.lines if line.key[2] == column) == total
    changes = {
        key: replace((after.values.get(key) or before.values[key]), figure=line.difference)
        for line in found.lines
        for key in [line.key]
    }
    stands = before.with_difference(found.totals, changes)
    assert compared(stands, after) is None
    assert all(stands.values[line.key].figure == line.new for line in found.lines)


def test_what_the_month_took_back_for_another_stays_taken_on_both_sides() -> None:
    owed = FixedDeduction(RECOVERY_CODE, Decimal(9_000_000), "Pengembalian", Decimal(50))
    locked = replace(MAY, deductions=(owed, FixedDeduction(RECOVERY_CODE, Decimal(1), "Pengembalian")))
    stands = side(OLD, locked)
    now = as_of_the_lock(replace(MAY, skp_score=Decimal(80)), locked, code=RECOVERY_CODE)
    assert now.deductions == ()
    found = compared(stands, with_taken_back(side(OLD, now), stands, RECOVERY_CODE), facts_differ=True)
    assert found is not None
    assert found.totals.other_deductions == 0
    plain = compared(side(OLD, MAY), side(OLD, replace(MAY, skp_score=Decimal(80))), facts_differ=True)
    assert plain is not None
    assert found.totals == plain.totals
    same = as_of_the_lock(MAY, locked, code=RECOVERY_CODE)
    assert compared(stands, with_taken_back(side(OLD, same), stands, RECOVERY_CODE)) is None


def test_a_reorganisation_since_is_no_change_of_the_month() -> None:
    moved = replace(MAY, unit_category="rumah_sakit")
    assert as_of_the_lock(moved, MAY, code=RECOVERY_CODE) == MAY


def test_facts_that_changed_are_named_one_by_one() -> None:
    now = replace(MAY, skp_score=Decimal("80.50"), measures={"SAKIP": Decimal(70)}, counts={"TK": 1})
    assert changed_facts(MAY, now) == [
        FactChange("measures.SAKIP", "", "70"),
        FactChange("skp_score", "96", "80.5"),
    ]
    assert changed_facts(MAY, MAY) == []
