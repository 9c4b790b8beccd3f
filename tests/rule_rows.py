"""Rule sets as rows, stored without the way through drafting and signing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.rules.engine import RuleSet, digest, dump, dump_yaml, load_rule_set, ready_rule_sets
from tenants.rules.models import StoredRuleSet


@lru_cache(maxsize=64)
def _read(text: str) -> RuleSet:
    """Hundreds of tests store the same text: it is parsed once in a process."""
    return load_rule_set(text)


def ready_tree(code: str) -> dict[str, Any]:
    """A ready rule set as a tree that a test changes."""
    return dump(_read(ready_rule_sets()[code]))


def store_rules(
    rules: RuleSet | Mapping[str, Any] | str, *, since: date, until: date | None = None, **columns: Any
) -> StoredRuleSet:
    """The rules (a rule set, a tree, or a text kept to the letter) as a row in force; `columns` say otherwise."""
    tree_or_set = _read(rules) if isinstance(rules, str) else rules
    rule_set = tree_or_set if isinstance(tree_or_set, RuleSet) else load_rule_set(tree_or_set)
    defaults = {"code": rule_set.code, "title": "Aturan uji", "regulation": "Perwali uji", "state": "published"}
    return StoredRuleSet.objects.create(
        **(defaults | columns),
        period=DateRange(since, until),
        text=rules if isinstance(rules, str) else dump_yaml(rule_set),
        digest=digest(rule_set),
    )
