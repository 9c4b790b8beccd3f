"""What apps above know about publishing a rule set: reasons against it, and what it brings with it.

They register a check or a foresight; `reasons` and `consequences` ask them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tenants.rules.models import StoredRuleSet

Check = Callable[[StoredRuleSet], Iterable[str]]
_checks: list[Check] = []
Foresight = Callable[[StoredRuleSet], Iterable[str]]
_foresights: list[Foresight] = []


def check(function: Check) -> Check:
    """Decorator: the function gives a sentence for each thing that stands in the way of publishing this draft."""
    _register(_checks, function)
    return function


def foresight(function: Foresight) -> Foresight:
    """Decorator: the function gives a sentence for each thing that publishing this draft brings with it."""
    _register(_foresights, function)
    return function


def reasons(stored: StoredRuleSet) -> list[str]:
    """What the apps above say against it, in the order in which they registered."""
    return [str(reason) for asked in _checks for reason in asked(stored)]


def consequences(stored: StoredRuleSet) -> list[str]:
    """What the apps above foresee when it is published, to be read before."""
    return [str(sentence) for asked in _foresights for sentence in asked(stored)]


def _register(known: list[Callable[[StoredRuleSet], Iterable[str]]], function: Check) -> None:
    if all((one.__module__, one.__qualname__) != (function.__module__, function.__qualname__) for one in known):
        known.append(function)
