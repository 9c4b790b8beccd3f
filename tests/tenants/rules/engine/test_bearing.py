"""Sums by decision in a month's gross, and listed sums that a month takes within a share of what is left."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.rules.engine import (
    Adjustment,
    FactsError,
    FixedDeduction,
    MonthFacts,
    NetBelowZero,
    check_sums,
    digest,
    evaluate,
)
from tenants.rules.engine.bearing import spread, taken_of
from tests.tenants.rules.engine.golden_cases import case_named

RUPIAH = st.integers(0, 10**9).map(Decimal)


def owed(amount: str, percent: str | None = None) -> FixedDeduction:
    return FixedDeduction("KOREKSI", Decimal(amount), "Pengembalian", None if percent is None else Decimal(percent))


def test_a_month_takes_at_most_the_share_and_says_what_was_due() -> None:
    rule_set, facts = case_named("manado_2024", "M01")
    plain = evaluate(rule_set, facts)
    slip = evaluate(rule_set, replace(facts, deductions=(owed("9000000", "50"),)))
    taken = next(line for line in slip.lines if line.inputs.get("code") == "KOREKSI")
    assert taken.base is not None
    assert taken.amount == taken.base // 2
    assert taken.inputs["due"] == Decimal(9_000_000)
    assert taken.note == "Dipotong sebagian; sisanya pada bulan berikutnya."
    assert slip.net == plain.net - taken.amount
    check_sums(slip)


def test_two_limited_sums_share_one_limit_in_their_order() -> None:
    entries = (owed("600", "50"), owed("600", "50"), owed("100"))
    assert [taken.value for taken in taken_of(entries, Decimal(2001))] == [600, 400, 100]


def test_a_sum_without_a_limit_is_taken_before_the_limit_is_reckoned() -> None:
    taken = list(taken_of((owed("1000"), owed("600", "50")), Decimal(2001)))
    assert [entry.value for entry in taken] == [1000, 500]
    assert [entry.base for entry in taken] == [None, 1001]


def test_a_small_debt_is_taken_whole() -> None:
    (taken,) = taken_of((owed("300", "50"),), Decimal(2000))
    assert taken.value == 300
    assert not taken.is_part


def test_nothing_is_taken_of_nothing() -> None:
    (taken,) = taken_of((owed("300", "50"),), Decimal(-5))
    assert not taken.value
    assert taken.is_part


def test_a_limit_that_is_not_given_leaves_the_stored_text_as_it_was() -> None:
    _, facts = case_named("manado_2024", "M01")
    assert "most_percent" not in replace(facts, deductions=(owed("300"),)).to_json()
    limited = replace(facts, deductions=(owed("300", "50"),))
    assert MonthFacts.from_json(limited.to_json()) == limited


def test_a_decided_sum_is_in_the_gross_and_taxed_with_it() -> None:
    rule_set, facts = case_named("manado_2024", "M01")
    plain = evaluate(rule_set, facts)
    more = evaluate(rule_set, replace(facts, adjustments=(Adjustment(Decimal(200_000), "Banding", "12/2024"),)))
    assert more.gross - plain.gross == 200_000
    assert more.pagu == plain.pagu
    tax = next(line for line in plain.lines if line.column == "tax")
    assert tax.rate is not None
    assert abs(more.tax - plain.tax - 200_000 * tax.rate / 100) <= 1
    line = more.line("keputusan")
    assert (line.label, line.clause_reference) == ("Banding", "12/2024")
    assert line.effect == 200_000
    less = evaluate(rule_set, replace(facts, adjustments=(Adjustment(Decimal(-200_000), "Temuan"),)))
    assert plain.gross - less.gross == 200_000


def test_a_decided_sum_takes_no_more_than_there_is() -> None:
    rule_set, facts = case_named("manado_2024", "M01")
    with pytest.raises(NetBelowZero):
        evaluate(rule_set, replace(facts, adjustments=(Adjustment(Decimal(-90_000_000), "Temuan"),)))


@pytest.mark.parametrize("amount", ["0", "0.5"])
def test_a_decided_sum_is_whole_rupiah(amount: str) -> None:
    _, facts = case_named("manado_2024", "M01")
    with pytest.raises(FactsError):
        replace(facts, adjustments=(Adjustment(Decimal(amount), "Banding"),))


def test_decided_sums_read_back_to_the_same_facts() -> None:
    _, facts = case_named("manado_2024", "M01")
    decided = replace(facts, adjustments=(Adjustment(Decimal(-5), "Temuan", "7"),))
    again = MonthFacts.from_json(decided.to_json())
    assert (again, digest(again)) == (decided, digest(decided))


@given(st.integers(-(10**9), 10**9).map(Decimal), st.dictionaries(st.text(max_size=3), RUPIAH, min_size=1, max_size=5))
def test_what_is_spread_adds_up(amount: Decimal, shares: dict[str, Decimal]) -> None:
    assert sum(spread(amount, shares).values()) == amount


@given(st.lists(st.tuples(RUPIAH, st.sampled_from(["0", "33.33", "50", "100"])), max_size=6), RUPIAH)
def test_limited_sums_never_take_more_than_is_left(debts: list[tuple[Decimal, str]], remaining: Decimal) -> None:
    taken = list(taken_of((owed(str(amount), percent) for amount, percent in debts), remaining))
    assert sum(entry.value for entry in taken) <= remaining
    assert all(0 <= entry.value <= entry.entry.amount for entry in taken)
