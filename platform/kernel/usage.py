"""Figures that each region's apps count about themselves, for the operators' console and for metering.

Tenant apps register counters; the operator side runs them inside each region. A counter answers with one number from
one cheap query and never with a person's data.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Counter:
    """One figure of a region: `code` is stable, `label` the words for it."""

    code: str
    label: str | Promise
    count: Callable[[], int]
    order: int


_counters: dict[str, Counter] = {}


def counter(code: str, label: str | Promise, *, order: int) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register the function that counts this figure in the open region."""

    def register(function: Callable[[], int]) -> Callable[[], int]:
        _counters[code] = Counter(code, label, function, order)
        return function

    return register


def counters() -> list[Counter]:
    """All registered counters, in order."""
    return sorted(_counters.values(), key=lambda item: (item.order, item.code))


def count_here() -> dict[str, int]:
    """Every figure of the open region."""
    return {item.code: item.count() for item in counters()}
