"""The forms of the editor: one node, the rule set's own data, one stored example.

A sheet knows its inputs (`record`), what stands in them (`raw`), and how what was typed is written into the tree.
`check` writes it and asks the engine; every problem comes back beside the input that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.rules.editor import controls, structure, titles, worked
from tenants.rules.editor.choosing import Choices, choices_in, nodes_of
from tenants.rules.editor.controls import Control, Path, Raw, Typed
from tenants.rules.editor.messages import in_words
from tenants.rules.editor.shapes import KEY, VALUE, Field, Leaf, Record, Rows, record_of
from tenants.rules.editor.starters import filled
from tenants.rules.editor.structure import NodeData, Tree
from tenants.rules.engine import MonthFacts, Problem, RuleSet, RuleSetError, load_rule_set
from tenants.rules.engine.fields import Clause
from tenants.rules.engine.rule_sets import Example
from tenants.rules.engine.rule_sets import RuleSet as RuleSetModel

# The engine names a pair by its key; a figure out of bounds is said in other words than a key out of bounds.
_ABOUT_KEY: Final = re.compile(r"paling (besar|kecil) |penulisan |harus salah satu |harus bilangan bulat")
WEIGHTS: Final = "bobot"
PART: Final = "komponen"
NEW_PART: Final = "+"


@dataclass(frozen=True)
class Elsewhere:
    """A problem that no input of this sheet is about: the node that it is about, if any, and the words."""

    words: str
    node_id: str = ""
    label: str = ""


@dataclass
class Checked:
    """The tree as it would be, the rule set where it is one, errors by input, and problems elsewhere."""

    tree: Tree
    rule_set: RuleSet | None
    errors: dict[str, list[str]] = field(default_factory=dict)
    elsewhere: list[Elsewhere] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return self.rule_set is not None and not self.errors


@dataclass
class Sheet:
    """A form over a piece of the tree. `write` puts the typed data into the tree and says where it came to stand."""

    tree: Tree
    record: Record
    raw: dict[str, Raw]
    choices: Choices
    write: Callable[[dict[str, Any]], tuple[Tree, str]]
    also: Callable[[Tree], dict[Path, str]] = field(default=lambda _tree: {})

    def filled_from(self, data: QueryDict) -> Sheet:
        """The same sheet with what was typed in it."""
        return replace(self, raw=controls.posted(self.record, data, ""))

    def typed(self) -> Typed:
        return controls.typed(self.record, self.raw)

    def check(self) -> Checked:
        """What was typed, written into the tree and judged."""
        said = self.typed()
        tree, base = self.write(said.data)
        errors: dict[str, list[str]] = {}
        for path, words in said.problems:
            errors.setdefault(said.places[path], []).append(words)
        try:
            rule_set = load_rule_set(tree)
        except RuleSetError as error:
            elsewhere = self._place(error.problems, tree, base, said.places, errors)
            return Checked(tree, None, errors, elsewhere)
        return Checked(tree, rule_set, errors)

    def _place(
        self,
        problems: tuple[Problem, ...],
        tree: Tree,
        base: str,
        places: Mapping[Path, str],
        errors: dict[str, list[str]],
    ) -> list[Elsewhere]:
        elsewhere: list[Elsewhere] = []
        unreadable = frozenset(errors)
        labels = {node["id"]: node.get("label", "") for node in nodes_of(tree)}
        also = self.also(tree)
        for problem in problems:
            words = in_words(problem.message, tree)
            name = also.get(controls.tokens(problem.path)) or controls.placed(problem, base, places)
            if name and name.endswith(f"-{VALUE}") and _ABOUT_KEY.match(problem.message):
                name = name.removesuffix(VALUE) + KEY
            if name in unreadable:
                continue
            if name:
                errors.setdefault(name, []).append(words)
            elif problem.node_id and controls.tokens(problem.path)[: len(controls.tokens(base))] != (
                controls.tokens(base)
            ):
                elsewhere.append(Elsewhere(words, problem.node_id, labels.get(problem.node_id, problem.node_id)))
            else:
                elsewhere.append(Elsewhere(words))
        return elsewhere

    def controls(self, errors: Mapping[str, list[str]] | None = None) -> list[Control]:
        return controls.record_controls(self.record, self.raw, name="", choices=self.choices, errors=errors or {})


# --- a node ----------------------------------------------------------------------------------------------------------


def node_sheet(tree: Tree, node_id: str) -> Sheet:
    """The form of a node that stands in the tree. Raises UnknownNode."""
    spot = structure.spot_of(tree, node_id)
    place = partial(_replace_node, tree, node_id)
    return _sheet_of(tree, spot.node, place, _parts_of(tree, node_id) if spot.node["kind"] == "part_weight" else [])


@dataclass(frozen=True)
class NewNode:
    """A node that is not in the tree yet: what it starts from, and where it goes."""

    node: NodeData
    parent_id: str = ""
    slot: str = ""
    after: str = ""
    replaces: str = ""


def new_node_sheet(tree: Tree, new: NewNode) -> Sheet:
    """The form of a node to be added; its name and clause are the person's to write."""
    return _sheet_of(tree, new.node, partial(_insert_node, tree, new), [])


