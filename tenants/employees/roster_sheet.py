"""The roster workbook: what its three sheets must hold, and what each row would do to what is known.

`read` takes the file, `plan` compares it with the region as it stands (`Known`) and answers for every row: adds,
changes, no change, or errors beside the row. Nothing is written here and no model is imported;
`tenants.employees.roster_import` writes. A row that is right goes in even when others are wrong, so a row is only right
if all that it names is there already or in a row that is right itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar

from kernel.sheets.reading import Book, BookError, BookFault, CellError, CellRefused, Row
from kernel.sheets.reading import Fault as CellFault
from kernel.timeline import Edit, Span, change, edit, in_force
from tenants.employees import nip as nips
from tenants.employees.posts import StandingFacts
from tenants.employees.row_outcome import Outcome

UNITS: Final = "Unit"
POSITIONS: Final = "Jabatan"
PEOPLE: Final = "Pegawai"

UNIT_COLUMNS: Final = ("Kode unit", "Nama unit", "Jenis", "Kode unit induk", "Kategori")
POSITION_COLUMNS: Final = (
    "Kode jabatan",
    "Nama jabatan",
    "Kode unit",
    "Jenis jabatan",
    "Kelas",
    "Kategori",
    "Kode jabatan atasan",
    "Pejabat",
    "Berlaku mulai",
)
PEOPLE_COLUMNS: Final = (
    "NIP",
    "Nama",
    "Status",
    "Golongan",
    "E-mail",
    "Kode jabatan",
    "Jenis penempatan",
    "TMT",
    "Sampai",
    "Nomor SK",
    "TMT status",
    "TMT golongan",
)
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    UNITS: ("Kode unit", "Nama unit", "Jenis"),
    POSITIONS: ("Kode jabatan", "Nama jabatan", "Kode unit", "Jenis jabatan", "Kelas"),
    PEOPLE: ("NIP", "Nama", "Status", "Kode jabatan", "TMT"),
}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    UNITS: UNIT_COLUMNS,
    POSITIONS: POSITION_COLUMNS,
    PEOPLE: PEOPLE_COLUMNS,
}

# Words in the sheet (lower case) and the value each stands for.
UNIT_KINDS: Final[Mapping[str, str]] = {
    "opd": "opd",
    "bidang": "bidang",
    "bagian": "bidang",
    "bidang/bagian": "bidang",
    "upt": "upt",
    "puskesmas": "puskesmas",
    "rsud": "rsud",
    "rumah sakit": "rsud",
    "sekolah": "sekolah",
}
POSITION_KINDS: Final[Mapping[str, str]] = {
    "jpt": "jpt",
    "pimpinan tinggi": "jpt",
    "jabatan pimpinan tinggi": "jpt",
    "administrator": "administrator",
    "pengawas": "pengawas",
    "fungsional": "fungsional",
    "pelaksana": "pelaksana",
}
OFFICES: Final[Mapping[str, str]] = {
    "kepala opd": "kepala_opd",
    "sekda": "sekda",
    "sekretaris daerah": "sekda",
    "wakil kepala daerah": "wakil_kepala_daerah",
    "kepala daerah": "kepala_daerah",
}
STATUSES: Final[Mapping[str, str]] = {
    "pns": "PNS",
    "cpns": "CPNS",
    "pppk": "PPPK",
    "p3k": "PPPK",
    "kontrak": "KONTRAK",
    "tenaga kontrak": "KONTRAK",
}
PLACEMENT_KINDS: Final[Mapping[str, str]] = {"definitif": "definitif", "plt": "plt", "plh": "plh"}

_OPD: Final = "opd"
_HEAD_OF_OPD: Final = "kepala_opd"
_DEFINITIVE: Final = "definitif"
LOWEST_KELAS, HIGHEST_KELAS = 1, 17
_CODE_LENGTH: Final = 40
_EARLIEST_START: Final = date(1960, 1, 1)
_ONE_DAY: Final = timedelta(days=1)
_EMAIL: Final = re.compile(r"\A[^@\s]+@[^@\s]+\.[^@\s.]+\Z")
_GRADE: Final = re.compile(r"\A(IV|I{1,3})\s*/?\s*([A-Ea-e])\Z", re.IGNORECASE)
_CIVIL_GRADES: Final = frozenset(f"{g}/{r}" for g in ("I", "II", "III", "IV") for r in "abcd") | {"IV/e"}
_PPPK_GRADES: Final = frozenset(
    ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII")
)
# Below this likeness, a name beside a known NIP is taken for another person's: a digit was mistyped.
_SAME_NAME: Final = 0.5


class Fault(StrEnum):
    """What is wrong with a row of the roster, beyond what is wrong with a cell."""

    OPD_HAS_PARENT = "opd_has_parent"
    PARENT_MISSING = "parent_missing"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_CYCLE = "unit_cycle"
    CODE_TWICE = "code_twice"
    SUPERIOR_UNKNOWN = "superior_unknown"
    SUPERIOR_SELF = "superior_self"
    SUPERIOR_CYCLE = "superior_cycle"
    OFFICE_TAKEN = "office_taken"
    OFFICE_NOT_AT_OPD = "office_not_at_opd"
    POSITION_UNKNOWN = "position_unknown"
    GRADE_UNKNOWN = "grade_unknown"
    NIP_NUMBER = "nip_number"
    NIP_LENGTH = "nip_length"
    NIP_BIRTH_DATE = "nip_birth_date"
    NIP_BIRTH_YEAR = "nip_birth_year"
    NIP_TOO_YOUNG = "nip_too_young"
    NIP_APPOINTED_LATER = "nip_appointed_later"
    NIP_CODE = "nip_code"
    NIP_SEX = "nip_sex"
    NIP_SERIAL = "nip_serial"
    NIP_TWICE = "nip_twice"
    NIP_OF_ANOTHER = "nip_of_another"
    NIP_INACTIVE = "nip_inactive"
    PERSON_DIFFERS = "person_differs"
    PERSON_WRONG = "person_wrong"
    LATER_TERMS = "later_terms"
    LATER_STANDING = "later_standing"
    MONTH_CLOSED = "month_closed"
    END_CLOSED = "end_closed"
    STANDING_GAP = "standing_gap"
    STARTS_TOO_EARLY = "starts_too_early"
    ENDS_BEFORE_START = "ends_before_start"
    OVERLAPS = "overlaps"


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit by its code; `parent` is a code, "" for an OPD."""

    code: str
    name: str
    kind: str
    parent: str
    category: str


