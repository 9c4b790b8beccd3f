"""What holds for every ready rule set, whatever the month of the person."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.rules.engine import (
    MonthFacts,
    PenaltyRecord,
    RuleSet,
    Slip,
    check_sums,
    digest,
    dump_yaml,
    evaluate,
    event_codes,
    load_rule_set,
    ready_rule_sets,
)
from tenants.rules.engine.nodes import Bonus, ClassAmounts, Penalty, StatusFactor
from tests.tenants.rules.engine.golden_cases import ready

CODES = sorted(ready_rule_sets())
quick = settings(derandomize=True, max_examples=25, deadline=None)
scores = st.decimals(min_value=0, max_value=100, places=2)


def month_of(rule_set: RuleSet) -> str:
    """A month in which the rule set holds and the tax of the year is not settled."""
    return f"{rule_set.valid_from.year}-05"


@st.composite
def months(draw: st.DrawFn, rule_set: RuleSet) -> MonthFacts:
    table = next(node for node in rule_set.nodes if isinstance(node, ClassAmounts))
    statuses = next(node for node in rule_set.nodes if isinstance(node, StatusFactor))
    levels = [level for _, node in rule_set.walk() if isinstance(node, Penalty) for level in node.cuts]
    bonuses = [node.flag for node in rule_set.nodes if isinstance(node, Bonus)]
    events = sorted(event_codes(rule_set))
    penalty = st.sampled_from([level if level != "*" else "ringan" for level in levels] or ["ringan"])
    return MonthFacts(
        month=month_of(rule_set),
        working_days=draw(st.integers(min_value=1, max_value=27)),
        status=draw(st.sampled_from([s for row in statuses.rows for s in row.statuses if s != "PPPK"])),
        golongan=draw(st.sampled_from(["II/a", "III/b", "IV/c"])),
        kelas=draw(st.sampled_from(sorted(table.amounts[0].values))),
        counts=draw(st.dictionaries(st.sampled_from(events), st.integers(min_value=0, max_value=9))),
        minutes_approved=draw(st.integers(min_value=0, max_value=9000)),
        target_minutes=draw(st.integers(min_value=1, max_value=9000)),
        activity_points=draw(st.decimals(min_value=0, max_value=9000, places=1)),
        skp_score=draw(scores),
        target_ratio=draw(st.decimals(min_value=0, max_value=2, places=3)),
        behaviour_sum=draw(st.decimals(min_value=0, max_value=700, places=2)),
        predikat=draw(st.sampled_from([None, "sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang"])),
        ptkp=draw(st.sampled_from(["TK/0", "K/1", "K/3"])),
        salary_base=draw(st.integers(min_value=0, max_value=15_000_000).map(Decimal)),
        salary_tax=draw(st.integers(min_value=0, max_value=200_000).map(Decimal)),
        late_minutes=draw(st.integers(min_value=0, max_value=900)),
        early_minutes=draw(st.integers(min_value=0, max_value=900)),
        log_days_missing=draw(st.integers(min_value=0, max_value=27)),
        measures={"TGL_LAPOR": Decimal(draw(st.integers(min_value=1, max_value=31)))}
        if "TGL_LAPOR" in rule_set.measures
        else {},
        penalties=tuple(
            PenaltyRecord(level, rule_set.valid_from.strftime("%Y-%m"))
            for level in draw(st.lists(penalty, max_size=3 if levels else 0))
        ),
        flags=frozenset(draw(st.sets(st.sampled_from(bonuses)))) if bonuses else frozenset(),
    )


def pay_of(slip: Slip) -> Decimal:
    """The gross without the tax that a region may bear: a tax band can turn at one rupiah."""
    return sum(slip.criteria.values(), Decimal(0))


@pytest.mark.parametrize("code", CODES)
@quick
@given(data=st.data())
def test_the_lines_add_up_and_nobody_owes_money(code: str, data: st.DataObject) -> None:
    slip = evaluate(ready(code), data.draw(months(ready(code))))
    check_sums(slip)
    assert Decimal(0) <= slip.net <= slip.gross
    for line in slip.lines:
        assert line.clause_text
        assert line.clause_reference
        if line.unit in ("score", "percent"):
            assert 0 <= line.unrounded <= 100
        if line.unit == "factor":
            assert 0 <= line.unrounded <= 1


@pytest.mark.parametrize("code", CODES)
@quick
@given(data=st.data())
def test_one_more_day_away_or_lateness_never_pays_more(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    facts = data.draw(months(rule_set))
    costly = [name for name, event in event_codes(rule_set).items() if event.trigger != "document"]
    added = data.draw(st.sampled_from(sorted(costly)))
    more: dict[str, Any] = {**facts.to_mapping(), "counts": {**facts.counts, added: facts.counts.get(added, 0) + 1}}
    before, after = evaluate(rule_set, facts), evaluate(rule_set, MonthFacts.from_mapping(more))
    assert pay_of(after) <= pay_of(before)


@pytest.mark.parametrize("code", CODES)
@quick
@given(data=st.data())
def test_more_minutes_late_or_days_without_a_log_never_pay_more(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    facts = data.draw(months(rule_set))
    name = data.draw(st.sampled_from(["late_minutes", "early_minutes", "log_days_missing"]))
    more = {**facts.to_mapping(), name: (getattr(facts, name) or 0) + data.draw(st.integers(1, 400))}
    assert pay_of(evaluate(rule_set, MonthFacts.from_mapping(more))) <= pay_of(evaluate(rule_set, facts))


@pytest.mark.parametrize("code", CODES)
@quick
@given(data=st.data())
def test_the_same_facts_give_the_same_bytes_from_a_copy_of_the_rules(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    facts = data.draw(months(rule_set))
    copy = load_rule_set(dump_yaml(rule_set))
    again = MonthFacts.from_json(facts.to_json())
    assert digest(copy) == digest(rule_set)
    assert evaluate(copy, again).to_json() == evaluate(rule_set, facts).to_json()
