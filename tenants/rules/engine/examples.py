"""Stored examples of a rule set, and the rule sets that ship with the project."""

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files

from kernel.money import decimal_text

from .errors import EvaluationError, FactsError
from .evaluation import evaluate
from .facts import MonthFacts
from .nodes import ClassAmounts, StatusFactor
from .rule_sets import Example, RuleSet
from .slips import Slip
from .wording import explain


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """``differences`` is empty when the example gives what it must, else one sentence per figure."""

    name: str
    differences: tuple[str, ...]


def run_examples(rule_set: RuleSet) -> tuple[ExampleResult, ...]:
    """Compute every stored example. A rule set may be published only when none differs."""
    return tuple(ExampleResult(example.name, tuple(_differences(rule_set, example))) for example in rule_set.examples)


def _differences(rule_set: RuleSet, example: Example) -> list[str]:
    try:
        slip = evaluate(rule_set, MonthFacts.from_mapping(example.facts))
    except (EvaluationError, FactsError) as error:
        return [explain(error)]
    found = []
    for name, expected in example.expect.items():
        value = figure_of(slip, name)
        if value is None:
            found.append(f"{name}: tidak ada angka dengan nama ini")
        elif value != expected:
            found.append(f"{name}: seharusnya {decimal_text(expected)}, dihitung {decimal_text(value)}")
    return found


def figure_of(slip: Slip, name: str) -> Decimal | None:
    """A figure of a slip by the names that examples use: a total, ``unrounded.gross``, a criterion, a node id."""
    if name in ("pagu", "gross", "tax", "contributions", "deductions", "rounding", "net"):
        total: Decimal = getattr(slip, name)
        return total
    if name.startswith("unrounded."):
        return slip.unrounded.get(name.removeprefix("unrounded."))
    return slip.criteria.get(name, slip.figures.get(name))


def reference_date(rule_set: RuleSet, month: str) -> date:
    """The day of the month whose post, kelas and status count, as the rule set names it."""
    year, number = int(month[:4]), int(month[5:])
    table = next(node for node in rule_set.nodes if isinstance(node, ClassAmounts))
    day = {"first": 1, "15": 15, "last": calendar.monthrange(year, number)[1]}[table.reference_day]
    return date(year, number, day)


def paid_statuses(rule_set: RuleSet) -> frozenset[str] | None:
    """The employee statuses that the rule set pays, ``None`` where it makes no difference between them."""
    rows = [row for node in rule_set.nodes if isinstance(node, StatusFactor) for row in node.rows]
    return frozenset(status for row in rows for status in row.statuses) if rows else None


def ready_rule_sets() -> dict[str, str]:
    """YAML text by code of the rule sets that ship with the project, for a region to copy."""
    folder = files("tenants.rules") / "sets"
    found = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): (folder / name).read_text(encoding="utf-8") for name in found}
