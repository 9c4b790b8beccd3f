"""Rules that take two codes by list and zakat by consent, in force in the open region."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.rules.engine import digest, load_rule_set, ready_rule_sets
from tenants.rules.models import StoredRuleSet


def listing_rules() -> StoredRuleSet:
    """The common rule set (KOPERASI, KORPRI, zakat), in force from January 2026."""
    text = ready_rule_sets()["umum_60_40"]
    return StoredRuleSet.objects.create(
        code="umum_60_40",
        title="Umum",
        regulation="Perbup 1/2026",
        period=DateRange(date(2026, 1, 1), None),
        text=text,
        digest=digest(load_rule_set(text)),
        state="published",
    )
