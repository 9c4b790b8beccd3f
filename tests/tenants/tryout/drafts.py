"""Drafts of the Manado rules with something changed, for the tests of the try-out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import yaml

from tenants.rules.engine import dump_yaml, load_rule_set, ready_rule_sets
from tenants.rules.models import StoredRuleSet
from tests.rule_rows import store_rules

Change = Callable[[dict[str, Any]], None]


def node_of(tree: dict[str, Any], node_id: str) -> dict[str, Any]:
    """The node with this id, wherever it stands."""

    def search(nodes: list[dict[str, Any]]) -> dict[str, Any] | None:
        for node in nodes:
            if node["id"] == node_id:
                return node
            found = search(node.get("children", []))
            if found is not None:
                return found
        return None

    found = search(tree["nodes"])
    if found is None:
        raise KeyError(node_id)
    return found


def without(kind: str) -> Change:
    """Nothing of this kind among the outermost nodes."""

    def change(tree: dict[str, Any]) -> None:
        tree["nodes"] = [node for node in tree["nodes"] if node["kind"] != kind]

    return change


def changed_text(*changes: Change) -> str:
    """The Manado rules as YAML with these changes, without examples (they would give other figures now)."""
    tree: dict[str, Any] = yaml.safe_load(ready_rule_sets()["manado"])
    tree["examples"] = []
    for change in changes:
        change(tree)
    return dump_yaml(load_rule_set(tree))


def draft(*changes: Change, version: int = 50, state: str = "draft", since: date = date(2024, 9, 1)) -> StoredRuleSet:
    """A stored draft that is to count from `since` on."""
    return store_rules(changed_text(*changes), since=since, version=version, title="Naskah coba", state=state)


def weights(work: str, discipline: str) -> Change:
    """Productivity and discipline weigh so much in percent; productivity stays half SKP and half behaviour."""

    def change(tree: dict[str, Any]) -> None:
        half = str(int(work) // 2)
        node_of(tree, "produktivitas")["weight"] = work
        node_of(tree, "produktivitas.skp")["weight"] = half
        node_of(tree, "produktivitas.perilaku")["weight"] = half
        node_of(tree, "disiplin")["weight"] = discipline

    return change


def late_tier_ends_at(minutes: int) -> Change:
    """The first tier of lateness ends earlier or later, the second follows it."""

    def change(tree: dict[str, Any]) -> None:
        bands = node_of(tree, "disiplin.terlambat")["bands"]
        bands[0]["to"], bands[1]["from"] = minutes, minutes + 1

    return change


def needs_measure(tree: dict[str, Any]) -> None:
    """A part of the score is read from a figure that nobody recorded in the past months."""
    tree["measures"] = {"NILAI_BARU": {"label": "Nilai baru", "per": "employee"}}
    node_of(tree, "produktivitas.skp.capaian")["numerator"] = "ukuran.NILAI_BARU"


def superiors_discipline(tree: dict[str, Any]) -> None:
    """Half of the behaviour's weight is the superior's discipline score, one's own where there is none."""
    node_of(tree, "produktivitas.perilaku")["weight"] = "15"
    node_of(tree, "produktivitas")["children"].append(
        {
            "id": "produktivitas.atasan",
            "kind": "part_weight",
            "label": "Disiplin atasan",
            "weight": "15",
            "clause": {"text": "Disiplin atasan ikut dinilai.", "reference": "Naskah coba"},
            "children": [
                {
                    "id": "produktivitas.atasan.nilai",
                    "kind": "related_score",
                    "label": "Nilai disiplin atasan",
                    "of": "superior",
                    "node": "disiplin.nilai",
                    "on_vacancy": "own",
                    "on_cycle": "50",
                    "clause": {"text": "Nilai disiplin atasan langsung.", "reference": "Naskah coba"},
                }
            ],
        }
    )
