"""The tree of a rule set as plain data: what may stand where, and adding, moving, copying and taking away nodes.

Every function gives a new tree; whether it still is a rule set is asked of the engine, by the caller.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from tenants.rules.editor.choosing import codes_of, nodes_of
from tenants.rules.engine.deduction_nodes import SpecialKind
from tenants.rules.engine.fields import Node
from tenants.rules.engine.nodes import PartChild, PointNode, StartScore, TopNode, tags_of

Tree = dict[str, Any]
NodeData = dict[str, Any]

SCORES: Final = frozenset(tags_of(PartChild)) - {"part_weight", "gate"}
# Places of one node: the field that holds it, and the kinds that it takes.
SLOTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "deduction_score": ("start_score", tags_of(StartScore)),
    "gate": ("score", ("ratio_score",)),
}
_ONCE: Final = frozenset({"class_amounts", "calendar_rule", "document_set", "service_stop", "budget_factor"})


@dataclass(frozen=True)
class Spot:
    """Where a node stands: its path in the tree, the node above it, and its place among its siblings."""

    node: NodeData
    path: str
    depth: int
    parent: NodeData | None
    slot: str
    index: int
    siblings: int


class UnknownNode(LookupError):
    """The tree has no node with this id: somebody removed it meanwhile."""


def spots(tree: Mapping[str, Any]) -> Iterator[Spot]:
    """Every node with its place, in the order of the tree."""

    def below(node: NodeData, path: str, depth: int) -> Iterator[Spot]:
        slot = SLOTS.get(node["kind"], ("", ()))[0]
        if slot and isinstance(node.get(slot), dict):
            inner = node[slot]
            yield Spot(inner, f"{path}.{slot}", depth + 1, node, slot, 0, 1)
            yield from below(inner, f"{path}.{slot}", depth + 1)
        children = node.get("children", [])
        for index, child in enumerate(children):
            place = f"{path}.children[{index}]"
            yield Spot(child, place, depth + 1, node, "children", index, len(children))
            yield from below(child, place, depth + 1)

    for index, node in enumerate(tree["nodes"]):
        yield Spot(node, f"nodes[{index}]", 0, None, "nodes", index, len(tree["nodes"]))
        yield from below(node, f"nodes[{index}]", 0)


def spot_of(tree: Mapping[str, Any], node_id: str) -> Spot:
    """The place of this node. Raises UnknownNode."""
    for spot in spots(tree):
        if spot.node["id"] == node_id:
            return spot
    raise UnknownNode(node_id)


def root_of(tree: Mapping[str, Any], node_id: str) -> NodeData:
    """The outermost node above this one, or itself. Raises UnknownNode."""
    for node in tree["nodes"]:
        if any(spot["id"] == node_id for spot in nodes_of({"nodes": [node]})):
            return cast(NodeData, node)
    raise UnknownNode(node_id)


def changed(tree: Mapping[str, Any]) -> Tree:
    """A copy that may be changed."""
    return copy.deepcopy(dict(tree))


# --- what may stand where ---------------------------------------------------------------------------------------------


def kinds_below(tree: Mapping[str, Any], parent_id: str) -> tuple[str, ...]:
    """The kinds that may be added below this node, or at the top when it is empty. Raises UnknownNode."""
    if not parent_id:
        present = {node["kind"] for node in tree["nodes"]}
        paid = {node["pays"] for node in tree["nodes"] if node["kind"] == "special_pay"}
        # An outermost part belongs to criteria, so it is made where those are written.
        return tuple(
            kind
            for kind in tags_of(TopNode)
            if kind != "part_weight"
            and not (kind in _ONCE and kind in present)
            and not (kind == "special_pay" and paid == set(get_args(SpecialKind)))
        )
    parent = spot_of(tree, parent_id).node
    if parent["kind"] == "part_weight":
        below = {child["kind"] for child in parent.get("children", ())}
        if below & {"part_weight"}:
            return ("part_weight", "gate")
        if below & SCORES:
            return ("part_weight", "gate")
        return tags_of(PartChild)
    if parent["kind"] == "deduction_score":
        return tags_of(PointNode)
    return ()


def kinds_in_slot(tree: Mapping[str, Any], parent_id: str) -> tuple[str, tuple[str, ...]]:
    """The empty place of one node that this node has: its field and the kinds that it takes, else nothing."""
    parent = spot_of(tree, parent_id).node
    slot, kinds = SLOTS.get(parent["kind"], ("", ()))
    # Eligibility is asked before anything is scored.
    is_early = parent["kind"] == "gate" and parent.get("stage") == "eligibility"
    return (slot, kinds) if slot and slot not in parent and not is_early else ("", ())


# --- changing the tree ------------------------------------------------------------------------------------------------


def replace(tree: Mapping[str, Any], node_id: str, node: NodeData) -> Tree:
    """The tree with this node in the place of the one with the id. Raises UnknownNode."""
    new = changed(tree)
    spot = spot_of(new, node_id)
    if spot.slot in ("nodes", "children"):
        _list_of(new, spot)[spot.index] = node
    else:
        cast(NodeData, spot.parent)[spot.slot] = node
    return new


def insert(tree: Mapping[str, Any], parent_id: str, node: NodeData, *, slot: str = "", after: str = "") -> Tree:
    """The tree with the node below `parent_id` (at the top when empty), behind its sibling `after` or at the end.

    A part that had one score and gets a part beside it has the score in a part of its own from now on, with its whole
    weight. A part that was paid in full and gets a score is scored. Raises UnknownNode.
    """
    new = changed(tree)
    if not parent_id:
        _put(new["nodes"], node, after)
        return new
    parent = spot_of(new, parent_id).node
    if slot:
        parent[slot] = node
        # It takes the place of what was read or written there before.
        for name in ("start", "fact", "node", "flag", "codes"):
            parent.pop(name, None)
        return new
    children = parent.setdefault("children", [])
    if parent["kind"] == "part_weight":
        score = next((child for child in children if child["kind"] in SCORES), None)
        if node["kind"] == "part_weight" and score is not None:
            children[children.index(score)] = {
                "id": new_id(new, f"{score['id']}_bagian"),
                "kind": "part_weight",
                "label": score["label"],
                "clause": score["clause"],
                "weight": parent["weight"],
                "children": [score],
            }
        if node["kind"] in SCORES or node["kind"] == "part_weight":
            parent.pop("mode", None)
    _put(children, node, after)
    return new


def _put(siblings: list[NodeData], node: NodeData, after: str) -> None:
    place = next((index + 1 for index, sibling in enumerate(siblings) if sibling["id"] == after), len(siblings))
    siblings.insert(place, node)


def move(tree: Mapping[str, Any], node_id: str, *, by: int) -> Tree:
    """The tree with the node so many places further down among its siblings (up when negative)."""
    new = changed(tree)
    spot = spot_of(new, node_id)
    siblings = _list_of(new, spot)
    place = min(max(spot.index + by, 0), len(siblings) - 1)
    siblings.insert(place, siblings.pop(spot.index))
    return new


def remove(tree: Mapping[str, Any], node_id: str) -> Tree:
    """The tree without the node and all below it. A part that loses its only score is paid in full from now on."""
    new = changed(tree)
    spot = spot_of(new, node_id)
    if spot.slot not in ("nodes", "children"):
        cast(NodeData, spot.parent).pop(spot.slot)
        return new
    siblings = _list_of(new, spot)
    siblings.pop(spot.index)
    parent = spot.parent
    if parent is not None and parent["kind"] == "part_weight" and not _is_scored(parent):
        parent["mode"] = "flat"
    return new


def _is_scored(part: NodeData) -> bool:
    return any(child["kind"] != "gate" for child in part.get("children", ()))


def _list_of(tree: Tree, spot: Spot) -> list[NodeData]:
    owner = tree if spot.parent is None else spot.parent
    return cast(list[NodeData], owner[spot.slot])


def copy_of(tree: Mapping[str, Any], node_id: str) -> NodeData:
    """The node and all below it with ids and codes of their own; a part weighs nothing until somebody says what."""
    node: NodeData = copy.deepcopy(spot_of(tree, node_id).node)
    taken_ids = {entry["id"] for entry in nodes_of(tree)}
    taken_codes = {code for entry in nodes_of(tree) for code in codes_of(entry)}
    for entry in list(nodes_of({"nodes": [node]})):
        entry["id"] = _free(entry["id"], taken_ids, "_")
        if entry["kind"] == "event_tier":
            for band in entry.get("bands", ()):
                band["code"] = _free(band["code"], taken_codes, "_")
        elif codes_of(entry):
            entry["code"] = _free(entry["code"], taken_codes, "_")
        if entry["kind"] == "part_weight":
            entry["weight"] = "0"
    return node


def _free(word: str, taken: set[str], mark: str) -> str:
    number = 2
    while f"{word}{mark}{number}" in taken:
        number += 1
    free = f"{word}{mark}{number}"
    taken.add(free)
    return free


def free_code(tree: Mapping[str, Any], start: str) -> str:
    """A code that nothing counts yet."""
    taken = {code for entry in nodes_of(tree) for code in codes_of(entry)}
    if start not in taken:
        return start
    return _free(start, taken, "")


def new_id(tree: Mapping[str, Any], label: str, parent_id: str = "") -> str:
    """An id that no node has, from the node's name."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9.]+", "_", plain).strip("_.")[:40].strip("_.") or "ketentuan"
    name = f"{parent_id}.{word}" if parent_id and len(parent_id) < 36 else word
    taken = {entry["id"] for entry in nodes_of(tree)} | {"bruto", "bersih", "pembulatan"}
    return _free(name, taken, "_") if name in taken else name


