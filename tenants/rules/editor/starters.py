"""What a new node starts from: the least that makes a rule of its kind, to be filled by the person.

A starter says nothing about money: weights and points are nothing, factors are one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from tenants.rules.editor.choosing import nodes_of
from tenants.rules.editor.structure import NodeData, free_code, new_id
from tenants.rules.engine import PREDIKAT, STOP_KINDS

Tree = Mapping[str, Any]


def starter(tree: Tree, kind: str, parent_id: str = "") -> NodeData:
    """The parameters of a new node of this kind at this place; without id, name and clause."""
    make = _STARTERS.get(kind)
    return {"kind": kind, **(make(tree, parent_id) if make else {})}


def filled(tree: Tree, node: NodeData) -> NodeData:
    """The node as the person filled it, with the one node below that its kind cannot be without.

    That node carries the same clause and says that it was put in by itself.
    """
    if node["kind"] == "deduction_score" and not node.get("children"):
        inner = {
            "id": new_id(tree, "hari_tanpa_poin", node["id"]),
            "label": _("Ketentuan pertama"),
            "clause": node["clause"],
            "assumption": _("Diisi oleh sistem supaya nilai ini dapat dihitung. Ganti dengan ketentuan peraturan."),
            **starter(tree, "absence_day", node["id"]),
        }
        return {**node, "children": [inner]}
    return node


def _event_tier(tree: Tree, _parent: str) -> NodeData:
    used = {node.get("event") for node in nodes_of(tree) if node["kind"] == "event_tier"}
    free = [event for event in ("late", "early_leave", "late_and_early", "month_total") if event not in used]
    event = free[0] if free else "combined_day"
    band = {"code": free_code(tree, "K1"), "label": _("Tingkat 1"), "from": 1, "points": "0"}
    return {"event": event, **({"minutes_of": "late"} if event == "month_total" else {}), "bands": [band]}


def _missing_punch(tree: Tree, _parent: str) -> NodeData:
    used = {node.get("punch") for node in nodes_of(tree) if node["kind"] == "missing_punch"}
    punch = next((punch for punch in ("in", "out", "middle") if punch not in used), "in")
    return {"punch": punch, "code": free_code(tree, "LUPA"), "points": "0"}


def _absence_day(tree: Tree, _parent: str) -> NodeData:
    return {"code": free_code(tree, "BARU"), "trigger": "document", "points": "0", "present": False}


def _ceremony(tree: Tree, _parent: str) -> NodeData:
    return {"code": free_code(tree, "APEL"), "points": "0"}


def _gate(_tree: Tree, parent: str) -> NodeData:
    return {"stage": "part" if parent else "month", "fact": "absent_days", "when": [{"at_least": "1", "factor": "1"}]}


def _penalty(_tree: Tree, parent: str) -> NodeData:
    return {"base": "part" if parent else "whole", "cuts": {"ringan": "0"}}


def _related(tree: Tree, _parent: str) -> NodeData:
    part = next((node["id"] for node in nodes_of(tree) if node["kind"] == "part_weight"), "")
    return {"of": "superior", "node": part, "on_vacancy": "own", "on_cycle": "0"}


def _special(tree: Tree, _parent: str) -> NodeData:
    used = {node.get("pays") for node in nodes_of(tree) if node["kind"] == "special_pay"}
    return {"pays": "thirteenth" if "thr" in used else "thr", "base": "pagu"}


_BANDS: Final = [{"from": "0", "score": "0"}]
_STARTERS: Final[Mapping[str, Callable[[Tree, str], NodeData]]] = {
    "event_tier": _event_tier,
    "missing_punch": _missing_punch,
    "absence_day": _absence_day,
    "ceremony": _ceremony,
    "gate": _gate,
    "penalty": _penalty,
    "related_score": _related,
    "part_weight": lambda _tree, _parent: {"weight": "0", "mode": "flat"},
    "deduction_score": lambda _tree, _parent: {},
    "ratio_score": lambda _tree, _parent: {"numerator": "minutes_total", "denominator": "target_minutes"},
    "threshold_score": lambda _tree, _parent: {"fact": "minutes_total", "target_fact": "target_minutes"},
    "band_score": lambda _tree, _parent: {"fact": "skp_score", "bands": _BANDS},
    "behaviour_score": lambda _tree, _parent: {"bands": _BANDS},
    "predikat_map": lambda _tree, _parent: {"values": dict.fromkeys(PREDIKAT, "0")},
    "log_rule": lambda _tree, parent: {"entry_days_back": 1, **({"missing_day_points": "0"} if parent else {})},
    "status_factor": lambda _tree, _parent: {"rows": [{"statuses": ["PNS"], "factor": "1"}]},
    "acting_rule": lambda _tree, _parent: {"cases": [{"level": "any", "effect": "none"}]},
    "multiplier": lambda _tree, _parent: {"stage": "after_score", "rows": [{"factor": "1"}]},
    "bonus": lambda _tree, _parent: {"flag": "tambahan"},
    "deduction": lambda _tree, _parent: {"column": "deduction", "rule": {"mode": "fixed_list", "codes": ["LAIN"]}},
    "document_set": lambda _tree, _parent: {"documents": [{"title": _("Rekapitulasi TPP")}]},
    "service_stop": lambda _tree, _parent: {"rows": [{"kinds": list(STOP_KINDS)}]},
    "budget_factor": lambda _tree, _parent: {},
    "special_pay": _special,
    "calendar_rule": lambda _tree, _parent: {"entry_until_day": 5},
}
