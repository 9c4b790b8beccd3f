"""A long list as PDF in bounded memory: set in parts that end with a full page, and joined.

Typst holds a whole document while it sets it, a quarter of a megabyte for each row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import typst
from pypdf import PdfWriter

# Typst keeps what it made of the last ten documents, whatever they were.
_KEPT_DOCUMENTS: Final = 10


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows from `start` up to `end`, and the number of the part's first page."""

    start: int
    end: int
    page: int


def joined(
    content: Mapping[str, Any],
    table: Mapping[str, Any],
    most: int,
    template: bytes,
    compiled: Callable[[Mapping[str, Any]], bytes],
) -> bytes:
    """The paper with this content, whose `table` has more than `most` rows. Each row is set twice: once to see on
    which page it comes to stand, then with the number of all pages."""
    rows = table["rows"]
    table = {**table, "columns": _as_wide_as_needed(table)}
    place = next(number for number, block in enumerate(content["blocks"]) if block.get("rows") is rows)

    def of(start: int, end: int, **more: Any) -> dict[str, Any]:
        is_last = end == len(rows)
        own = {**table, "rows": rows[start:end], "feet": table["feet"] if is_last else []}
        before = [] if start else content["blocks"][:place]
        after = content["blocks"][place + 1 :] if is_last else []
        return {**content, "blocks": [*before, own, *after], **more}

    parts, pages = _cut(
        len(rows), most, lambda start, end, page: _places(of(start, end, page=page, marks=True), template)
    )
    writer = PdfWriter()
    for part in parts:
        writer.append(BytesIO(compiled(of(part.start, part.end, page=part.page, pages=pages))))
        _let_go()
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _cut(rows: int, most: int, places: Callable[[int, int, int], Mapping[str, Any]]) -> tuple[list[_Part], int]:
    """Parts of at most so many rows, each but the last ending with a page that is full; and the pages of all."""
    parts: list[_Part] = []
    start, page = 0, 1
    while start < rows:
        end = min(start + most, rows)
        found = places(start, end, page)
        last = found["pages"]
        if end < rows:
            full = sum(on < found["rows"][-1] for on in found["rows"])
            # Where all of them stand on one page there is none to end with.
            end, last = (start + full, last - 1) if full else (end, last)
        parts.append(_Part(start, end, page))
        start, page = end, last + 1
    return parts, page - 1


def _places(content: Mapping[str, Any], template: bytes) -> Mapping[str, Any]:
    """The page of each row, counted from the part's first, and the number of the last page."""
    said = typst.query(
        template,
        "<places>",
        field="value",
        one=True,
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
    )
    _let_go()
    found: Mapping[str, Any] = json.loads(said)
    return found


def _as_wide_as_needed(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns with the longest value of each that is as wide as its values."""
    columns: Sequence[Mapping[str, Any]] = table["columns"]
    longest = [max(_lines(table["rows"], place), key=len, default="") for place in range(len(columns))]
    return [{**column, "widest": "" if column["wide"] else text} for column, text in zip(columns, longest, strict=True)]


def _lines(rows: Sequence[Sequence[str]], place: int) -> Iterator[str]:
    for row in rows:
        yield from row[place].split("\n")


def _let_go() -> None:
    """Set nothing ten times, so that Typst lets go of the part before; some milliseconds each."""
    for _ in range(_KEPT_DOCUMENTS):
        typst.compile(b"", format="pdf", ignore_system_fonts=True)
