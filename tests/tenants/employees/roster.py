"""Real roster workbooks for the tests of the import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from tenants.employees.roster_sheet import PEOPLE, PEOPLE_COLUMNS, POSITION_COLUMNS, POSITIONS, UNIT_COLUMNS, UNITS

START = date(2024, 1, 2)
Rows = Sequence[Sequence[Any]]

TWO_UNITS: Rows = [("9.01", "Dinas Uji", "OPD"), ("9.01.01", "Bidang Uji", "Bidang", "9.01")]
THREE_POSITIONS: Rows = [
    ("U-1", "Kepala Dinas Uji", "9.01", "JPT", 14, "umum", ""),
    ("U-2", "Kepala Bidang Uji", "9.01.01", "Administrator", 11, "umum", "U-1"),
    ("U-3", "Pengelola Uji", "9.01.01", "Pelaksana", 7, "", "U-2"),
]


def nip(serial: int) -> str:
    """A well-formed NIP of nobody; up to 999 for each of forty birth days."""
    return f"{1960 + serial // 999:04d}0101198503{1 + serial % 2}{1 + serial % 999:03d}"


def person(
    serial: int,
    position: str = "U-3",
    *,
    name: str = "",
    status: str = "PNS",
    golongan: str = "III/a",
    kind: str = "",
    since: Any = START,
    until: Any = "",
    letter: str = "",
    number: Any = None,
    status_since: Any = "",
    golongan_since: Any = "",
) -> tuple[Any, ...]:
    return (
        nip(serial) if number is None else number,
        name or f"Orang {serial}",
        status,
        golongan,
        "",
        position,
        kind,
        since,
        until,
        letter,
        status_since,
        golongan_since,
    )


def book(people: Rows = (), *, positions: Rows = THREE_POSITIONS, units: Rows = TWO_UNITS) -> bytes:
    """The bytes of a workbook with these rows; the spreadsheet's row numbers begin at 2."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        day = made.add_format({"num_format": "dd-mm-yyyy"})
        for name, titles, rows in (
            (UNITS, UNIT_COLUMNS, units),
            (POSITIONS, POSITION_COLUMNS, positions),
            (PEOPLE, PEOPLE_COLUMNS, people),
        ):
            page = made.add_worksheet(name)
            page.write_row(0, 0, titles)
            for number, row in enumerate(rows, 1):
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(number, place, value, day)
                    elif isinstance(value, str):
                        page.write_string(number, place, value)
                    else:
                        page.write(number, place, value)
    return target.getvalue()
