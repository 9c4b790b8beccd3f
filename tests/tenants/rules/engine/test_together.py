"""Pay that depends on other people: superiors, subordinates, vacancies and circles.

By the rule set ``with_others`` work is 60: 40 by one's own SKP, 20 by the superior's work (90 where vacant, 10 on a
circle); guidance is 40, by the lowest SKP among the subordinates, one's own without any.
"""

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.rules.engine import (
    EvaluationError,
    MissingFact,
    MonthFacts,
    NoRuleFor,
    RelatedFailed,
    RuleSet,
    Slip,
    digest,
    evaluate,
    evaluate_together,
    explain,
    load_rule_set,
    relate,
)
from tests.tenants.rules.engine.golden_cases import ready, tree
from tests.tenants.rules.engine.test_rule_set_problems import node

ANI, BUDI, CITRA, DEDI = "Ani", "Budi", "Citra", "Dedi"


def month(skp: str | None, **more: Any) -> MonthFacts:
    return MonthFacts(
        month="2024-03",
        working_days=20,
        status="PNS",
        kelas=7,
        skp_score=None if skp is None else Decimal(skp),
        **more,
    )


def gross(results: Mapping[str, Slip | EvaluationError]) -> dict[str, Decimal]:
    return {name: slip.gross for name, slip in results.items() if isinstance(slip, Slip)}


def changed(node_id: str, **fields: Any) -> RuleSet:
    """The rule set with other fields on one node; ``None`` takes a field away."""
    content = tree("with_others")
    found = node(content, node_id)
    found.update(fields)
    for name in [name for name, value in fields.items() if value is None]:
        del found[name]
    return load_rule_set(content)


LINE = {ANI: month("80"), BUDI: month("50"), CITRA: month("100")}
ABOVE = {ANI: BUDI, BUDI: CITRA, CITRA: None}


def test_the_superiors_result_is_part_of_the_subordinates() -> None:
    results = evaluate_together(ready("with_others"), LINE, ABOVE)
    # Citra 40 + 18 + 20; Budi 20 + 20 x 58/60 + 32; Ani 32 + 20 x 39.33../60 + 32.
    assert gross(results) == {ANI: 771_111, BUDI: 713_333, CITRA: 780_000}
    related = relate(ready("with_others"), LINE, ABOVE)[BUDI]
    assert isinstance(related, MonthFacts)
    assert related.related == {
        "kinerja.atasan.nilai": Decimal("96.66666666666666666667"),
        "pembinaan.nilai": Decimal(80),
    }


def test_the_slip_says_whose_result_it_is() -> None:
    slip = evaluate_together(ready("with_others"), LINE, ABOVE)[BUDI]
    assert isinstance(slip, Slip)
    assert slip.line("kinerja.atasan.nilai").note == "Dari nilai atasan langsung."
    assert slip.line("pembinaan.nilai").note == "Nilai terendah di antara bawahan langsung."


def test_frozen_facts_give_the_slip_again_without_anybody_else() -> None:
    results = evaluate_together(ready("with_others"), LINE, ABOVE)
    for name, facts in relate(ready("with_others"), LINE, ABOVE).items():
        assert isinstance(facts, MonthFacts)
        again = evaluate(ready("with_others"), MonthFacts.from_json(facts.to_json()))
        slip = results[name]
        assert isinstance(slip, Slip)
        assert again.to_json() == slip.to_json()


def test_relating_twice_changes_nothing() -> None:
    once = relate(ready("with_others"), LINE, ABOVE)
    frozen = {name: facts for name, facts in once.items() if isinstance(facts, MonthFacts)}
    assert relate(ready("with_others"), frozen, ABOVE) == once


def test_the_mean_of_the_subordinates() -> None:
    rules = changed("pembinaan.nilai", aggregate="mean")
    staff = {ANI: month("80"), BUDI: month("51"), DEDI: month("70"), CITRA: month("100")}
    found = relate(rules, staff, {ANI: CITRA, BUDI: CITRA, DEDI: CITRA})[CITRA]
    assert isinstance(found, MonthFacts)
    assert found.related["pembinaan.nilai"] == 67


