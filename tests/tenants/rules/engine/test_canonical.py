"""The quick way to write canonical text gives the bytes of the plain one, for whatever facts and slips may hold."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import decimal_text
from tenants.rules.engine import Hold, Line, MonthFacts, Slip, digest, line_to_mapping
from tenants.rules.engine.canonical import canonical_json, plain, sha256

FIGURES = st.decimals(allow_nan=False, allow_infinity=False) | st.builds(
    lambda digits, places: Decimal(digits).scaleb(places), st.integers(-(10**30), 10**30), st.integers(-40, 40)
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | FIGURES
    | st.dates()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.frozensets(st.text("abc\u00e9", max_size=3), max_size=3)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=4)
        | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3).map(MappingProxyType)
    ),
    max_leaves=20,
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LINES = st.builds(
    Line,
    order=st.integers(1, 99),
    node_id=WORDS,
    kind=WORDS,
    stage=WORDS,
    label=WORDS,
    clause_text=WORDS,
    clause_reference=WORDS,
    unit=st.sampled_from(["rupiah", "factor"]),
    unrounded=FIGURES,
    column=st.sampled_from(["", "gross"]),
    amount=st.none() | FIGURES,
    base=st.none() | FIGURES,
    quantity=st.none() | FIGURES,
    rate=st.none() | FIGURES,
    effect=st.none() | FIGURES,
    inputs=st.dictionaries(WORDS, VALUES, max_size=3),
    note=WORDS,
)
MAPS = st.dictionaries(WORDS, FIGURES, max_size=3)
SLIPS = st.builds(
    Slip,
    rule_set_code=WORDS,
    rule_set_digest=WORDS,
    facts_digest=WORDS,
    month=WORDS,
    **{name: FIGURES for name in ("pagu", "gross", "tax", "contributions", "deductions", "rounding", "net")},
    unrounded=MAPS,
    criteria=MAPS,
    figures=MAPS,
    lines=st.lists(LINES, max_size=4).map(tuple),
    holds=st.lists(st.builds(Hold, WORDS, WORDS, WORDS), max_size=2).map(tuple),
    blocks_next_month=st.booleans(),
)


def slowly(value: object) -> str:
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@given(VALUES)
def test_the_quick_text_is_the_plain_one(value: object) -> None:
    assert canonical_json(value) == slowly(value)


@given(FIGURES)
def test_a_figure_is_written_without_exponent_and_needless_zeros(figure: Decimal) -> None:
    text = format(figure, "f")
    expected = text.rstrip("0").rstrip(".") if "." in text else text
    assert decimal_text(figure) == (expected if figure else "0")


@given(SLIPS)
def test_a_slip_is_written_as_its_mapping_would_be(slip: Slip) -> None:
    written = slip.written()
    assert slip.to_json() == written.text == slowly(slip.to_mapping())
    assert list(written.inputs) == [slowly(line.inputs) for line in slip.lines]
    whole = {name: part for name, part in slip.to_mapping().items() if name != "lines"}
    assert written.parts == {name: slowly(part) for name, part in whole.items()}
    assert digest(slip) == sha256(slowly(slip.to_mapping()))


def test_a_line_leaves_out_what_is_empty_and_nothing_else() -> None:
    line = Line(1, "n", "k", "s", "l", "", "", "rupiah", Decimal(0), amount=Decimal("0.00"), effect=Decimal("-0"))
    assert line_to_mapping(line) == {
        "order": 1, "node_id": "n", "kind": "k", "stage": "s", "label": "l", "unit": "rupiah",
        "unrounded": 0, "amount": 0, "effect": 0,
    }  # fmt: skip
    empty = slip_of(line._replace(label="", unit="rupiah"))
    assert '{"amount":"0","effect":"0","kind":"k","node_id":"n","order":1,' in empty.to_json()


def slip_of(line: Line) -> Slip:
    totals: Any = {entry.name: Decimal(1) for entry in fields(Slip) if entry.type == Decimal}
    return Slip("x", "x", "x", "2026-10", unrounded={}, criteria={}, figures={}, lines=(line,), **totals)


@pytest.mark.parametrize("value", [1.5, {"a": [1.0]}, (float("nan"),), object()])
def test_a_float_has_no_place(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_facts_keep_their_text_and_a_changed_copy_writes_its_own() -> None:
    facts = MonthFacts(month="2026-10", working_days=22, status="PNS", flags=frozenset({"b", "a"}))
    before = facts.to_json()
    assert before == slowly(facts.to_mapping())
    other = replace(facts, counted_until=date(2026, 10, 15))
    assert facts.to_json() is before
    assert '"counted_until":"2026-10-15"' in other.to_json()
    assert MonthFacts.from_json(before) == facts
