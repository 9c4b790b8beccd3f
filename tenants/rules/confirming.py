"""Which national tables the region stands for, and which a rule set uses without that or though a newer one holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from tenants.rules.engine import RuleSet, national, national_references
from tenants.rules.engine.national import NationalTable
from tenants.rules.models import TableConfirmation


@dataclass(frozen=True, slots=True)
class UsedTable:
    """A table that a rule set uses; `newer` takes its place on the day that was asked for."""

    table: NationalTable
    is_confirmed: bool
    newer: NationalTable | None = None


def unconfirmed(references: Collection[str]) -> list[NationalTable]:
    """Those of the tables that nobody of the region stands for as they are now, in the order given. One statement."""
    if not references:
        return []
    tables = [national.table(reference) for reference in references]
    standing = set(
        TableConfirmation.objects.filter(withdrawn_at__isnull=True, reference__in=references).values_list(
            "reference", "digest"
        )
    )
    return [table for table in tables if (table.reference, table.digest) not in standing]


def unconfirmed_in(rule_set: RuleSet) -> list[NationalTable]:
    """The tables that the rule set uses and that nobody of the region stands for. One statement, none without one."""
    return unconfirmed(national_references(rule_set))


def tables_used(rule_set: RuleSet, day: date) -> list[UsedTable]:
    """The tables of the rule set with their standing; `newer` where one that holds on the day is not named."""
    used = national_references(rule_set)
    open_ones = {table.reference for table in unconfirmed(used)}
    found = []
    for reference in used:
        table = national.table(reference)
        newest = national.in_force(table.name, day)
        is_superseded = newest is not None and newest.valid_from > table.valid_from and newest.reference not in used
        found.append(UsedTable(table, reference not in open_ones, newest if is_superseded else None))
    return found
