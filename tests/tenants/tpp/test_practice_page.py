"""The page of practice and the word LATIHAN on everything that a practice slip is shown on."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.tpp.models import GoLive, Practice, Slip
from tenants.tpp.practice import choose_pilots, propose_go_live, sign_go_live
from tests.cast import make_user
from tests.tenants.tpp.pilot import MAY, RunOf, after

SignedIn = Callable[..., Client]
PAGE = "/tpp/latihan/"


@pytest.fixture
def bpkad(with_role: Callable[..., User]) -> User:
    return with_role("bpkad")


def test_a_pilot_is_chosen_proposed_and_signed_on_the_page(
    four_opds: list[Unit], bkpsdm: User, bpkad: User, signed_in: SignedIn
) -> None:
    client = signed_in(bkpsdm)
    assert "Semua OPD dibayar seperti biasa" in client.get(PAGE).content.decode()
    uids = [str(opd.uid) for opd in four_opds]
    chosen = client.post(f"{PAGE}pilih/", {"opd": uids[:3], "bulan": "2024-05"}, follow=True).content.decode()
    assert "3 OPD mulai latihan." in chosen
    assert chosen.count("LATIHAN</span>") >= 3
    assert "Belum ikut" in chosen
    client.post(f"{PAGE}usul/", {"opd": uids[:1], "bulan": "2024-07"})
    row = GoLive.objects.get()
    own = client.post(f"{PAGE}tanda-tangan/", {"usul": [str(row.uid)]})
    assert own.status_code == 422
    assert "Tanda tangan kedua harus dari orang lain" in own.content.decode()
    signed = signed_in(bpkad).post(f"{PAGE}tanda-tangan/", {"usul": [str(row.uid)]}, follow=True).content.decode()
    assert "1 OPD ditandatangani" in signed
    row.refresh_from_db()
    assert row.signed_by == bpkad
    with clock.at(after(MAY)):
        withdrawn = signed_in(bkpsdm).post(f"{PAGE}cabut/", {"usul": [str(row.uid)]}, follow=True).content.decode()
    assert "1 usul dicabut." in withdrawn


def test_what_is_missing_is_said_and_what_was_ticked_stays(
    four_opds: list[Unit], bkpsdm: User, signed_in: SignedIn
) -> None:
    client = signed_in(bkpsdm)
    none = client.post(f"{PAGE}pilih/", {"bulan": "2024-05"})
    assert (none.status_code, Practice.objects.count()) == (422, 0)
    assert "Pilih dulu OPD-nya." in none.content.decode()
    uid = str(four_opds[1].uid)
    wrong = client.post(f"{PAGE}pilih/", {"opd": [uid], "bulan": "kemarin"})
    assert wrong.status_code == 422
    assert f'value="{uid}" checked' in wrong.content.decode()
    assert client.post(f"{PAGE}pilih/", {"opd": ["bukan-uid"], "bulan": "2024-05"}).status_code == 422
    assert client.post(f"{PAGE}tanda-tangan/", {"usul": ["bukan-uid"]}).status_code == 422
    assert not Practice.objects.exists()


def test_who_only_signs_gets_no_boxes_to_choose(four_opds: list[Unit], bpkad: User, signed_in: SignedIn) -> None:
    client = signed_in(bpkad)
    text = assert_query_count("tpp.practice", lambda: client.get(PAGE)).content.decode()
    assert 'name="opd"' not in text
    assert four_opds[0].name in text


@pytest.fixture
def practising(four_opds: list[Unit], bkpsdm: User, bpkad: User, run_of: RunOf) -> tuple[Slip, Slip]:
    """A practice slip and a paid slip of the same run."""
    choose_pilots(opds=[opd.uid for opd in four_opds[:2]], month=MAY, actor=bkpsdm)
    (row,) = propose_go_live(opds=[four_opds[1].uid], month=MAY, actor=bkpsdm)
    sign_go_live(uids=[row.uid], actor=bpkad)
    run = run_of(MAY)
    slips = Slip.objects.filter(run=run).order_by("opd__code", "pk")
    return slips[0], slips[2]


def owner_of(slip: Slip) -> User:
    employee = Employee.objects.get(pk=slip.employee_id)
    employee.user = make_user(employee.nip, employee.name, "asn")
    employee.save()
    return employee.user


def test_a_practice_slip_says_so_wherever_it_is_shown(
    practising: tuple[Slip, Slip], bkpsdm: User, signed_in: SignedIn
) -> None:
    practice, paid = practising
    run = practice.run
    for slip, is_marked in ((practice, True), (paid, False)):
        client = signed_in(owner_of(slip))
        for address in ("/", "/tpp/", f"/tpp/slip/{slip.uid}/", f"/tpp/slip/{slip.uid}/cetak/"):
            assert ("LATIHAN" in client.get(address).content.decode()) is is_marked, address
        pdf = PdfReader(io.BytesIO(client.get(f"/tpp/slip/{slip.uid}/slip.pdf").getvalue()))
        assert ("LATIHAN" in pdf.pages[0].extract_text()) is is_marked
        api = client.get(f"/api/v1/slips/{slip.uid}").json()
        assert api["is_practice"] is is_marked
    client = signed_in(bkpsdm)
    for address in (f"/tpp/perhitungan/{run.uid}/", f"/tpp/perhitungan/{run.uid}/slip/", "/tpp/perhitungan/"):
        assert "LATIHAN" in client.get(address).content.decode(), address
    waiting = client.get(f"/tpp/perhitungan/{run.uid}/masalah/?jenis=waiting").content.decode()
    assert "belum ikut latihan" in waiting


def test_a_run_in_which_nobody_practises_any_more_says_only_who_is_not_computed(
    four_opds: list[Unit], bkpsdm: User, bpkad: User, run_of: RunOf, signed_in: SignedIn
) -> None:
    choose_pilots(opds=[four_opds[0].uid], month=MAY, actor=bkpsdm)
    (row,) = propose_go_live(opds=[four_opds[0].uid], month=MAY, actor=bkpsdm)
    sign_go_live(uids=[row.uid], actor=bpkad)
    run = run_of(MAY)
    text = signed_in(bkpsdm).get(f"/tpp/perhitungan/{run.uid}/").content.decode()
    assert f"{run.waiting} pegawai tidak dihitung" in text
    assert "LATIHAN:" not in text


def test_the_recap_keeps_practice_apart_from_what_is_paid(
    practising: tuple[Slip, Slip], bkpsdm: User, signed_in: SignedIn
) -> None:
    practice, paid = practising
    run = practice.run
    answer = signed_in(bkpsdm).get(f"/tpp/perhitungan/{run.uid}/rekap.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    lists = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    nips = {name: {str(row[1]) for row in rows[4:-1]} for name, rows in lists.items() if name != "Sidik"}
    assert paid.employee.nip in nips["PNS dan CPNS"]
    assert practice.employee.nip in nips["LATIHAN"]
    assert practice.employee.nip not in nips["PNS dan CPNS"]
    assert "bukan untuk dibayar" in str(lists["LATIHAN"][2][0])
    assert lists["PNS dan CPNS"][-1][-1] == run.net_total
    assert "LATIHAN, tidak dibayar" in [row[-1] for row in lists["Per OPD"]]
    assert ["Slip LATIHAN, tidak dibayar", "2"] in [row[:2] for row in lists["Sidik"]]
