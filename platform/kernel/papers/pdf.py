"""A paper as PDF, set by Typst from ready-made words."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import typst

from kernel.papers.blocks import (
    Block,
    Heading,
    Letterhead,
    NewPage,
    Numbered,
    Pairs,
    Paper,
    Paragraph,
    Seal,
    Signatures,
    Table,
    TableColumn,
)
from kernel.papers.codes import shown_code
from kernel.papers.parts import joined
from kernel.papers.qr import qr_svg
from kernel.papers.values import Form, Value, cut
from kernel.watching import note_rows
from kernel.web.templatetags.kd import MINUS

# Tags let a reader read a table aloud; in a list of thousands they are twenty times the rest of the file.
MOST_TAGGED_ROWS: Final = 200
# More rows are set in parts (`parts.py`).
ROWS_AT_ONCE: Final = 250
_CENT: Final = Decimal("0.01")
# A logo is as large as it is; the SVG around it only carries the bytes into the template.
_LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100">'
    '<image width="100" height="100" preserveAspectRatio="xMidYMid meet" xlink:href="data:{kind};base64,{data}"/></svg>'
)


@lru_cache(maxsize=1)
def template() -> bytes:
    """The paper's template."""
    return (files("kernel.papers") / "paper.typ").read_bytes()


def paper_pdf(paper: Paper, *, made_at: datetime | None) -> bytes:
    """The PDF. The same paper of the same instant is the same bytes on every machine: the fonts are Typst's own.

    A table of more rows than `ROWS_AT_ONCE` is set in parts that are joined, so memory does not grow with it.
    """
    content = _content(paper)
    tables = [block for block in content["blocks"] if block["type"] == "table"]
    rows = sum(len(table["rows"]) for table in tables)
    note_rows(rows)
    longest = max(tables, key=lambda table: len(table["rows"]), default=None)
    if longest is not None and len(longest["rows"]) > ROWS_AT_ONCE:
        return joined(content, longest, ROWS_AT_ONCE, template(), lambda part: _compiled(part, made_at))
    return _compiled(content, made_at, has_tags=rows <= MOST_TAGGED_ROWS)


def _compiled(content: Mapping[str, Any], made_at: datetime | None, *, has_tags: bool = False) -> bytes:
    return typst.compile(
        template(),
        format="pdf",
        ignore_system_fonts=True,
        timestamp=None if made_at is None else made_at.replace(microsecond=0),
        sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
        pdf_tags=has_tags,
    )


def _content(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "number": paper.number,
        "size": paper.size,
        "wide": paper.is_wide,
        "stamp": paper.stamp,
        "head": _head(paper.letterhead),
        "seal": seal_words(paper.seal),
        "blocks": [_block(block) for block in paper.blocks],
        "page": 1,
        "pages": 0,
        "marks": False,
    }


def seal_words(seal: Seal | None) -> dict[str, str] | None:
    """What the foot of each page says of an issued paper."""
    if seal is None:
        return None
    return {
        "qr": qr_svg(seal.url),
        "code": shown_code(seal.code),
        "place": seal.url.rsplit("/", 2)[0] + "/",
        "digest": seal.digest[:16],
    }


def _head(head: Letterhead) -> dict[str, Any]:
    logo = ""
    if head.logo is not None:
        kind, data = head.logo
        logo = _LOGO.format(kind=kind, data=base64.b64encode(data).decode())
    return {"government": head.government, "office": head.office, "address": head.address, "logo": logo}


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"type": "heading", "text": block.text}
    if isinstance(block, Paragraph):
        return {"type": "paragraph", "text": block.text, "bold": block.is_bold}
    if isinstance(block, Pairs):
        return {"type": "pairs", "rows": [list(row) for row in block.rows]}
    if isinstance(block, Numbered):
        return {"type": "numbered", "items": list(block.items)}
    if isinstance(block, NewPage):
        return {"type": "page"}
    if isinstance(block, Signatures):
        return {
            "type": "signatures",
            "signers": [
                {"above": s.above, "title": s.title, "name": s.name, "rank": s.rank, "nip": s.nip}
                for s in block.signers
            ],
        }
    return _table(block)


def _table(table: Table) -> dict[str, Any]:
    forms = [column.form for column in table.columns]
    rows = [[shown(value, form) for value, form in zip(row, forms, strict=True)] for row in table.rows]
    feet = []
    for foot in table.foot:
        before = len(forms) - len(foot.values)
        values = [shown(value, form) for value, form in zip(foot.values, forms[before:], strict=True)]
        feet.append({"label": foot.label, "span": before, "values": values, "bold": foot.is_bold})
    return {
        "type": "table",
        "columns": [{"title": c.title, "form": c.form, "wide": c.is_wide, "widest": ""} for c in table.columns],
        "groups": _groups(table.columns),
        "rows": rows,
        "feet": feet,
    }


def _groups(columns: Sequence[TableColumn]) -> list[dict[str, Any]]:
    """Neighbours with one heading: [{title, span}]; empty where no column has one."""
    if not any(column.group for column in columns):
        return []
    groups: list[dict[str, Any]] = []
    for column in columns:
        if groups and column.group and groups[-1]["title"] == column.group:
            groups[-1]["span"] += 1
        else:
            groups.append({"title": column.group, "span": 1})
    return groups


def shown(value: Value, form: Form) -> str:
    """A value as it is printed: money grouped by points, scores with two decimals, nothing known is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    number = Decimal(value)
    if form == "figure":
        return _grouped(f"{cut(number):f}")
    whole = number.to_integral_value(ROUND_HALF_UP)
    return _grouped(f"{whole:f}" if whole == number else f"{number.quantize(_CENT, ROUND_HALF_UP):f}")


def _grouped(digits: str) -> str:
    sign = MINUS if digits.startswith("-") else ""
    whole, _, fraction = digits.removeprefix("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{grouped}" + (f",{fraction}" if fraction else "")
