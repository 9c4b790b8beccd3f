"""The lists: a line for each person, the sum of their rounded amounts, and how far that is from the exact sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from kernel.papers.blocks import Foot, Table, TableColumn
from kernel.papers.values import Value
from tenants.reports.papers.columns import Column, Row

TOTAL: Final = "Jumlah"
DIFFERENCE: Final = "Selisih terhadap jumlah yang belum dibulatkan"


class Sums:
    """Totals of the columns, added up while the rows go by."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self.people = 0
        self.printed: dict[str, Decimal] = {column.code: Decimal(0) for column in columns if column.is_summed}
        self._exact: dict[str, Decimal | None] = {
            column.code: Decimal(0) for column in columns if column.exact is not None
        }

    def add(self, row: Row, values: Sequence[Value]) -> None:
        """Count one person, whose values of the columns are these."""
        self.people += 1
        for column, value in zip(self._columns, values, strict=True):
            if column.is_summed and value is not None and not isinstance(value, str):
                self.printed[column.code] += value
            if column.exact is not None:
                before, exact = self._exact[column.code], column.exact(row)
                self._exact[column.code] = None if before is None or exact is None else before + exact

    def difference(self, code: str) -> Decimal | None:
        """Sum of the rounded persons less the rounded sum's exact value; None where no exact value is known."""
        exact = self._exact.get(code)
        return None if exact is None else self.printed[code] - exact


def person_columns(*, is_split: bool) -> tuple[tuple[TableColumn, Callable[[Row], Value]], ...]:
    """Who it is. `is_split`: name and NIP in cells of their own, as in a sheet."""
    who: tuple[tuple[TableColumn, Callable[[Row], Value]], ...] = (
        (
            (TableColumn("Nama", "text", 30, is_wide=True), lambda row: row.slip.heading["name"]),
            (TableColumn("NIP", "text", 21), lambda row: row.slip.heading["nip"]),
        )
        if is_split
        else (
            (
                TableColumn("Nama / NIP", "text", 30, is_wide=True),
                lambda row: f"{row.slip.heading['name']}\n{row.slip.heading['nip']}",
            ),
        )
    )
    return (
        *who,
        (TableColumn("Gol.", "text", 7), lambda row: row.slip.heading["golongan"]),
        (TableColumn("Jabatan", "text", 26, is_wide=True), lambda row: row.slip.heading["position"]),
        (TableColumn("Kelas", "count", 6), lambda row: row.slip.heading["kelas"]),
    )


def people_table(
    columns: Sequence[Column], rows: Iterator[Row], *, is_split: bool, has_signature: bool = False
) -> tuple[Table, Sums]:
    """The table and its sums, which are complete once the table's rows were read."""
    sums = Sums(columns)
    who = person_columns(is_split=is_split)
    table = Table(
        columns=[
            TableColumn("No.", "count", 5),
            *(column for column, _ in who),
            *(TableColumn(column.title, column.form, column.width, column.group) for column in columns),
            *([TableColumn("Tanda tangan", "text", 22)] if has_signature else []),
        ],
        rows=(),
    )
    before = 1 + len(who)

    def read() -> Iterator[Sequence[Value]]:
        for number, row in enumerate(rows, 1):
            values = [column.value(row) for column in columns]
            sums.add(row, values)
            signature = [f"{number}." if number % 2 else f"            {number}."] if has_signature else []
            yield [number, *(value(row) for _, value in who), *values, *signature]
        table.foot = _feet(columns, sums, before, 1 if has_signature else 0)

    table.rows = read()
    return table, sums


def _feet(columns: Sequence[Column], sums: Sums, before: int, after: int) -> list[Foot]:
    if not any(column.is_summed for column in columns):
        return []
    blank: list[Value] = [None] * after
    feet = [Foot(TOTAL, [*(sums.printed.get(column.code) for column in columns), *blank])]
    differences = [sums.difference(column.code) for column in columns]
    if any(difference is not None for difference in differences):
        feet.append(Foot(DIFFERENCE, [*differences, *blank], is_bold=False))
    return [Foot(foot.label, foot.values, foot.is_bold) for foot in feet]