def _sheet_of(
    tree: Tree,
    node: NodeData,
    place: Callable[[NodeData, NodeData, Mapping[str, Any]], tuple[Tree, str]],
    parts: list[structure.Spot],
) -> Sheet:
    model = structure.model_of(node["kind"])
    parameters = [entry for entry in record_of(model).fields if not (entry.name == "start" and "start_score" in node)]
    record = Record((_label_field(), *parameters, *([_weights_field(parts)] if parts else []), *_clause_fields()))
    raw = controls.raw_of(record, node)
    if parts:
        raw[WEIGHTS] = {str(i): controls.raw_of(_WEIGHT, part.node["weight"]) for i, part in enumerate(parts)}
    names = frozenset(entry.name for entry in parameters)

    def write(data: dict[str, Any]) -> tuple[Tree, str]:
        kept = {name: value for name, value in node.items() if name not in (*names, "label", "clause", "assumption")}
        if node["kind"] == "part_weight":
            data = {**data, "weight": data.get("weight", node.get("weight", "0"))}
        weights = data.pop(WEIGHTS, {})
        return place(node, {**kept, **data}, weights)

    def also(written: Tree) -> dict[Path, str]:
        found: dict[Path, str] = {}
        for index, part in enumerate(parts):
            path = controls.tokens(structure.spot_of(written, part.node["id"]).path)
            name = f"{WEIGHTS}-{index}"
            found[(*path, "weight")] = name
            if any(child["kind"] == "part_weight" for child in part.node.get("children", ())):
                found[(*path, "children")] = name
        return found

    return Sheet(tree, record, raw, choices_in(tree), write, also)


def _replace_node(
    tree: Tree, node_id: str, _old: NodeData, node: NodeData, weights: Mapping[str, Any]
) -> tuple[Tree, str]:
    new = structure.replace(tree, node_id, node)
    if node["kind"] == "part_weight":
        for index, part in enumerate(_parts_of(new, node_id)):
            part.node["weight"] = weights.get(str(index), part.node["weight"])
    return new, structure.spot_of(new, node_id).path


def _insert_node(
    tree: Tree, new: NewNode, _old: NodeData, node: NodeData, _weights: Mapping[str, Any]
) -> tuple[Tree, str]:
    node = dict(node)
    if not node.get("id"):
        node["id"] = structure.new_id(tree, str(node.get("label", "")), new.parent_id)
    node.setdefault("label", "")
    node.setdefault("clause", {})
    node = filled(tree, node)
    if new.replaces:
        written = structure.replace(tree, new.replaces, node)
    else:
        written = structure.insert(tree, new.parent_id, node, slot=new.slot, after=new.after)
    return written, structure.spot_of(written, node["id"]).path


def _parts_of(tree: Tree, node_id: str) -> list[structure.Spot]:
    """The parts under the same outermost one, itself left out: their weights are written together."""
    root = structure.root_of(tree, node_id)
    ids = {node["id"] for node in nodes_of({"nodes": [root]}) if node["kind"] == "part_weight"} - {root["id"]}
    return [spot for spot in structure.spots(tree) if spot.node["id"] in ids]


_WEIGHT: Final = Leaf("figure", small=True)


def _weights_field(parts: list[structure.Spot]) -> Field:
    fields = tuple(
        Field(str(index), "– " * (spot.depth - 1) + spot.node["label"], _WEIGHT, unit="%", required=True)
        for index, spot in enumerate(parts)
    )
    words = _("Disimpan bersama. Yang di bawah satu komponen berjumlah bobot komponen itu.")
    return Field(WEIGHTS, _("Bobot semua komponen"), Record(fields), words)


def _label_field() -> Field:
    words = titles.FIELDS["*.label"]
    return Field("label", words.title, Leaf("text"), words.help, required=True)


def _clause_fields() -> tuple[Field, Field]:
    clause, assumption = titles.FIELDS["*.clause"], titles.FIELDS["*.assumption"]
    return (
        Field("clause", clause.title, record_of(Clause), required=True),
        Field("assumption", assumption.title, Leaf("long"), assumption.help, default=""),
    )


# --- the rule set's own data -----------------------------------------------------------------------------------------


