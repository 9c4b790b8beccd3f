"""What the editor shows around a form: the draft, what it is compared with, and the tree with its marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tenants.rules.editor import structure, worked
from tenants.rules.editor.structure import Tree
from tenants.rules.editor.worked import Broken, Worked
from tenants.rules.engine import KIND_TITLES, RuleSet, RuleSetError, dump
from tenants.rules.loading import loaded, read
from tenants.rules.models import StoredRuleSet

_BELOW = frozenset({"children", "start_score", "score"})


@dataclass(frozen=True)
class Entry:
    """One line of the tree with its marks."""

    id: str
    label: str
    kind: str
    depth: int
    is_current: bool
    is_changed: bool
    is_assumed: bool
    has_problem: bool


@dataclass
class Desk:
    """A draft on the desk. `wanted` are the example and the version that the person compares with."""

    stored: StoredRuleSet
    example_index: int = 0
    against: str = ""
    problems: frozenset[str] = field(default=frozenset())

    @cached_property
    def rule_set(self) -> RuleSet:
        return loaded(self.stored)

    @cached_property
    def tree(self) -> Tree:
        return dump(self.rule_set)

    @cached_property
    def former(self) -> StoredRuleSet | None:
        """The published version that this one would follow."""
        return former_of(self.stored)

    @cached_property
    def base(self) -> RuleSet | None:
        """What changes are marked against: the version in force before it, else the draft as it came in."""
        kept = self.former or self.stored.revisions.order_by("number").first()
        if kept is None:
            return None
        try:
            return read(kept.digest, kept.text)
        except RuleSetError:
            return None

    @property
    def examples(self) -> list[Mapping[str, Any]]:
        return list(self.tree.get("examples", ()))

    @property
    def before(self) -> RuleSet | None:
        """The version whose figures stand under “before”."""
        return self.base if self.against == "berlaku" else self.rule_set

    def entries(self, current: str = "", tree: Tree | None = None) -> list[Entry]:
        """The tree as listed; `tree` is what was typed, where it differs from the draft."""
        base = None
        if self.base is not None:
            base = {spot.node["id"]: _own(spot.node) for spot in structure.spots(dump(self.base))}
        return [
            Entry(
                id=spot.node["id"],
                label=spot.node["label"],
                kind=str(KIND_TITLES[spot.node["kind"]]),
                depth=spot.depth,
                is_current=spot.node["id"] == current,
                is_changed=base is not None and base.get(spot.node["id"]) != _own(spot.node),
                is_assumed=bool(spot.node.get("assumption")),
                has_problem=spot.node["id"] in self.problems,
            )
            for spot in structure.spots(tree or self.tree)
        ]

    def work(
        self, rule_set: RuleSet, facts: Mapping[str, Any] | None = None, stored: Mapping[str, Any] | None = None
    ) -> Worked | None:
        """The chosen example, or these facts, by the edited rules; None when there is neither. `stored` are the facts
        of the example that is being edited, as they were."""
        if facts is None:
            if not self.examples:
                return None
            facts = self.examples[self.example_index]["facts"]
        return worked.compare(self.before, rule_set, facts, stored)

    def broken(self, rule_set: RuleSet) -> list[Broken]:
        return worked.broken_examples(rule_set)


def _own(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node without the nodes below it."""
    return {name: value for name, value in node.items() if name not in _BELOW or isinstance(value, str)}


def former_of(stored: StoredRuleSet) -> StoredRuleSet | None:
    """The published version that was, or would be, followed by this one."""
    return (
        StoredRuleSet.objects.published()
        .exclude(pk=stored.pk)
        .filter(period__startswith__lt=stored.valid_from)
        .order_by("-period")
        .first()
    )
