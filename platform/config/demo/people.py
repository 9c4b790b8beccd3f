"""Who works in a demo region: two OPD with posts above one another, written as the sheet that an admin would import."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from config.demo.chance import draw
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.employees import roster_sheet

STARTED = date(2024, 1, 1)
OPDS = (("1.01", "Dinas Komunikasi dan Informatika"), ("1.02", "Badan Kepegawaian dan Pengembangan SDM"))
SECTIONS = ("Layanan", "Data")
STAFF_KELAS = (7, 7, 6, 8, 7, 6)
# The posts whose holders have names and passwords in the demo: the cast.
CAST = {"1.01.1.S1": "Ani", "1.01.1.KS": "Budi", "1.02.1.S1": "Citra"}


@dataclass
class Roster:
    """The three sheets of the import, and the NIP of each cast member by name."""

    units: list[tuple[str, ...]] = field(default_factory=list)
    positions: list[tuple[str, ...]] = field(default_factory=list)
    people: list[tuple[str, ...]] = field(default_factory=list)
    nips: dict[str, str] = field(default_factory=dict)

    def as_workbook(self) -> bytes:
        """The file that an admin would upload."""
        rows = {"Unit": self.units, "Jabatan": self.positions, "Pegawai": self.people}
        return workbook(
            Sheet(title, [Column(name) for name in columns], [_filled(row, len(columns)) for row in rows[title]])
            for title, columns in roster_sheet.COLUMNS.items()
        )


def _filled(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The row with its last, optional cells left empty."""
    return (*row, *("",) * (width - len(row)))


def roster_of(region: str, *, secretary_category: str) -> Roster:
    """34 people in two OPD, the same on every machine."""
    roster = Roster()
    for opd, name in OPDS:
        roster.units.append((opd, name, "OPD", "", "umum"))
        secretary = f"{opd}.SEK"
        roster.positions.append((secretary, "Sekretaris", opd, "Administrator", "12", secretary_category, ""))
        _add_person(roster, region, secretary, "IV/a")
        for number, section in enumerate(SECTIONS, 1):
            unit = f"{opd}.{number}"
            roster.units.append((unit, f"Bidang {section}", "Bidang", opd, "umum"))
            head, lead = f"{unit}.KB", f"{unit}.KS"
            roster.positions.append((head, f"Kepala Bidang {section}", unit, "Administrator", "11", "umum", secretary))
            roster.positions.append((lead, f"Kepala Seksi {section}", unit, "Pengawas", "9", "umum", head))
            _add_person(roster, region, head, "IV/a")
            _add_person(roster, region, lead, "III/d")
            for seat, kelas in enumerate(STAFF_KELAS, 1):
                post = f"{unit}.S{seat}"
                title = f"Pengelola {section} {seat}"
                roster.positions.append((post, title, unit, "Pelaksana", str(kelas), "umum", lead))
                _add_person(roster, region, post, "III/b" if kelas > 6 else "II/c", is_candidate=seat == 6)
    return roster


def _add_person(roster: Roster, region: str, post: str, golongan: str, *, is_candidate: bool = False) -> None:
    serial = len(roster.people) + 1
    born = date(1980 + draw(region, post, "year", below=15), 1 + draw(region, post, "month", below=12), 1)
    appointed = born.year + 24
    sex = 1 + draw(region, post, "sex", below=2)
    nip = f"{born:%Y%m}{1 + draw(region, post, 'day', below=28):02d}{appointed}{born.month:02d}{sex}{serial:03d}"
    name = CAST.get(post, f"Pegawai {serial:02d}")
    if post in CAST:
        roster.nips[name] = nip
    status = "CPNS" if is_candidate else "PNS"
    roster.people.append((nip, name, status, golongan, "", post, "Definitif", f"{STARTED:%d-%m-%Y}", "", ""))