def own_sheet(tree: Tree) -> Sheet:
    """The form of what belongs to the whole rule set: title, source, criteria, rounding, measures."""
    model = record_of(RuleSetModel)
    roots = [node for node in tree["nodes"] if node["kind"] == "part_weight"]
    part = Field(
        PART,
        gettext_lazy("Dinilai oleh"),
        Leaf("choice", (*((node["id"], node["label"]) for node in roots), (NEW_PART, _("dibayar penuh (baru)")))),
        required=True,
    )
    fields = []
    for entry in model.fields:
        if entry.name == "regulation":
            continue
        if entry.name == "criteria" and isinstance(entry.shape, Rows):
            columns = Record((*entry.shape.record.fields, part))
            entry = replace(entry, shape=replace(entry.shape, record=columns))
        if entry.name == "rounding" and isinstance(entry.shape, Record):
            entry = replace(entry, shape=Record((*entry.shape.fields, *_clause_fields())))
        fields.append(entry)
    record = Record(tuple(fields))
    raw = controls.raw_of(record, tree)
    owners = {code: node["id"] for node in roots for code in node.get("criteria", ())}
    for row in raw["criteria"]:
        row[PART] = owners.get(row[KEY], "")
    return Sheet(tree, record, raw, choices_in(tree), partial(_write_own, tree, frozenset(e.name for e in fields)))


def _write_own(tree: Tree, names: frozenset[str], data: dict[str, Any]) -> tuple[Tree, str]:
    new = {name: value for name, value in structure.changed(tree).items() if name not in names}
    criteria = {code: dict(entry) for code, entry in data.get("criteria", {}).items()}
    owners = {code: entry.pop(PART, "") for code, entry in criteria.items()}
    written = {**new, **data, "criteria": criteria}
    _forget_criteria(written, frozenset(tree["criteria"]) - frozenset(criteria))
    roots = {node["id"]: node for node in written["nodes"] if node["kind"] == "part_weight"}
    for root in roots.values():
        owned = [code for code in criteria if owners[code] == root["id"]]
        root["criteria"] = [code for code in root.get("criteria", ()) if code in owned] + [
            code for code in owned if code not in root.get("criteria", ())
        ]
    # A part without any criterion left pays nothing; it goes with its last criterion.
    written["nodes"] = [node for node in written["nodes"] if node["id"] not in roots or node["criteria"]]
    for code in criteria:
        if owners[code] == NEW_PART:
            written["nodes"].append(_flat_part(written, code, criteria[code]))
    return written, ""


def _flat_part(tree: Tree, code: str, criterion: Mapping[str, Any]) -> NodeData:
    label = str(criterion.get("label") or code)
    return {
        "id": structure.new_id(tree, label),
        "kind": "part_weight",
        "label": label,
        "weight": "100",
        "mode": "flat",
        "criteria": [code],
        "clause": {"text": _("%(label)s dibayar penuh.") % {"label": label}, "reference": _("Kriteria TPP")},
        "assumption": _("Dibuat bersama kriterianya. Lengkapi bunyi ketentuan dan dasar hukumnya."),
    }


def _forget_criteria(tree: Tree, gone: frozenset[str]) -> None:
    """Take criteria that are no more out of the places that name them."""
    if not gone:
        return
    for node in nodes_of(tree):
        rows = [*node.get("rows", ()), node]
        for row in rows:
            if row is not node or node["kind"] != "part_weight":
                named = row.get("criteria")
                if isinstance(named, list) and named and isinstance(named[0], str):
                    row["criteria"] = [code for code in named if code not in gone]
        if node["kind"] == "class_amounts":
            for row in node["criteria"]:
                row["percent"] = {code: value for code, value in row["percent"].items() if code not in gone}


# --- a stored example ------------------------------------------------------------------------------------------------


def example_sheet(tree: Tree, rule_set: RuleSet, index: int | None, example: Mapping[str, Any]) -> Sheet:
    """The form of a stored example; `index` is None for a new one."""
    choices = choices_in(tree)
    names = tuple(worked.figure_names(rule_set).items())
    figures = Record(
        (
            Field(KEY, gettext_lazy("Angka"), Leaf("choice", names), required=True),
            Field(VALUE, gettext_lazy("Seharusnya"), Leaf("figure"), required=True),
        )
    )
    facts = Record(
        tuple(replace(entry, required=entry.default is None and entry.required) for entry in _facts().fields)
    )
    record = Record(
        (
            *record_of(Example).fields,
            Field("facts", gettext_lazy("Keadaan pegawai bulan itu"), facts, required=True),
            Field(
                "expect",
                gettext_lazy("Angka yang harus keluar"),
                Rows(figures, is_keyed=True, is_bare=True),
                gettext_lazy("Dari lembar atau naskah, bukan dari hitungan ini."),
                required=True,
            ),
        )
    )
    raw = controls.raw_of(record, example)
    return Sheet(tree, record, raw, choices, partial(_write_example, tree, index))


def _facts() -> Record:
    return record_of(MonthFacts)


def _write_example(tree: Tree, index: int | None, data: dict[str, Any]) -> tuple[Tree, str]:
    new = structure.changed(tree)
    examples = list(new.get("examples", ()))
    place = len(examples) if index is None else index
    examples[place : place + 1] = [data]
    new["examples"] = examples
    return new, f"examples[{place}]"
