"""Every field that a rule set can have gets an input with words, and a form says back what it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from pydantic import BaseModel

from tenants.rules.editor import controls, messages, sheets, structure, titles
from tenants.rules.editor.choosing import nodes_of
from tenants.rules.editor.shapes import Field, Leaf, Record, Rows, Variants, record_of
from tenants.rules.editor.starters import starter
from tenants.rules.editor.structure import Tree
from tenants.rules.engine import KIND_TITLES, MonthFacts, digest, ready_rule_sets
from tenants.rules.engine.nodes import PartChild, PointNode, StartScore, TopNode, tags_of
from tenants.rules.engine.rule_sets import Example
from tenants.rules.engine.rule_sets import RuleSet as RuleSetModel
from tests.tenants.rules.editor.drafts import ready, sent, tree_of, typed_into

KINDS = sorted({*tags_of(TopNode), *tags_of(PartChild), *tags_of(PointNode), *tags_of(StartScore)})
MODELS: list[type] = [*(structure.model_of(kind) for kind in KINDS), RuleSetModel, Example, MonthFacts]
READY = sorted(ready_rule_sets())


def fields_in(record: Record) -> Iterator[Field]:
    for entry in record.fields:
        yield entry
        shape = entry.shape
        if isinstance(shape, Record):
            yield from fields_in(shape)
        elif isinstance(shape, Rows):
            yield from fields_in(shape.record)
        elif isinstance(shape, Variants):
            yield shape.tag
            for inner in shape.records.values():
                yield from fields_in(inner)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_a_model_has_words(model: type) -> None:
    for entry in fields_in(record_of(model)):
        assert str(entry.title).strip(), entry.name
        assert not re.search(r"[a-z]_[a-z]", str(entry.title)), entry.title
        if isinstance(entry.shape, Leaf) and entry.shape.kind in ("choice", "choices"):
            assert entry.shape.options or entry.shape.source, entry.name


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_is_for(kind: str) -> None:
    assert str(titles.PURPOSES[kind])
    assert KIND_TITLES[kind]


def test_a_field_without_words_is_noticed() -> None:
    class Unnamed(BaseModel):
        never_named: int = 0

    with pytest.raises(titles.UnnamedField, match=r"Unnamed\.never_named"):
        record_of(Unnamed)


def test_every_way_of_writing_has_words() -> None:
    assert patterns() <= messages.patterns_known()


def patterns() -> set[str]:
    found: set[str] = set()

    def walk(annotation: Any, metadata: tuple[Any, ...] = ()) -> None:
        for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
            pattern = getattr(mark, "pattern", None)
            for inner in getattr(mark, "metadata", ()):
                pattern = pattern or getattr(inner, "pattern", None)
            if pattern:
                found.add(str(pattern))
        for inner in get_args(annotation):
            walk(inner)

    def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
        yield model
        for child in model.__subclasses__():
            yield from below(child)

    from tenants.rules.engine.fields import Part

    for model in below(Part):
        for info in model.model_fields.values():
            walk(info.annotation, tuple(info.metadata))
    return found


@pytest.mark.parametrize("code", READY)
def test_saving_a_form_as_it_stands_changes_nothing(code: str) -> None:
    rule_set, tree = ready(code), tree_of(code)
    forms = [sheets.node_sheet(tree, node["id"]) for node in nodes_of(tree)]
    forms.append(sheets.own_sheet(tree))
    forms += [
        sheets.example_sheet(tree, rule_set, index, example) for index, example in enumerate(tree.get("examples", ()))
    ]
    for sheet in forms:
        checked = sheet.filled_from(sent(sheet.controls())).check()
        assert (checked.errors, checked.elsewhere) == ({}, [])
        assert checked.rule_set is not None
        assert digest(checked.rule_set) == digest(rule_set)


def without_siblings(tree: Tree, kind: str) -> Tree:
    """The tree without the nodes of this kind that can go: a second tier of one event would be refused."""
    for node in list(nodes_of(tree)):
        if node["kind"] == kind and kind in ("event_tier", "missing_punch", "status_factor", "acting_rule", "log_rule"):
            fewer = structure.remove(tree, node["id"])
            siblings = structure.spot_of(tree, node["id"]).siblings
            if siblings > 1:
                tree = fewer
    return tree


def places() -> list[tuple[str, str, str]]:
    tree = tree_of("umum_60_40")
    found = [("", "", kind) for kind in structure.kinds_below(tree, "")]
    for node in nodes_of(tree):
        if node["kind"] in ("part_weight", "deduction_score", "gate"):
            found += [(node["id"], "", kind) for kind in structure.kinds_below(tree, node["id"])]
            slot, kinds = structure.kinds_in_slot(tree, node["id"])
            found += [(node["id"], slot, kind) for kind in kinds]
    return sorted(set(found))


@pytest.mark.parametrize(("parent", "slot", "kind"), places())
def test_every_kind_that_may_stand_somewhere_can_be_added_with_a_name_and_a_clause(
    parent: str, slot: str, kind: str
) -> None:
    tree = without_siblings(tree_of("umum_60_40"), kind)
    new = sheets.NewNode(starter(tree, kind, parent), parent, slot)
    sheet = typed_into(
        sheets.new_node_sheet(tree, new),
        label="Ketentuan tambahan",
        clause__text="Bunyinya.",
        clause__reference="Perwali pasal 1",
        **({"percent": "10"} if kind == "bonus" else {}),
    )
    checked = sheet.check()
    assert (checked.errors, checked.elsewhere) == ({}, [])
    assert checked.is_good


def one_node_of_each_kind() -> list[tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for code in READY:
        for node in nodes_of(tree_of(code)):
            found.setdefault(node["kind"], (code, node["id"]))
    return sorted(found.values())


ENGLISH = re.compile(
    r"\b(the|must|be|input|should|valid|field|list|dict|string|value|list_type|[a-z]+_[a-z_]+)\b", re.IGNORECASE
)


@pytest.mark.parametrize(("code", "node_id"), one_node_of_each_kind())
def test_whatever_is_typed_is_answered_in_words(code: str, node_id: str) -> None:
    tree = tree_of(code)
    sheet = sheets.node_sheet(tree, node_id)
    ids = {node["id"] for node in nodes_of(tree)}
    for name in sent(sheet.controls()):
        for nonsense in ("", "Apa saja", "-1", "999.999.999.999"):
            checked = typed_into(sheet, **{name.replace("-", "__"): nonsense}).check()
            said = [words for found in checked.errors.values() for words in found]
            said += [problem.words for problem in checked.elsewhere]
            assert checked.rule_set is not None or said, (name, nonsense)
            for words in said:
                foreign = set(ENGLISH.findall(words.replace("Apa saja", ""))) - ids
                assert not foreign, (name, nonsense, words)


def test_no_row_that_was_sent_is_left_out() -> None:
    """A table longer than one may type comes by file; saving its form must not cut it."""
    tree = tree_of("manado")
    node = next(node for node in nodes_of(tree) if node["kind"] == "event_tier")
    sheet = sheets.node_sheet(tree, node["id"])
    names = [f"bands-{number}-code" for number in range(controls.MAX_ROWS + 20)]
    filled = sheet.filled_from(QueryDict(urlencode({name: "T" for name in names})))
    assert len(filled.raw["bands"]) == len(names)


def test_a_row_is_told_by_what_was_picked_in_it() -> None:
    controls_of = {entry.field.name: entry for entry in sheets.node_sheet(tree_of("balangan"), "berhenti").controls()}
    assert [row.title for row in controls_of["rows"].rows] == [
        "meninggal dunia, pensiun, diberhentikan",
        "berhenti atas permintaan sendiri, tugas belajar, cuti di luar tanggungan negara, dipekerjakan atau"
        " diperbantukan, diberhentikan sementara",
        "cuti besar",
    ]


def test_national_tables_are_picked_by_their_names() -> None:
    tree = tree_of("umum_60_40")
    (rule,) = (entry for entry in sheets.node_sheet(tree, "pph").controls() if entry.field.name == "rule")
    below = {entry.field.name: entry for entry in rule.controls}
    assert below["national"].value == ["ter_bulanan@2024-01-01"]
    assert [words.rpartition(", ")[2] for _, words in below["national"].options] == ["mulai 1 Januari 2024"]
    assert {value.partition("@")[0] for value, _ in below["yearly"].options} == {"ptkp", "pasal_17", "biaya_jabatan"}
