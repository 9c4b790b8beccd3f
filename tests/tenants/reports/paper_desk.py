"""What an OPD needs before it may issue: somebody who signs in each role."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from django.http.response import HttpResponseBase
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from kernel import clock
from kernel.accounts.models import User
from tenants.organisation.models import Unit
from tenants.reports.models import Signer
from tenants.reports.paper_settings import SignerInput, appoint_signer
from tests.files import handed_out
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY

SINCE = date(2024, 1, 1)
NAMES = {
    Signer.Role.HEAD: "Kepala Contoh, S.E.",
    Signer.Role.STAFF_AFFAIRS: "Kasubag Contoh",
    Signer.Role.TREASURER: "Bendahara Contoh",
    Signer.Role.EXAMINER: "Pemeriksa Contoh",
}


def appoint_everybody(actor: User, unit: Unit | None = None, first: date = SINCE) -> None:
    """Signers of the region (or of the unit) in each role that a paper of the Manado set asks for."""
    for place, (role, name) in enumerate(NAMES.items()):
        signer = SignerInput(int(role), name, f"19800101200501100{place}", "Pembina (IV/a)", role.label, first)
        appoint_signer(unit=unit, signer=signer, actor=actor)


def lock_may(actor: User) -> None:
    """Lock the printed month."""
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=actor)


def content_of(answer: HttpResponseBase) -> bytes:
    """The bytes of a download, streamed or not."""
    found: Any = handed_out(answer) if answer.status_code == 302 else answer
    if answer.status_code == 302:
        return bytes(found.body)
    return b"".join(found.streaming_content) if found.streaming else bytes(found.content)


def words_of(pdf: bytes) -> str:
    """The words of a PDF with single blanks."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def rows_of_sheet(xlsx: bytes) -> list[list[Any]]:
    """The rows of the first sheet."""
    book = CalamineWorkbook.from_filelike(BytesIO(xlsx))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def table_of(xlsx: bytes) -> tuple[dict[str, dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """The people's table of a list: rows by NIP, the total row, the row of differences, by the columns' titles."""
    rows = rows_of_sheet(xlsx)
    start = next(place for place, row in enumerate(rows) if "NIP" in row)
    above = rows[start - 1]
    titles = [str(title or above[place]) for place, title in enumerate(rows[start])]
    people: dict[str, dict[str, Any]] = {}
    total: dict[str, Any] = {}
    difference: dict[str, Any] = {}
    for row in rows[start + 1 :]:
        named = dict(zip(titles, row, strict=False))
        if row[0] == "Jumlah":
            total = named
        elif str(row[0]).startswith("Selisih"):
            difference = named
            break
        elif named["NIP"]:
            people[str(named["NIP"])] = named
        else:
            break
    return people, total, difference
