"""What a file is, told by its content; and whether it is something else as well."""

from __future__ import annotations

import re
import struct
from enum import StrEnum
from typing import Final

from kernel.files.inspection import markup
from kernel.files.inspection.findings import quarantine, reject
from kernel.files.inspection.names import LEGACY_OFFICE, extension

STEP: Final = "kind"
POLYGLOT: Final = "polyglot"


class Kind(StrEnum):
    """The kinds that somewhere are taken, by their extension."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    CSV = "csv"
    TEXT = "txt"
    DATA = "dat"


PICTURES: Final = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP})
OFFICE: Final = frozenset({Kind.DOCX, Kind.XLSX, Kind.PPTX})
TEXTS: Final = frozenset({Kind.CSV, Kind.TEXT, Kind.DATA})
DOCUMENTS: Final = frozenset({Kind.PDF, *PICTURES, *OFFICE})
CONTENT_TYPES: Final = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Kind.CSV: "text/csv",
    Kind.TEXT: "text/plain",
    Kind.DATA: "text/plain",
}
_BY_EXTENSION: Final = {**{kind.value: kind for kind in Kind}, "jpeg": Kind.JPEG, "log": Kind.DATA, "tsv": Kind.CSV}

# Beginnings that a person may have meant, for a reason with a way out; and those that nobody means.
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXECUTABLES: Final = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"dex\n",
    b"L\0\0\0\x01\x14\x02\0",
    b"!<arch>",
)
_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF",
)
_SECOND: Final = re.compile(
    rb"%PDF-\d|PK\x03\x04.{22}[\w\[]|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x7fELF[\x01\x02]"
    rb"|This program cannot be run in DOS mode|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|GIF8[79]a",
    re.DOTALL,
)
_PADDING: Final = b"\0\xff \t\r\n"
# Padding before what follows; the last bytes may already belong to that.
_LEADING: Final = re.compile(
    rb"\A(?:[\0 \t\r\n]*(?=\0\0\0[\x08-\xff]ftyp)|[\0\xff \t\r\n]*?(?=\xff\xd8\xff|[^\0\xff \t\r\n]))", re.DOTALL
)
_ENTROPY_END: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def kind_of(content: bytes) -> Kind | None:
    """By the first bytes alone; an Office file is told apart by its parts later and is called DOCX here."""
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Kind.WEBP
    return Kind.DOCX if content.startswith(b"PK\x03\x04") else None


def claimed_kind(name: str, allowed: frozenset[Kind]) -> Kind:
    """What the name says that the file is. Raises Stop when that is not taken."""
    last = extension(name)
    if last in LEGACY_OFFICE:
        raise reject(STEP, "legacy_office", last)
    kind = _BY_EXTENSION.get(last)
    if kind is None or kind not in allowed:
        raise reject(STEP, "extension", last)
    return kind


def check_kind(content: bytes, kind: Kind) -> None:
    """Raise Stop unless the content begins as the claimed kind does."""
    if kind in TEXTS:
        _check_not_binary(content)
        return
    found = kind_of(content)
    if found is kind or (found is Kind.DOCX and kind in OFFICE):
        return
    if content.startswith(_OLE):
        locked = "E\0n\0c\0r\0y\0p\0t".encode("latin-1") in content
        raise reject(STEP, "locked" if locked and kind in OFFICE else "legacy_office", "OLE")
    if content.startswith(_EXECUTABLES):
        raise quarantine(STEP, "executable")
    active = markup.sniff_active(content)
    if active:
        raise quarantine(STEP, active)
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"hevc"):
        raise reject(STEP, "phone_picture")
    if kind is Kind.PDF and b"%PDF-" in content[:2048]:
        raise reject(POLYGLOT, "not_at_beginning")
    raise reject(STEP, "content", content[:8].hex())


def _check_not_binary(content: bytes) -> None:
    if content.startswith(_EXECUTABLES[1:]) or (content.startswith(b"MZ") and b"\0" in content[:64]):
        raise quarantine(STEP, "executable")
    if content.startswith(_OLE):
        raise reject(STEP, "legacy_office", "OLE")
    if content.startswith(_ARCHIVES) or kind_of(content) is not None:
        raise reject(STEP, "content", content[:8].hex())
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise reject(STEP, "binary")


def ends_as_archive(content: bytes) -> bool:
    """Whether an unpacker would find a packed file in the bytes: they look for its directory from the end."""
    start = max(0, len(content) - 65_557)
    at = content.rfind(b"PK\x05\x06", start)
    while at >= 0:
        if len(content) - at >= 22:
            entries, size, offset, note = struct.unpack("<10xHIIH", content[at : at + 22])
            if at + 22 + note <= len(content) + 1 and size <= at and (entries or not size) and offset <= len(content):
                return True
        at = content.rfind(b"PK\x05\x06", start, at)
    return False


def check_polyglot(content: bytes, kind: Kind) -> None:
    """Raise Stop when the bytes are a second thing as well: another header, data behind the end, a packed file."""
    if kind in OFFICE or kind in TEXTS:
        return
    if ends_as_archive(content):
        raise quarantine(POLYGLOT, "archive_inside")
    if markup.markup_at_beginning(content):
        raise quarantine(POLYGLOT, "markup")
    if kind is Kind.PDF:
        return
    if b"%PDF-" in content[:1024]:
        raise quarantine(POLYGLOT, "second_kind", "PDF")
    end = {Kind.JPEG: _jpeg_end, Kind.PNG: _png_end, Kind.WEBP: _webp_end}[kind](content)
    if end is None:
        active = markup.sniff_active(content)
        if active:
            raise quarantine(POLYGLOT, active)
        raise reject("structure", "damaged")
    _check_tail(content[end:])


def _check_tail(tail: bytes) -> None:
    """What follows a picture's end: padding, or what phones put there (a second picture, a moving one, their marks)."""
    if not tail.strip(_PADDING):
        return
    rest = _LEADING.sub(b"", tail, count=1)
    active = markup.sniff_active(rest)
    if active:
        raise quarantine(POLYGLOT, active)
    second = _SECOND.search(rest)
    if second is not None:
        raise quarantine(POLYGLOT, "second_kind", second[0][:8].hex())
    if rest.startswith(b"\xff\xd8\xff"):
        # Depth map, bright-area map, preview: pictures of their own behind the first.
        end = _jpeg_end(rest)
        if end is not None:
            _check_tail(rest[end:])
            return
    if rest.rstrip(_PADDING).endswith(b"SEFT") or rest[4:8] == b"ftyp":
        return
    raise reject(POLYGLOT, "data_after_end", len(rest))