def test_a_superior_who_is_not_among_the_people_is_a_vacancy() -> None:
    results = evaluate_together(ready("with_others"), {ANI: month("80")}, {ANI: "somebody else"})
    # 32 + 18 + 32.
    assert gross(results) == {ANI: 820_000}


def test_a_vacancy_may_count_ones_own_result() -> None:
    rules = changed("kinerja.atasan.nilai", node="kinerja.sendiri.nilai", on_vacancy="own", vacant_value=None)
    # 32 + 16 + 32.
    assert gross(evaluate_together(rules, {ANI: month("80")}, {})) == {ANI: 800_000}


def test_who_is_said_to_be_their_own_superior_has_a_vacancy_above() -> None:
    assert gross(evaluate_together(ready("with_others"), {ANI: month("80")}, {ANI: ANI})) == {ANI: 820_000}


def test_people_who_report_in_a_circle_get_the_value_for_it() -> None:
    people = {ANI: month("80"), BUDI: month("50"), CITRA: month("100")}
    results = evaluate_together(ready("with_others"), people, {ANI: BUDI, BUDI: ANI, CITRA: ANI})
    # In the circle 10: Ani 32 + 2, of her staff Budi 50; Budi 20 + 2, of his staff Ani 80.
    # Citra asks Ani, who stands on it: 40 + 20 x 34/60 + 40.
    assert gross(results) == {ANI: 540_000, BUDI: 540_000, CITRA: 913_333}


def test_a_circle_of_reporting_is_none_where_nobody_asks_on() -> None:
    rules = changed("kinerja.atasan.nilai", node="kinerja.sendiri.nilai")
    results = evaluate_together(rules, {ANI: month("80"), BUDI: month("50")}, {ANI: BUDI, BUDI: ANI})
    # Ani 32 + 10 + 20, Budi 20 + 16 + 32.
    assert gross(results) == {ANI: 620_000, BUDI: 680_000}


def test_an_own_result_that_asks_for_itself_is_a_circle() -> None:
    rules = changed("kinerja.atasan.nilai", on_vacancy="own", vacant_value=None)
    # 32 + 2 + 32: the part that asks is the part asked for.
    assert gross(evaluate_together(rules, {ANI: month("80")}, {})) == {ANI: 660_000}


def test_one_persons_trouble_is_told_to_those_who_need_the_result_and_to_nobody_else() -> None:
    people = {ANI: month("80"), BUDI: month(None), CITRA: month("100"), DEDI: month("70")}
    results = evaluate_together(ready("with_others"), people, {ANI: BUDI, BUDI: CITRA, CITRA: None, DEDI: CITRA})
    below, own, above, beside = (results[name] for name in (ANI, BUDI, CITRA, DEDI))
    assert isinstance(below, RelatedFailed)
    assert (below.node_id, below.person) == ("kinerja.atasan.nilai", BUDI)
    assert explain(below) == (
        "Nilai atasan atau bawahan untuk aturan kinerja.atasan.nilai belum dapat dihitung. "
        "Pada orang itu: Belum ada nilai SKP, diperlukan oleh aturan kinerja.sendiri.nilai."
    )
    assert isinstance(own, MissingFact)
    assert isinstance(above, RelatedFailed)
    assert (above.node_id, above.person) == ("pembinaan.nilai", BUDI)
    assert isinstance(beside, Slip)
    assert beside.gross == 753_333


def test_a_chain_of_trouble_names_the_one_at_its_root() -> None:
    people = {ANI: month("80"), BUDI: month("50"), CITRA: month(None)}
    results = evaluate_together(ready("with_others"), people, ABOVE)
    root = results[ANI]
    assert isinstance(root, RelatedFailed)
    assert root.person == CITRA
    assert isinstance(root.cause, MissingFact)


def test_a_fact_without_a_rule_is_trouble_for_those_who_ask_too() -> None:
    results = evaluate_together(ready("with_others"), {**LINE, CITRA: month("100", counts={"TK": 1})}, ABOVE)
    asked = results[BUDI]
    assert isinstance(asked, RelatedFailed)
    assert isinstance(asked.cause, NoRuleFor)


