"""Which columns a monthly recap can have, and which of them a region chose, in its order and its words.

A code is one of the fixed ones, or says what of a code of the rule set is counted: `kode:TMK1` the days with that
event, `menit:TMK1` its minutes, `surat:I` the days that a document of that kind covers. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tenants.rules.engine import EventCode


@dataclass(frozen=True, slots=True)
class RecapColumn:
    """A column: what is counted, and the heading above it."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Tally:
    """One person's month. `days` and `minutes` are by event code, `documents` whole days by kind of document."""

    working: int = 0
    present: int = 0
    on_time: int = 0
    absent: int = 0
    open: int = 0
    provisional: int = 0
    days: Mapping[str, int] = field(default_factory=dict)
    minutes: Mapping[str, int] = field(default_factory=dict)
    documents: Mapping[str, int] = field(default_factory=dict)

    def value(self, code: str) -> int:
        """What stands in the column; 0 for a code that nobody counted."""
        kind, _, name = code.partition(":")
        if name:
            by_name = {"kode": self.days, "menit": self.minutes, "surat": self.documents}.get(kind, {})
            return by_name.get(name, 0)
        return {
            "hari_kerja": self.working,
            "hadir": self.present,
            "tepat": self.on_time,
            "catatan": self.present - self.on_time,
            "surat": sum(self.documents.values()),
            "tk": self.absent,
            "menit": sum(self.minutes.values()),
            "berjalan": self.open,
            "sementara": self.provisional,
        }.get(kind, 0)


def catalogue(codes: Iterable[EventCode]) -> tuple[RecapColumn, ...]:
    """All columns that can be chosen under rules with these codes."""
    found = [
        RecapColumn("hari_kerja", "Hari kerja"),
        RecapColumn("hadir", "Hadir"),
        RecapColumn("tepat", "Hadir tepat waktu"),
        RecapColumn("catatan", "Hadir dengan catatan"),
    ]
    documents = []
    for code in codes:
        if code.trigger == "document":
            documents.append(RecapColumn(f"surat:{code.code}", code.label))
        elif code.source == "absence":
            continue
        else:
            found.append(RecapColumn(f"kode:{code.code}", code.code))
            if code.source == "tier":
                found.append(RecapColumn(f"menit:{code.code}", f"{code.code} (menit)"))
    return (
        *found,
        RecapColumn("menit", "Jumlah menit"),
        *documents,
        RecapColumn("surat", "Hari dengan surat"),
        RecapColumn("tk", "Tanpa keterangan"),
        RecapColumn("berjalan", "Belum selesai"),
        RecapColumn("sementara", "Masih sementara"),
    )


# What a region has before it chooses: everything but the minutes of single codes and what is not final.
_NOT_USUAL = ("menit:", "catatan", "berjalan", "sementara")


def usual(columns: Sequence[RecapColumn]) -> tuple[RecapColumn, ...]:
    """The layout of a region that has not chosen one."""
    return tuple(column for column in columns if not column.code.startswith(_NOT_USUAL))


def chosen(said: Sequence[Mapping[str, str]], columns: Sequence[RecapColumn]) -> tuple[RecapColumn, ...]:
    """The layout that the region stored, without what the rules of the month do not have; the usual one for none."""
    known = {column.code for column in columns}
    found = tuple(RecapColumn(column["code"], column["title"]) for column in said if column["code"] in known)
    return found or usual(columns)
