"""The log of an attendance machine as its USB export and its push carry it. Pure text in, lines out.

One line per punch: `PIN <tab> YYYY-MM-DD HH:MM:SS <tab> status <tab> verify <tab> workcode ...`. The PIN is padded with
blanks, the time is local without a zone. Status 0 in, 1 out, 2/3 break, 4/5 overtime in/out, 255 undefined; anything
else is taken as undefined: the direction then follows from the shift, and no line is lost for its status.
Source: screens note, section 4 (ADMS).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

KINDS: Final = {0: "in", 1: "out", 2: "break", 3: "break", 4: "in", 5: "out"}
UNDEFINED: Final = 255
# What a punch of a machine is called: made from its content, so that the same line is the same punch.
_NAMESPACE: Final = uuid.UUID("6f5d0b1e-7c6f-5a38-9c1d-2d7b8a4f0e31")

_TIME: Final = re.compile(r"\A(\d{4})[-/](\d{2})[-/](\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?\Z")
_PIN: Final = re.compile(r"\A[0-9A-Za-z]{1,20}\Z")

OLDEST: Final = timedelta(days=400)
AHEAD: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class MachineLine:
    """One readable line; `at` is wall-clock time without a zone."""

    row: int
    pin: str
    at: datetime
    status: int

    @property
    def kind(self) -> str:
        return kind_of(self.status)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read. `reason` is columns, pin, time, future or old; `text` its beginning.

    `at` is the time that it says, for one that is too far ahead or too old; it has a PIN and a status as well.
    """

    row: int
    reason: str
    text: str
    at: datetime | None = None
    pin: str = ""
    status: int = UNDEFINED

    @property
    def kind(self) -> str:
        return kind_of(self.status)


def kind_of(status: int) -> str:
    """What kind of punch a status is."""
    return KINDS.get(status, "undefined")


def plain_pin(pin: str) -> str:
    """A PIN as it is compared: without padding and leading zeros, which machines add and drop as they like."""
    return pin.strip().lstrip("0") or "0"


def decoded(content: bytes) -> str:
    """The text of a log file; machines write ASCII, some with a byte-order mark or with names in an old code page."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def read_lines(text: str, *, now: datetime) -> Iterator[MachineLine | BadLine]:
    """Every line that is not empty, in order. `now` is the local wall-clock time of the machine, without zone.

    A time more than ten minutes ahead is a machine with a wrong clock; one older than 400 days too (2000-01-01 after
    an empty battery).
    """
    for row, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield read_line(row, line, now)


def read_line(row: int, line: str, now: datetime) -> MachineLine | BadLine:
    """One line, which is not empty; `row` is its number in what it stands in."""
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) == 1:
        parts = _split_by_blanks(line)
    shown = line.strip()[:120]
    if len(parts) < 2:
        return BadLine(row, "columns", shown)
    if not _PIN.match(parts[0]):
        return BadLine(row, "pin", shown)
    at = _time(parts[1])
    if at is None:
        return BadLine(row, "time", shown)
    pin, status = plain_pin(parts[0]), parts[2] if len(parts) > 2 else ""
    number = int(status) if status.isascii() and status.isdigit() and len(status) <= 4 else UNDEFINED
    if at > now + AHEAD:
        return BadLine(row, "future", shown, at, pin, number)
    if at < now - OLDEST:
        return BadLine(row, "old", shown, at, pin, number)
    return MachineLine(row, pin, at, number)


def _split_by_blanks(line: str) -> list[str]:
    """A line whose tabs were turned into blanks on the way: the date and the time are two words again."""
    words = line.split()
    return words if len(words) < 3 else [words[0], f"{words[1]} {words[2]}", *words[3:]]


def _time(text: str) -> datetime | None:
    match = _TIME.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - local by definition, see above
    except ValueError:
        return None


def punch_uid(device: str, line: MachineLine) -> uuid.UUID:
    """The name of the punch that this line is, the same for every replay of the line."""
    return uuid.uuid5(_NAMESPACE, f"{device}\n{line.pin}\n{line.at.isoformat()}\n{line.status}")


def unknown_pins(lines: Iterable[MachineLine]) -> dict[str, tuple[int, datetime, datetime]]:
    """How often each PIN stands there, from when to when."""
    found: dict[str, tuple[int, datetime, datetime]] = {}
    for line in lines:
        count, first, last = found.get(line.pin, (0, line.at, line.at))
        found[line.pin] = (count + 1, min(first, line.at), max(last, line.at))
    return found
