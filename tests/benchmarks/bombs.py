"""What bombs cost: CPU seconds and peak of memory of the child that looks at them (docs/benchmarks.md).

`BENCH=1 python -m tests.benchmarks.bombs`: every bomb of the tests and some that stay below every limit but one, each
inspected in a process of its own with a child of its own; sheets are also read. The child's start is left out.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator

import pikepdf
from PIL import Image

from infra.local.services import CHECKOUT
from kernel.files import sandbox
from kernel.files.inspection.kinds import DOCUMENTS, Kind
from kernel.files.inspection.limits import SHEET_CPU_SECONDS
from kernel.files.sandbox import ChildLost
from tests.kernel.files.inspection import documents as made
from tests.kernel.files.inspection import hostile

Bomb = tuple[str, str, bytes]
_MEGABYTE = 1024 * 1024


def main() -> None:
    if os.environ.get("BENCH") != "1":
        sys.exit("This loads the machine for minutes. Set BENCH=1.")
    if len(sys.argv) > 1:
        print(json.dumps(_looked_at(sys.argv[1], sys.stdin.buffer.read())))
        return
    start = _told("", b"")
    print(f"a child's start: {start['child_cpu']:.2f} s of CPU, {start['child_mb']:.0f} MB")
    for label, name, content in (*hostile.files_of("bombs"), *_heavy()):
        said = _told(name, content)
        cpu = said["child_cpu"] - start["child_cpu"]
        print(
            f"{label:22} {len(content) / _MEGABYTE:6.2f} MB  {cpu:5.2f} s CPU  {said['clock']:5.2f} s"
            f"  {said['child_mb']:4.0f} MB  {said['said']}",
            flush=True,
        )


def _told(name: str, content: bytes) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.bombs", name or "-"]
    done = subprocess.run(command, cwd=CHECKOUT, input=content, stdout=subprocess.PIPE, check=True)
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def _looked_at(name: str, content: bytes) -> dict[str, object]:
    sandbox.ask({"ask": "words", "name": "surat.pdf", "kind": "jpg", "seconds": 1.0}, b"", patience=1.0)
    begun, said = time.monotonic(), "-"
    if content:
        report = sandbox.inspect(content, name, allowed=DOCUMENTS | {Kind.CSV})
        said = f"{report.verdict} {' '.join(finding.code for finding in report.findings)}".strip()
    if name.endswith(".xlsx") and report.verdict.is_taken:
        try:
            sandbox.ask({"ask": "cells", "sheet": None, "seconds": SHEET_CPU_SECONDS}, content, patience=1.0)
        except ChildLost as lost:
            said += f", cells: {lost}"
    clock = time.monotonic() - begun
    sandbox.close()
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "said": said,
        "clock": clock,
        "child_cpu": child.ru_utime + child.ru_stime,
        "child_mb": child.ru_maxrss / 1024,
    }


def _heavy() -> Iterator[Bomb]:
    """Below every limit but that of time or memory."""
    dice = random.Random(6)  # noqa: S311 (noise for pictures)
    noise = Image.frombytes("RGB", (6300, 6300), dice.randbytes(6300 * 6300 * 3))
    yield "noise-png", "foto.png", made.png(noise)
    yield "noise-jpeg", "foto.jpg", made.jpeg(noise)
    yield "noise-progressive", "foto.jpg", made.saved(lambda out: noise.save(out, "JPEG", quality=95, progressive=True))
    yield "plain-png", "foto.png", made.png(Image.new("RGBA", (6300, 6300), "navy"))
    smooth = noise.resize((63, 63)).resize(noise.size)
    yield "smooth-webp", "foto.webp", made.saved(lambda out: smooth.save(out, "WEBP", quality=80))
    turned = Image.Exif()
    turned[0x0112] = 6
    yield "turned-rgba", "foto.png", made.png(smooth.convert("RGBA"), exif=turned)
    yield "turned-cmyk", "foto.jpg", made.jpeg(smooth.convert("CMYK"), exif=turned)
    yield "turned-jpeg", "foto.jpg", made.jpeg(smooth, exif=turned)
    yield "far-corner", "tabel.xlsx", made.far_corner()
    rows = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>' * (90 * _MEGABYTE // 62)
    yield "rows-xlsx", "tabel.xlsx", _sheet_with(rows)
    yield "tags-docx", "surat.docx", _word_with(b"<w:p/>" * (80 * _MEGABYTE // 6))
    yield "words-docx", "surat.docx", _word_with(b"<w:p><w:r><w:t>aku dan kamu </w:t></w:r></w:p>" * 600_000)
    yield "deep-docx", "surat.docx", _word_with(b"<w:p>" * 500_000 + b"</w:p>" * 500_000)
    yield "pdf-long-page", "surat.pdf", _pdf_with(zlib.compress(b"BT /F1 9 Tf (aku dan kamu) Tj ET\n" * 3_000_000, 9))
    yield "pdf-nothing", "surat.pdf", _pdf_with(zlib.compress(b" " * (800 * _MEGABYTE), 9))
    yield "pdf-objects", "surat.pdf", _pdf_of_objects(300_000)
    yield "pdf-words", "laporan.pdf", made.pdf(made.WORDS * 12, pages=200)


def _unpacked_noise(content: bytes) -> bytes:
    """Added to a packed file so that its ratio stays below the limit."""
    return random.Random(len(content)).randbytes(max(len(content) // 90, 1000))  # noqa: S311 (filling)


def _sheet_with(rows: bytes) -> bytes:
    return made.repacked(
        made.sheet(),
        change={"xl/worksheets/sheet1.xml": lambda old: old.replace(b"<sheetData>", b"<sheetData>" + rows, 1)},
        add={"xl/media/image1.png": _unpacked_noise(rows)},
    )


def _word_with(body: bytes) -> bytes:
    return made.repacked(
        made.word(),
        change={"word/document.xml": lambda old: old.replace(b"<w:body>", b"<w:body>" + body, 1)},
        add={"word/media/image9.png": _unpacked_noise(body)},
    )


def _pdf_with(packed: bytes) -> bytes:
    def put(document: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(document, packed)
        stream.Filter = pikepdf.Name.FlateDecode
        document.pages[0].Contents = stream

    return made.changed_pdf(put)


def _pdf_of_objects(number: int) -> bytes:
    def put(document: pikepdf.Pdf) -> None:
        document.Root.Many = pikepdf.Array(
            [document.make_indirect(pikepdf.Dictionary(A=count)) for count in range(number)]
        )

    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        put(document)
        return made.saved(lambda out: document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate))


if __name__ == "__main__":
    main()
