"""The catalogue: reading an entry, and laying down versions without touching what was used.

A version is in force for a half-open period. A new version ends the one before it; nothing is edited once an activity
uses it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.activities.models import Activity, JobKind
from tenants.organisation.models import Position

HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "code": ("Kode",),
    "name": ("Nama", "Nama pekerjaan", "Jenis pekerjaan", "Aktivitas"),
    "output_unit": ("Satuan hasil", "Satuan"),
    "norm_minutes": ("Norma menit", "Menit", "Norma waktu"),
    "points": ("Poin", "Bobot"),
    "needs_evidence": ("Perlu bukti", "Bukti"),
    "daily_cap": ("Batas sehari", "Paling banyak sehari"),
    "position_kinds": ("Jenis jabatan",),
    "valid_from": ("Berlaku mulai",),
    "valid_to": ("Berlaku sampai",),
}
REQUIRED: Final = ("code", "name", "output_unit", "norm_minutes")
_YES: Final = {"ya", "y", "1", "true", "yes"}
_NO: Final = {"", "tidak", "t", "0", "false", "no", "-"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one job kind as somebody wrote it down."""

    code: str
    name: str
    output_unit: str
    norm_minutes: int
    points: Decimal
    needs_evidence: bool
    daily_cap: int | None
    position_kinds: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None

    @property
    def content(self) -> tuple[object, ...]:
        """What makes it differ from another version, besides its dates."""
        return (
            self.name,
            self.output_unit,
            self.norm_minutes,
            self.points,
            self.needs_evidence,
            self.daily_cap,
            tuple(sorted(self.position_kinds)),
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell."""

    column: str
    value: str
    message: str


class UnreadableEntry(ValueError):
    """Cells that cannot be an entry; `faults` has at least one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(fault.column for fault in faults))


def read_entry(cells: Mapping[str, str], *, today: date) -> Entry:
    """An entry from the texts of one row; without `valid_from` it holds from today. Raises UnreadableEntry."""
    reading = _Reading(cells)
    entry = Entry(
        code=reading.text("code", 40),
        name=reading.text("name", 200),
        output_unit=reading.text("output_unit", 60),
        norm_minutes=reading.whole("norm_minutes", 1, 1440) or 0,
        points=reading.points(),
        needs_evidence=reading.yes_or_no("needs_evidence"),
        daily_cap=reading.whole("daily_cap", 1, 1000),
        position_kinds=reading.position_kinds(),
        valid_from=reading.day("valid_from") or today,
        valid_to=reading.day("valid_to"),
    )
    if not reading.faults and entry.norm_minutes == 0:
        reading.fault("norm_minutes", _("Isi norma waktu dalam menit."))
    if entry.valid_to is not None and entry.valid_to <= entry.valid_from:
        reading.fault("valid_to", _("Harus sesudah tanggal mulai."))
    if reading.faults:
        raise UnreadableEntry(reading.faults)
    return entry