def _jpeg_end(content: bytes) -> int | None:
    """The offset behind the end mark, walked from segment to segment; None when the walk breaks."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return None
        mark = content[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == 0xD9:
            return at + 2
        if mark == 0x01 or 0xD0 <= mark <= 0xD7:
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2:
            return None
        at += 2 + length
        if mark == 0xDA:
            found = _ENTROPY_END.search(content, at)
            if found is None:
                return None
            at = found.start()
    return at + 2 if content[at : at + 2] == b"\xff\xd9" else None


def _png_end(content: bytes) -> int | None:
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at if at <= len(content) else None
    return None


def _webp_end(content: bytes) -> int | None:
    end = 8 + int.from_bytes(content[4:8], "little")
    end += end % 2
    return end if end <= len(content) + 1 else None


def picture_words(content: bytes, kind: Kind) -> bytes:
    """What a picture carries besides its pixels, unpacked data left out: where text would be hidden."""
    parts: list[bytes] = []
    if kind is Kind.JPEG:
        at = 2
        while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] not in (0xDA, 0xD9):
            length = int.from_bytes(content[at + 2 : at + 4], "big")
            if content[at + 1] == 0xFE or 0xE0 <= content[at + 1] <= 0xEF:
                parts.append(content[at + 4 : at + 2 + length])
            at += 2 + max(length, 2)
    if kind is Kind.PNG:
        at = 8
        while at + 12 <= len(content):
            length = int.from_bytes(content[at : at + 4], "big")
            if content[at + 4 : at + 8] not in (b"IDAT", b"fdAT", b"iCCP"):
                parts.append(content[at + 8 : at + 8 + length])
            at += 12 + length
    if kind is Kind.WEBP:
        at = 12
        while at + 8 <= len(content):
            length = int.from_bytes(content[at + 4 : at + 8], "little")
            if content[at : at + 4] not in (b"VP8 ", b"VP8L", b"ALPH", b"ANMF"):
                parts.append(content[at + 8 : at + 8 + length])
            at += 8 + length + length % 2
    return b"\n".join(parts)