class TermsFacts(NamedTuple):
    """What a position is paid by."""

    kelas: int
    category: str


@dataclass(frozen=True, slots=True)
class PositionFacts:
    """A position by its code; `unit` and `superior` are codes, "" without a superior. `office` as in the model.

    `kelas` and `category` are as the row says; `terms` are those recorded, in order of time.
    """

    code: str
    title: str
    unit: str
    kind: str
    kelas: int
    category: str
    superior: str
    office: str = ""
    terms: tuple[Span[TermsFacts], ...] = ()


@dataclass(frozen=True, slots=True)
class PlacementFacts:
    """A position held from `since` up to but without `until` (open when None); `key` is its row, None when new."""

    position: str
    kind: str
    since: date
    until: date | None
    letter: str = ""
    key: int | None = None

    def overlaps(self, other: PlacementFacts) -> bool:
        return (other.until is None or self.since < other.until) and (self.until is None or other.since < self.until)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person by NIP. `placements` are those known, in order of their start.

    `status` and `golongan` are as the row says; `standings` are those recorded, in order of time.
    """

    nip: str
    name: str
    status: str
    golongan: str
    email: str
    placements: tuple[PlacementFacts, ...] = ()
    key: int | None = None
    standings: tuple[Span[StandingFacts], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenDays:
    """The first day behind the last closed month: of people by NIP, of the units of an OPD by code. Who is not in it
    has none closed."""

    people: Mapping[str, date] = field(default_factory=dict)
    units: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """The region as it stands: units and positions by code, active people by NIP, NIPs of inactive people, and from
    which days on it may still be changed."""

    units: Mapping[str, UnitFacts] = field(default_factory=dict)
    positions: Mapping[str, PositionFacts] = field(default_factory=dict)
    people: Mapping[str, PersonFacts] = field(default_factory=dict)
    inactive: frozenset[str] = frozenset()
    open_from: OpenDays = field(default_factory=OpenDays)


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would change: the column's title, before and after, as people read them."""

    column: str
    before: str
    after: str


