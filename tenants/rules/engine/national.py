"""National tables that ship with the project: rates and amounts that hold in every region, dated, with their source.

A file of `tenants/rules/national` is one table from one month on; a newer one of the same name takes its place from
its own month on. A rule set pins the ones it uses (`ter_bulanan@2024-01-01`), so that published rules stay as they
are when a newer table ships. Sources and what is not confirmed: domain note 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import yaml

from kernel.money import exact

from .canonical import canonical_json, sha256

# `regulation_read`: the signed text itself; `two_copies`: two copies that agree; `one_copy`: a single one.
Trust = Literal["regulation_read", "two_copies", "one_copy"]


@dataclass(frozen=True, slots=True)
class TableSource:
    """Where the figures were read, and what that place says."""

    title: str
    says: str


@dataclass(frozen=True, slots=True)
class TableBand:
    """One row as a page shows it: what it belongs to, the range or case, and its figure."""

    group: str
    label: str
    figure: Decimal
    unit: Literal["percent", "rupiah"]


@dataclass(frozen=True, slots=True)
class NationalTable:
    """One table from its first day on. `content` holds figures as text, in the shape that rule nodes take.

    `labels` name its figures where the content does not; `open` are sentences on what the sources leave open; `digest`
    is over name, first day and content.
    """

    name: str
    valid_from: date
    label: str
    regulation: str
    trust: Trust
    sources: tuple[TableSource, ...]
    open: tuple[str, ...]
    content: Mapping[str, Any]
    labels: Mapping[str, str]
    digest: str

    @property
    def reference(self) -> str:
        """`ter_bulanan@2024-01-01`, as a rule set names it."""
        return f"{self.name}@{self.valid_from.isoformat()}"


def names() -> tuple[str, ...]:
    """The names of all tables, in alphabetical order."""
    return tuple(sorted({table.name for table in _tables().values()}))


def versions(name: str) -> tuple[NationalTable, ...]:
    """All tables of a name, the oldest first; empty for an unknown name."""
    return tuple(sorted((t for t in _tables().values() if t.name == name), key=lambda table: table.valid_from))


def table(reference: str) -> NationalTable:
    """The table that a rule set pins. Raises ``LookupError``."""
    try:
        return _tables()[reference]
    except KeyError as error:
        raise LookupError(f"no national table {reference!r}") from error


def in_force(name: str, day: date) -> NationalTable | None:
    """The newest table of the name that has begun by the day, or ``None``."""
    return next((found for found in reversed(versions(name)) if found.valid_from <= day), None)


def bands(table: NationalTable) -> tuple[TableBand, ...]:
    """Every figure of the table as rows to be read by people, in the order of the file."""
    content = table.content
    match content:
        case {"tables": tables, "categories": categories}:
            return tuple(
                row for name, rows in tables.items() for row in _steps(f"{name}: {', '.join(categories[name])}", rows)
            )
        case {"bands": rows}:
            return tuple(_steps("", rows))
        case {"amounts": amounts}:
            return tuple(TableBand("", status, Decimal(amount), "rupiah") for status, amount in amounts.items())
        case {"rates": rates}:
            return tuple(
                TableBand(", ".join(row["statuses"]), golongan, Decimal(percent), "percent")
                for row in rates
                for golongan, percent in row["percent"].items()
            )
        case _:
            return tuple(
                TableBand("", table.labels[key], Decimal(figure), "percent" if key.endswith("percent") else "rupiah")
                for key, figure in content.items()
            )


def _steps(group: str, rows: list[dict[str, str]]) -> list[TableBand]:
    found: list[TableBand] = []
    before = ""
    for row in rows:
        to = row.get("to")
        over = f"di atas {_thousands(before)}" if before else ""
        label = " ".join(filter(None, (over, f"sampai {_thousands(to)}" if to else "")))
        found.append(TableBand(group, label, Decimal(row["percent"]), "percent"))
        before = to or ""
    return found


def _thousands(figure: str) -> str:
    return f"{Decimal(figure):,.0f}".replace(",", ".")


@cache
def _tables() -> Mapping[str, NationalTable]:
    folder = files("tenants.rules") / "national"
    read = [_read(entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    return MappingProxyType({found.reference: found for found in sorted(read, key=lambda found: found.reference)})


def _read(text: str) -> NationalTable:
    tree = yaml.safe_load(text)
    _check_figures(tree["content"])
    return NationalTable(
        name=tree["name"],
        valid_from=tree["valid_from"],
        label=tree["label"],
        regulation=tree["regulation"],
        trust=tree["trust"],
        sources=tuple(TableSource(source["title"], source["says"].strip()) for source in tree["sources"]),
        open=tuple(tree["open"]),
        content=MappingProxyType(tree["content"]),
        labels=MappingProxyType(tree.get("labels", {})),
        digest=sha256(canonical_json([tree["name"], tree["valid_from"], tree["content"]])),
    )


def _check_figures(content: Any, key: str = "") -> None:
    """Figures are text, so that none passes through a float. Raises ``TypeError`` or ``ValueError``."""
    if isinstance(content, Mapping):
        for name, below in content.items():
            _check_figures(below, str(name))
    elif isinstance(content, list):
        for below in content:
            _check_figures(below, key)
    elif not isinstance(content, str):
        raise TypeError(f"{key}: {content!r} is not text")
    elif content[:1].isdigit():
        exact(content)
