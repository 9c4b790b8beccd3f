"""Issued papers: gapless numbers, one paper for one content, replaced and withdrawn ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.papers.codes import read_code, shown_code
from kernel.testing.queries import assert_query_count
from tenants.organisation.models import Unit
from tenants.reports.errors import NotLockedYet, PaperRefused, SignersMissing
from tenants.reports.issuing import issue_paper, withdraw_paper
from tenants.reports.models import IssuedPaper, PaperCopy, PaperCounter
from tenants.reports.papers.numbering import next_sequence
from tenants.reports.papers.standing import Standing, standing_of
from tenants.tpp.models import MonthRun, Slip
from tests.cast import make_opd
from tests.tenants.reports.paper_desk import appoint_everybody, content_of, lock_may, words_of
from tests.tenants.tpp.manado_month import MAY


@pytest.fixture
def opd(month_run: MonthRun) -> Unit:
    return Slip.objects.filter(run=month_run).select_related("opd")[0].opd


@pytest.fixture
def locked(opd: Unit, bkpsdm: User) -> Standing:
    appoint_everybody(bkpsdm)
    lock_may(bkpsdm)
    return standing_of(MAY, "ordinary", opd)


def issued(standing: Standing, code: str, actor: User) -> IssuedPaper:
    planned = standing.opd_month.plan.paper(code)
    assert planned is not None
    return issue_paper(standing=standing, planned=planned, part="", actor=actor)


def test_an_open_month_is_shown_but_not_issued(opd: Unit, bkpsdm: User) -> None:
    appoint_everybody(bkpsdm)
    with pytest.raises(NotLockedYet):
        issued(standing_of(MAY, "ordinary", opd), "perhitungan", bkpsdm)
    assert not PaperCounter.objects.exists()


def test_without_a_signer_nothing_is_issued_and_the_roles_are_named(opd: Unit, bkpsdm: User) -> None:
    lock_may(bkpsdm)
    with pytest.raises(SignersMissing) as refused:
        issued(standing_of(MAY, "ordinary", opd), "perhitungan", bkpsdm)
    assert "Bendahara pengeluaran" in refused.value.message()


def test_printed_again_a_paper_keeps_its_number(locked: Standing, bkpsdm: User) -> None:
    first = issued(locked, "perhitungan", bkpsdm)
    again = issued(locked, "perhitungan", bkpsdm)
    assert (again.pk, again.number) == (first.pk, first.number)
    assert first.number.startswith("900.1/001/DPT/4.01/")
    assert issued(locked, "permintaan", bkpsdm).sequence == 1


def test_other_figures_are_another_paper_that_replaces_the_first(locked: Standing, bkpsdm: User) -> None:
    first = issued(locked, "perhitungan", bkpsdm)
    IssuedPaper.objects.filter(pk=first.pk).update(digest="0" * 64)
    second = issued(locked, "perhitungan", bkpsdm)
    first.refresh_from_db()
    assert (first.state, first.replaced_by, second.sequence) == ("replaced", second, 2)


def test_a_withdrawn_paper_keeps_its_number_and_the_next_gets_another(locked: Standing, bkpsdm: User) -> None:
    first = issued(locked, "perhitungan", bkpsdm)
    with pytest.raises(PaperRefused):
        withdraw_paper(paper=first, reason="  ", actor=bkpsdm)
    withdraw_paper(paper=first, reason="salah kop", actor=bkpsdm)
    with pytest.raises(PaperRefused):
        withdraw_paper(paper=first, reason="sekali lagi", actor=bkpsdm)
    assert issued(locked, "perhitungan", bkpsdm).sequence == 2


def test_a_failed_paper_leaves_no_gap(opd: Unit) -> None:
    assert next_sequence(opd, "sptjm", 2024) == 1
    with transaction.atomic():
        assert next_sequence(opd, "sptjm", 2024) == 2
        transaction.set_rollback(True)
    assert next_sequence(opd, "sptjm", 2024) == 2
    assert next_sequence(opd, "sptjm", 2025) == 1


def test_who_may_not_issue_is_refused(locked: Standing, bkpsdm: User, with_role: Callable[..., User]) -> None:
    with pytest.raises(NotAllowed):
        issued(locked, "perhitungan", with_role("bpkad"))
    with pytest.raises(NotAllowed):
        issued(locked, "perhitungan", with_role("operator_opd", opd=make_opd("9.01", "Badan Lain")))
    own = issued(locked, "perhitungan", with_role("operator_opd", opd=locked.opd_month.opd))
    with pytest.raises(NotAllowed):
        withdraw_paper(paper=own, reason="salah", actor=with_role("operator_opd", opd=locked.opd_month.opd))


def test_an_issued_paper_downloads_with_number_code_and_signers(
    locked: Standing, bkpsdm: User, signed_in: Callable[..., Client]
) -> None:
    paper = issued(locked, "perhitungan", bkpsdm)
    client = signed_in(bkpsdm)
    answer = client.get(f"/dokumen/terbitan/{paper.uid}.pdf")
    words = words_of(content_of(answer))
    for text in (paper.number, shown_code(paper.code), "Bendahara Contoh", "Kepala Contoh, S.E.", paper.digest[:16]):
        assert text in words
    assert "KONSEP" not in words
    assert answer["Cache-Control"] == "private, no-store"
    assert content_of(client.get(f"/dokumen/terbitan/{paper.uid}.xlsx")).startswith(b"PK")
    client.get(f"/dokumen/terbitan/{paper.uid}.pdf")
    assert sorted(PaperCopy.objects.values_list("format", flat=True)) == ["pdf", "xlsx"]
    assert client.get(f"/dokumen/terbitan/{paper.uid}.exe").status_code == 404


def test_a_code_is_read_as_people_type_it() -> None:
    assert read_code(" abcd-efgh 2345-6789 JKMN ") == "ABCDEFGH23456789JKMN"
    for wrong in ("", "ABCD", "ABCD-EFGH-2345-6789-JKM0", "ABCD-EFGH-2345-6789-JKMN2"):
        assert read_code(wrong) is None


def test_the_page_lists_the_set_and_says_what_is_missing(
    opd: Unit, bkpsdm: User, with_role: Callable[..., User], signed_in: Callable[..., Client], run_outbox: Any
) -> None:
    operator = with_role("operator_opd", opd=opd)
    client, address = signed_in(operator), f"/dokumen/2024-05/{opd.uid}/"
    assert client.get("/dokumen/?bulan=2024-05")["Location"] == address
    page = client.get(address).content.decode()
    for words in ("Masih konsep", "Penanda tangan belum lengkap", "Daftar perhitungan TPP", "PNS dan CPNS"):
        assert words in page
    refused = client.post(f"{address}terbitkan/", follow=True).content.decode()
    assert "belum dikunci" in refused
    lock_may(bkpsdm)
    assert "Penanda tangan belum diisi" in client.post(f"{address}terbitkan/", follow=True).content.decode()
    assert client.get(f"/dokumen/2024-05/{make_opd('9.01', 'Badan Lain').uid}/").status_code == 404
    assert client.get("/dokumen/2024-13/").status_code == 404


def test_a_concept_is_shown_without_number_and_code(opd: Unit, bkpsdm: User, signed_in: Callable[..., Client]) -> None:
    client, address = signed_in(bkpsdm), f"/dokumen/2024-05/{opd.uid}/konsep/"
    words = words_of(content_of(client.get(f"{address}perhitungan.pdf")))
    assert "KONSEP" in words
    assert "Nomor:" not in words
    assert content_of(client.get(f"{address}perhitungan.xlsx")).startswith(b"PK")
    for wrong in ("perhitungan.exe", "lain.pdf", "perhitungan.pdf?bagian=PPPK", "perhitungan.pdf?jenis=lain"):
        assert client.get(f"{address}{wrong}").status_code == 404
    assert not IssuedPaper.objects.exists()


def test_withdrawing_needs_a_reason_on_the_page(
    locked: Standing, bkpsdm: User, signed_in: Callable[..., Client]
) -> None:
    paper = issued(locked, "perhitungan", bkpsdm)
    client = signed_in(bkpsdm)
    assert client.get(f"/dokumen/terbitan/{paper.uid}/tarik/").status_code == 200
    assert client.post(f"/dokumen/terbitan/{paper.uid}/tarik/", {"alasan": ""}).status_code == 422
    assert client.post(f"/dokumen/terbitan/{paper.uid}/tarik/", {"alasan": "salah kop"}).status_code == 302
    page = client.get(f"/dokumen/2024-05/{paper.opd.uid}/").content.decode()
    assert "salah kop" in page


def test_the_page_of_an_opd_month_keeps_its_number_of_statements(
    locked: Standing, bkpsdm: User, signed_in: Callable[..., Client]
) -> None:
    client, address = signed_in(bkpsdm), f"/dokumen/2024-05/{locked.opd_month.opd.uid}/"
    for planned in locked.opd_month.plan.papers:
        issue_paper(standing=locked, planned=planned, part="", actor=bkpsdm)
    client.get(address)
    assert_query_count("reports.opd_month", lambda: client.get(address))
