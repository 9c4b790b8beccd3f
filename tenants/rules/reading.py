"""A rule set for a person to read: its tree with clauses, parameters in words and tables, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from kernel.web.templatetags.kd import tanggal_pendek
from tenants.rules.editor import figures, structure
from tenants.rules.editor.choosing import Choices, choices_in
from tenants.rules.editor.shapes import KEY, VALUE, Field, Leaf, Record, Rows, Shape, Variants, record_of
from tenants.rules.engine import KIND_TITLES, RuleSet, dump
from tenants.rules.engine.fields import Clause
from tenants.rules.engine.rule_sets import RuleSet as RuleSetModel

_MOST_COLUMNS: Final = 6
_ROW_NAMES: Final = (KEY, "code", "title", "statuses", "position_categories", "level", "kelas")


@dataclass(frozen=True, slots=True)
class Table:
    """A parameter that is a list: column titles and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadableNode:
    """One node of the tree as shown."""

    id: str
    depth: int
    kind: str
    label: str
    clause_text: str
    clause_reference: str
    assumption: str
    parameters: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the same in two rule sets; empty text where one has none."""

    node: str
    what: str
    before: str
    after: str


def readable_nodes(rule_set: RuleSet) -> list[ReadableNode]:
    """Every node in the order of the tree."""
    tree = dump(rule_set)
    choices = choices_in(tree)
    return [_readable(spot, choices) for spot in structure.spots(tree)]


def assumptions_in(rule_set: RuleSet) -> int:
    """How many nodes read their source with an assumption."""
    return sum(bool(node.assumption) for _depth, node in rule_set.walk())


def differences(former: RuleSet, newer: RuleSet) -> list[Difference]:
    """Changed numbers and words: the rule set's own, then node by node in the order of the newer tree, what was
    removed, and the stored examples."""
    before, after = _Read(dump(former)), _Read(dump(newer))
    found = [*_changes(_("Data aturan"), before.own(), after.own())]
    old = {spot.node["id"]: spot for spot in structure.spots(before.tree)}
    new = {spot.node["id"]: spot for spot in structure.spots(after.tree)}
    for node_id, spot in new.items():
        label, clause = str(spot.node["label"]), str(spot.node["clause"]["text"])
        if node_id not in old:
            found.append(Difference(label, _("ketentuan baru"), "", clause))
            continue
        found += _changes(label, before.node(old[node_id].node), after.node(spot.node))
    for node_id, spot in old.items():
        if node_id not in new:
            found.append(
                Difference(str(spot.node["label"]), _("ketentuan dihapus"), str(spot.node["clause"]["text"]), "")
            )
    found += _moves(list(old), list(new), {node_id: str(spot.node["label"]) for node_id, spot in new.items()})
    found += _example_changes(before.tree, after.tree)
    return found


class _Read:
    """One rule set with the lists that its values are picked from."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.tree = tree
        self.choices = choices_in(tree)

    def own(self) -> dict[tuple[str, ...], str]:
        return dict(_leaves(record_of(RuleSetModel), self.tree, self.choices))

    def node(self, node: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
        return dict(_leaves(_whole_record(node), node, self.choices))


def _whole_record(node: Mapping[str, Any]) -> Record:
    """All that is said on a node: name, clause, assumption and the parameters of its kind."""
    parameters = record_of(structure.model_of(node["kind"])).fields
    also = [
        Field("label", _("nama"), Leaf("text")),
        Field("weight", _("Bobot"), Leaf("figure"), unit="%"),
        Field("mode", _("Cara bayar"), Leaf("choice", (("scored", _("dinilai")), ("flat", _("dibayar penuh"))))),
        Field("criteria", _("Kriteria"), Leaf("choices", source="criterion")),
        Field("clause", _("Ketentuan"), record_of(Clause)),
        Field("assumption", _("Tafsiran"), Leaf("long")),
    ]
    own = {entry.name for entry in parameters}
    is_part = node["kind"] == "part_weight"
    kept = [e for e in also if e.name not in own and (is_part or e.name not in ("weight", "mode", "criteria"))]
    return Record((kept[0], *parameters, *kept[1:]))


def _changes(
    label: str, before: Mapping[tuple[str, ...], str], after: Mapping[tuple[str, ...], str]
) -> Iterator[Difference]:
    for path in [*after, *(path for path in before if path not in after)]:
        if before.get(path, "") != after.get(path, ""):
            yield Difference(label, " › ".join(path), before.get(path, ""), after.get(path, ""))


def _moves(before: list[str], after: list[str], labels: Mapping[str, str]) -> Iterator[Difference]:
    """Nodes that both have but that stand in another order: the order of deductions and cases counts."""
    common = set(before) & set(after)
    old, new = ([node_id for node_id in ids if node_id in common] for ids in (before, after))
    if old == new:
        return
    for place, (left, right) in enumerate(zip(old, new, strict=True), 1):
        if left != right:
            yield Difference(labels[right], _("urutan"), str(old.index(right) + 1), str(place))


def _example_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old = {example["name"]: example for example in before.get("examples", ())}
    new = {example["name"]: example for example in after.get("examples", ())}
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in old:
            yield Difference(name, _("contoh baru"), "", _("ada"))
        elif name not in new:
            yield Difference(name, _("contoh dihapus"), _("ada"), "")
        elif old[name] != new[name]:
            yield Difference(name, _("contoh diubah"), "", _("lihat contoh tersimpan"))


def _leaves(
    record: Record, data: Mapping[str, Any], choices: Choices, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every single value by the titles that lead to it; what is not written has the value it has anyway."""
    for entry in record.fields:
        value = data.get(entry.name, entry.default)
        if value in (None, "", [], {}, ()):
            continue
        yield from _shape_leaves(entry, value, choices, (*path, _capital(str(entry.title))))


def _shape_leaves(
    entry: Field, value: Any, choices: Choices, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    shape = entry.shape
    if isinstance(shape, Leaf):
        yield path, _with_unit(_word(shape, value, choices), entry.unit)
    elif isinstance(shape, Record):
        yield from _leaves(shape, value, choices, path)
    elif isinstance(shape, Variants):
        tag = str(value[shape.tag.name])
        yield path, dict(_options(shape.tag.shape, choices)).get(tag, tag)
        yield from _leaves(shape.records[tag], value, choices, path)
    else:
        for place, row in enumerate(_rows(shape, value), 1):
            name = _row_name(shape.record, row, choices, place)
            columns = shape.record.fields[1:] if shape.is_keyed else shape.record.fields
            if shape.is_bare:
                yield from _shape_leaves(columns[0], row[VALUE], choices, (*path, name))
            else:
                yield from _leaves(Record(columns), row, choices, (*path, name))


def _rows(shape: Rows, value: Any) -> list[dict[str, Any]]:
    if shape.is_single:
        return [value]
    if not shape.is_keyed:
        return list(value)
    if shape.is_bare:
        return [{KEY: key, VALUE: entry} for key, entry in value.items()]
    return [{KEY: key, **entry} for key, entry in value.items()]


def _row_name(record: Record, row: Mapping[str, Any], choices: Choices, place: int) -> str:
    for entry in record.fields:
        if entry.name in _ROW_NAMES and isinstance(entry.shape, Leaf) and row.get(entry.name, entry.default):
            name = _word(entry.shape, row.get(entry.name, entry.default), choices)
            if name != _("semua"):
                return name
    return _("baris %(number)d") % {"number": place}


def _readable(spot: structure.Spot, choices: Choices) -> ReadableNode:
    parameters: list[tuple[str, str]] = []
    tables: list[Table] = []
    node = spot.node
    shown = {"label", "clause", "assumption"}
    record = Record(tuple(entry for entry in _whole_record(node).fields if entry.name not in shown))
    _sort_in(record, node, choices, parameters, tables)
    return ReadableNode(
        id=node["id"],
        depth=spot.depth,
        kind=str(KIND_TITLES[node["kind"]]),
        label=node["label"],
        clause_text=node["clause"]["text"],
        clause_reference=node["clause"]["reference"],
        assumption=node.get("assumption", ""),
        parameters=tuple(parameters),
        tables=tuple(tables),
    )


def _sort_in(
    record: Record,
    data: Mapping[str, Any],
    choices: Choices,
    parameters: list[tuple[str, str]],
    tables: list[Table],
) -> None:
    """What is written on the node: single values as parameters, lists as tables."""
    for entry in record.fields:
        value = data.get(entry.name)
        if value in (None, "", [], {}):
            continue
        title = _capital(str(entry.title))
        shape = entry.shape
        if isinstance(shape, Leaf):
            parameters.append((title, _with_unit(_word(shape, value, choices), entry.unit)))
        elif isinstance(shape, Record):
            _sort_in(shape, value, choices, parameters, tables)
        elif isinstance(shape, Variants):
            tag = str(value[shape.tag.name])
            parameters.append((title, dict(_options(shape.tag.shape, choices)).get(tag, tag)))
            _sort_in(shape.records[tag], value, choices, parameters, tables)
        else:
            tables += _tables(title, shape, value, choices)


def _tables(title: str, shape: Rows, value: Any, choices: Choices) -> list[Table]:
    """A list of records; a record's own table (kelas to rupiah) becomes columns, a list of lists one table for each."""
    rows = _rows(shape, value)
    inner = shape.record.fields[-1].shape
    if shape.is_bare and isinstance(inner, Rows):
        name = shape.record.fields[0]
        return [
            table
            for row in rows
            for table in _tables(f"{title}: {_word(_leaf(name), row[KEY], choices)}", inner, row[VALUE], choices)
        ]
    flat = [dict(_flat(shape.record, row, choices)) for row in rows]
    columns: list[str] = []
    for line in flat:
        columns += [name for name in line if name not in columns]
    cells = [tuple(line.get(name, "") for name in columns) for line in flat]
    if len(columns) <= _MOST_COLUMNS:
        return [Table(title, tuple(columns), tuple(cells))]
    # Kelas 1 to 17 side by side fit no page: one line for each, one column for each record.
    head, *lines = zip(columns, *cells, strict=True)
    return [Table(title, tuple(head), tuple(lines))]


def _leaf(entry: Field) -> Leaf:
    if not isinstance(entry.shape, Leaf):
        raise TypeError(f"{entry.name} is no single value")
    return entry.shape


def _flat(record: Record, row: Mapping[str, Any], choices: Choices) -> Iterator[tuple[str, str]]:
    for entry in record.fields:
        if entry.name not in row:
            continue
        value = row[entry.name]
        if isinstance(entry.shape, Rows) and entry.shape.is_keyed:
            key, *rest = entry.shape.record.fields
            for line in _rows(entry.shape, value):
                yield _word(_leaf(key), line[KEY], choices), _word(_leaf(rest[0]), line[VALUE], choices)
        elif isinstance(entry.shape, Leaf):
            yield _capital(str(entry.title)), _word(entry.shape, value, choices)


def _options(shape: Shape, choices: Choices) -> list[tuple[str, str]]:
    if not isinstance(shape, Leaf):
        return []
    return [(value, str(words)) for value, words in (choices.of(shape.source) if shape.source else shape.options)]


def _word(leaf: Leaf, value: Any, choices: Choices) -> str:
    if isinstance(value, list | tuple):
        one = replace(leaf, kind="choice" if leaf.kind == "choices" else "figure" if leaf.kind == "numbers" else "text")
        return ", ".join(_word(one, entry, choices) for entry in value)
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if leaf.kind == "choice":
        return dict(_options(leaf, choices)).get(str(value), str(value))
    if leaf.kind in ("whole", "figure", "rupiah"):
        return figures.write(value)
    if leaf.kind == "day":
        return tanggal_pendek(parse_date(str(value)))
    return _("semua") if value == "*" else str(value)


def _with_unit(words: str, unit: Any) -> str:
    if not unit:
        return words
    return f"Rp{words}" if str(unit) == "Rp" else f"{words} {unit}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
