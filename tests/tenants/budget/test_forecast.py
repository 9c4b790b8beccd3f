"""The year at the pace of its months: what it will cost and how long a ceiling lasts."""

from __future__ import annotations

from decimal import Decimal

from tenants.budget.forecast import outlook

CODE = "5.1.01.02.05.0001"


def of(amounts: dict[int, int], ceiling: int | None, *others: int) -> tuple[Decimal, Decimal, Decimal | None, int]:
    months = {number: {CODE: Decimal(amount)} for number, amount in amounts.items()}
    ceilings = {} if ceiling is None else {CODE: Decimal(ceiling)}
    found = outlook(months, [{CODE: Decimal(other)} for other in others], ceilings)[0]
    return found.average, found.expected, found.left, found.lasts


def test_without_a_month_there_is_no_outlook() -> None:
    assert outlook({}, [], {CODE: Decimal(100)}) == []


def test_months_to_come_cost_the_average_of_those_that_are_there() -> None:
    assert of({1: 90, 2: 110}, 1200) == (Decimal(100), Decimal(1200), Decimal(0), 12)


def test_thr_and_the_thirteenth_month_come_on_top() -> None:
    assert of({1: 100, 2: 100}, 1300, 100, 100) == (Decimal(100), Decimal(1400), Decimal(-100), 11)


def test_a_ceiling_that_ends_early_names_its_last_month() -> None:
    assert of({1: 100}, 450)[3] == 4
    assert of({1: 100}, 99)[3] == 0


def test_a_code_without_ceiling_is_told_without_what_is_left() -> None:
    assert of({3: 100}, None) == (Decimal(100), Decimal(1200), None, 12)
