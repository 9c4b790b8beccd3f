"""Reading a filled sheet of attendance: every row is checked, and what is wrong is said beside it."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from kernel import clock
from kernel.figures import NotAFigure
from kernel.periods import Month
from kernel.sheets.jobs import Wrong
from kernel.sheets.plain import SheetRow
from tenants.continuity.filling import PRESENT
from tenants.continuity.keys import read_row_code
from tenants.employees.in_sheets import named_in

_CLOCK: Final = re.compile(r"\A(\d{1,2})\s*[.:,]\s*(\d{2})(?:[.:]\d{2}(?:\.0+)?)?\Z")
_COMPACT: Final = re.compile(r"\A(\d{1,2})(\d{2})\Z")
_DAY_FIRST: Final = re.compile(r"\A(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})\Z")
# Spreadsheets count days from here; the range is 2009 to 2064.
_SERIAL_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range(40_000, 60_000)
_MINUTES: Final = 24 * 60

Shifts = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a sheet of an OPD and a month is read against.

    `people` are keys by NIP, `shifts` the instants of duty by person and day, `codes` those of the rule set, `today`
    the region's date, `zone` its zone.
    """

    month: Month
    people: Mapping[str, int]
    shifts: Mapping[tuple[int, date], Shifts]
    codes: Container[str]
    today: date
    zone: str


@dataclass(frozen=True, slots=True)
class ReadDay:
    """One person's day as read: instants, or the code of a document."""

    employee_id: int
    nip: str
    date: date
    came_at: datetime | None = None
    left_at: datetime | None = None
    code: str = ""


def says_something(row: SheetRow) -> bool:
    """Whether anything is written in the row beyond what was handed out: empty days are passed over."""
    return any(row.cells.get(column) for column in ("came", "left", "note"))


def read_day(row: SheetRow, known: Known, taken: Container[tuple[int, date]]) -> ReadDay:
    """The row as a fact. `taken` are the days of the rows before. Raises Wrong."""
    employee, nip, day = _who_and_when(row, known)
    if (employee, day) in taken:
        raise Wrong("date", _("Tanggal ini sudah ada di baris lain untuk pegawai yang sama."))
    note = " ".join(row.cells.get("note", "").split()).upper()
    times = bool(row.cells.get("came") or row.cells.get("left"))
    if note and times:
        raise Wrong("note", _("Isi jam, atau keterangan, tidak keduanya."))
    shifts = known.shifts.get((employee, day), ())
    if note == PRESENT:
        if not shifts:
            raise Wrong("note", _("Tidak ada jam kerja pada hari itu; tulis jam masuk dan pulangnya."))
        return ReadDay(employee, nip, day, shifts[0][0], shifts[-1][1])
    if note:
        if note not in known.codes:
            raise Wrong("note", _("Kode ini tidak dikenal. Pilih dari lembar Kode, atau H untuk hadir."))
        return ReadDay(employee, nip, day, code=note)
    came, left = _time(row, "came"), _time(row, "left")
    came_at = None if came is None else clock.at_local(day, came, known.zone)
    left_at = None if left is None else _left(day, came, left, shifts, known.zone)
    return ReadDay(employee, nip, day, came_at, left_at)


def _who_and_when(row: SheetRow, known: Known) -> tuple[int, str, date]:
    """By the scanned code, else by NIP and date; where both are there they must agree."""
    nobody = _("Tidak ada pegawai OPD ini dengan NIP tersebut pada bulan itu.")
    nip, day = row.cells.get("nip", ""), None
    if row.cells.get("code"):
        scanned = read_row_code(row.cells["code"])
        if scanned is None:
            raise Wrong("code", _("Ini bukan kode daftar hadir daerah ini. Pindai ulang, atau isi NIP dan tanggal."))
        if nip and nip != scanned.nip:
            raise Wrong("nip", _("NIP berbeda dari kode yang dipindai."))
        if scanned.nip not in known.people:
            raise Wrong("code", nobody)
        nip, day = scanned.nip, scanned.day
        employee = known.people[nip]
    else:
        employee = named_in(row, known.people, nobody=nobody)
    if row.cells.get("date"):
        written = _day(row)
        if day is not None and written != day:
            raise Wrong("date", _("Tanggal berbeda dari kode yang dipindai."))
        day = written
    if day is None:
        raise Wrong("date", _("Isi tanggalnya, misalnya 23-11-2026."))
    if Month.of(day) != known.month:
        raise Wrong("date", _("Tanggal ini di luar bulan yang dipilih."))
    if day > known.today:
        raise Wrong("date", _("Tanggal ini belum tiba."))
    return employee, nip, day


def _day(row: SheetRow) -> date:
    text = row.cells["date"]
    try:
        # A date whose cell lost its format is the number of days by which spreadsheets count.
        if "date" in row.numbers and text.isdecimal() and int(text) in _SERIALS:
            return _SERIAL_ZERO + timedelta(days=int(text))
        if found := _DAY_FIRST.match(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Wrong("date", _("Tulis tanggal seperti 23-11-2026.")) from None


def _time(row: SheetRow, column: str) -> time | None:
    text = row.cells.get(column, "")
    if not text:
        return None
    try:
        if found := _CLOCK.match(text) or _COMPACT.match(text):
            return time(int(found[1]), int(found[2]))
        # A cell that the spreadsheet keeps as a part of a day.
        part = row.figure(column)
        if column in row.numbers and 0 <= part < 1:
            minutes = int((part * _MINUTES).to_integral_value()) % _MINUTES
            return time(minutes // 60, minutes % 60)
    except (ValueError, NotAFigure):
        pass
    raise Wrong(column, _("Tulis jam seperti 07.25."))


def _left(day: date, came: time | None, left: time, shifts: Shifts, zone: str) -> datetime:
    """The instant of leaving: on the next date where the day's shift ends there and the time says so."""
    moment = clock.at_local(day, left, zone)
    ends_next_day = bool(shifts) and shifts[-1][1].astimezone(clock.zone(zone)).date() > day
    if (came is not None and left <= came) or (came is None and ends_next_day and moment < shifts[0][0]):
        if not ends_next_day:
            raise Wrong("left", _("Jam pulang harus setelah jam masuk."))
        moment = clock.at_local(day + timedelta(days=1), left, zone)
    return moment
