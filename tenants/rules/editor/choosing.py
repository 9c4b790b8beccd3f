"""The lists that a value of a rule set is picked from: facts, nodes, criteria, event codes, months, measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from kernel.date_words import day_words
from tenants.rules.engine import FACT_TITLES, national
from tenants.rules.engine.facts import MEASURE_PREFIX

# By a figure that each table of the kind holds.
_TABLES: Final[Mapping[str, str]] = {
    "tables": "table_monthly",
    "rates": "table_golongan",
    "ceiling": "table_contribution",
    "amounts": "table_yearly",
    "bands": "table_yearly",
    "year_most": "table_yearly",
}
Option = tuple[str, Any]
_SCORES: Final = frozenset(
    {
        "deduction_score",
        "ratio_score",
        "threshold_score",
        "band_score",
        "predikat_map",
        "behaviour_score",
        "related_score",
    }
)


@dataclass(frozen=True)
class Choices:
    """Options by the name of their list, taken from a rule set as plain data."""

    lists: Mapping[str, list[Option]] = field(default_factory=dict)

    def of(self, source: str) -> list[Option]:
        """The options; an empty list when the rule set has none."""
        return list(self.lists.get(source, ()))


def choices_in(tree: Mapping[str, Any]) -> Choices:
    """Everything that a node of this rule set may name."""
    nodes = list(nodes_of(tree))
    measures = [(code, entry["label"]) for code, entry in tree.get("measures", {}).items()]
    facts: list[Option] = [(name, _capital(title)) for name, title in FACT_TITLES.items()]
    facts += [(f"{MEASURE_PREFIX}{code}", label) for code, label in measures]
    return Choices(
        {
            "fact": facts,
            "node": [(n["id"], n["label"]) for n in nodes if n["kind"] in _SCORES or n["kind"] == "part_weight"],
            "part": [(n["id"], n["label"]) for n in nodes if n["kind"] == "part_weight"],
            "criterion": [(code, f"{code} – {entry['label']}") for code, entry in tree["criteria"].items()],
            "code": [option for node in nodes for option in _codes(node)],
            **_tables(),
            "month": [(str(number), name) for number, name in MONTHS.items()],
            "measure": measures,
            "related": [(n["id"], n["label"]) for n in nodes if n["kind"] == "related_score"],
        }
    )


def nodes_of(tree: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node as plain data, in the order of the tree."""

    def below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for name in ("start_score", "score"):
            if isinstance(node.get(name), dict):
                yield from below(node[name])
        for child in node.get("children", ()):
            yield from below(child)

    for node in tree["nodes"]:
        yield from below(node)


def codes_of(node: Mapping[str, Any]) -> list[str]:
    """The event codes that this node counts."""
    return [code for code, _words in _codes(node)]


def _codes(node: Mapping[str, Any]) -> list[Option]:
    if node["kind"] == "event_tier":
        return [(band["code"], f"{band['code']} – {band['label']}") for band in node.get("bands", ())]
    if node.get("code"):
        return [(node["code"], f"{node['code']} – {node['label']}")]
    return []


def _tables() -> dict[str, list[Option]]:
    """The national tables, by what a rule takes from them."""
    found: dict[str, list[Option]] = {source: [] for source in set(_TABLES.values())}
    for name in national.names():
        for table in national.versions(name):
            words = _("%(table)s, mulai %(day)s") % {"table": table.label, "day": day_words(table.valid_from)}
            for key, source in _TABLES.items():
                if key in table.content:
                    found[source].append((table.reference, words))
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
