"""From a piece of a rule set to the inputs of a form, and from what was typed back to the piece.

What a person typed travels as `Raw`: text for an input, a list of text for ticks, a mapping for a record, a list of
mappings for rows. Nothing typed is lost on the way, whatever is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from tenants.rules.editor import figures
from tenants.rules.editor.choosing import Choices
from tenants.rules.editor.shapes import KEY, VALUE, Field, Leaf, Record, Rows, Shape, Variants
from tenants.rules.engine import Problem
from tenants.rules.engine.canonical import plain

Raw = Any
Path = tuple[str, ...]
MAX_ROWS: Final = 500
EVERY: Final = "*"
# The number under which a row was sent: a button names its row by it.
NUMBER: Final = "#"


@dataclass
class Typed:
    """What the inputs say: `data` as the engine reads it, problems by path, and the input behind each path."""

    data: Any = None
    problems: list[tuple[Path, str]] = made(default_factory=list)
    places: dict[Path, str] = made(default_factory=dict)


@dataclass
class Control:
    """One input, table or group as the template shows it."""

    name: str
    field: Field
    kind: str
    value: Any = ""
    options: Sequence[tuple[str, Any]] = ()
    controls: list[Control] = made(default_factory=list)
    rows: list[Row] = made(default_factory=list)
    blank: Row | None = None
    is_wide: bool = False
    errors: list[str] = made(default_factory=list)
    # A table into which somebody is pasting: what was read, and the text.
    pasted: Any = None
    pasted_text: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def template(self) -> str:
        return f"tenants/rules/controls/{self.kind}.html"

    @property
    def is_sentence(self) -> bool:
        """Whether the input takes words that need the width of the form."""
        return self.kind == "text" and self.field.name in _SENTENCES

    @property
    def describedby(self) -> str:
        parts = [f"{self.id}-help"] if self.field.help else []
        return " ".join([*parts, *([f"{self.id}-error"] if self.errors else [])])

    def said(self) -> str:
        """What a person reads of the value; empty where the input holds no words."""
        if self.kind in ("choice", "choices"):
            picked = self.value if self.kind == "choices" else [self.value]
            return ", ".join(str(words) for value, words in self.options if value in picked and value)
        return str(self.value) if self.kind in ("text", "number") else ""

    def every_error(self) -> Iterable[tuple[str, str, str]]:
        """Each error below and in here: the id of its input, its title, the words."""
        for words in self.errors:
            yield self.id, str(self.field.title), words
        for control in self.controls:
            yield from control.every_error()
        for row in self.rows:
            for words in row.errors:
                yield row.id, str(self.field.title), words
            for control in row.controls:
                yield from control.every_error()


@dataclass
class Row:
    """One row of a table or one group."""

    name: str
    number: int
    controls: list[Control]
    errors: list[str] = made(default_factory=list)

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def title(self) -> str:
        """What tells this group from the others: the first words typed or picked in it."""
        words = (control.said() for control in self.controls)
        return next((word for word in words if word and word != _("semua")), "")


_SENTENCES: Final = frozenset({"label", "reference", "title", "name", "source", "number"})


# --- from the rule set to what a person reads ------------------------------------------------------------------------


def raw_of(shape: Shape, data: Any) -> Raw:
    """What the inputs show for this piece."""
    if isinstance(shape, Leaf):
        return _leaf_raw(shape, data)
    if isinstance(shape, Record):
        return {entry.name: raw_of(entry.shape, _value(entry, data or {})) for entry in shape.fields}
    if isinstance(shape, Variants):
        tag = str((data or {}).get(shape.tag.name) or next(iter(shape.records)))
        return {shape.tag.name: tag, **raw_of(shape.records[tag], data)}
    return [_row_raw(shape, entry) for entry in _entries(shape, data)]


def _value(entry: Field, data: Mapping[str, Any]) -> Any:
    return data.get(entry.name, entry.default)


def _entries(shape: Rows, data: Any) -> list[Any]:
    if not data:
        return []
    if shape.is_single:
        return [data]
    if not shape.is_keyed:
        return list(data)
    if shape.is_bare:
        return [{KEY: key, VALUE: value} for key, value in data.items()]
    return [{KEY: key, **value} for key, value in data.items()]


def _row_raw(shape: Rows, entry: Mapping[str, Any]) -> Raw:
    return raw_of(shape.record, entry)


def _leaf_raw(leaf: Leaf, value: Any) -> Raw:
    if leaf.kind == "choices":
        return [str(entry) for entry in value or ()]
    if leaf.kind in ("list", "numbers"):
        words = (
            figures.write(entry, small=True) if leaf.kind == "numbers" else str(entry) for entry in sorted_set(value)
        )
        return ", ".join(_("semua") if word == EVERY else word for word in words)
    if leaf.kind == "flag":
        return "ya" if value else ""
    if leaf.kind == "tristate":
        return "" if value is None else ("ya" if value else "tidak")
    if value is None:
        return ""
    if leaf.kind in ("whole", "figure", "rupiah"):
        return figures.write(value, small=leaf.small, money=leaf.kind == "rupiah")
    if isinstance(value, date):
        return value.isoformat()
    return _("semua") if value == EVERY and leaf.kind == "text" else str(value)


def sorted_set(value: Any) -> list[Any]:
    """A list in its order, a set in the alphabet's."""
    return sorted(value) if isinstance(value, frozenset | set) else list(value or ())


