"""The catalogue: reading an entry, and laying down versions without touching what was used.

A version is in force for a half-open period. A new version ends the one before it; nothing is edited once an activity
uses it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from kernel.date_words import short_day_words
from kernel.figures import NotAFigure, TwoFigures, read_figure
from kernel.money import decimal_text
from kernel.sheets.words import TWO_FIGURES
from tenants.activities.models import Activity, CatalogueVersion, EvidenceKind, JobKind
from tenants.organisation.models import Position

HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "code": ("Kode",),
    "name": ("Nama", "Nama pekerjaan", "Jenis pekerjaan", "Aktivitas"),
    "output_unit": ("Satuan hasil", "Satuan"),
    "norm_minutes": ("Norma menit", "Menit", "Norma waktu"),
    "points": ("Poin",),
    "weight": ("Bobot",),
    "evidence": ("Perlu bukti", "Bukti"),
    "evidence_rule": ("Syarat bukti",),
    "daily_cap": ("Batas sehari", "Paling banyak sehari"),
    "daily_minutes": ("Batas menit sehari", "Menit paling banyak sehari"),
    "position_kinds": ("Jenis jabatan",),
    "position_titles": ("Nama jabatan",),
    "position_categories": ("Kategori jabatan",),
    "valid_from": ("Berlaku mulai",),
    "valid_to": ("Berlaku sampai",),
}
REQUIRED: Final = ("code", "name", "output_unit", "norm_minutes")
_YES: Final = {"ya", "y", "1", "true", "yes"}
_NO: Final = {"", "tidak", "t", "0", "false", "no", "-"}
_EVIDENCE: Final = {
    "foto": EvidenceKind.PHOTO,
    "photo": EvidenceKind.PHOTO,
    "pdf": EvidenceKind.PDF,
    "nomor surat": EvidenceKind.LETTER,
    "surat": EvidenceKind.LETTER,
    "letter": EvidenceKind.LETTER,
    "nomor disposisi": EvidenceKind.DISPOSITION,
    "disposisi": EvidenceKind.DISPOSITION,
    "disposition": EvidenceKind.DISPOSITION,
}
_RULES: Final = {
    "": JobKind.EvidenceRule.ANY,
    "salah satu": JobKind.EvidenceRule.ANY,
    "any": JobKind.EvidenceRule.ANY,
    "semua": JobKind.EvidenceRule.ALL,
    "all": JobKind.EvidenceRule.ALL,
}
# What "ya" meant before kinds of evidence could be named.
_ANY_FILE: Final = (EvidenceKind.PHOTO.value, EvidenceKind.PDF.value)
_CONTENT: Final = (
    "name",
    "output_unit",
    "norm_minutes",
    "points",
    "weight",
    "evidence_rule",
    "evidence_kinds",
    "daily_cap",
    "daily_minutes",
    "position_kinds",
    "position_titles",
    "position_categories",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one job kind as somebody wrote it down. `evidence_rule` is "" where nothing is asked for."""

    code: str
    name: str
    output_unit: str
    norm_minutes: int
    valid_from: date
    points: Decimal = Decimal(0)
    weight: Decimal = Decimal(1)
    evidence_rule: str = ""
    evidence_kinds: tuple[str, ...] = ()
    daily_cap: int | None = None
    daily_minutes: int | None = None
    position_kinds: tuple[str, ...] = ()
    position_titles: tuple[str, ...] = ()
    position_categories: tuple[str, ...] = ()
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class PositionNames:
    """The titles and categories on the map of posts, as they are spelt there, by their plain form."""

    titles: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)

    def title(self, text: str) -> str | None:
        """A title as the map spells it, None when it is not on the map."""
        return self.titles.get(_plain(text))


def position_names() -> PositionNames:
    """What the map of posts calls its posts, with every category that one has or had. One statement."""
    titles: dict[str, str] = {}
    categories: dict[str, str] = {}
    for title, category in Position.objects.values_list("title", "terms__category").distinct():
        titles[_plain(title)] = title
        if category is not None:
            categories[_plain(category)] = category
    return PositionNames(titles, categories)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


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


