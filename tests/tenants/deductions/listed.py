"""Rules that take two codes by list and zakat by consent, in force in the open region."""

from __future__ import annotations

from datetime import date

from tenants.rules.engine import ready_rule_sets
from tenants.rules.models import StoredRuleSet
from tests.rule_rows import store_rules


def listing_rules() -> StoredRuleSet:
    """The common rule set (KOPERASI, KORPRI, zakat), in force from January 2026."""
    return store_rules(ready_rule_sets()["umum_60_40"], since=date(2026, 1, 1))