@dataclass(slots=True)
class Entry:
    """One row of the file: what it says (`facts`), what it would do, and what is wrong with it."""

    row: Row
    subject: str
    outcome: Outcome = Outcome.SAME
    facts: UnitFacts | PositionFacts | PersonFacts | None = None
    placement: PlacementFacts | None = None
    # The placement that ends because this one begins: the same with its new end.
    ended: PlacementFacts | None = None
    # The days from which status and golongan count, or class and category, as the row says; None where it does not.
    status_from: date | None = None
    golongan_from: date | None = None
    terms_from: date | None = None
    # What happens to the recorded standings of the person, to the recorded terms of the position.
    standing_edit: Edit[StandingFacts] | None = None
    terms_edit: Edit[TermsFacts] | None = None
    changes: list[Change] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    remarks: list[CellError] = field(default_factory=list)

    def refuse(self, column: str, fault: str, **facts: Any) -> None:
        self.errors.append(self.row.refuse(column, fault, **facts).error)
        self.outcome = Outcome.ERROR

    @property
    def is_right(self) -> bool:
        return not self.errors


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of the file, sheet by sheet, with their outcomes."""

    entries: tuple[Entry, ...]

    def of(self, sheet: str, *outcomes: Outcome) -> list[Entry]:
        """The rows of a sheet, only those with these outcomes when some are given."""
        return [e for e in self.entries if e.row.sheet == sheet and (not outcomes or e.outcome in outcomes)]

    def count(self, outcome: Outcome, sheet: str | None = None) -> int:
        return sum(e.outcome == outcome and sheet in (None, e.row.sheet) for e in self.entries)

    @property
    def wrong(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.is_right]


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rows of the three sheets as they stand in the file."""

    units: Sequence[Row]
    positions: Sequence[Row]
    people: Sequence[Row]


def read(content: bytes) -> Sheets:
    """The rows of the workbook. A sheet may be left out or empty, but not all. Raises BookError."""
    book = Book(content)
    present = {name.strip().casefold() for name in book.sheet_names}
    rows: dict[str, list[Row]] = {}
    for sheet, required in _REQUIRED.items():
        optional = [column for column in COLUMNS[sheet] if column not in required]
        rows[sheet] = book.rows(sheet, required=required, optional=optional) if sheet.casefold() in present else []
    if not present & {sheet.casefold() for sheet in _REQUIRED}:
        raise BookError(BookFault.SHEET_MISSING, PEOPLE)
    if not any(rows.values()):
        raise BookError(BookFault.EMPTY)
    return Sheets(rows[UNITS], rows[POSITIONS], rows[PEOPLE])


def plan(sheets: Sheets, known: Known, *, today: date) -> Plan:
    """What each row would do to the region as it stands. Pure: the same arguments give the same plan."""
    units = _plan_units(sheets.units, known)
    unit_codes = known.units.keys() | _right_codes(units)
    opds = {code for code, unit in _units_after(units, known).items() if unit.kind == _OPD}
    positions = _plan_positions(sheets.positions, known, unit_codes, opds, today=today)
    right = {e.facts.code: e.facts for e in positions if e.is_right and isinstance(e.facts, PositionFacts)}
    people = _plan_people(sheets.people, known, {**known.positions, **right}, today=today)
    return Plan((*units, *positions, *people))


def _right_codes(entries: Iterable[Entry]) -> set[str]:
    return {e.facts.code for e in entries if e.is_right and isinstance(e.facts, UnitFacts | PositionFacts)}


def _units_after(entries: Iterable[Entry], known: Known) -> dict[str, UnitFacts]:
    right = [e.facts for e in entries if e.is_right and isinstance(e.facts, UnitFacts)]
    return {**known.units, **{facts.code: facts for facts in right}}


