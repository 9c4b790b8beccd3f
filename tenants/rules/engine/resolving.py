"""The figures that a deduction's rule takes from national tables, in place of the references to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from .deduction_nodes import (
    ConsentPercent,
    FinalByGolongan,
    FixedList,
    GolonganRates,
    NationalRule,
    SharedCapContribution,
    TerBand,
    TerTax,
)
from .national import NationalTable, table
from .yearly_tax import YearlyTables, yearly_tables

Rule = FinalByGolongan | TerTax | SharedCapContribution | FixedList | ConsentPercent

# What the table of a rule must hold.
NEEDED: Final[Mapping[type[NationalRule], tuple[str, ...]]] = {
    FinalByGolongan: ("rates",),
    TerTax: ("categories", "tables"),
    SharedCapContribution: ("percent", "ceiling"),
}


@dataclass(frozen=True, slots=True)
class DatedRule:
    """A rule with all its figures, for the months from ``from_month`` on (all when empty)."""

    from_month: str
    rule: Rule
    # Percents by golongan and status, where the rule is one of these.
    golongan: Mapping[str, Mapping[str, Decimal]]


def dated_rules(rule: Rule) -> tuple[DatedRule, ...]:
    """The rule by the tables it names, the newest first; the rule itself where it names none.

    Raises ``LookupError`` for a table that does not ship.
    """
    if not isinstance(rule, NationalRule) or not rule.national:
        return (_dated("", rule),)
    found = sorted(tables_of(rule.national), key=lambda one: one.valid_from, reverse=True)
    return tuple(_dated(one.valid_from.strftime("%Y-%m"), _with(rule, one.content)) for one in found)


def dated_yearly(rule: Rule) -> tuple[tuple[str, YearlyTables], ...]:
    """The tables of the yearly reckoning by the year from which they hold, the newest first."""
    if not isinstance(rule, TerTax) or not rule.yearly:
        return ()
    tables = tables_of(rule.yearly)
    starts = sorted({one.valid_from for one in tables}, reverse=True)
    return tuple(
        (start.strftime("%Y-%m"), found)
        for start in starts
        if (found := yearly_tables([one for one in tables if one.valid_from <= start])) is not None
    )


def tables_of(references: Iterable[str]) -> tuple[NationalTable, ...]:
    """The national tables of these references. Raises ``LookupError``."""
    return tuple(table(reference) for reference in references)


def _dated(month: str, rule: Rule) -> DatedRule:
    rates = rule.rates if isinstance(rule, FinalByGolongan) else ()
    return DatedRule(month, rule, {status: row.percent for row in rates for status in row.statuses})


def _with(rule: NationalRule, content: Mapping[str, Any]) -> Any:
    match rule:
        case FinalByGolongan():
            rates = tuple(GolonganRates.model_validate(row) for row in content["rates"])
            # Of two rows for a status the later one holds: the region's own.
            return rule.model_copy(update={"rates": (*rates, *rule.rates)})
        case TerTax():
            bands = {
                name: tuple(TerBand.model_validate(row) for row in rows) for name, rows in content["tables"].items()
            }
            categories = {name: tuple(codes) for name, codes in content["categories"].items()}
            return rule.model_copy(update={"categories": categories, "tables": bands})
        case _:
            figures = ("percent", "ceiling", "employer_percent")
            return rule.model_copy(update={name: Decimal(content[name]) for name in figures if name in content})
