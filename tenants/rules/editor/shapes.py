"""What a form must offer for a piece of a rule set, told from the types of its model.

A new field of a node appears by itself: its type says which control it gets, `titles` what it is called.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from tenants.rules.editor import titles
from tenants.rules.engine import Node
from tenants.rules.engine import fields as field_types

# What a leaf holds. `list` is several short words in one field, `choices` several ticks.
LeafKind = Literal[
    "text", "long", "whole", "figure", "rupiah", "day", "choice", "choices", "flag", "tristate", "list", "numbers"
]
KEY: Final = "kunci"
VALUE: Final = "isi"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One input. `options` are (value, words), whole numbers where `is_number`; `source` names the list they are
    picked from instead; `small` figures stay below a thousand, so that a dot can only be a decimal point."""

    kind: LeafKind
    options: tuple[tuple[str, Any], ...] = ()
    source: str = ""
    small: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A named place in a record. `name` is the key in the written rule set."""

    name: str
    title: Any
    shape: Shape
    help: Any = ""
    unit: Any = ""
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """Fields side by side."""

    fields: tuple[Field, ...]

    @property
    def is_flat(self) -> bool:
        """Whether a row of a table can show it."""
        return all(isinstance(field.shape, Leaf) for field in self.fields)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that a person adds and removes. `is_keyed`: written as a mapping whose key is the first field;
    `is_bare`: a row is the value of its second field alone; `is_single`: one row at most, written without a list."""

    record: Record
    is_keyed: bool = False
    is_bare: bool = False
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class Variants:
    """One of several records, told apart by the field `tag`."""

    tag: Field
    records: Mapping[str, Record]


Shape = Leaf | Record | Rows | Variants

_UNITS: Final[Mapping[str, str]] = {"Percent": "%", "CriterionPercent": "%", "Points": "poin", "Factor": "kali"}


def _marks(*names: str) -> frozenset[int]:
    """The validators behind the named figure types of the engine, by identity."""
    found = []
    for name in names:
        alias = getattr(field_types, name, None)
        found += [id(entry) for entry in getattr(alias, "__metadata__", ())[1:]]
    return frozenset(found)


_SMALL: Final = _marks("Percent", "CriterionPercent", "Points", "Factor")
_MONEY: Final = _marks("Rupiah", "Income")
_UNIT_OF: Final[Mapping[int, str]] = {mark: unit for name, unit in _UNITS.items() for mark in _marks(name)}


@lru_cache(maxsize=256)
def record_of(model: type) -> Record:
    """The fields that a person fills for this model; what the tree itself holds (ids, nodes below) is left out."""
    return Record(tuple(_fields_of(model)))


def _fields_of(model: type) -> Iterator[Field]:
    if is_dataclass(model):
        hints = get_type_hints(model, include_extras=True)
        for entry in fields(model):
            if not entry.init:
                continue
            required = entry.default is MISSING and entry.default_factory is MISSING
            default = None if entry.default is MISSING else entry.default
            yield _field(model, entry.name, entry.name, hints[entry.name], (), required, default)
        return
    if not issubclass(model, BaseModel):
        raise TypeError(f"{model.__name__} is no model of a rule set")
    # What is particular to a node stands before what it has from its base.
    own = inspect.get_annotations(model) if issubclass(model, Node) else model.model_fields
    for name, info in sorted(model.model_fields.items(), key=lambda entry: entry[0] not in own):
        if name in titles.hidden_fields(model) or _holds_nodes(info.annotation):
            continue
        default = None if info.default is PydanticUndefined else info.default
        metadata = tuple(info.metadata)
        yield _field(model, name, info.alias or name, info.annotation, metadata, info.is_required(), default)


def _field(
    model: type, name: str, key: str, annotation: Any, metadata: tuple[Any, ...], required: bool, default: Any
) -> Field:
    words = titles.field(model, name)
    shape, unit = _shape(annotation, metadata, f"{model.__name__}.{name}", words)
    if isinstance(shape, Leaf) and shape.kind == "flag" and default is None and not required:
        shape = replace(shape, kind="tristate")
    return Field(key, words.title, shape, words.help, words.unit or unit, required, default)


