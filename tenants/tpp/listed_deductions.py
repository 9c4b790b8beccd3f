"""Sums that a month's run takes from people by list, from whoever keeps such a list.

An app above registers where its sums come from; a rule set names the codes that it deducts (`fixed_list`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from kernel.periods import Month
from tenants.rules.engine import FixedDeduction

Source = Callable[[Collection[int], Month], Mapping[int, Sequence[FixedDeduction]]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask this source as well: people and month in, sums by the employee's key out, in a fixed number of statements."""
    if source not in _sources:
        _sources.append(source)


def listed_for(employee_ids: Collection[int], month: Month) -> dict[int, tuple[FixedDeduction, ...]]:
    """All listed sums of these people in the month, in the order of the sources."""
    found: dict[int, tuple[FixedDeduction, ...]] = {}
    for source in _sources:
        for employee, sums in source(employee_ids, month).items():
            found[employee] = (*found.get(employee, ()), *sums)
    return found
