"""A paper as XLSX, streamed: memory does not grow with its people. Text is text, whatever it begins with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO, Final

import xlsxwriter

from kernel.papers.blocks import (
    Block,
    Heading,
    Numbered,
    Pairs,
    Paper,
    Paragraph,
    Signatures,
    Table,
    TableColumn,
)
from kernel.papers.codes import shown_code
from kernel.papers.values import Form, Value, cut
from kernel.watching import note_rows

# Excel's numbers of the paper sizes; 14 is folio (215 x 330 mm), which offices call F4.
_SIZES: Final = {"a4": 9, "f4": 14}
_FORMATS: Final[dict[Form, str]] = {"text": "", "count": "#,##0", "figure": "#,##0.00", "money": "#,##0"}


def paper_xlsx(paper: Paper, *, made_at: datetime | None, target: BinaryIO | None = None) -> BytesIO | BinaryIO:
    """The workbook, written into `target` (a buffer when none is given), which is rewound.

    The same paper of the same instant is the same bytes.
    """
    buffer = BytesIO() if target is None else target
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        if made_at is not None:
            book.set_properties({"title": paper.title, "created": made_at.replace(tzinfo=None, microsecond=0)})
        _Sheet(book, paper).write()
    buffer.seek(0)
    return buffer


class _Sheet:
    """One worksheet, written from the top down."""

    def __init__(self, book: Any, paper: Paper) -> None:
        self._paper = paper
        self._sheet = book.add_worksheet(paper.title[:31].translate(str.maketrans("", "", "[]:*?/\\")))
        self._line = 0
        self._formats: dict[tuple[Form, bool], Any] = {
            (form, is_bold): book.add_format(
                {"num_format": shown or "@", "bold": is_bold, "valign": "top", "border": 1, "text_wrap": form == "text"}
            )
            for form, shown in _FORMATS.items()
            for is_bold in (False, True)
        }
        self._bold = book.add_format({"bold": True})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter", "align": "center"}
        )

    def write(self) -> None:
        """Page, head, blocks, foot."""
        paper, sheet = self._paper, self._sheet
        sheet.set_paper(_SIZES[paper.size])
        if paper.is_wide:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        code = f"Kode {shown_code(paper.seal.code)}" if paper.seal else paper.stamp
        sheet.set_footer(f"&L{code}&RHalaman &P dari &N")
        first = next((block for block in paper.blocks if isinstance(block, Table)), None)
        for place, column in enumerate(first.columns if first else ()):
            sheet.set_column(place, place, column.width)
        head = paper.letterhead
        lines = [head.government, head.office, *head.address.splitlines(), "", paper.title.upper(), paper.subtitle]
        if paper.number:
            lines.append(f"Nomor: {paper.number}")
        if paper.stamp:
            lines.append(paper.stamp)
        for text in lines:
            self._text(text, is_bold=True)
        self._line += 1
        for block in paper.blocks:
            self._block(block)
        if paper.seal is not None:
            self._line += 1
            self._text(f"Keaslian dapat diperiksa di {paper.seal.url}")
            self._text(f"Kode {shown_code(paper.seal.code)} · Sidik isi {paper.seal.digest}")

    def _text(self, text: str, *, is_bold: bool = False) -> None:
        for line in text.split("\n"):
            if line:
                self._sheet.write_string(self._line, 0, line, self._bold if is_bold else None)
            self._line += 1

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._line += 1
            self._text(block.text, is_bold=True)
        elif isinstance(block, Paragraph):
            self._text(block.text, is_bold=block.is_bold)
        elif isinstance(block, Pairs):
            for label, value in block.rows:
                self._text(f"{label}: {value}")
        elif isinstance(block, Numbered):
            for place, item in enumerate(block.items, 1):
                self._text(f"{place}. {item}")
        elif isinstance(block, Signatures):
            self._signatures(block)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._sheet.set_h_pagebreaks([self._line])

    def _table(self, table: Table) -> None:
        self._headings(table.columns)
        for row in table.rows:
            for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                self._cell(place, value, column.form, is_bold=False)
            self._line += 1
            note_rows(1)
        for foot in table.foot:
            before = len(table.columns) - len(foot.values)
            self._sheet.write_string(self._line, 0, foot.label, self._formats["text", foot.is_bold])
            for place, value in enumerate(foot.values, before):
                self._cell(place, value, table.columns[place].form, is_bold=foot.is_bold)
            self._line += 1
        self._line += 1

    def _headings(self, columns: Sequence[TableColumn]) -> None:
        top = self._line
        has_groups = any(column.group for column in columns)
        if has_groups:
            for place, column in enumerate(columns):
                self._sheet.write_string(self._line, place, column.group, self._head)
            self._line += 1
        for place, column in enumerate(columns):
            self._sheet.write_string(self._line, place, column.title, self._head)
        if len(columns) > 6:
            # Only the people's table runs over pages.
            self._sheet.repeat_rows(top, self._line)
            self._sheet.freeze_panes(self._line + 1, 2)
        self._line += 1

    def _cell(self, place: int, value: Value, form: Form, *, is_bold: bool) -> None:
        style = self._formats[form, is_bold]
        if value is None:
            self._sheet.write_blank(self._line, place, None, style)
        elif isinstance(value, str):
            self._sheet.write_string(self._line, place, value, self._formats["text", is_bold])
        else:
            # A cell holds a double: whole rupiah are exact in it up to 15 digits.
            number = cut(Decimal(value)) if form == "figure" else Decimal(value)
            if form == "money" and number != number.to_integral_value():
                style = self._formats["figure", is_bold]
            self._sheet.write_number(self._line, place, number, style)

    def _signatures(self, block: Signatures) -> None:
        self._line += 1
        for lines in zip(
            *(
                (s.above, f"{s.title},", "", "", s.name or "(....................)", s.rank, s.nip and f"NIP {s.nip}")
                for s in block.signers
            ),
            strict=True,
        ):
            for place, text in enumerate(lines):
                if text:
                    self._sheet.write_string(self._line, 1 + 4 * place, text)
            self._line += 1
