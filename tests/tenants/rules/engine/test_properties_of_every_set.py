"""What holds by every rule set that ships, and by those that only the golden cases have."""

from decimal import Decimal
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenants.rules.engine import (
    MonthFacts,
    NoRuleFor,
    RuleSet,
    Slip,
    check_sums,
    digest,
    dump_yaml,
    evaluate,
    load_rule_set,
    ready_rule_sets,
)
from tests.tenants.rules.engine.golden_cases import GOLDEN, ready
from tests.tenants.rules.engine.people_of import absence_codes, person_months, ptkp_of

EVERY_SET = sorted({*ready_rule_sets(), *(path.stem for path in (GOLDEN / "rule_sets").glob("*.yaml"))})
quick = settings(derandomize=True, max_examples=20, deadline=None)


@cache
def written_and_read(code: str) -> RuleSet:
    return load_rule_set(dump_yaml(ready(code)))


def computed(rule_set: RuleSet, facts: MonthFacts) -> Slip:
    """The slip; a month that the rules do not speak about (a kind of acting, an income above the table) is left out."""
    try:
        return evaluate(rule_set, facts)
    except NoRuleFor:
        assume(False)
        raise


@pytest.mark.parametrize("code", EVERY_SET)
@quick
@given(data=st.data())
def test_scores_keep_within_bounds_and_lines_add_up(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    slip = computed(rule_set, data.draw(person_months(rule_set)))
    check_sums(slip)
    assert slip.net >= 0
    for line in slip.lines:
        if line.unit in ("score", "percent"):
            assert 0 <= line.unrounded <= 100, line
        if line.unit == "factor":
            assert 0 <= line.unrounded <= 2, line
    assert all(value >= 0 for value in slip.criteria.values())
    assert all(line.clause_text and line.clause_reference for line in slip.lines)


@pytest.mark.parametrize("code", [code for code in EVERY_SET if absence_codes(ready(code))])
@quick
@given(data=st.data())
def test_more_absence_never_pays_more(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    facts = data.draw(person_months(rule_set))
    added = data.draw(st.sampled_from(absence_codes(rule_set)))
    times = data.draw(st.integers(min_value=1, max_value=6))
    worse = MonthFacts.from_mapping(
        {**facts.to_mapping(), "counts": {**facts.counts, added: facts.counts.get(added, 0) + times}}
    )
    before, after = computed(rule_set, facts), computed(rule_set, worse)
    assert after.gross <= before.gross
    # A lower band of the effective-rate table may leave more of less.
    if not ptkp_of(rule_set):
        assert after.net <= before.net


@pytest.mark.parametrize("code", EVERY_SET)
@quick
@given(data=st.data())
def test_the_same_facts_give_the_same_bytes(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    facts = data.draw(person_months(rule_set))
    slip = computed(rule_set, facts)
    again = MonthFacts.from_json(facts.to_json())
    assert digest(again) == digest(facts)
    assert evaluate(written_and_read(code), again).to_json() == slip.to_json()
    assert Slip.from_json(slip.to_json()) == Slip.from_json(Slip.from_json(slip.to_json()).to_json())


@pytest.mark.parametrize("code", EVERY_SET)
@quick
@given(data=st.data())
def test_the_gross_stays_within_the_pagu_and_what_is_added(code: str, data: st.DataObject) -> None:
    rule_set = ready(code)
    slip = computed(rule_set, data.draw(person_months(rule_set)))
    effects = [(line.stage, line.effect) for line in slip.lines if line.effect is not None]
    added = sum((effect for stage, effect in effects if stage in ("additions", "gross")), start=Decimal(0))
    raised = sum((effect for stage, effect in effects if stage == "multipliers" and effect > 0), start=Decimal(0))
    # Each criterion may gain half a rupiah.
    assert slip.gross <= slip.pagu + added + raised + len(slip.criteria) + 1
