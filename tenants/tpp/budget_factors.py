"""What the budget bears of people's pay in a month, from whoever decides that (`tenants.budget`).

The app that keeps the decisions lies above and registers itself; without a decision nothing is asked of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kernel.periods import Month
from tenants.rules.engine import BudgetFactor

# The OPD that pays each person (keys), the month and the kind of run in; factors by the employee's key out.
Source = Callable[[Mapping[int, int], Month, str], Mapping[int, BudgetFactor]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask this source as well, in a fixed number of statements."""
    if source not in _sources:
        _sources.append(source)


def factors_for(opds: Mapping[int, int], month: Month, kind: str = "ordinary") -> dict[int, BudgetFactor]:
    """The factors that were decided for these people; who has none has no entry."""
    found: dict[int, BudgetFactor] = {}
    for source in _sources:
        found.update(source(opds, month, kind))
    return found
