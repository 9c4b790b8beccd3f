"""From a stored rule set to the one that computes, read and prepared once per process and digest."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tenants.rules.engine import RuleSet, RuleSetError, digest, load_rule_set
from tenants.rules.errors import RuleSetRefused, RuleSetTampered
from tenants.rules.models import StoredRuleSet


def loaded(stored: StoredRuleSet) -> RuleSet:
    """The rule set behind the row. Raises RuleSetTampered when text and digest disagree, and RuleSetRefused for a text
    from before today's checks."""
    try:
        return _read(stored.digest, stored.text)
    except RuleSetError as error:
        raise RuleSetRefused(error) from error


def read(expected: str, text: str) -> RuleSet:
    """A kept text of a rule set, such as a revision. Raises RuleSetTampered, and RuleSetError for a text that
    today's checks no longer take."""
    return _read(expected, text)


def rules_on(day: date) -> RuleSet | None:
    """The rule set in force on this day, ready to compute with; None when the region has published none for it."""
    stored = StoredRuleSet.objects.in_force(day)
    return None if stored is None else loaded(stored)


# The text is part of the key: the same digest with another text must be read and refused, not served from the cache.
@lru_cache(maxsize=64)
def _read(expected: str, text: str) -> RuleSet:
    rule_set = load_rule_set(text)
    if digest(rule_set) != expected:
        raise RuleSetTampered(expected)
    return rule_set