class _Reader:
    """Reads the cells of one row into its entry: a refused cell is noted and the next one read."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.row = entry.row

    def __call__(self, read_cell: Callable[[], T], fallback: T) -> T:
        try:
            return read_cell()
        except CellRefused as refused:
            self.entry.errors.append(refused.error)
            self.entry.outcome = Outcome.ERROR
            return fallback

    def text(self, column: str, *, required: bool = True, longest: int = 200) -> str:
        return self(lambda: self.row.text(column, required=required, longest=longest), "")

    def choice(self, column: str, choices: Mapping[str, str], *, default: str | None = None) -> str:
        return self(lambda: self.row.choice(column, choices, default=default), "")

    def day(self, column: str, *, required: bool = True) -> date | None:
        return self(lambda: self.row.date(column, required=required), None)

    def start(self, column: str) -> date | None:
        """An optional first day that is not before there were such records."""
        day = self.day(column, required=False)
        if day is not None and day < _EARLIEST_START:
            self.entry.refuse(column, Fault.STARTS_TOO_EARLY, earliest=f"{_EARLIEST_START:%d-%m-%Y}")
        return day


T = TypeVar("T")
V = TypeVar("V", TermsFacts, StandingFacts)
F = TypeVar("F", UnitFacts, PositionFacts)


def _plan_units(rows: Sequence[Row], known: Known) -> list[Entry]:
    entries = [_read_unit(row) for row in rows]
    _refuse_twice(entries, "Kode unit")
    _settle(entries, known.units, lambda unit: unit.parent, "Kode unit induk", Fault.UNIT_UNKNOWN, Fault.UNIT_CYCLE)
    for entry in entries:
        if entry.is_right and isinstance(entry.facts, UnitFacts):
            _compare(entry, known.units.get(entry.facts.code), entry.facts, _UNIT_TITLES)
    return entries


_UNIT_TITLES: Final = {"name": "Nama unit", "kind": "Jenis", "parent": "Kode unit induk", "category": "Kategori"}
_POSITION_TITLES: Final = {
    "title": "Nama jabatan",
    "unit": "Kode unit",
    "kind": "Jenis jabatan",
    "superior": "Kode jabatan atasan",
    "office": "Pejabat",
}
_PERSON_TITLES: Final = {"name": "Nama", "email": "E-mail"}
_TERMS_TITLES: Final = {"kelas": "Kelas", "category": "Kategori"}
_STANDING_TITLES: Final = {"status": "Status", "golongan": "Golongan"}


def _read_unit(row: Row) -> Entry:
    entry = Entry(row, row.shown("Nama unit"))
    cell = _Reader(entry)
    facts = UnitFacts(
        code=cell.text("Kode unit", longest=_CODE_LENGTH),
        name=cell.text("Nama unit"),
        kind=cell.choice("Jenis", UNIT_KINDS),
        parent=cell.text("Kode unit induk", required=False, longest=_CODE_LENGTH),
        category=cell.text("Kategori", required=False, longest=_CODE_LENGTH) or "umum",
    )
    entry.facts = facts
    if entry.is_right and facts.kind == _OPD and facts.parent:
        entry.refuse("Kode unit induk", Fault.OPD_HAS_PARENT)
    elif entry.is_right and facts.kind != _OPD and not facts.parent:
        entry.refuse("Kode unit induk", Fault.PARENT_MISSING)
    return entry


def _plan_positions(
    rows: Sequence[Row], known: Known, unit_codes: Collection[str], opds: Collection[str], *, today: date
) -> list[Entry]:
    entries = [_read_position(row, known) for row in rows]
    _refuse_twice(entries, "Kode jabatan")
    for entry in entries:
        if entry.is_right and isinstance(entry.facts, PositionFacts) and entry.facts.unit not in unit_codes:
            entry.refuse("Kode unit", Fault.UNIT_UNKNOWN, code=entry.facts.unit)
    _settle(
        entries,
        known.positions,
        lambda position: position.superior,
        "Kode jabatan atasan",
        Fault.SUPERIOR_UNKNOWN,
        Fault.SUPERIOR_CYCLE,
    )
    _settle_offices(entries, known, opds)
    for entry in entries:
        if entry.is_right and isinstance(entry.facts, PositionFacts):
            before = known.positions.get(entry.facts.code)
            _compare(entry, before, entry.facts, _POSITION_TITLES)
            open_from = None if before is None else known.open_from.units.get(before.unit)
            _plan_terms(entry, entry.facts, before, open_from, today)
    return entries


def _plan_terms(
    entry: Entry, facts: PositionFacts, before: PositionFacts | None, open_from: date | None, today: date
) -> None:
    """Class and category from the day in the row, today without one; a new position has them from there or always.

    What is recorded stands: a roster adds to the history and never rewrites it.
    """
    terms = TermsFacts(facts.kelas, facts.category)
    recorded = () if before is None else before.terms
    after: tuple[Span[TermsFacts], ...] = (Span(entry.terms_from, None, terms),)
    if recorded:
        entry.facts = replace(facts, terms=recorded)
        day = entry.terms_from or today
        if terms in (_value(recorded, day), _value(recorded, max(day, today))):
            return
        if not _may_change(entry, "Berlaku mulai", recorded, day, Fault.LATER_TERMS, open_from):
            return
        after = change(recorded, day, terms)
        _show(entry, _value(recorded, today), terms, _TERMS_TITLES)
        entry.outcome = Outcome.CHANGE
    entry.terms_edit = edit(recorded, after)
    entry.facts = replace(facts, terms=after)


def _value(recorded: Sequence[Span[V]], day: date) -> V | None:
    span = in_force(recorded, day)
    return None if span is None else span.value


def _may_change(
    entry: Entry, column: str, recorded: Sequence[Span[Any]], day: date, later: Fault, open_from: date | None
) -> bool:
    """Refuse what would come before a recorded change, or into a closed month."""
    since = next((span.since for span in recorded if span.since is not None and span.since >= day), None)
    if since is not None:
        entry.refuse(column, later, since=f"{since:%d-%m-%Y}")
    elif open_from is not None and day < open_from:
        entry.refuse(column, Fault.MONTH_CLOSED, first=f"{open_from:%d-%m-%Y}")
    else:
        return True
    return False


def _show(entry: Entry, before: object, after: object, titles: Mapping[str, str]) -> None:
    for name, title in titles.items():
        old, new = getattr(before, name, ""), getattr(after, name)
        if old != new:
            entry.changes.append(Change(title, str(old), str(new)))


def _settle_offices(entries: Sequence[Entry], known: Known, opds: Collection[str]) -> None:
    """Refuse a head of an OPD below the OPD itself, and a second one of the same office."""
    held = {_office_of(facts): facts.code for facts in known.positions.values() if facts.office}
    for entry in entries:
        facts = entry.facts
        if not entry.is_right or not isinstance(facts, PositionFacts) or not facts.office:
            continue
        if facts.office == _HEAD_OF_OPD and facts.unit not in opds:
            entry.refuse("Pejabat", Fault.OFFICE_NOT_AT_OPD)
            continue
        other = held.setdefault(_office_of(facts), facts.code)
        if other != facts.code:
            entry.refuse("Pejabat", Fault.OFFICE_TAKEN, code=other)


def _office_of(facts: PositionFacts) -> tuple[str, str]:
    """The office, one in the region or one in each OPD."""
    return facts.office, facts.unit if facts.office == _HEAD_OF_OPD else ""


def _read_position(row: Row, known: Known) -> Entry:
    entry = Entry(row, row.shown("Nama jabatan"))
    cell = _Reader(entry)
    facts = PositionFacts(
        code=cell.text("Kode jabatan", longest=_CODE_LENGTH),
        title=cell.text("Nama jabatan"),
        unit=cell.text("Kode unit", longest=_CODE_LENGTH),
        kind=cell.choice("Jenis jabatan", POSITION_KINDS),
        kelas=cell(lambda: row.whole("Kelas", least=LOWEST_KELAS, most=HIGHEST_KELAS), None) or 0,
        category=cell.text("Kategori", required=False, longest=_CODE_LENGTH) or "umum",
        superior=cell.text("Kode jabatan atasan", required=False, longest=_CODE_LENGTH),
        office=cell.choice("Pejabat", OFFICES, default=""),
    )
    entry.terms_from = cell.start("Berlaku mulai")
    before = known.positions.get(facts.code)
    if not facts.office and before is not None:
        # An empty cell says nothing: many files do not have the column.
        facts = replace(facts, office=before.office)
    entry.facts = facts
    if facts.superior and facts.superior == facts.code:
        entry.refuse("Kode jabatan atasan", Fault.SUPERIOR_SELF)
    return entry


def _refuse_twice(entries: Sequence[Entry], column: str) -> None:
    """The second row with a code is wrong; which of the two is meant, nobody can tell, so the first is as well."""
    first: dict[str, Entry] = {}
    for entry in entries:
        code = entry.facts.code if isinstance(entry.facts, UnitFacts | PositionFacts) else ""
        if not code:
            continue
        other = first.setdefault(code, entry)
        if other is not entry:
            entry.refuse(column, Fault.CODE_TWICE, other=other.row.number)
            if not any(error.fault == Fault.CODE_TWICE for error in other.errors):
                other.refuse(column, Fault.CODE_TWICE, other=entry.row.number)


def _settle(
    entries: Sequence[Entry],
    known: Mapping[str, F],
    above: Callable[[F], str],
    column: str,
    unknown: Fault,
    cycle: Fault,
) -> None:
    """Refuse rows whose superior is nowhere or stands in a circle, and then those that named a refused row."""
    while True:
        tree = {code: above(facts) for code, facts in known.items()}
        right = [e for e in entries if e.is_right]
        tree |= {e.facts.code: above(e.facts) for e in right}  # type: ignore[union-attr, arg-type] # of one sheet
        circles = _circles(tree)
        refused = False
        for entry in right:
            facts: Any = entry.facts
            superior = above(facts)
            if superior and superior not in tree:
                entry.refuse(column, unknown, code=superior)
                refused = True
            elif facts.code in circles:
                entry.refuse(column, cycle, code=superior)
                refused = True
        if not refused:
            return


def _circles(tree: Mapping[str, str]) -> set[str]:
    """The codes that stand above themselves."""
    done: set[str] = set()
    found: set[str] = set()
    for start in tree:
        path: dict[str, int] = {}
        code = start
        while code and code in tree and code not in done and code not in path:
            path[code] = len(path)
            code = tree[code]
        if code in path:
            found.update(step for step, place in path.items() if place >= path[code])
        done.update(path)
    return found


def _compare(entry: Entry, before: Any, after: Any, titles: Mapping[str, str]) -> None:
    if before is None:
        entry.outcome = Outcome.ADD
        return
    for name, title in titles.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            entry.changes.append(Change(title, str(old), str(new)))
    if entry.changes:
        entry.outcome = Outcome.CHANGE


def _plan_people(
    rows: Sequence[Row], known: Known, positions: Mapping[str, PositionFacts], *, today: date
) -> list[Entry]:
    entries = [_read_person(row, known, today) for row in rows]
    by_nip: dict[str, list[Entry]] = {}
    for entry in entries:
        if isinstance(entry.facts, PersonFacts) and entry.facts.nip:
            by_nip.setdefault(entry.facts.nip, []).append(entry)
    for entry in entries:
        placement = entry.placement
        if entry.is_right and placement is not None and placement.position not in positions:
            entry.refuse("Kode jabatan", Fault.POSITION_UNKNOWN, code=placement.position)
    units = known.open_from.units
    # A post also comes into the closed months of its OPD.
    of_posts = {code: units[position.unit] for code, position in positions.items() if position.unit in units}
    for nip, rows_of_one in by_nip.items():
        _plan_person(rows_of_one, known.people.get(nip), known.open_from.people.get(nip), of_posts, today)
    return entries


def _read_person(row: Row, known: Known, today: date) -> Entry:
    entry = Entry(row, row.shown("Nama"))
    cell = _Reader(entry)
    status = cell.choice("Status", STATUSES)
    nip = _read_nip(entry, status, today)
    name = cell.text("Nama")
    email = cell.text("E-mail", required=False, longest=254)
    if email and not _EMAIL.match(email):
        entry.refuse("E-mail", CellFault.NOT_AN_EMAIL)
    golongan = _read_grade(entry, status, cell.text("Golongan", required=False, longest=10))
    entry.facts = PersonFacts(nip, name, status, golongan, email)
    entry.status_from = cell.start("TMT status")
    entry.golongan_from = cell.start("TMT golongan")
    entry.placement = _read_placement(entry, cell)
    if nip in known.inactive and nip not in known.people:
        entry.refuse("NIP", Fault.NIP_INACTIVE)
    return entry


def _read_nip(entry: Entry, status: str, today: date) -> str:
    row = entry.row
    try:
        text = row.digits("NIP")
    except CellRefused as refused:
        if refused.error.fault == CellFault.NUMBER_NOT_TEXT:
            entry.refuse("NIP", Fault.NIP_NUMBER)
        else:
            entry.errors.append(refused.error)
            entry.outcome = Outcome.ERROR
        return ""
    try:
        if status == nips.CONTRACT:
            return nips.only_digits(text)
        nip = nips.read_nip(text, this_year=today.year)
    except nips.InvalidNip as invalid:
        entry.refuse("NIP", Fault(f"nip_{invalid.fault}"))
        return ""
    if status:
        entry.remarks += [row.refuse("NIP", f"nip_{remark}").error for remark in nip.remarks(status)]
    return nip.digits


def grade_of(status: str, text: str) -> str | None:
    """The golongan in its usual form: III/a for PNS and CPNS, a Roman number for PPPK, none ("") for contract staff.

    None when people of this status have no such golongan.
    """
    if status in nips.CIVIL_SERVANTS:
        match = _GRADE.match(text.strip())
        grade = f"{match[1].upper()}/{match[2].lower()}" if match else ""
        return grade if grade in _CIVIL_GRADES else None
    if status == "PPPK":
        grade = text.strip().upper()
        return grade if grade in _PPPK_GRADES else None
    return ""


def example_grade(status: str) -> str:
    """A golongan that people of this status can have, for the words of an error."""
    return "IX" if status == "PPPK" else "III/a"


def _read_grade(entry: Entry, status: str, text: str) -> str:
    grade = grade_of(status, text)
    if grade is None:
        entry.refuse("Golongan", Fault.GRADE_UNKNOWN, status=status, example=example_grade(status))
        return text
    return grade


def _read_placement(entry: Entry, cell: _Reader) -> PlacementFacts | None:
    position = cell.text("Kode jabatan", longest=_CODE_LENGTH)
    kind = cell.choice("Jenis penempatan", PLACEMENT_KINDS, default=_DEFINITIVE)
    since = cell.day("TMT")
    last = cell.day("Sampai", required=False)
    letter = cell.text("Nomor SK", required=False, longest=100)
    if since is None or not position or not kind:
        return None
    if since < _EARLIEST_START:
        entry.refuse("TMT", Fault.STARTS_TOO_EARLY, earliest=f"{_EARLIEST_START:%d-%m-%Y}")
    if last is not None and last < since:
        entry.refuse("Sampai", Fault.ENDS_BEFORE_START)
    return PlacementFacts(position, kind, since, None if last is None else last + _ONE_DAY, letter)


def _plan_person(
    entries: Sequence[Entry],
    known: PersonFacts | None,
    open_from: date | None,
    posts_open_from: Mapping[str, date],
    today: date,
) -> None:
    """The rows of one person: the first says who it is, the others add posts held beside or after."""
    first = entries[0]
    person: Any = first.facts
    for entry in entries[1:]:
        other: Any = entry.facts
        if (other.name, other.status, other.golongan) != (person.name, person.status, person.golongan):
            entry.refuse("Nama", Fault.PERSON_DIFFERS, other=first.row.number)
    definitive = [e for e in entries if e.placement is not None and e.placement.kind == _DEFINITIVE]
    for index, entry in enumerate(definitive):
        for other in definitive[:index]:
            if entry.placement and other.placement and entry.placement.overlaps(other.placement):
                entry.refuse("NIP", Fault.NIP_TWICE, other=other.row.number)
                break
    if known is not None and not _is_same_name(known.name, person.name):
        for entry in entries:
            entry.refuse("NIP", Fault.NIP_OF_ANOTHER, name=known.name)
    if first.is_right:
        _plan_standing(first, person, known, open_from, today)
    if not first.is_right:
        # Who the person is stands in the first row; without it the others have nobody to belong to.
        for entry in entries[1:]:
            if entry.is_right:
                entry.refuse("NIP", Fault.PERSON_WRONG, other=first.row.number)
    held = list(known.placements) if known is not None else []
    for place, entry in enumerate(entries):
        if entry.is_right:
            _plan_row(entry, known, held, open_from, posts_open_from, is_first=place == 0)


def _plan_standing(
    entry: Entry, person: PersonFacts, known: PersonFacts | None, open_from: date | None, today: date
) -> None:
    """Status and golongan, each from its day in the row, today without one; a new person has them from there or always.

    What is recorded stands: a roster adds to the history and never rewrites it.
    """
    given = {"status": entry.status_from, "golongan": entry.golongan_from}
    recorded = () if known is None else known.standings
    # Before the later of the two days one of the values was another, and nobody says which.
    first = max((day for day in given.values() if day is not None), default=None)
    after: tuple[Span[StandingFacts], ...] = (Span(first, None, StandingFacts(person.status, person.golongan)),)
    if recorded:
        entry.facts = replace(person, standings=recorded)
        after = recorded
        for day, names in _different_from(recorded, person, given, today).items():
            column = f"TMT {names[0]}"
            if not _may_change(entry, column, recorded, day, Fault.LATER_STANDING, open_from):
                return
            values = {name: getattr(person, name) for name in names}
            standing = (_value(after, day) or StandingFacts("", ""))._replace(**values)
            if grade_of(standing.status, standing.golongan) != standing.golongan:
                entry.refuse(column, Fault.STANDING_GAP, day=f"{day:%d-%m-%Y}", **standing._asdict())
                return
            after = change(after, day, standing)
        if after == recorded:
            return
        _show(entry, _value(recorded, today), person, _STANDING_TITLES)
        entry.outcome = Outcome.CHANGE
    entry.standing_edit = edit(recorded, after)
    entry.facts = replace(person, standings=after)


def _different_from(
    recorded: Sequence[Span[StandingFacts]], person: PersonFacts, given: Mapping[str, date | None], today: date
) -> dict[date, list[str]]:
    """Which of the two values are not what is recorded, by the day from which the row says them, in order of time."""
    days: dict[date, list[str]] = {}
    for name, since in given.items():
        day = since or today
        known = (getattr(_value(recorded, at), name, None) for at in (day, max(day, today)))
        if getattr(person, name) not in known:
            days.setdefault(day, []).append(name)
    return dict(sorted(days.items()))


def _plan_row(
    entry: Entry,
    known: PersonFacts | None,
    held: list[PlacementFacts],
    open_from: date | None,
    posts_open_from: Mapping[str, date],
    *,
    is_first: bool,
) -> None:
    if known is None:
        entry.outcome = Outcome.ADD
    elif is_first and isinstance(entry.facts, PersonFacts):
        # An empty cell says nothing about the address; it does not take the known one away.
        entry.facts = replace(entry.facts, email=entry.facts.email or known.email)
        _compare(entry, known, entry.facts, _PERSON_TITLES)
    new = entry.placement
    if new is None:
        return
    same = next((h for h in held if (h.position, h.kind, h.since) == (new.position, new.kind, new.since)), None)
    if same is not None:
        _continue(entry, same, new, held, open_from)
        return
    first = max((day for day in (open_from, posts_open_from.get(new.position)) if day is not None), default=None)
    if known is not None and known.placements and first is not None and new.since < first:
        # Only somebody's first posts may say what was before a closed month.
        entry.refuse("TMT", Fault.MONTH_CLOSED, first=f"{first:%d-%m-%Y}")
        return
    if new.kind == _DEFINITIVE:
        for old in [h for h in held if h.kind == _DEFINITIVE and h.overlaps(new)]:
            if old.since >= new.since or old.until is not None or old.position == new.position:
                entry.refuse("TMT", Fault.OVERLAPS, position=old.position, since=f"{old.since:%d-%m-%Y}")
                return
            ended = replace(old, until=new.since)
            held[held.index(old)] = ended
            entry.ended = ended
            entry.changes.append(Change("Kode jabatan", old.position, f"{new.position}"))
    elif any(h.kind == new.kind and h.position == new.position and h.overlaps(new) for h in held):
        entry.refuse("TMT", Fault.OVERLAPS, position=new.position, since=f"{new.since:%d-%m-%Y}")
        return
    if entry.ended is None and entry.outcome is not Outcome.ADD:
        entry.changes.append(Change("Kode jabatan", "", f"{new.position} ({new.kind})"))
    held.append(new)
    if entry.outcome is not Outcome.ADD:
        entry.outcome = Outcome.CHANGE


def _continue(
    entry: Entry, same: PlacementFacts, new: PlacementFacts, held: list[PlacementFacts], open_from: date | None
) -> None:
    """The placement is known already. Its end may be new; a letter is only ever added, an end never taken away."""
    entry.placement = None
    until = same.until if new.until is None else new.until
    letter = new.letter or same.letter
    if until is not None and until != same.until and open_from is not None:
        earlier = until if same.until is None else min(until, same.until)
        if earlier < open_from:
            days = {"first": open_from, "last": open_from - _ONE_DAY}
            entry.refuse("Sampai", Fault.END_CLOSED, **{name: f"{day:%d-%m-%Y}" for name, day in days.items()})
            return
    now = replace(same, until=until, letter=letter)
    is_prolonged = until is not None and same.until is not None and until > same.until
    for other in held if is_prolonged else ():
        beside = same.kind != _DEFINITIVE and other.position != same.position
        if other is not same and other.kind == same.kind and not beside and other.overlaps(now):
            entry.refuse("Sampai", Fault.OVERLAPS, position=other.position, since=f"{other.since:%d-%m-%Y}")
            return
    if until != same.until:
        last = "" if same.until is None else f"{same.until - _ONE_DAY:%d-%m-%Y}"
        entry.changes.append(Change("Sampai", last, entry.row.shown("Sampai")))
    if letter != same.letter:
        entry.changes.append(Change("Nomor SK", same.letter, letter))
    if (until, letter) != (same.until, same.letter):
        # The rows that follow stand beside what this one has made of it.
        held[held.index(same)] = entry.ended = now
        entry.outcome = Outcome.CHANGE


def _is_same_name(known: str, given: str) -> bool:
    """Titles are often added or dropped (Dr., S.Sos.), so what stands before and behind them does not count."""
    left, right = (_bare(name) for name in (known, given))
    if not left or not right or left in right or right in left:
        return True
    return SequenceMatcher(None, left, right).ratio() >= _SAME_NAME


def _bare(name: str) -> str:
    words = name.split(",", 1)[0].casefold().split()
    return " ".join(word for word in words if not word.endswith("."))