def test_people_without_facts_are_trouble_and_no_vacancy() -> None:
    trouble = {CITRA: MissingFact("kelas", "pagu")}
    related = relate(ready("with_others"), {BUDI: month("50")}, {BUDI: CITRA}, failed=trouble)
    asked = related[BUDI]
    assert isinstance(asked, RelatedFailed)
    assert asked.person == CITRA
    head = relate(ready("with_others"), {CITRA: month("50")}, {BUDI: CITRA}, failed={BUDI: trouble[CITRA]})[CITRA]
    assert isinstance(head, RelatedFailed)


def test_of_several_in_trouble_always_the_same_is_named() -> None:
    people = {ANI: month(None), BUDI: month(None), CITRA: month("100")}
    superiors: dict[str, str | None] = {ANI: CITRA, BUDI: CITRA}
    turned = dict(reversed(people.items()))
    for order, above in ((people, superiors), (turned, dict(reversed(superiors.items())))):
        found = evaluate_together(ready("with_others"), order, above)[CITRA]
        assert isinstance(found, RelatedFailed)
        assert found.person == ANI


def test_facts_that_were_not_related_are_refused_in_words() -> None:
    with pytest.raises(MissingFact) as refusal:
        evaluate(ready("with_others"), LINE[ANI])
    assert explain(refusal.value) == (
        "Belum ada nilai dari atasan atau bawahan, diperlukan oleh aturan kinerja.atasan.nilai."
    )


def test_rules_that_relate_nobody_leave_the_facts_as_they_are() -> None:
    facts = {ANI: month("80")}
    assert relate(ready("hss"), facts, {ANI: None})[ANI] is facts[ANI]


def test_a_line_of_six_thousand_superiors_is_no_depth_for_a_stack() -> None:
    people = {number: month("100" if number == 0 else "50") for number in range(6000)}
    superiors = {number: number - 1 if number else None for number in people}
    results = evaluate_together(ready("with_others"), people, superiors)
    last = results[5999]
    assert isinstance(last, Slip)
    # Far from the top the superior's work settles at 20/60 + x/3 = x, which is 50.
    assert last.figures["kinerja.atasan.nilai"].quantize(Decimal("0.000001")) == 50


@st.composite
def offices(draw: st.DrawFn) -> tuple[dict[int, MonthFacts], dict[int, int | None]]:
    """People with any superior: trees, circles, somebody unknown, somebody without a result."""
    size = draw(st.integers(min_value=1, max_value=12))
    scores = draw(st.lists(st.sampled_from(["0", "33.33", "70", "100", None]), min_size=size, max_size=size))
    above = st.one_of(st.none(), st.integers(min_value=0, max_value=size))
    superiors = draw(st.lists(above, min_size=size, max_size=size))
    return {number: month(score) for number, score in enumerate(scores)}, dict(enumerate(superiors))


def outcome(result: Slip | EvaluationError) -> str:
    return digest(result) if isinstance(result, Slip) else str(result)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(offices(), st.sampled_from(["superior", "subordinates"]), st.integers(min_value=0, max_value=99))
def test_the_order_of_people_does_not_matter(
    office: tuple[dict[int, MonthFacts], dict[int, int | None]], of: str, seed: int
) -> None:
    people, superiors = office
    aggregate = {"aggregate": "mean"} if of == "subordinates" else {}
    rules = changed("kinerja.atasan.nilai", of=of, **aggregate)
    shuffled = list(people)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    first = evaluate_together(rules, people, superiors)
    second = evaluate_together(
        rules, {number: people[number] for number in shuffled}, {number: superiors[number] for number in shuffled}
    )
    assert {number: outcome(first[number]) for number in people} == {
        number: outcome(second[number]) for number in people
    }
    for result in first.values():
        if isinstance(result, Slip):
            assert all(0 <= result.figures[name] <= 100 for name in ("kinerja.atasan.nilai", "pembinaan.nilai"))