def blank(record: Record) -> Raw:
    """A row that nobody has filled yet."""
    return raw_of(record, {})


# --- from the request ------------------------------------------------------------------------------------------------


def posted(shape: Shape, data: QueryDict, name: str) -> Raw:
    """What was typed under this name; rows in their order, gaps closed."""
    if isinstance(shape, Leaf):
        return data.getlist(name) if shape.kind == "choices" else data.get(name, "").replace("\r\n", "\n")
    if isinstance(shape, Record):
        return {entry.name: posted(entry.shape, data, _below(name, entry.name)) for entry in shape.fields}
    if isinstance(shape, Variants):
        tag = data.get(_below(name, shape.tag.name), "")
        tag = tag if tag in shape.records else next(iter(shape.records))
        return {shape.tag.name: tag, **posted(shape.records[tag], data, name)}
    start = re.compile(re.escape(f"{name}-") + r"(\d{1,6})-")
    numbers = {int(found[1]) for key in data if (found := start.match(key))}
    # None is left out, however many: the size of a request bounds them, and a row that is lost is lost unseen.
    return [{**posted(shape.record, data, f"{name}-{number}"), NUMBER: str(number)} for number in sorted(numbers)]


def _below(name: str, part: str) -> str:
    return f"{name}-{part}" if name else part


# --- from what was typed to the rule set -----------------------------------------------------------------------------


def typed(shape: Shape, raw: Raw, name: str = "") -> Typed:
    """The piece that was typed. What is no figure at all is a problem; what the rules refuse, the engine says."""
    result = Typed()
    result.data = _typed(shape, raw, name, (), result)
    return result


_ABSENT: Final = object()


def _typed(shape: Shape, raw: Raw, name: str, path: Path, result: Typed) -> Any:
    result.places[path] = name
    if isinstance(shape, Leaf):
        return _leaf_typed(shape, raw, path, result)
    if isinstance(shape, Record):
        return _record_typed(shape, raw, name, path, result)
    if isinstance(shape, Variants):
        tag = raw[shape.tag.name]
        result.places[(*path, shape.tag.name)] = _below(name, shape.tag.name)
        return {shape.tag.name: tag, **_record_typed(shape.records[tag], raw, name, path, result)}
    return _rows_typed(shape, raw, name, path, result)


def _record_typed(record: Record, raw: Raw, name: str, path: Path, result: Typed) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for entry in record.fields:
        place = (*path, entry.name)
        value = _typed(entry.shape, raw.get(entry.name, ""), _below(name, entry.name), place, result)
        # What is as it would be anyway is not written: a rule set reads the same however often it is saved.
        if value is _ABSENT or (not entry.required and value in ([], {}, plain(entry.default))):
            continue
        data[entry.name] = value
    return data