def read_entry(
    cells: Mapping[str, str],
    *,
    today: date,
    names: PositionNames | None = None,
    numbers: Collection[str] = (),
) -> Entry:
    """An entry from the texts of one row; without `valid_from` it holds from today. Raises UnreadableEntry.

    A sheet from the time before weights has its points under "Bobot" and no column "Poin". `names` None: titles and
    categories are taken as they stand (a file of our own). `numbers` are the columns whose cell was a number.
    """
    if "weight" in cells and "points" not in cells:
        cells, numbers = _as_of_today(cells), {"points" if name == "weight" else name for name in numbers}
    reading = _Reading(cells, names, numbers)
    entry = Entry(
        code=reading.text("code", 40),
        name=reading.text("name", 200),
        output_unit=reading.text("output_unit", 60),
        norm_minutes=reading.whole("norm_minutes", 1, 1440) or 0,
        points=reading.decimal("points", Decimal(0), Decimal(1_000_000), 2),
        weight=reading.decimal("weight", Decimal(1), Decimal(1000), 3),
        evidence_kinds=(evidence_kinds := reading.evidence_kinds()),
        evidence_rule=reading.evidence_rule() if evidence_kinds else "",
        daily_cap=reading.whole("daily_cap", 1, 1000),
        daily_minutes=reading.whole("daily_minutes", 1, 1440),
        position_kinds=reading.position_kinds(),
        position_titles=reading.named("position_titles", _("Tidak ada di peta jabatan: %(names)s.")),
        position_categories=reading.named(
            "position_categories", _("Tidak ada kategori itu di peta jabatan: %(names)s.")
        ),
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


def _as_of_today(cells: Mapping[str, str]) -> Mapping[str, str]:
    return {"points" if name == "weight" else name: text for name, text in cells.items()}


class _Reading:
    """One row being read; collects what is wrong."""

    def __init__(self, cells: Mapping[str, str], names: PositionNames | None, numbers: Collection[str]) -> None:
        self.cells = cells
        self.numbers = numbers
        self.names = names
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
        if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
            self.fault(column, _("Isi bilangan bulat %(least)d sampai %(most)d.") % {"least": least, "most": most})
            return None
        return int(value)

    def decimal(self, column: str, missing: Decimal, below: Decimal, places: int) -> Decimal:
        value = self.cells.get(column, "").strip()
        if not value:
            return missing
        try:
            number = Decimal(value) if column in self.numbers else read_figure(value, places=places)
        except TwoFigures:
            self.fault(column, str(TWO_FIGURES))
            return missing
        except NotAFigure:
            number = Decimal(-1)
        if not (0 <= number < below and number == round(number, places)):
            text = _("Isi angka, paling banyak %(places)d angka di belakang koma.")
            self.fault(column, text % {"places": places})
            return missing
        return number

    def evidence_kinds(self) -> tuple[str, ...]:
        asked = self.cells.get("evidence", "").strip().casefold()
        if asked in _NO:
            return ()
        if asked in _YES:
            return _ANY_FILE
        kinds = tuple(dict.fromkeys(_EVIDENCE.get(word) for word in _listed(asked, r"[,;/+]")))
        if None in kinds:
            self.fault("evidence", _("Isi ya, tidak, atau jenisnya: foto, pdf, nomor surat, nomor disposisi."))
        return tuple(kind.value for kind in kinds if kind is not None)

    def evidence_rule(self) -> str:
        rule = self.cells.get("evidence_rule", "").strip().casefold()
        if rule not in _RULES:
            self.fault("evidence_rule", _("Isi salah satu atau semua."))
        return _RULES.get(rule, JobKind.EvidenceRule.ANY).value

    def position_kinds(self) -> tuple[str, ...]:
        known = set(Position.Kind.values)
        kinds = _listed(self.cells.get("position_kinds", "").casefold(), r"[,;]")
        if not known.issuperset(kinds):
            self.fault("position_kinds", _("Pilih dari: %(kinds)s.") % {"kinds": ", ".join(sorted(known))})
        return kinds

    def named(self, column: str, unknown: str) -> tuple[str, ...]:
        """Titles or categories, separated by semicolons, as the map of posts spells them."""
        words = _listed(self.cells.get(column, ""), r";")
        if self.names is None:
            return words
        known = self.names.titles if column == "position_titles" else self.names.categories
        strangers = [word for word in words if _plain(word) not in known]
        if strangers:
            self.fault(column, unknown % {"names": "; ".join(strangers)})
        return tuple(known[_plain(word)] for word in words if _plain(word) in known)

    def day(self, column: str) -> date | None:
        value = self.cells.get(column, "").strip()
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault(column, _("Isi tanggal seperti 2026-01-31."))
            return None


def _listed(text: str, separators: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in re.split(separators, text) if part.strip()))


@dataclass(frozen=True, slots=True)
class Plan:
    """What laying down entries would do. Keys of `refused` are positions in the given sequence."""

    create: list[JobKind]
    change: list[JobKind]
    end: list[JobKind]
    unchanged: int
    refused: dict[int, str]


def plan(entries: Sequence[Entry]) -> Plan:
    """Compare the entries with the catalogue as it stands; writes nothing. Two statements at most.

    An activity keeps the version of its day, so a version does not begin on or before a day that was entered already.
    """
    result = Plan([], [], [], 0, {})
    unchanged = 0
    versions = _versions({entry.code for entry in entries})
    last_days = _last_days(entries, versions)
    for position, entry in enumerate(entries):
        known = versions.setdefault(entry.code, [])
        latest = known[-1] if known else None
        if latest is not None and entry.valid_from < latest.valid_from:
            text = _("Sudah ada versi yang lebih baru, berlaku mulai %(day)s.")
            result.refused[position] = text % {"day": short_day_words(latest.valid_from)}
        elif latest is not None and _content(latest) == _content(entry) and latest.valid_to == entry.valid_to:
            unchanged += 1
        elif latest is not None and entry.valid_from == latest.valid_from:
            if latest._state.adding:
                result.refused[position] = _("Kode ini dua kali dengan tanggal mulai yang sama.")
            elif getattr(latest, "is_used", True):
                result.refused[position] = _("Versi ini sudah dipakai. Beri tanggal mulai yang baru untuk perubahan.")
            else:
                _fill(latest, entry)
                result.change.append(latest)
        elif latest is not None and entry.valid_from <= last_days.get(latest.pk, date.min):
            last = last_days[latest.pk]
            text = _("Sudah ada aktivitas sampai %(last)s menurut versi sekarang. Mulai paling cepat %(first)s.")
            result.refused[position] = text % {
                "last": short_day_words(last),
                "first": short_day_words(last + timedelta(days=1)),
            }
        else:
            if latest is not None and (latest.valid_to is None or latest.valid_to > entry.valid_from):
                latest.valid_to = entry.valid_from
                if not latest._state.adding:
                    result.end.append(latest)
            new = JobKind(code=entry.code)
            _fill(new, entry)
            result.create.append(new)
            known.append(new)
    return Plan(result.create, result.change, result.end, unchanged, result.refused)


