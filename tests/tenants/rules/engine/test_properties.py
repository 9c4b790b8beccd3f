"""What holds for every person-month, whatever its facts."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel.money import ROUNDING_POLICIES
from tenants.rules.engine import (
    FactsError,
    FixedDeduction,
    MonthFacts,
    PenaltyRecord,
    RuleSetError,
    Slip,
    check_sums,
    digest,
    dump,
    dump_yaml,
    evaluate,
    load_rule_set,
    totals_left_unrounded,
)
from tests.tenants.rules.engine.golden_cases import amended, case_named, ready, tree

quick = settings(derandomize=True, max_examples=60, deadline=None)

MANADO_CODES = ("TMK1", "TMK2", "TMK3", "PKSW1", "PKSW2", "PKSW3", "TK", "S", "I", "C")
BANJARMASIN_CODES = ("TL1", "TL2", "TL3", "TL4", "PSW1", "PSW2", "PSW3", "PSW4", "LAM", "LAP", "TK", "S", "I")

scores = st.decimals(min_value=0, max_value=100, places=6)


@st.composite
def manado_months(draw: st.DrawFn) -> MonthFacts:
    return MonthFacts(
        month="2024-03",
        working_days=draw(st.integers(min_value=1, max_value=27)),
        status=draw(st.sampled_from(["PNS", "CPNS"])),
        golongan=draw(st.sampled_from(["II/a", "III/b", "IV/c"])),
        kelas=draw(st.sampled_from([6, 7, 8, 9, 11])),
        counts=draw(st.dictionaries(st.sampled_from(MANADO_CODES), st.integers(min_value=0, max_value=12))),
        skp_score=draw(scores),
        behaviour_sum=draw(st.decimals(min_value=0, max_value=700, places=2)),
        salary_base=draw(st.decimals(min_value=0, max_value=15_000_000, places=2)),
        penalties=draw(st.sampled_from([(), (PenaltyRecord("ringan", "2024-01"),)])),
    )


@st.composite
def banjarmasin_months(draw: st.DrawFn) -> MonthFacts:
    return MonthFacts(
        month=draw(st.sampled_from(["2023-05", "2023-12"])),
        working_days=draw(st.integers(min_value=1, max_value=27)),
        status=draw(st.sampled_from(["PNS", "CPNS"])),
        golongan=draw(st.sampled_from(["II/a", "III/b", "IV/c"])),
        kelas=draw(st.integers(min_value=1, max_value=15)),
        position_category=draw(st.sampled_from(["umum", "kondisi_kerja", "farmasi"])),
        unit_category=draw(st.sampled_from(["umum", "rsud", "puskesmas"])),
        counts=draw(st.dictionaries(st.sampled_from(BANJARMASIN_CODES), st.integers(min_value=0, max_value=12))),
        minutes_approved=draw(st.integers(min_value=0, max_value=9000)),
        predikat=draw(st.sampled_from([None, "sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang"])),
        salary_base=draw(st.decimals(min_value=0, max_value=15_000_000, places=2)),
        penalties=draw(st.sampled_from([(), (PenaltyRecord("ringan", "2023-01"),)])),
    )


person_months = st.one_of(
    st.tuples(st.just("manado"), manado_months()),
    st.tuples(st.just("banjarmasin_2023"), banjarmasin_months()),
)


@quick
@given(person_months)
def test_the_lines_always_add_up_and_nobody_owes_money(month: tuple[str, MonthFacts]) -> None:
    code, facts = month
    slip = evaluate(ready(code), facts)
    check_sums(slip)
    assert Decimal(0) <= slip.net <= slip.gross
    # Four criteria may each gain half a rupiah.
    assert slip.gross <= slip.pagu + 4
    assert all(line.clause_text and line.clause_reference for line in slip.lines)


@quick
@given(person_months, st.integers(min_value=0, max_value=99))
def test_one_more_event_never_raises_the_pay(month: tuple[str, MonthFacts], pick: int) -> None:
    code, facts = month
    codes = MANADO_CODES if code == "manado" else BANJARMASIN_CODES
    added = codes[pick % len(codes)]
    worse = MonthFacts.from_mapping(
        {**facts.to_mapping(), "counts": {**facts.counts, added: facts.counts.get(added, 0) + 1}}
    )
    before, after = evaluate(ready(code), facts), evaluate(ready(code), worse)
    assert after.gross <= before.gross
    assert after.net <= before.net


@quick
@given(person_months)
def test_scores_stay_between_nothing_and_one_hundred(month: tuple[str, MonthFacts]) -> None:
    code, facts = month
    for line in evaluate(ready(code), facts).lines:
        if line.unit in ("score", "percent"):
            assert 0 <= line.unrounded <= 100
        if line.unit == "factor":
            assert 0 <= line.unrounded <= 1


roundings = st.fixed_dictionaries(
    {
        **dict.fromkeys(("pagu", "criterion", "gross", "deduction", "net"), st.sampled_from(ROUNDING_POLICIES)),
        "carry": st.sampled_from(["rounded", "unrounded"]),
    }
)


@quick
@given(person_months, roundings)
def test_whatever_rounding_may_be_published_the_totals_are_whole_cents(
    month: tuple[str, MonthFacts], rounding: dict[str, str]
) -> None:
    code, facts = month
    rules = amended(code, {"rounding": rounding})
    assume(not totals_left_unrounded(rules))
    assert evaluate(rules, facts).is_in_cents


@pytest.mark.parametrize(
    ("rounding", "left"),
    [
        ({"net": "none"}, ("net",)),
        ({"net": "none", "carry": "rounded"}, ()),
        ({"gross": "none", "pagu": "none"}, ("pagu", "gross")),
        ({"gross": "none", "carry": "rounded"}, ()),
        ({"gross": "none", "criterion": "none", "carry": "rounded"}, ("gross",)),
        ({"criterion": "none"}, ()),
        ({"deduction": "none", "net": "none", "carry": "rounded"}, ("deduction",)),
    ],
)
def test_which_totals_no_policy_brings_to_cents(rounding: dict[str, str], left: tuple[str, ...]) -> None:
    assert totals_left_unrounded(amended("manado", {"rounding": rounding})) == left


@quick
@given(person_months)
def test_the_same_facts_give_the_same_bytes(month: tuple[str, MonthFacts]) -> None:
    code, facts = month
    again = MonthFacts.from_json(facts.to_json())
    turned = MonthFacts.from_mapping(
        {**again.to_mapping(), "counts": dict(reversed(list(again.counts.items()))), "flags": frozenset()}
    )
    assert digest(again) == digest(turned) == digest(facts)
    slip = evaluate(ready(code), facts)
    assert evaluate(load_rule_set(dump_yaml(ready(code))), turned).to_json() == slip.to_json()
    assert Slip.from_json(slip.to_json()).to_json() == slip.to_json()


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(entry) for key, entry in reversed(list(value.items()))}
    return [_turned(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize("code", ["manado", "banjarmasin_2023", "banjarmasin_bk_tetap"])
def test_the_digest_of_a_rule_set_does_not_depend_on_how_it_is_written(code: str) -> None:
    known = digest(ready(code))
    assert digest(load_rule_set(_turned(tree(code)))) == known
    assert digest(load_rule_set(json.dumps(tree(code)))) == known
    assert digest(load_rule_set(dump_yaml(ready(code)).encode())) == known


def test_another_figure_gives_another_digest() -> None:
    changed = tree("manado")
    changed["nodes"][3]["rows"][1]["factor"] = "0.81"
    assert digest(load_rule_set(changed)) != digest(ready("manado"))


def test_a_copy_with_other_content_is_computed_anew() -> None:
    rule_set, facts = case_named("manado_2024", "M01")
    evaluate(rule_set, facts)
    copied = rule_set.model_copy(update={"code": "manado_salinan"})
    assert digest(copied) != digest(rule_set)
    assert evaluate(copied, facts).rule_set_code == "manado_salinan"


def _figures(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return [path]
    return [found for key, entry in entries for found in _figures(entry, (*path, key))]


@pytest.mark.parametrize("code", ["manado", "banjarmasin_2023"])
def test_a_float_is_refused_wherever_a_rule_set_has_a_figure(code: str) -> None:
    places = [path for path in _figures(dump(ready(code))) if path[0] == "nodes"]
    assert len(places) > 40
    for path in places:
        broken = tree(code)
        here = broken
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = 0.5
        with pytest.raises(RuleSetError, match="tanda kutip"):
            load_rule_set(broken)


@pytest.mark.parametrize(
    "name",
    [
        "working_days",
        "kelas",
        "minutes_approved",
        "credit_minutes",
        "target_minutes",
        "activity_points",
        "skp_score",
        "target_ratio",
        "behaviour_sum",
        "salary_base",
        "salary_tax",
        "attendance_ratio",
        "late_minutes",
        "early_minutes",
        "absent_days_year",
        "late_decisions",
        "log_days_missing",
    ],
)
def test_a_float_is_refused_in_every_fact(name: str) -> None:
    facts = {"month": "2024-03", "working_days": 18, "status": "PNS", name: 1.0}
    with pytest.raises(FactsError):
        MonthFacts(**facts)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(FactsError):
        MonthFacts.from_mapping(facts)
    with pytest.raises(FactsError):
        MonthFacts.from_json(json.dumps(facts))


def test_a_float_is_refused_in_counts_scores_and_deductions() -> None:
    base: dict[str, Any] = {"month": "2024-03", "working_days": 18, "status": "PNS"}
    with pytest.raises(FactsError):
        MonthFacts(**base, counts={"TK": 1.0})  # type: ignore[dict-item]  # that is the point
    with pytest.raises(FactsError):
        MonthFacts(**base, behaviour_scores=(90.0,) * 7)  # type: ignore[arg-type]  # that is the point
    for name in ("measures", "related"):
        with pytest.raises(FactsError):
            MonthFacts(**base, **{name: {"X": 1.0}})  # type: ignore[arg-type]  # that is the point
        with pytest.raises(FactsError):
            MonthFacts.from_mapping({**base, name: {"X": 1.0}})
        with pytest.raises(FactsError):
            MonthFacts.from_mapping({**base, name: [1]})
    with pytest.raises(FactsError):
        MonthFacts(**base, deductions=(FixedDeduction("KORPRI", 5000.0),))  # type: ignore[arg-type]  # that is the point