class _Reading:
    """One row being read; collects what is wrong."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.faults: list[Fault] = []

    def fault(self, column: str, message: str) -> None:
        self.faults.append(Fault(HEADINGS[column][0], self.cells.get(column, ""), message))

    def text(self, column: str, longest: int) -> str:
        value = self.cells.get(column, "").strip()
        if not value:
            self.fault(column, _("Wajib diisi."))
        elif len(value) > longest:
            self.fault(column, _("Paling panjang %(count)d huruf.") % {"count": longest})
        return value

    def whole(self, column: str, least: int, most: int) -> int | None:
        value = self.cells.get(column, "").strip()
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            self.fault(column, _("Isi bilangan bulat %(least)d sampai %(most)d.") % {"least": least, "most": most})
            return None
        return int(value)

    def points(self) -> Decimal:
        value = self.cells.get("points", "").strip().replace(",", ".")
        if not value:
            return Decimal(0)
        try:
            points = Decimal(value)
        except InvalidOperation:
            points = Decimal(-1)
        if not (points.is_finite() and 0 <= points < 1_000_000 and points == points.quantize(Decimal("0.01"))):
            self.fault("points", _("Isi angka, paling banyak dua angka di belakang koma."))
            return Decimal(0)
        return points

    def yes_or_no(self, column: str) -> bool:
        value = self.cells.get(column, "").strip().casefold()
        if value not in _YES | _NO:
            self.fault(column, _("Isi ya atau tidak."))
        return value in _YES

    def position_kinds(self) -> tuple[str, ...]:
        known = set(Position.Kind.values)
        kinds = tuple(
            part.strip().casefold() for part in self.cells.get("position_kinds", "").split(",") if part.strip()
        )
        if not known.issuperset(kinds):
            self.fault("position_kinds", _("Pilih dari: %(kinds)s.") % {"kinds": ", ".join(sorted(known))})
        return tuple(dict.fromkeys(kinds))

    def day(self, column: str) -> date | None:
        value = self.cells.get(column, "").strip()
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault(column, _("Isi tanggal seperti 2026-01-31."))
            return None


@dataclass(frozen=True, slots=True)
class Plan:
    """What laying down entries would do. Keys of `refused` are positions in the given sequence."""

    create: list[JobKind]
    change: list[JobKind]
    end: list[JobKind]
    unchanged: int
    refused: dict[int, str]


def plan(entries: Sequence[Entry]) -> Plan:
    """Compare the entries with the catalogue as it stands; writes nothing. One statement."""
    result = Plan([], [], [], 0, {})
    unchanged = 0
    versions = _versions({entry.code for entry in entries})
    for position, entry in enumerate(entries):
        known = versions.setdefault(entry.code, [])
        latest = known[-1] if known else None
        if latest is not None and entry.valid_from < latest.valid_from:
            text = _("Sudah ada versi yang lebih baru, berlaku mulai %(day)s.")
            result.refused[position] = text % {"day": date_format(latest.valid_from, "j M Y")}
        elif latest is not None and _content(latest) == entry.content and latest.valid_to == entry.valid_to:
            unchanged += 1
        elif latest is not None and entry.valid_from == latest.valid_from:
            if getattr(latest, "is_used", True):
                result.refused[position] = _("Versi ini sudah dipakai. Beri tanggal mulai yang baru untuk perubahan.")
            else:
                _fill(latest, entry)
                result.change.append(latest)
        else:
            if latest is not None and (latest.valid_to is None or latest.valid_to > entry.valid_from):
                latest.valid_to = entry.valid_from
                result.end.append(latest)
            new = JobKind(code=entry.code)
            _fill(new, entry)
            result.create.append(new)
            known.append(new)
    return Plan(result.create, result.change, result.end, unchanged, result.refused)


def lay_down(planned: Plan) -> None:
    """Write what was planned, in three statements. The caller holds the transaction and the audit."""
    JobKind.objects.bulk_update(planned.end, ["valid_to"], batch_size=500)
    JobKind.objects.bulk_update(
        planned.change,
        ["name", "output_unit", "norm_minutes", "points", "needs_evidence", "daily_cap", "position_kinds", "valid_to"],
        batch_size=500,
    )
    JobKind.objects.bulk_create(planned.create, batch_size=500)


def _versions(codes: Collection[str]) -> dict[str, list[JobKind]]:
    """The versions of these codes, the oldest first, each with `is_used`."""
    used = Activity.objects.filter(job_kind=OuterRef("pk"))
    found: dict[str, list[JobKind]] = {}
    rows = JobKind.objects.filter(code__in=codes).annotate(is_used=Exists(used)).order_by("code", "valid_from")
    for kind in rows:
        found.setdefault(kind.code, []).append(kind)
    return found


def _content(kind: JobKind) -> tuple[object, ...]:
    return (
        kind.name,
        kind.output_unit,
        kind.norm_minutes,
        kind.points,
        kind.needs_evidence,
        kind.daily_cap,
        tuple(sorted(kind.position_kinds)),
    )


def _fill(kind: JobKind, entry: Entry) -> None:
    kind.name = entry.name
    kind.output_unit = entry.output_unit
    kind.norm_minutes = entry.norm_minutes
    kind.points = entry.points
    kind.needs_evidence = entry.needs_evidence
    kind.daily_cap = entry.daily_cap
    kind.position_kinds = list(entry.position_kinds)
    kind.valid_from = entry.valid_from
    kind.valid_to = entry.valid_to