def _rows_typed(shape: Rows, raw: Raw, name: str, path: Path, result: Typed) -> Any:
    rows = [(index, row) for index, row in enumerate(raw or ()) if not is_blank(shape.record, row)]
    if not shape.is_keyed:
        entries = []
        for position, (index, row) in enumerate(rows):
            place = path if shape.is_single else (*path, str(position))
            entries.append(_typed(shape.record, row, f"{name}-{_number(row, index)}", place, result))
        if shape.is_single:
            return entries[0] if entries else _ABSENT
        return entries
    keyed: dict[Any, Any] = {}
    for index, row in rows:
        row_name = f"{name}-{_number(row, index)}"
        key_field, *rest = shape.record.fields
        key_place = (*path, f"[{index}]")
        key = _typed(key_field.shape, row.get(KEY, ""), f"{row_name}-{KEY}", key_place, result)
        if key is _ABSENT:
            result.problems.append((key_place, _("wajib diisi")))
            continue
        if key in keyed:
            result.problems.append((key_place, _("ditulis dua kali")))
            continue
        place = (*path, str(key))
        if shape.is_bare:
            value = _typed(rest[0].shape, row.get(VALUE, ""), f"{row_name}-{VALUE}", place, result)
            if value is _ABSENT:
                result.problems.append((place, _("wajib diisi")))
                continue
        else:
            value = _record_typed(Record(tuple(rest)), row, row_name, place, result)
            result.places[place] = f"{row_name}-{KEY}"
        keyed[key] = value
    return keyed


def _number(row: Mapping[str, Raw], index: int) -> str:
    """The number in a row's name: the one it was sent under, so that what is said of it finds it on the page."""
    return str(row.get(NUMBER, index))


def renumber(rows: list[Raw]) -> None:
    """Rows that were added, moved or taken away are counted anew."""
    for row in rows:
        row.pop(NUMBER, None)


def is_blank(record: Record, row: Mapping[str, Raw]) -> bool:
    """Whether nobody typed anything in this row: a row left over is no row."""
    writing = [entry for entry in record.fields if not isinstance(entry.shape, Leaf) or entry.shape.kind not in _PICKED]
    if not writing:
        return all(not row.get(entry.name) for entry in record.fields)
    return all(not row.get(entry.name) or _only_blank(entry.shape, row[entry.name]) for entry in writing)


def _only_blank(shape: Shape, raw: Raw) -> bool:
    if isinstance(shape, Leaf):
        return not (raw.strip() if isinstance(raw, str) else raw)
    if isinstance(shape, Rows):
        return all(is_blank(shape.record, row) for row in raw)
    return False


_PICKED: Final = frozenset({"choice", "choices", "flag", "tristate"})


def _leaf_typed(leaf: Leaf, raw: Raw, path: Path, result: Typed) -> Any:
    if leaf.kind == "choices":
        return [int(entry) if leaf.is_number and entry.isdigit() else entry for entry in raw or ()]
    text = raw.strip() if isinstance(raw, str) else ""
    if leaf.kind == "flag":
        return text == "ya"
    if not text:
        return [] if leaf.kind in ("list", "numbers") else _ABSENT
    if leaf.kind == "tristate":
        return text == "ya"
    if leaf.kind == "choice":
        return int(text) if leaf.is_number and text.isdigit() else text
    try:
        return _written(leaf, text)
    except figures.NotAFigure as error:
        result.problems.append((path, str(error)))
        return text


def _written(leaf: Leaf, text: str) -> Any:
    if leaf.kind == "list":
        return [_starred(word) for word in (part.strip() for part in re.split(r"[,\n]", text)) if word]
    if leaf.kind == "numbers":
        # The comma parts figures only where a blank follows it: 97,5, 98 are two.
        parts = re.split(r";\s*|,\s+|\n", text)
        return [figures.read(part, small=True) for part in (part.strip(" ,") for part in parts) if part]
    if leaf.kind == "whole":
        return figures.read_whole(text)
    if leaf.kind in ("figure", "rupiah"):
        return figures.read(text, small=leaf.small, money=leaf.kind == "rupiah")
    return _starred(text) if leaf.kind == "text" else text


def _starred(word: str) -> str:
    return EVERY if word.casefold() in ("semua", "all", EVERY) else word


# --- problems beside their inputs ------------------------------------------------------------------------------------


def tokens(path: str) -> Path:
    """`bands[0].to` as `("bands", "0", "to")`."""
    return tuple(part for part in re.split(r"[.\[\]]+", path) if part)


def placed(problem: Problem, under: str, places: Mapping[Path, str]) -> str | None:
    """The name of the input that the problem is about; None when no input of this form is."""
    steps, base = tokens(problem.path), tokens(under)
    if steps[: len(base)] != base:
        return None
    own = steps[len(base) :]
    # A key may hold a dot (`TK/0` does not, `ukuran.X` does): the longest way that leads somewhere counts.
    for length in range(len(own), 0, -1):
        name = places.get(own[:length])
        if name is not None:
            return name
    return None


