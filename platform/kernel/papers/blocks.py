"""What a paper consists of, before it becomes a PDF or a sheet: paragraphs, pairs, tables, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kernel.papers.values import Form, Value


@dataclass(frozen=True, slots=True)
class Heading:
    """A line between the parts of a paper."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `is_layout`: how the paper is dressed (names of signers), not what it says."""

    text: str
    is_bold: bool = False
    is_layout: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """Label and value, one below the other."""

    rows: Sequence[tuple[str, str]]
    is_layout: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """Sentences with numbers."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table; `is_wide` takes what is left of the line."""

    title: str
    form: Form
    width: int = 13
    group: str = ""
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Foot:
    """A row below the others: its words span the first columns up to the first value."""

    label: str
    values: Sequence[Value]
    is_bold: bool = True


@dataclass(slots=True)
class Table:
    """Rows are read once, from first to last; `foot` may be filled while they are read."""

    columns: Sequence[TableColumn]
    rows: Iterable[Sequence[Value]]
    foot: list[Foot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: what stands above (place and date, or "Mengetahui,"), the title, name, rank and NIP."""

    above: str
    title: str
    name: str
    rank: str = ""
    nip: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures side by side, the last one at the right."""

    signers: Sequence[Signature]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows stands on a page of its own."""


Block: TypeAlias = Heading | Paragraph | Pairs | Numbered | Table | Signatures | NewPage


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of a paper: government, office, address lines, and the logo's bytes with their type."""

    government: str
    office: str
    address: str = ""
    logo: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """What proves an issued paper: its code, the address that the QR leads to, the digest of its content."""

    code: str
    url: str
    digest: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `stamp` lies across each page (KONSEP, LATIHAN); a paper without a seal is not issued."""

    title: str
    subtitle: str
    number: str
    letterhead: Letterhead
    blocks: Sequence[Block]
    is_wide: bool = False
    size: Literal["a4", "f4"] = "f4"
    stamp: str = ""
    seal: Seal | None = None
