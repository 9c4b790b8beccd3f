"""The public check: what it says of each state, what it never says, and how often it may be asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from kernel.accounts.models import User
from kernel.papers.codes import new_code, shown_code
from tenants.reports import verify_views
from tenants.reports.issuing import withdraw_paper
from tenants.reports.models import IssuedPaper
from tenants.reports.papers.standing import Standing, standing_of
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.reports.paper_desk import appoint_everybody, content_of, lock_may
from tests.tenants.reports.test_issuing import issued
from tests.tenants.tpp.manado_month import MAY


@pytest.fixture
def locked(month_run: MonthRun, bkpsdm: User) -> Standing:
    appoint_everybody(bkpsdm)
    lock_may(bkpsdm)
    return standing_of(MAY, "ordinary", Slip.objects.filter(run=month_run).select_related("opd")[0].opd)


@pytest.fixture
def visitor(signed_in: Callable[..., Client]) -> Client:
    return signed_in(None)


def test_anybody_checks_a_paper_by_its_code_and_learns_no_name(locked: Standing, bkpsdm: User, visitor: Client) -> None:
    paper = issued(locked, "perhitungan", bkpsdm)
    typed = visitor.get("/periksa/", {"kode": shown_code(paper.code).lower()})
    assert typed["Location"] == f"/periksa/{paper.code}/"
    page = visitor.get(f"/periksa/{paper.code}/").content.decode()
    for words in ("asli dan berlaku", "Kota Manado", "Mei 2024", paper.number, paper.digest[:16]):
        assert words in page
    for private in ("Pegawai 01", "Kepala Contoh", "24.704.415", "19900101", bkpsdm.display_name):
        assert private not in page


def test_an_unknown_code_and_a_wrong_one_are_told_apart_from_nothing(visitor: Client, manado: object) -> None:
    for code in (new_code(), "x", "1", "0" * 400):
        answer = visitor.get(f"/periksa/{code}/")
        assert (answer.status_code, "tidak dikenal" in answer.content.decode()) == (404, True)
    assert visitor.get("/periksa/", {"kode": "salah"}).status_code == 422
    assert visitor.get("/periksa/").status_code == 200


def test_a_replaced_paper_names_the_newer_and_a_withdrawn_one_says_so(
    locked: Standing, bkpsdm: User, visitor: Client
) -> None:
    first = issued(locked, "perhitungan", bkpsdm)
    IssuedPaper.objects.filter(pk=first.pk).update(digest="0" * 64)
    second = issued(locked, "perhitungan", bkpsdm)
    page = visitor.get(f"/periksa/{first.code}/").content.decode()
    assert "sudah diganti" in page
    assert second.number in page
    withdraw_paper(paper=second, reason="rahasia kantor", actor=bkpsdm)
    page = visitor.get(f"/periksa/{second.code}/").content.decode()
    assert "sudah ditarik" in page
    assert "rahasia kantor" not in page


def test_the_file_itself_is_known_again_and_a_changed_one_is_not(
    locked: Standing, bkpsdm: User, signed_in: Callable[..., Client], visitor: Client
) -> None:
    paper = issued(locked, "perhitungan", bkpsdm)
    content = content_of(signed_in(bkpsdm).get(f"/dokumen/terbitan/{paper.uid}.pdf"))
    known = visitor.post("/periksa/", {"berkas": ContentFile(content, "daftar.pdf")})
    assert (known.status_code, "sama persis" in known.content.decode()) == (200, True)
    changed = visitor.post("/periksa/", {"berkas": ContentFile(content + b" ", "daftar.pdf")})
    assert (changed.status_code, "tidak dikenal" in changed.content.decode()) == (404, True)
    assert visitor.post("/periksa/").status_code == 422


def test_a_file_that_is_too_large_is_not_read(visitor: Client, manado: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_views, "MAX_BYTES", 4)
    answer = visitor.post("/periksa/", {"berkas": ContentFile(b"12345", "besar.pdf")})
    assert answer.status_code == 422


def test_who_asks_too_often_waits(visitor: Client, manado: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_views, "MOST_CHECKS", 2)
    monkeypatch.setattr(verify_views, "WINDOW_SECONDS", 10_000_000)
    answers = [visitor.get(f"/periksa/{new_code()}/").status_code for _ in range(4)]
    assert answers == [404, 404, 429, 429]


def test_a_slip_as_pdf_can_be_checked_and_is_a_draft_until_the_month_is_locked(
    month_run: MonthRun, bkpsdm: User, signed_in: Callable[..., Client], visitor: Client
) -> None:
    slip = Slip.objects.filter(run=month_run)[0]
    client = signed_in(bkpsdm)
    content = content_of(client.get(f"/tpp/slip/{slip.uid}/slip.pdf"))
    client.get(f"/tpp/slip/{slip.uid}/slip.pdf")
    paper = IssuedPaper.objects.get(slip=slip)
    assert paper.number == ""
    assert "masih sementara" in visitor.get(f"/periksa/{paper.code}/").content.decode()
    lock_may(bkpsdm)
    page = visitor.post("/periksa/", {"berkas": ContentFile(content, "slip.pdf")}).content.decode()
    assert "asli dan berlaku" in page
    assert slip.heading["name"] not in page
