"""Rows copied from a spreadsheet: cells parted by tabs, a heading tolerated, Indonesian and English figures alike.

What comes out are rows as typed into the form; the engine then judges them together with the rest of the rule set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from tenants.rules.editor import controls, figures
from tenants.rules.editor.choosing import Choices
from tenants.rules.editor.controls import Raw
from tenants.rules.editor.shapes import KEY, Field, Leaf, Rows

MAX_LINES: Final = controls.MAX_ROWS
_FIGURES: Final = frozenset({"whole", "figure", "rupiah"})
_YES: Final = frozenset({"ya", "y", "x", "v", "1", "true", "benar"})
_NO: Final = frozenset({"", "tidak", "t", "n", "0", "-", "false", "salah"})


@dataclass
class Line:
    """One pasted line: its number in the text, its cells, the row it makes, and what is wrong with it."""

    number: int
    cells: list[str]
    raw: dict[str, Raw]
    errors: list[str] = field(default_factory=list)


@dataclass
class Pasted:
    """Everything that was pasted. `heading` is the line that named the columns, if there was one."""

    columns: list[str]
    lines: list[Line]
    heading: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return bool(self.lines) and not self.errors and not any(line.errors for line in self.lines)

    def rows(self) -> list[Raw]:
        return [line.raw for line in self.lines]


def columns_of(shape: Rows) -> list[Field]:
    """The columns in which a table is pasted, in their order."""
    return [entry for entry in shape.record.fields if isinstance(entry.shape, Leaf)]


def paste(shape: Rows, text: str, choices: Choices) -> Pasted:
    """The rows in a pasted text. Nothing is guessed away: a cell that cannot be read is said beside its line."""
    columns = columns_of(shape)
    lines = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        return Pasted(_titles(columns), [], errors=[_("Belum ada yang ditempel.")])
    if len(lines) > MAX_LINES:
        return Pasted(_titles(columns), [], errors=[_("Paling banyak %(most)d baris.") % {"most": MAX_LINES}])
    heading = ""
    order: Sequence[Field | None] = columns
    first = lines[0][1]
    if _is_heading(first, columns):
        heading = " · ".join(first)
        order = _order(first, columns) or columns
        lines = lines[1:]
    found = [_line(number, cells, order, shape, choices) for number, cells in lines]
    _note_doubles(shape, found)
    errors = [] if found else [_("Hanya ada judul kolom; baris isinya belum ditempel.")]
    return Pasted(_titles(columns), found, heading, errors)


def _titles(columns: Sequence[Field]) -> list[str]:
    return [str(column.title) for column in columns]


def _cells(line: str) -> list[str]:
    mark = "\t" if "\t" in line else ";" if ";" in line else "\t"
    return [cell.strip().strip('"').strip() for cell in line.split(mark)]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def _order(cells: Sequence[str], columns: Sequence[Field]) -> list[Field | None] | None:
    """The columns as the heading names them, None for one that it names in words unknown here; None when it names none.

    A name may be shorter than ours (“Rupiah” for “Rupiah sebulan”). With as many names as columns the unknown ones are
    the columns that are left, in their order.
    """
    left = list(columns)
    order: list[Field | None] = []
    for cell in cells:
        word = _plain(cell)
        found = next((column for column in left if word and word == _plain(str(column.title))), None)
        if found is None and len(word) > 3:
            found = next((column for column in left if _plain(str(column.title)).startswith(word)), None)
        order.append(found)
        if found is not None:
            left.remove(found)
    if not any(order):
        return None
    if len(cells) == len(columns):
        order = [column if column is not None else left.pop(0) for column in order]
    return order


def _is_heading(cells: Sequence[str], columns: Sequence[Field]) -> bool:
    """Whether the first line names the columns: it holds a title, or words where every figure should stand."""
    if _order(cells, columns) is not None:
        return True
    numeric = [cell for cell, column in zip(cells, columns, strict=False) if cell and _leaf(column).kind in _FIGURES]
    return bool(numeric) and not any(re.search(r"\d", cell) for cell in numeric)


def _leaf(column: Field) -> Leaf:
    if not isinstance(column.shape, Leaf):
        raise TypeError(f"{column.name} is no single value")
    return column.shape


def _line(number: int, cells: list[str], order: Sequence[Field | None], shape: Rows, choices: Choices) -> Line:
    line = Line(number, cells, controls.blank(shape.record))
    while len(cells) > len(order) and not cells[-1]:
        cells.pop()
    if len(cells) > len(order):
        line.errors.append(
            _("ada %(found)d kolom, seharusnya paling banyak %(most)d") % {"found": len(cells), "most": len(order)}
        )
    given = {column.name: cell for column, cell in zip(order, cells, strict=False) if column is not None}
    for column in columns_of(shape):
        cell = given.get(column.name, "")
        if not cell:
            if column.required and _leaf(column).kind not in ("flag",):
                line.errors.append(f"{column.title}: {_('wajib diisi')}")
            continue
        try:
            line.raw[column.name] = _read(_leaf(column), cell, choices)
        except ValueError as error:
            line.errors.append(f"{column.title}: {error}")
    return line


def _read(leaf: Leaf, cell: str, choices: Choices) -> Any:
    """The cell as it would be typed into the form. Raises ValueError with words."""
    if leaf.kind == "whole":
        return figures.write(figures.read_whole(re.sub(r"(?i)^kelas\s*|^>=?\s*|\s*menit$", "", cell)))
    if leaf.kind in ("figure", "rupiah"):
        is_money = leaf.kind == "rupiah"
        return figures.write(figures.read(cell, small=leaf.small, money=is_money), small=leaf.small, money=is_money)
    if leaf.kind in ("flag", "tristate"):
        if cell.casefold() in _YES:
            return "ya"
        if cell.casefold() in _NO:
            return "" if leaf.kind == "flag" else "tidak"
        raise ValueError(_("isi “ya” atau “tidak”"))
    if leaf.kind == "choice":
        options = choices.of(leaf.source) if leaf.source else list(leaf.options)
        for value, words in options:
            if _plain(cell) in (_plain(value), _plain(str(words))):
                return value
        known = ", ".join(str(words) for _value, words in options[:8])
        raise ValueError(_("“%(cell)s” bukan pilihan; yang ada: %(known)s") % {"cell": cell, "known": known})
    if leaf.kind == "choices":
        return [part.strip() for part in cell.split(",") if part.strip()]
    return cell


def _note_doubles(shape: Rows, lines: list[Line]) -> None:
    if not shape.is_keyed:
        return
    first: dict[str, int] = {}
    for line in lines:
        key = str(line.raw[KEY])
        if key in first:
            line.errors.append(_("sama dengan baris %(number)d") % {"number": first[key]})
        elif key:
            first[key] = line.number