def lock_catalogue() -> None:
    """One change of the catalogue after the other; call it before planning what will be written."""
    list(CatalogueVersion.objects.select_for_update().order_by("number")[:1])


def lay_down(planned: Plan) -> CatalogueVersion | None:
    """Write what was planned and give the catalogue its next number; None when there was nothing to write.

    A constant number of statements. The caller holds the lock, the transaction and the audit.
    """
    if not (planned.create or planned.change or planned.end):
        return None
    JobKind.objects.bulk_update(planned.end, ["valid_to"], batch_size=500)
    JobKind.objects.bulk_update(planned.change, [*_CONTENT, "valid_to"], batch_size=500)
    JobKind.objects.bulk_create(planned.create, batch_size=500)
    last = CatalogueVersion.objects.aggregate(last=Max("number"))["last"] or 0
    return CatalogueVersion.objects.create(number=last + 1, digest=digest_of_catalogue())


def digest_of_catalogue() -> str:
    """SHA-256 over all versions of all kinds, in canonical JSON, ordered by code and first day. One statement."""
    rows = JobKind.objects.order_by("code", "valid_from").values("code", *_CONTENT, "valid_from", "valid_to")
    text = json.dumps(list(rows), sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _versions(codes: Collection[str]) -> dict[str, list[JobKind]]:
    """The versions of these codes, the oldest first, each with `is_used`."""
    used = Activity.objects.filter(job_kind=OuterRef("pk"))
    found: dict[str, list[JobKind]] = {}
    rows = JobKind.objects.filter(code__in=codes).annotate(is_used=Exists(used)).order_by("code", "valid_from")
    for kind in rows:
        found.setdefault(kind.code, []).append(kind)
    return found


def _last_days(entries: Sequence[Entry], versions: Mapping[str, Sequence[JobKind]]) -> dict[int, date]:
    """By key of the newest versions that the entries would end: the last day that was entered by each, of the days on
    which it would no longer hold. Rejected activities bind nobody. One statement, none when nothing would end."""
    ending = [
        (versions[entry.code][-1].pk, entry.valid_from)
        for entry in entries
        if entry.code in versions and entry.valid_from > versions[entry.code][-1].valid_from
    ]
    if not ending:
        return {}
    entered = Activity.objects.taking_time().filter(
        job_kind__in={pk for pk, _first in ending}, date__gte=min(first for _pk, first in ending)
    )
    return dict(entered.order_by().values_list("job_kind").annotate(Max("date")))


def _content(kind: JobKind | Entry) -> tuple[object, ...]:
    """What makes a version differ from another, besides its dates."""
    values = (getattr(kind, name) for name in _CONTENT)
    return tuple(tuple(sorted(value)) if isinstance(value, list | tuple) else value for value in values)


def _fill(kind: JobKind, entry: Entry) -> None:
    for name in _CONTENT:
        value = getattr(entry, name)
        setattr(kind, name, list(value) if isinstance(value, tuple) else value)
    kind.valid_from = entry.valid_from
    kind.valid_to = entry.valid_to


def cells_of(kind: JobKind) -> list[str]:
    """A version as a row of the sheet, in the order of `HEADINGS`; `read_entry` reads it back."""
    words = {code: word for word, code in reversed(_EVIDENCE.items())}
    evidence = ", ".join(words[EvidenceKind(each)] for each in kind.evidence_kinds)
    return [
        kind.code,
        kind.name,
        kind.output_unit,
        str(kind.norm_minutes),
        _written(kind.points),
        _written(kind.weight),
        evidence or "tidak",
        {"": "", "any": "salah satu", "all": "semua"}[kind.evidence_rule],
        "" if kind.daily_cap is None else str(kind.daily_cap),
        "" if kind.daily_minutes is None else str(kind.daily_minutes),
        ", ".join(kind.position_kinds),
        "; ".join(kind.position_titles),
        "; ".join(kind.position_categories),
        kind.valid_from.isoformat(),
        "" if kind.valid_to is None else kind.valid_to.isoformat(),
    ]


def _written(figure: Decimal) -> str:
    return decimal_text(figure).replace(".", ",")
