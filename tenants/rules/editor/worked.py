"""A worked example: one person-month by two versions of the rules, each figure before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tenants.rules.editor import messages
from tenants.rules.engine import (
    EvaluationError,
    FactsError,
    MonthFacts,
    RuleSet,
    Slip,
    dump,
    evaluate,
    explain,
    figure_of,
    run_examples,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure by both versions, None where a version has none. `unit` is rupiah, percent, score, points, factor,
    empty where the table says it."""

    name: str
    label: str
    unit: str
    before: Decimal | None
    after: Decimal | None

    @property
    def unit_words(self) -> str:
        """The unit in words; a score is a bare number."""
        return {"rupiah": "Rp", "percent": "%", "points": _("poin"), "factor": _("kali")}.get(self.unit, "")

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Broken:
    """A stored example that does not give what it must."""

    name: str
    index: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Worked:
    """What the pane shows. `problem` is why the edited rules give no figures for these facts."""

    totals: list[Figure] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    problem: str = ""
    problem_before: str = ""

    @property
    def changed(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.is_changed]

    @property
    def same(self) -> list[Figure]:
        return [figure for figure in self.figures if not figure.is_changed]


def total_names() -> dict[str, str]:
    """The totals of a slip by the names that examples use, in the order of the paper."""
    return {
        "pagu": _("Pagu"),
        "gross": _("TPP bruto"),
        "tax": _("Pajak"),
        "contributions": _("Iuran"),
        "deductions": _("Potongan lain"),
        "rounding": _("Pembulatan"),
        "net": _("TPP bersih"),
    }


def compare(
    before: RuleSet | None,
    after: RuleSet,
    facts: Mapping[str, Any],
    facts_before: Mapping[str, Any] | None = None,
) -> Worked:
    """The facts by both versions; `before` may be none, or unable to compute them. With `facts_before` the former
    figures are those of other facts: what an example gave before its facts were changed."""
    slip, problem = _slip(after, facts)
    former, problem_before = (None, "")
    if before is not None:
        former, problem_before = _slip(before, facts if facts_before is None else facts_before)
    if slip is None:
        return Worked(problem=problem, problem_before=problem_before)
    totals = [
        Figure(name, label, "", figure_of(former, name) if former else None, figure_of(slip, name))
        for name, label in total_names().items()
    ]
    return Worked(totals, _node_figures(after, slip, before, former), "", problem_before)


def _slip(rule_set: RuleSet, facts: Mapping[str, Any]) -> tuple[Slip | None, str]:
    try:
        return evaluate(rule_set, MonthFacts.from_mapping(facts)), ""
    except (EvaluationError, FactsError) as error:
        return None, messages.in_words(explain(error), dump(rule_set))


def _node_figures(after: RuleSet, slip: Slip, before: RuleSet | None, former: Slip | None) -> list[Figure]:
    labels = {node.id: node.label for _depth, node in after.walk()}
    if before is not None:
        labels |= {node.id: node.label for _depth, node in before.walk() if node.id not in labels}
    units = {line.node_id: line.unit for one in (former, slip) if one for line in one.lines}
    old = former.figures if former else {}
    found = [
        Figure(node_id, label, units.get(node_id, "score"), old.get(node_id), slip.figures.get(node_id))
        for node_id, label in labels.items()
        if node_id in slip.figures or node_id in old
    ]
    old_criteria = former.criteria if former else {}
    criteria = [
        Figure(code, after.criteria[code].label, "rupiah", old_criteria.get(code), slip.criteria.get(code))
        for code in after.criteria
        if code in slip.criteria or code in old_criteria
    ]
    return [*criteria, *found]


def broken_examples(rule_set: RuleSet) -> list[Broken]:
    """The stored examples that do not give what they must, with what differs in words."""
    tree = dump(rule_set)
    names = figure_names(rule_set)
    return [
        Broken(result.name, index, tuple(_difference(words, names, tree) for words in result.differences))
        for index, result in enumerate(run_examples(rule_set))
        if result.differences
    ]


def _difference(words: str, names: Mapping[str, str], tree: Mapping[str, Any]) -> str:
    name, colon, rest = words.partition(": ")
    if colon and name in names:
        return f"{names[name]}: {messages.in_words(rest, tree)}"
    return messages.in_words(words, tree)


def figure_names(rule_set: RuleSet) -> dict[str, str]:
    """Every figure that an example may expect, by its name, in words."""
    unrounded = {
        f"unrounded.{name}": _("%(total)s sebelum dibulatkan") % {"total": words}
        for name, words in total_names().items()
        if name != "rounding"
    }
    return {
        **total_names(),
        **{code: f"{entry.label} ({code})" for code, entry in rule_set.criteria.items()},
        **{node.id: node.label for _depth, node in rule_set.walk()},
        **unrounded,
    }