# --- what hangs on what ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dependence:
    """Something that names a node or a code of it: another node by its label, or a stored example by its name."""

    label: str
    is_example: bool = False


def dependents(tree: Mapping[str, Any], node_id: str) -> list[Dependence]:
    """What names this node, something below it, or a code that it counts; without what goes away with it."""
    inside = list(nodes_of({"nodes": [spot_of(tree, node_id).node]}))
    ids = {entry["id"] for entry in inside}
    codes = {code for entry in inside for code in codes_of(entry)}
    found = [
        Dependence(entry["label"])
        for entry in nodes_of(tree)
        if entry["id"] not in ids
        and (
            {entry.get("node"), entry.get("base_part")} & ids or {entry.get("as_code"), *entry.get("codes", ())} & codes
        )
    ]
    for example in tree.get("examples", ()):
        if set(example["expect"]) & ids or codes & set(example["facts"].get("counts", {})):
            found.append(Dependence(example["name"], is_example=True))
    return found


def model_of(kind: str) -> type[Node]:
    """The model behind a kind of node. Raises KeyError."""
    return _MODELS[kind]


def _models() -> Iterator[tuple[str, type[Node]]]:
    def below(model: type[Node]) -> Iterator[type[Node]]:
        for child in model.__subclasses__():
            yield child
            yield from below(child)

    for model in below(Node):
        annotation = model.model_fields["kind"].annotation
        for kind in getattr(annotation, "__args__", ()):
            yield kind, model


_MODELS: Final = dict(_models())
