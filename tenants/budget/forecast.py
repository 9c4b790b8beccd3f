"""What the year will cost at the pace of its months: an early warning, code by code. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.money import quotient, round_rupiah

MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Outlook:
    """One code until December: `average` of an ordinary month, `expected` for the whole year, and what that leaves.

    `lasts` is the last month (1 to 12) that the ceiling bears in full; 12 when it bears all.
    """

    code: str
    ceiling: Decimal | None
    spent: Decimal
    average: Decimal
    expected: Decimal
    left: Decimal | None
    lasts: int


def outlook(
    months: Mapping[int, Mapping[str, Decimal]],
    others: Sequence[Mapping[str, Decimal]],
    ceilings: Mapping[str, Decimal],
) -> list[Outlook]:
    """`months` are the costs of the ordinary months by number, `others` those of THR, the 13th and differences.

    A month that is not there counts with the average of those that are; months before the first one count as well, so
    the estimate errs on the careful side.
    """
    if not months:
        return []
    codes = sorted({*ceilings, *(code for costs in (*months.values(), *others) for code in costs)})
    found = []
    for code in codes:
        known = {number: costs.get(code, Decimal(0)) for number, costs in months.items()}
        average = round_rupiah(quotient(sum(known.values(), Decimal(0)), Decimal(len(known))))
        beside = sum((costs.get(code, Decimal(0)) for costs in others), Decimal(0))
        spent = sum(known.values(), Decimal(0)) + beside
        expected = spent + average * (MONTHS_IN_A_YEAR - len(known))
        ceiling = ceilings.get(code)
        left = None if ceiling is None else ceiling - expected
        found.append(Outlook(code, ceiling, spent, average, expected, left, _lasts(known, average, beside, ceiling)))
    return found


def _lasts(known: Mapping[int, Decimal], average: Decimal, others: Decimal, ceiling: Decimal | None) -> int:
    """The last month whose sum with all before it, and with the other payments, the ceiling bears."""
    total = others
    for number in range(1, MONTHS_IN_A_YEAR + 1):
        total += known.get(number, average)
        if ceiling is not None and total > ceiling:
            return number - 1
    return MONTHS_IN_A_YEAR
