"""A machine's log that somebody exported as a sheet: columns are found by their heading words, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Final

from kernel.sheets.plain import SheetRow, read_rows
from tenants.machines.machine_log import BadLine, MachineLine, read_line

XLSX: Final = b"PK\x03\x04"
# The first word of each is the one shown to people. `date` and `time` stand in for `at` where they are two columns.
HEADINGS: Final = {
    "pin": [
        "PIN",
        "No. PIN",
        "Nomor PIN",
        "ID",
        "No. ID",
        "ID Pegawai",
        "User ID",
        "AC-No.",
        "AC No",
        "Emp No.",
        "Badge",
    ],
    "at": [
        "Waktu",
        "Tanggal dan jam",
        "Tanggal/Jam",
        "Tanggal Waktu",
        "Date/Time",
        "DateTime",
        "Date And Time",
        "sTime",
    ],
    "date": ["Tanggal", "Date"],
    "time": ["Jam", "Pukul", "Time"],
    "status": ["Status", "State", "Keadaan", "In/Out", "Check Type", "New State"],
}
_STATUS: Final = {
    **dict.fromkeys(["masuk", "in", "checkin", "cin", "scanmasuk", "i"], "0"),
    **dict.fromkeys(["pulang", "keluar", "out", "checkout", "cout", "scanpulang", "scankeluar", "o"], "1"),
    **dict.fromkeys(["istirahat", "breakout", "breakin"], "2"),
}
_DAY_FIRST: Final = re.compile(r"\A(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_CLOCK: Final = re.compile(r"\b(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\Z")


def is_sheet(content: bytes, name: str) -> bool:
    """Whether this is a sheet and not the machine's own log."""
    return content.startswith(XLSX) or name.casefold().endswith(".csv")


def read_sheet(content: bytes, *, now: datetime) -> Iterator[MachineLine | BadLine]:
    """Every row below the headings, as `machine_log.read_lines` gives lines; dates with the day first or ISO.

    Raises kernel.sheets.words.SheetRefused when the columns cannot be found.
    """
    rows = read_rows(BytesIO(content), headings=HEADINGS, required=["pin"], takes_csv=True)
    for row in rows:
        status = row.cells.get("status", "")
        plain = "".join(character for character in status.casefold() if character.isalnum())
        words = (row.cells.get("pin", ""), _moment(row), _STATUS.get(plain, status))
        yield read_line(row.number, "\t".join(words), now)


def _moment(row: SheetRow) -> str:
    """The time of the row as a machine would write it; what cannot be read stays as it is, to be shown."""
    said = row.cells.get("at") or " ".join(row.cells.get(name, "") for name in ("date", "time")).strip()
    day_first = _DAY_FIRST.sub(lambda found: f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}", said)
    return _CLOCK.sub(lambda found: f"{int(found[1]):02d}:{found[2]}:{found[3] or '00'}", day_first)