def _plain(annotation: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """The type without `Annotated` and without None, its metadata, and whether None was allowed."""
    metadata: tuple[Any, ...] = ()
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            inner, *marks = get_args(annotation)
            metadata += tuple(marks)
            annotation = inner
        elif origin in (Union, types.UnionType) and type(None) in get_args(annotation):
            optional = True
            rest = tuple(entry for entry in get_args(annotation) if entry is not type(None))
            annotation = rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 - built at run time
        else:
            return annotation, metadata, optional


def _shape(annotation: Any, metadata: tuple[Any, ...], place: str, words: titles.Words) -> tuple[Shape, str]:
    plain, marks, optional = _plain(annotation)
    marks = (*metadata, *marks)
    origin = get_origin(plain)
    arguments = get_args(plain)
    if words.source:
        is_list = origin in (tuple, frozenset)
        return Leaf("choices" if is_list else "choice", source=words.source, is_number=words.source == "month"), ""
    if origin in (Union, types.UnionType):
        return _union(arguments, place)
    if origin is Literal:
        is_number = all(type(value) is int for value in arguments)
        return Leaf("choice", titles.options(place, arguments), is_number=is_number), ""
    if origin in (tuple, frozenset):
        return _several(arguments[0], place, words)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(arguments[0], arguments[1], place, words), ""
    if isinstance(plain, type) and (is_dataclass(plain) or issubclass(plain, BaseModel)):
        record = record_of(plain)
        return (Rows(record, is_single=True) if optional else record), ""
    return _scalar(plain, marks, words)


def _scalar(plain: Any, marks: tuple[Any, ...], words: titles.Words) -> tuple[Leaf, str]:
    if plain is bool:
        return Leaf("flag"), ""
    if plain is int:
        return Leaf("whole"), ""
    if plain is date:
        return Leaf("day"), ""
    if plain is Decimal:
        known = {id(mark) for mark in marks}
        unit = next((_UNIT_OF[mark] for mark in known if mark in _UNIT_OF), "")
        if known & _MONEY or words.unit == "Rp":
            return Leaf("rupiah"), "Rp"
        return Leaf("figure", small=bool(known & _SMALL)), unit
    return Leaf("long" if words.is_long else "text"), ""


def _union(members: tuple[Any, ...], place: str) -> tuple[Shape, str]:
    """Models told apart by their mode; or a choice of words wider than one `Literal`."""
    models = [member for member in members if isinstance(member, type) and issubclass(member, BaseModel)]
    if models:
        tag = next(name for name, info in models[0].model_fields.items() if get_origin(info.annotation) is Literal)
        records = {
            str(value): Record(tuple(field for field in record_of(model).fields if field.name != tag))
            for model in models
            for value in get_args(model.model_fields[tag].annotation)
        }
        words = titles.field(models[0], tag)
        leaf = Leaf("choice", titles.options(place, tuple(records)))
        return Variants(Field(tag, words.title, leaf, words.help, required=True), records), ""
    literals = [value for member in members for value in get_args(_plain(member)[0])]
    if literals:
        return Leaf("choice", titles.options(place, tuple(literals))), ""
    raise TypeError(f"no form for {place}")


def _several(item: Any, place: str, words: titles.Words) -> tuple[Shape, str]:
    plain, marks, _optional = _plain(item)
    if isinstance(plain, type) and (is_dataclass(plain) or issubclass(plain, BaseModel)):
        return Rows(record_of(plain)), ""
    if get_origin(plain) is Literal:
        return Leaf("choices", titles.options(place, get_args(plain))), ""
    leaf, unit = _scalar(plain, marks, words)
    return Leaf("numbers" if leaf.kind in ("whole", "figure", "rupiah") else "list", small=leaf.small), unit


def _mapping(key: Any, value: Any, place: str, words: titles.Words) -> Rows:
    key_shape, _unit = _shape(key, (), place, titles.Words(words.key, source=words.key_source))
    first = Field(KEY, words.key, key_shape, required=True)
    plain, _marks, _optional = _plain(value)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return Rows(Record((first, *record_of(plain).fields)), is_keyed=True)
    shape, unit = _shape(value, (), place, titles.Words(words.value, unit=words.unit))
    second = Field(VALUE, words.value, shape, unit=unit, required=True)
    return Rows(Record((first, second)), is_keyed=True, is_bare=True)


def _holds_nodes(annotation: Any) -> bool:
    """Whether the field holds nodes: the tree shows those, no form does."""
    plain, _marks, _optional = _plain(annotation)
    if isinstance(plain, type) and not get_origin(plain):
        return issubclass(plain, Node)
    if get_origin(plain) in (tuple, Union, types.UnionType):
        return any(entry is not Ellipsis and _holds_nodes(entry) for entry in get_args(plain))
    return False
