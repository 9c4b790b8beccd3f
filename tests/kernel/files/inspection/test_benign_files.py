"""Three hundred ordinary files made by real libraries pass: documents as they are, pictures made anew."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from kernel.files import sandbox
from kernel.files.inspection.findings import Verdict
from tests.kernel.files.inspection import benign, documents


@pytest.fixture(scope="module", autouse=True)
def child_ends() -> Iterator[None]:
    yield
    sandbox.close()


@pytest.mark.parametrize("family", benign.FAMILIES)
def test_ordinary_files_are_taken(family: str) -> None:
    taken = Verdict.CLEAN if family == "photos" else Verdict.ACCEPT
    for label, name, content in benign.files_of(family):
        report = sandbox.inspect(content, name)
        assert report.verdict is taken, (label, report.findings)


def test_they_are_three_hundred() -> None:
    assert sum(1 for family in benign.FAMILIES for _file in benign.files_of(family)) >= 300


def test_a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (1.0, 29.0, 0.0)
    report = sandbox.inspect(documents.jpeg(documents.picture(80, 40), exif=exif), "foto.jpg")
    with Image.open(io.BytesIO(report.made or b"")) as image:
        assert image.size == (40, 80)
        assert not image.getexif()
        assert not image.info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_same_picture_is_made_anew_with_the_same_bytes() -> None:
    content = documents.jpeg()
    assert sandbox.inspect(content, "a.jpg").made == sandbox.inspect(content, "a.jpg").made


def test_a_sheet_that_is_tied_to_another_file_waits_for_a_look() -> None:
    tied = documents.relation(b"externalLinkPath", b"file:///D:/data/2025.xlsx")(
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    )
    content = documents.repacked(documents.sheet(), add={"xl/externalLinks/_rels/externalLink1.xml.rels": tied})
    report = sandbox.inspect(content, "rekap.xlsx")
    assert [finding.code for finding in report.findings] == ["external_link"]
    assert report.verdict is Verdict.REVIEW


def test_a_letter_with_a_picture_from_elsewhere_and_a_sheet_that_fetches_wait_for_a_look() -> None:
    field = b'<w:p><w:fldSimple w:instr="INCLUDEPICTURE &quot;https://198.51.100.7/a.png&quot; \\d"/></w:p>'
    letter = documents.repacked(documents.word(), change={"word/document.xml": documents.put_in(b"<w:sectPr", field)})
    row = b'<row r="9"><c r="A9"><f>_xlfn.IMAGE("https://198.51.100.7/a.png")</f></c></row>'
    sheet = documents.repacked(
        documents.sheet(), change={"xl/worksheets/sheet1.xml": documents.put_in(b"</sheetData>", row)}
    )
    for name, content in (("surat.docx", letter), ("rekap.xlsx", sheet)):
        report = sandbox.inspect(content, name)
        assert ([finding.code for finding in report.findings], report.verdict) == (
            ["external_link"],
            Verdict.REVIEW,
        ), name


def test_links_that_a_field_or_a_formula_holds_pass_as_other_links_do() -> None:
    field = b'<w:p><w:fldSimple w:instr="HYPERLINK &quot;https://www.menpan.go.id/&quot;"/></w:p>'
    letter = documents.repacked(documents.word(), change={"word/document.xml": documents.put_in(b"<w:sectPr", field)})
    row = (
        b'<row r="9"><c r="A9"><f>HYPERLINK("www.tokopedia.com","a")</f></c><c r="B9"><f>HYPERLINK("#A1")</f></c></row>'
    )
    sheet = documents.repacked(
        documents.sheet(), change={"xl/worksheets/sheet1.xml": documents.put_in(b"</sheetData>", row)}
    )
    for name, content in (("surat.docx", letter), ("rekap.xlsx", sheet)):
        assert sandbox.inspect(content, name).verdict is Verdict.ACCEPT, name
