"""What those who read sheets need of one: its names, its cells, and the plain workbook of one that is locked.

Asked through `kernel.files.opening`. A reader of cells makes room for every cell between the first and the last one: a
workbook of 5 KB with one cell in the far corner asks for 500 GB, and its library ends the process that it runs in.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, Final

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from kernel.files.inspection.limits import MAX_COLUMNS, MAX_ROWS

# A workbook of 20,000 people unpacks to some 30 MB; a packed bomb to thousands.
MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024
_WRITTEN: Final = {"at": datetime.fromisoformat, "on": date.fromisoformat, "clock": time.fromisoformat}


class NotRead(Exception):
    """The sheet cannot be read: `fault` is a `kernel.sheets.reading.BookFault`, `detail` names the sheet."""

    def __init__(self, fault: str, detail: str = "") -> None:
        self.fault, self.detail = fault, detail
        super().__init__(f"{fault} {detail}")


def _book(content: bytes) -> CalamineWorkbook:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise NotRead("too_large")
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError as error:
        raise NotRead("locked") from error
    except (zipfile.BadZipFile, CalamineError, XmlError, ZipError) as error:
        raise NotRead("unreadable") from error


def names_of(content: bytes) -> list[str]:
    """The names of the workbook's sheets, in order. Raises NotRead."""
    return list(_book(content).sheet_names)


def cells_of(content: bytes, sheet: str | None) -> list[list[Any]]:
    """All lines of a sheet (the first one when None), as they stand. Raises NotRead."""
    book = _book(content)
    names = book.sheet_names
    wanted = names[0] if sheet is None and names else sheet or ""
    name = next((known for known in names if known.strip().casefold() == wanted.strip().casefold()), None)
    if name is None:
        raise NotRead("sheet_missing", wanted)
    try:
        page = book.get_sheet_by_name(name)
    except (CalamineError, XmlError, ZipError) as error:
        raise NotRead("unreadable") from error
    last_row, last_column = page.end or (0, 0)
    if last_row > MAX_ROWS:
        raise NotRead("too_large", name)
    if last_column >= MAX_COLUMNS:
        raise NotRead("too_wide", name)
    return page.to_python(skip_empty_area=False)


def packed(lines: Iterable[Iterable[Any]]) -> bytes:
    """The lines for the way to the parent, which takes nothing that could be more than values."""
    return json.dumps(list(lines), default=_written).encode()


def _written(cell: object) -> dict[str, Any]:
    if isinstance(cell, datetime):
        return {"at": cell.isoformat()}
    if isinstance(cell, date):
        return {"on": cell.isoformat()}
    if isinstance(cell, time):
        return {"clock": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"span": cell.total_seconds()}
    raise TypeError(type(cell).__name__)


def unpacked(content: bytes) -> list[list[Any]]:
    """The opposite of `packed`."""
    lines: list[list[Any]] = json.loads(content, object_hook=_read)
    return lines


def _read(said: dict[str, Any]) -> Any:
    ((kind, value),) = said.items()
    return timedelta(seconds=value) if kind == "span" else _WRITTEN[kind](value)


def unlocked(content: bytes, passwords: Iterable[str]) -> bytes:
    """The plain workbook of one that was saved with one of these passwords. Raises NotRead."""
    for password in passwords:
        target = BytesIO()
        try:
            file = msoffcrypto.OfficeFile(BytesIO(content))
            file.load_key(password=password, verify_password=True)
            file.decrypt(target)
        except (InvalidKeyError, DecryptionError):
            continue
        except MemoryError:
            raise
        except Exception as error:
            # Whatever a compound file makes a parser stumble over: it is none that Office has locked.
            raise NotRead("unreadable", type(error).__name__) from error
        return target.getvalue()
    raise NotRead("locked")