# --- controls --------------------------------------------------------------------------------------------------------


def control(entry: Field, raw: Raw, *, name: str, choices: Choices, errors: Mapping[str, Sequence[str]]) -> Control:
    """The input, table or group for a field."""
    shape = entry.shape
    own = list(errors.get(name, ()))
    if isinstance(shape, Leaf):
        options = _options(shape, raw, entry, choices)
        return Control(name, entry, _LEAF_KINDS.get(shape.kind, shape.kind), raw, options, errors=own)
    if isinstance(shape, Record):
        below = record_controls(shape, raw or {}, name=name, choices=choices, errors=errors)
        return Control(name, entry, "record", controls=below, errors=own)
    if isinstance(shape, Variants):
        tag_name = _below(name, shape.tag.name)
        tag = control(shape.tag, raw[shape.tag.name], name=tag_name, choices=choices, errors=errors)
        below = record_controls(shape.records[raw[shape.tag.name]], raw, name=name, choices=choices, errors=errors)
        return Control(name, entry, "variants", controls=[tag, *below], errors=own)
    rows = [_row(shape.record, row, name, index, choices, errors) for index, row in enumerate(raw or ())]
    spare = _row(shape.record, blank(shape.record), name, -1, choices, {})
    kind = "table" if shape.record.is_flat else "groups"
    return Control(
        name,
        entry,
        kind,
        rows=rows,
        blank=None if shape.is_single and rows else spare,
        is_wide=len(shape.record.fields) > 2,
        errors=own,
    )


def record_controls(
    record: Record, raw: Mapping[str, Raw], *, name: str, choices: Choices, errors: Mapping[str, Sequence[str]]
) -> list[Control]:
    """The controls of each field of a record."""
    return [
        control(
            entry,
            raw.get(entry.name, raw_of(entry.shape, entry.default)),
            name=_below(name, entry.name),
            choices=choices,
            errors=errors,
        )
        for entry in record.fields
    ]


NEW: Final = "__n__"


def _row(
    record: Record, raw: Mapping[str, Raw], name: str, index: int, choices: Choices, errors: Mapping[str, Sequence[str]]
) -> Row:
    row_name = f"{name}-{NEW if index < 0 else _number(raw, index)}"
    controls = record_controls(record, raw, name=row_name, choices=choices, errors=errors)
    return Row(row_name, index + 1, controls, list(errors.get(row_name, ())))


_LEAF_KINDS: Final = {
    "text": "text",
    "list": "text",
    "numbers": "text",
    "whole": "number",
    "figure": "number",
    "rupiah": "number",
    "tristate": "choice",
}


def _options(leaf: Leaf, raw: Raw, entry: Field, choices: Choices) -> list[tuple[str, Any]]:
    if leaf.kind == "tristate":
        return [("", _("tidak ditentukan")), ("ya", _("ya")), ("tidak", _("tidak"))]
    if leaf.kind not in ("choice", "choices"):
        return []
    found = list(choices.of(leaf.source) if leaf.source else leaf.options)
    known = {value for value, _words in found}
    given = raw if isinstance(raw, list) else [raw]
    # What stands in the rule set is shown even where it is no longer among the choices.
    found += [(value, value) for value in given if value and value not in known]
    if leaf.kind == "choice" and (not entry.required or not raw):
        found.insert(0, ("", _("tidak ada") if not entry.required else _("Pilih")))
    return found


# --- rows ------------------------------------------------------------------------------------------------------------


def rows_at(shape: Shape, raw: Raw, name: str, prefix: str = "") -> tuple[Rows, list[Raw]] | None:
    """The table called `name` in a form, with its typed rows as a list that may be changed; None when there is none."""
    if isinstance(shape, Rows):
        if prefix == name:
            return shape, raw
        for index, row in enumerate(raw):
            found = rows_at(shape.record, row, name, f"{prefix}-{_number(row, index)}")
            if found is not None:
                return found
        return None
    if isinstance(shape, Leaf):
        return None
    records = shape.records[raw[shape.tag.name]] if isinstance(shape, Variants) else shape
    for entry in records.fields:
        below = _below(prefix, entry.name)
        if name == below or name.startswith(f"{below}-"):
            found = rows_at(entry.shape, raw.get(entry.name), name, below)
            if found is not None:
                return found
    return None
