"""Stored examples of a rule set: what must come out before it may be published."""

from dataclasses import dataclass
from decimal import Decimal

from kernel.money import decimal_text

from .errors import EvaluationError, FactsError
from .evaluation import evaluate
from .facts import MonthFacts
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
