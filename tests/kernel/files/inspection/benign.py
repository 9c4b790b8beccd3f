"""Three hundred ordinary files, made by the libraries that offices' programs are built on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache

import docx
import openpyxl
import pikepdf
import pptx
import typst
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Cm
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from tests.kernel.files.inspection import documents as made

Benign = tuple[str, str, bytes]

TEXTS = (
    made.WORDS,
    "Surat perintah tugas nomor 800/123/BKPSDM/2026 kepada pegawai yang namanya tersebut di bawah ini.",
    "Notulen rapat: percepatan penyerapan anggaran, e-kinerja, dan disiplin kehadiran pegawai.",
    "Berita acara pemeriksaan barang. Deposit jaminan dikembalikan setelah masa pemeliharaan.",
    "Imbauan kepada ASN agar tidak bermain judi online; sanksi disiplin sesuai PP 94 Tahun 2021.",
    "Laporan pemblokiran situs judi online oleh Diskominfo: 12 aduan diproses, 3 menunggu.",
    "Jadwal slot wawancara pegawai: slot 1 pukul 08.00, slot 2 pukul 09.00, slot 3 pukul 10.00.",
    "Pelatihan keamanan: contoh kode <?php dan <script> tidak boleh diterima oleh formulir unggah.",
    "Undangan apel gabungan, pakaian Korpri lengkap, pukul 07.15 di halaman kantor wali kota.",
    "Kwitansi pembayaran honorarium narasumber sebesar Rp1.250.000 dipotong PPh 21.",
)
NAMES = (
    "surat tugas.pdf",
    "SK 800.123 BKPSDM 2026.pdf",
    "Laporan Kegiatan 12.10.2026 (final) rev.2.pdf",
    "notulen_rapat-koordinasi.v3.pdf",
    "Scan_20261012_081500.PDF",
    "daftar hadir & foto.pdf",
    "Nota Dinas No.12 [ttd].pdf",
    "laporan triwulan IV – dinas.pdf",
    "PERDA.No.5.Th.2020.pdf",
    "Budi S.Kom., M.Pl., M.App.Sc. jam 3.PM, PT Maju Inc. 2026.pdf",
)


def papers() -> Iterator[Benign]:
    for number, text in enumerate(TEXTS):
        yield f"pdf-{number}", NAMES[number], made.pdf(text, pages=1 + number % 4, title=f"Dokumen {number}")
        yield (
            f"typst-{number}",
            f"dokumen {number}.pdf",
            typst.compile(
                f'#set document(title: "Dokumen {number}")\n= Laporan\n{_escaped(text)}\n#pagebreak()\nLagi'.encode()
            ),
        )
        yield (
            f"packed-{number}",
            f"hasil {number}.pdf",
            _saved_as(text, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        )
        yield f"linear-{number}", f"web {number}.pdf", _saved_as(text, linearize=True)
        yield f"opened-{number}", f"buka {number}.pdf", _with_open_action(text, number)
        yield f"changed-{number}", f"tanda tangan {number}.pdf", _updated(made.pdf(text), number)
        yield f"drawn-{number}", f"gambar {number}.pdf", _drawn(text, number)
        yield (
            f"padded-{number}",
            f"pindaian {number}.pdf",
            made.pdf(text) + (b"\r\n\0\0" if number % 2 else b"\n% scanner 1\n"),
        )


def _escaped(text: str) -> str:
    return text.replace("<", "\\<").replace("#", "\\#").replace("@", "\\@")


def _saved_as(text: str, **how: object) -> bytes:
    with pikepdf.open(io.BytesIO(made.pdf(text, pages=3))) as document:
        with document.open_metadata() as metadata:
            metadata["dc:title"] = "Laporan"
        return made.saved(lambda out: document.save(out, **how))  # type: ignore[arg-type]


def _with_open_action(text: str, number: int) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0].obj
        if number % 2:
            document.Root.OpenAction = pikepdf.Array([page, pikepdf.Name.Fit])
        else:
            document.Root.OpenAction = pikepdf.Dictionary(
                S=pikepdf.Name.GoTo, D=pikepdf.Array([page, pikepdf.Name.XYZ, 0, 800, 1])
            )
        document.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Named, N=pikepdf.Name.NextPage))

    return made.changed_pdf(change, made.pdf(text, pages=2))


def _updated(content: bytes, number: int) -> bytes:
    """Changed the way signers do it: what is new follows the old end, which stays."""
    start = int(content[content.rindex(b"startxref") + 9 :].split()[0])
    with pikepdf.open(io.BytesIO(content)) as document:
        size, root = int(document.trailer.Size), document.Root.objgen[0]
    at = len(content) + 1
    body = b"%d 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /Contents <%s> >>\nendobj\n" % (size, b"00" * 40)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (size, at)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size + 1, root, start, at + len(body),
    )  # fmt: skip
    return content + b"\n" + body + table + trailer


def _drawn(text: str, number: int) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    page.drawInlineImage(made.picture(200, 150, number * 11), 60, 500)
    page.drawString(60, 760, text[:80])
    page.linkURL("https://www.bkn.go.id/peraturan", (60, 700, 200, 720))
    page.bookmarkPage("awal")
    page.addOutlineEntry("Awal", "awal")
    page.acroForm.textfield(name="nama", x=60, y=600, width=200, height=20)
    page.acroForm.checkbox(name="setuju", x=60, y=560)
    page.showPage()
    page.save()
    return out.getvalue()


def photos() -> Iterator[Benign]:
    for number in range(10):
        image = made.picture(320 + number, 240, number * 17)
        exif = Image.Exif()
        exif[0x0112] = 1 + number % 8
        exif[0x010F], exif[0x0110] = "Pabrikan", f"Ponsel {number}"
        exif.get_ifd(0x8769)[0x9003] = "2026:10:12 08:15:00"
        exif.get_ifd(0x8825)[1] = "S"
        plain = made.jpeg(image, quality=60 + 3 * number)
        yield f"jpeg-{number}", f"IMG_20261012_0815{number:02}.jpg", plain
        yield f"exif-{number}", f"DSC0{number}.JPEG", made.jpeg(image, exif=exif)
        yield (
            f"preview-{number}",
            f"PXL_{number}.jpg",
            made.jpeg_with_segment(0xE1, b"Exif\0\0" + made.jpeg(made.picture(80, 60))),
        )
        yield (
            f"zeros-{number}",
            f"WhatsApp Image 2026-10-12 at 08.15.{number:02}.jpeg",
            plain + b"\0" * (100 * number + 1),
        )
        yield f"second-{number}", f"MVIMG_{number}.jpg", plain + made.jpeg(made.picture(100, 80, number))
        yield (
            f"moving-{number}",
            f"motion {number}.jpg",
            plain + b"\0\0\0\x18ftypmp42" + bytes(range(48)) * (number + 1),
        )
        yield (
            f"trailer-{number}",
            f"2026101{number}.jpg",
            plain + b"\0\0\x01\x0aImage_UTC_Data1760" + b"SEFH" + b"\x01\0\0\0" * 4 + b"SEFT",
        )
        xmp = b"http://ns.adobe.com/xap/1.0/\0<?xpacket begin='' id='W5M0'?><x:xmpmeta xmlns:x='x'/><?xpacket end='w'?>"
        yield (
            f"xmp-{number}",
            f"edit {number}.jpg",
            made.jpeg_with_segment(0xE1, xmp, made.jpeg(image, progressive=True)),
        )
        yield f"comment-{number}", f"kantor {number}.jpg", made.jpeg(image, comment=b"Dibuat dengan kamera kantor")
        yield f"png-{number}", f"tangkapan layar {number}.png", made.png(image)
        yield f"png-words-{number}", f"Screenshot_{number}.png", made.png_with_words("Tangkapan layar aplikasi")
        yield f"webp-{number}", f"foto {number}.webp", made.webp(image)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"):
        image = made.picture(90, 70).convert("L").convert(mode) if mode != "I;16" else Image.new("I;16", (40, 40), 700)
        if mode != "CMYK":
            yield f"png-mode-{mode}", f"mode {mode}.png", made.png(image)
        if mode in ("L", "RGB", "CMYK"):
            yield f"jpeg-mode-{mode}", f"mode {mode}.jpg", made.jpeg(image)


def letters() -> Iterator[Benign]:
    for number, text in enumerate(TEXTS):
        document = docx.Document()
        document.core_properties.title, document.core_properties.author = text[:30], "Bagian Umum"
        document.add_heading(f"Laporan {number}", 1)
        document.add_paragraph(text)
        yield f"docx-{number}", f"laporan {number}.docx", made.saved(document.save)
        table = document.add_table(rows=3, cols=3)
        for cell in table._cells:
            cell.text = text[:20]
        yield f"docx-table-{number}", f"tabel {number}.docx", made.saved(document.save)
        document.add_picture(io.BytesIO(made.jpeg(made.picture(120, 90, number))), width=Cm(5))
        document.add_picture(io.BytesIO(made.png()), width=Cm(3))
        yield f"docx-picture-{number}", f"foto kegiatan {number}.docx", made.saved(document.save)
        document.part.relate_to("https://jdih.kemenpan.go.id/", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        document.part.relate_to("mailto:bkpsdm@manadokota.go.id", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        document.sections[0].footer.paragraphs[0].text = "Halaman"
        yield f"docx-link-{number}", f"tautan {number}.docx", made.saved(document.save)
        field = b"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:instrText>TOC</w:instrText></w:r></w:p>"
        yield (
            f"docx-field-{number}",
            f"daftar isi {number}.docx",
            made.repacked(made.word(text), change={"word/document.xml": made.put_in(b"<w:sectPr", field)}),
        )


def sheets() -> Iterator[Benign]:
    for number, text in enumerate(TEXTS):
        book = openpyxl.Workbook()
        page = book.active
        page.append(["No", "Uraian", "Nilai"])
        for row in range(20 + 30 * number):
            page.append([row, f"{text[:30]} {row}", row * 1.5])
        yield f"xlsx-{number}", f"rekap {number}.xlsx", made.saved(book.save)
        page["D2"], page["D3"] = "=SUM(C2:C10)", '=IF(C2>1,"baik | sekali!","kurang")'
        page["E2"] = '=HYPERLINK("https://www.bkn.go.id","BKN")'
        page["B2"].hyperlink = "https://www.menpan.go.id/"
        page["B3"].comment = Comment("Periksa lagi", "Ani")
        page.add_data_validation(DataValidation(type="list", formula1='"Ya,Tidak"'))
        page.conditional_formatting.add(
            "C2:C20", ColorScaleRule(start_type="min", end_type="max", start_color="FFFFFF", end_color="00FF00")
        )
        yield f"xlsx-rules-{number}", f"rumus {number}.xlsx", made.saved(book.save)
        chart = BarChart()
        chart.add_data(Reference(page, min_col=3, min_row=1, max_row=10), titles_from_data=True)
        page.add_chart(chart, "G2")
        page.add_image(SheetImage(io.BytesIO(made.png())), "G20")
        yield f"xlsx-chart-{number}", f"grafik {number}.xlsx", made.saved(book.save)

        def fill(book: object, text: str = text, number: int = number) -> None:
            page = book.add_worksheet("Rekap Data")  # type: ignore[attr-defined]
            page.write_row(0, 0, ["NIP", "Nama", "Jumlah"])
            for row in range(1, 50 + 40 * number):
                page.write_row(row, 0, [f"19800101200501{row:04}", text[:24], row])
            page.write_formula("D2", "=VLOOKUP(A2,A2:C40,3,FALSE)", None, "teks hasil")
            page.write_url("E2", "https://www.kemendagri.go.id/", string="Kemendagri")
            page.write_url("E3", "internal:'Rekap Data'!A1")
            page.insert_image("F5", "logo.png", {"image_data": io.BytesIO(made.png())})
            page.add_sparkline("G2", {"range": "C2:C9"})
            page.insert_textbox("F20", "Catatan")

        yield f"written-{number}", f"unduhan {number}.xlsx", made.written_sheet(fill)


def shows() -> Iterator[Benign]:
    for number, text in enumerate(TEXTS):
        show = pptx.Presentation()
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = f"Paparan {number}", text
        yield f"pptx-{number}", f"paparan {number}.pptx", made.saved(show.save)
        data = CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = ["Jan", "Feb", "Mar"]
        data.add_series("Capaian", (1.0, 2.0, number))  # type: ignore[no-untyped-call]
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(5), Inches(3), data)
        slide.shapes.add_picture(io.BytesIO(made.jpeg()), Inches(1), Inches(1))
        slide.shapes.add_table(2, 2, Inches(1), Inches(5), Inches(4), Inches(1))
        slide.notes_slide.notes_text_frame.text = text
        run = slide.placeholders[1].text_frame.paragraphs[0].add_run()
        run.text, run.hyperlink.address = "tautan", "https://www.menpan.go.id/"
        yield f"pptx-chart-{number}", f"capaian {number}.pptx", made.saved(show.save)


FAMILIES = {"papers": papers, "photos": photos, "letters": letters, "sheets": sheets, "shows": shows}


@cache
def files_of(family: str) -> list[Benign]:
    """The files of a family, built once."""
    return list(FAMILIES[family]())
