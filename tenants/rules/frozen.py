"""The rules that a person's closed month was computed by: they stay its rules when a backdated set overtakes them.

The app that closes months answers; the apps below ask here, for the pages of a closed month.
"""

from __future__ import annotations

from collections.abc import Callable

from kernel.periods import Month
from kernel.tenancy import here
from tenants.rules.engine import RuleSet
from tenants.rules.loading import loaded, rules_on
from tenants.rules.models import StoredRuleSet

# Takes the employee's key and a month; None where that month is open for the person.
Provider = Callable[[int, Month], StoredRuleSet | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let this provider say by which rules a closed month was computed; call it from AppConfig.ready."""
    if provider not in _providers:
        _providers.append(provider)


def rules_of(employee_id: int, month: Month) -> RuleSet | None:
    """The rules of the person's month: those of its lock, else those in force on its first day."""
    if month < here.this_month():
        for provider in _providers:
            stored = provider(employee_id, month)
            if stored is not None:
                return loaded(stored)
    return rules_on(month.first_day)
