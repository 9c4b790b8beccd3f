"""Documents made by real libraries, as people make them; and pieces to build hostile ones from. All inert."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable

import docx
import openpyxl
import pikepdf
import pptx
import xlsxwriter
from PIL import Image, PngImagePlugin
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

WORDS = (
    "Laporan pelaksanaan kegiatan rapat koordinasi perangkat daerah. Peserta hadir tepat waktu dan membahas capaian "
    "kinerja triwulan berjalan, rencana tindak lanjut, serta pembagian tugas setiap bidang."
)


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def pdf(text: str = WORDS, *, pages: int = 1, title: str = "Surat tugas", compress: int = 1) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, pageCompression=compress, invariant=1)
    page.setTitle(title)
    for number in range(pages):
        for line, start in enumerate(range(0, len(text), 80)):
            page.drawString(60, 780 - 14 * line, text[start : start + 80])
        page.drawString(60, 60, f"Halaman {number + 1}")
        page.showPage()
    page.save()
    return out.getvalue()


def changed_pdf(change: Callable[[pikepdf.Pdf], object], content: bytes | None = None) -> bytes:
    with pikepdf.open(io.BytesIO(content or pdf())) as document:
        change(document)
        return saved(lambda out: document.save(out, deterministic_id=True))


def picture(width: int = 64, height: int = 48, colour: int = 120) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB").point(lambda value: (value + colour) % 256)


def jpeg(image: Image.Image | None = None, **how: object) -> bytes:
    return saved(lambda out: (image or picture()).save(out, "JPEG", **how))


def png(image: Image.Image | None = None, **how: object) -> bytes:
    return saved(lambda out: (image or picture()).save(out, "PNG", **how))


def webp(image: Image.Image | None = None, **how: object) -> bytes:
    return saved(lambda out: (image or picture()).save(out, "WEBP", **how))


def png_with_words(words: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", words)
    return png(pnginfo=info)


def jpeg_with_segment(mark: int, body: bytes, content: bytes | None = None) -> bytes:
    plain = content or jpeg()
    return plain[:2] + bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body + plain[2:]


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def word(text: str = WORDS) -> bytes:
    document = docx.Document()
    document.add_heading("Laporan", 1)
    document.add_paragraph(text)
    return saved(document.save)


def sheet(rows: Iterable[Iterable[object]] = (("NIP", "Nama"), ("198001012005011001", "Ani"))) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    return saved(book.save)


def slides(text: str = WORDS) -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Paparan"
    slide.placeholders[1].text = text
    return saved(show.save)


def written_sheet(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        fill(book)
    return out.getvalue()


def repacked(
    content: bytes,
    *,
    change: dict[str, Callable[[bytes], bytes]] | None = None,
    add: dict[str, bytes] | None = None,
    leave_out: tuple[str, ...] = (),
) -> bytes:
    """The same packed file with parts changed, added or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in leave_out:
                part = old.read(info)
                if change and info.filename in change:
                    part = change[info.filename](part)
                new.writestr(zipfile.ZipInfo(info.filename, (2026, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
        for name, part in (add or {}).items():
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def put_in(before: bytes, what: bytes) -> Callable[[bytes], bytes]:
    """A change of a part: `what` before the first of these bytes."""

    def change(part: bytes) -> bytes:
        at = part.index(before)
        return part[:at] + what + part[at:]

    return change


RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relation(kind: bytes, target: bytes, *, outside: bool = True, name: bytes = b"rIdX9") -> Callable[[bytes], bytes]:
    """A change of a .rels part: one more relationship."""
    mode = b' TargetMode="External"' if outside else b""
    row = b'<Relationship Id="%s" Type="%s%s" Target="%s"%s/>' % (name, RELATIONS, kind, target, mode)
    return put_in(b"</Relationships>", row)


def compound(*streams: str) -> bytes:
    """A compound file (the container of the older Office formats) that has empty streams of these names, no content."""
    sector = 512
    entries = [("Root Entry", 5, 0xFFFFFFFE, 1 if streams else 0xFFFFFFFF)]
    entries += [(name, 2, 0xFFFFFFFE, 0xFFFFFFFF) for name in streams]
    directory = b""
    for number, (name, kind, start, child) in enumerate(entries):
        packed = name.encode("utf-16-le")[:62]
        right = number + 1 if kind == 2 and number + 1 < len(entries) else 0xFFFFFFFF
        directory += packed.ljust(64, b"\0") + struct.pack("<HBB", len(packed) + 2, kind, 1)
        directory += struct.pack("<III", 0xFFFFFFFF, right, child) + b"\0" * 36 + struct.pack("<IQ", start, 0)
    while len(directory) % sector:
        directory += b"\0" * 64 + struct.pack("<HBB", 0, 0, 0) + struct.pack("<III", *[0xFFFFFFFF] * 3) + b"\0" * 48
    sectors = len(directory) // sector
    table = [0xFFFFFFFD, *[number + 2 for number in range(sectors - 1)], 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * 4 * 108
    return head + struct.pack("<128I", *table) + directory


def far_corner() -> bytes:
    """A workbook of 5 KB whose second cell is the last one that there can be."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write(0, 0, "NIP")
        page.write(1_048_575, 16_383, "x")
    return out.getvalue()
