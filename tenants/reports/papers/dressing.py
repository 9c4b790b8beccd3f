"""How a paper is dressed: letterhead, place, size, number pattern and signers, each from the nearest that says it.

A unit's own setting counts before its OPD's, that before the region's, and last what the platform offers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, cast

from django.core.files.storage import default_storage

from kernel.papers.blocks import Letterhead
from kernel.tenancy.context import current_region
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on
from tenants.organisation.models import Position, Unit
from tenants.reports.models import PaperSettings, Signer

USUAL_PATTERN: Final = "900.1/{nomor}/{dokumen}/{opd}/{bulan}/{tahun}"

# Ranks of civil servants (PP 11/2017 jo. PP 17/2020; the names are those of PP 7/1977).
RANKS: Final[Mapping[str, str]] = {
    "I/a": "Juru Muda",
    "I/b": "Juru Muda Tingkat I",
    "I/c": "Juru",
    "I/d": "Juru Tingkat I",
    "II/a": "Pengatur Muda",
    "II/b": "Pengatur Muda Tingkat I",
    "II/c": "Pengatur",
    "II/d": "Pengatur Tingkat I",
    "III/a": "Penata Muda",
    "III/b": "Penata Muda Tingkat I",
    "III/c": "Penata",
    "III/d": "Penata Tingkat I",
    "IV/a": "Pembina",
    "IV/b": "Pembina Tingkat I",
    "IV/c": "Pembina Utama Muda",
    "IV/d": "Pembina Utama Madya",
    "IV/e": "Pembina Utama",
}


def rank_words(golongan: str) -> str:
    """`Pembina (IV/a)`; golongan of contract employees and unknown ones as they are."""
    return f"{RANKS[golongan]} ({golongan})" if golongan in RANKS else golongan


@dataclass(frozen=True, slots=True)
class PaperSigner:
    """A signer as printed."""

    role: int
    name: str
    nip: str
    rank: str
    title: str


@dataclass(frozen=True, slots=True)
class Dressing:
    """Everything around the content. `signers` has an entry for each role that somebody holds."""

    letterhead: Letterhead
    place: str
    size: Literal["a4", "f4"]
    patterns: Mapping[str, str]
    signers: Mapping[int, PaperSigner]

    def pattern(self, paper: str) -> str:
        """The number pattern of a paper."""
        return self.patterns.get(paper) or self.patterns.get("") or USUAL_PATTERN

    def missing(self, roles: Collection[int]) -> tuple[int, ...]:
        """The roles that nobody holds."""
        return tuple(role for role in roles if role not in self.signers)


def dressing_of(opd: Unit, day: date, *, unit: Unit | None = None) -> Dressing:
    """How a paper of this OPD, or of a unit below it, is dressed on a day. At most seven statements."""
    line = [opd] if unit is None or unit.pk == opd.pk else [unit, opd]
    said = {
        row.unit_id: row
        for row in PaperSettings.objects.select_related("logo").filter(unit__in=line)
        | PaperSettings.objects.select_related("logo").filter(unit__isnull=True)
    }
    nearest = [said[key] for key in (*(place.pk for place in line), None) if key in said]
    region = current_region()
    logo = next((row.logo for row in nearest if row.logo is not None and row.logo.is_clean), None)
    letterhead = Letterhead(
        government=_first(nearest, "government") or f"PEMERINTAH {region.name}".upper(),
        # The name of one OPD is nobody else's: the region's row has none.
        office=_first([row for row in nearest if row.unit_id is not None], "office") or line[0].name.upper(),
        address=_first(nearest, "address"),
        logo=None if logo is None else (logo.content_type, _bytes(logo.path)),
    )
    patterns: dict[str, str] = {}
    for row in reversed(nearest):
        patterns.update(row.number_patterns)
    return Dressing(
        letterhead=letterhead,
        place=_first(nearest, "place") or region.short_name,
        size=cast("Literal['a4', 'f4']", _first(nearest, "size") or "f4"),
        patterns=patterns,
        signers=signers_of(line, day),
    )


def _first(rows: Sequence[PaperSettings], name: str) -> str:
    return next((value for row in rows if (value := str(getattr(row, name)).strip())), "")


def _bytes(path: str) -> bytes:
    with default_storage.open(path, "rb") as file:
        content: bytes = file.read()
    return content


def signers_of(line: Sequence[Unit], day: date) -> dict[int, PaperSigner]:
    """Who signs on the day in each role: of the first unit in the line that has somebody, else of the region.

    Where nobody is recorded as head, the holder of the OPD's post of head is.
    """
    units = [unit.pk for unit in line]
    rows: list[Any] = list(Signer.objects.on(day).of_units(units))
    nearness = {unit: place for place, unit in enumerate([*units, None])}
    found: dict[int, PaperSigner] = {}
    for row in sorted(rows, key=lambda row: nearness[row.unit_id]):
        found.setdefault(row.role, PaperSigner(row.role, row.name, row.nip, row.rank, row.title))
    if Signer.Role.HEAD not in found and (head := _holder_of_the_head_post(line[-1], day)):
        found[Signer.Role.HEAD] = head
    return found


def _holder_of_the_head_post(opd: Unit, day: date) -> PaperSigner | None:
    post = Position.objects.active().filter(unit=opd, office=Position.Office.KEPALA_OPD).first()
    if post is None:
        return None
    people = Employee.objects.filter(placements__position=post, placements__period__contains=day)
    holder = people.standing_on(day).order_by("pk").first()
    if holder is None:
        return None
    posts = posts_on([holder.pk], day).get(holder.pk)
    acting = (
        "" if posts is None else next((f"{p.kind.title()}. " for p in posts.acting if p.position_id == post.pk), "")
    )
    golongan: str = getattr(holder, "golongan", "") or ""
    return PaperSigner(Signer.Role.HEAD, holder.name, holder.nip, rank_words(golongan), f"{acting}{post.title}")
