"""Reasons against publishing a rule set that apps above know of: they register a check, `reasons` asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tenants.rules.models import StoredRuleSet

Check = Callable[[StoredRuleSet], Iterable[str]]
_checks: list[Check] = []


def check(function: Check) -> Check:
    """Decorator: the function gives a sentence for each thing that stands in the way of publishing this draft."""
    if all((known.__module__, known.__qualname__) != (function.__module__, function.__qualname__) for known in _checks):
        _checks.append(function)
    return function


def reasons(stored: StoredRuleSet) -> list[str]:
    """What the apps above say against it, in the order in which they registered."""
    return [str(reason) for asked in _checks for reason in asked(stored)]
