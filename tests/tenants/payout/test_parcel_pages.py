"""Pages of the way to the bank: the board, one OPD's month, the steps, the payment list, the note on the slip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.payout.models import ParcelStep, PaymentList
from tenants.payout.parcels.acting import take_step
from tenants.payout.parcels.board import place_of
from tenants.payout.parcels.patience import WAITED_FOR, patience
from tenants.payout.parcels.steps import Step
from tenants.tpp.models import SalaryBase, Slip
from tests.cast import make_user
from tests.tenants.payout.closing_steps import closer, give_ceilings
from tests.tenants.payout.paying import KIND, give_accounts, let_through, lock, order, people_of, request
from tests.tenants.tpp.pilot import MAY, RunOf, after

SignedIn = Callable[..., Client]
BOARD = "/tpp/pembayaran/?bulan=2024-05"


def page_of(opd: Unit) -> str:
    return f"/tpp/pembayaran/2024-05/ordinary/{opd.uid}/"


@pytest.fixture
def opds(four_opds: list[Unit], run_of: RunOf) -> list[Unit]:
    first = SalaryBase.objects.filter(employee__placements__position__unit=four_opds[3], month=MAY.first_day).first()
    assert first is not None
    first.delete()
    run_of(MAY)
    return four_opds


@pytest.fixture
def client(with_role: Callable[..., User], signed_in: SignedIn) -> Client:
    """Somebody with all region-wide rights."""
    with clock.at(after(MAY)):
        return signed_in(with_role("bkpsdm", "bpkad"))


def test_the_board_shows_every_opd_and_what_is_missing(opds: list[Unit], client: Client) -> None:
    with clock.at(after(MAY)):
        text = assert_query_count("payout.board", lambda: client.get(BOARD)).content.decode()
        assert all(opd.name in text for opd in opds)
        assert "1 belum dapat dihitung" in text
        late = client.get(f"{BOARD}&terlambat=on").content.decode()
        assert "Tidak ada OPD yang cocok" in late
        with_opd = client.get(f"{BOARD}&pemegang=opd").content.decode()
        assert opds[0].name in with_opd
        assert "Tidak ada OPD yang cocok" in client.get(f"{BOARD}&tahap=checked").content.decode()


def test_the_days_after_which_a_step_is_late_are_set_on_their_page(opds: list[Unit], client: Client) -> None:
    with clock.at(after(MAY)):
        page = client.get("/tpp/pembayaran/batas-waktu/").content.decode()
        assert page.count('value="3"') == 8
        days = dict.fromkeys((step.value for step in WAITED_FOR), "2")
        assert client.post("/tpp/pembayaran/batas-waktu/", {**days, "checked": "0"}).status_code == 422
        assert client.post("/tpp/pembayaran/batas-waktu/", {**days, "checked": "10"}).status_code == 302
        assert (patience()[Step.CHECKED], patience()[Step.PAID]) == (10, 2)
    with clock.at(after(MAY) + timedelta(days=2)):
        assert "Tidak ada OPD yang cocok" not in client.get(f"{BOARD}&terlambat=on").content.decode()


def test_38_of_40_are_paid_and_the_others_see_what_they_lack(opds: list[Unit], client: Client) -> None:
    """Story S5 of the peers note, with four."""
    with clock.at(after(MAY)):
        for opd in opds[:3]:
            give_accounts(people_of(opd))
            lock(opd)
            request(opd)
        answer = client.get("/tpp/pembayaran/2024-05/ordinary/bank.csv")
        lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
        assert len(lines) == 1 + 6
        text = client.get(page_of(opds[3])).content.decode()
    lacking = people_of(opds[3])[0].name
    assert lacking in text
    assert "Perbaiki" in text


def test_an_opd_closes_on_its_page_and_needs_a_reason_for_what_is_missing(
    opds: list[Unit], with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    opd = opds[3]
    with clock.at(after(MAY)):
        operator = signed_in(with_role("operator_opd", opd=opd))
        assert "Tutup bulan OPD" in operator.get(page_of(opd)).content.decode()
        step = f"{page_of(opd)}langkah/closed_by_opd/"
        assert "Masih ada yang kurang" in operator.get(step).content.decode()
        refused = operator.post(step, {"alasan": ""})
        assert refused.status_code == 422
        assert "tulis alasan menutup" in refused.content.decode()
        assert operator.post(step, {"alasan": "Gaji menyusul"}).status_code == 302
        after_it = operator.get(page_of(opd)).content.decode()
        assert "Gaji menyusul" in after_it
        assert "Batalkan “Ditutup OPD”" in after_it
        assert operator.post(f"{page_of(opd)}batal/").status_code == 302
        assert operator.get(page_of(opds[0])).status_code == 404


def test_twenty_opds_are_checked_at_once_after_a_preview(opds: list[Unit], client: Client) -> None:
    with clock.at(after(MAY)):
        operator = closer("operator_opd")
        for opd in opds[:2]:
            take_step(month=MAY, kind=KIND, opd=opd, step=Step.CLOSED, actor=operator)
        url = "/tpp/pembayaran/2024-05/ordinary/langkah/"
        chosen = {"langkah": "checked", "opd": [str(opd.uid) for opd in opds[:3]]}
        preview = client.get(url, chosen).content.decode()
        assert "2 OPD siap" in preview
        assert "belum gilirannya" in preview
        assert ParcelStep.objects.count() == 2
        assert client.post(url, chosen).status_code == 302
        assert ParcelStep.objects.filter(kind="checked").count() == 2
        assert client.post(url, {"langkah": "checked"}).status_code == 302


def test_a_step_that_is_next_is_no_reason_against_itself(opds: list[Unit], client: Client) -> None:
    opd = opds[0]
    with clock.at(after(MAY)):
        take_step(month=MAY, kind=KIND, opd=opd, step=Step.CLOSED, actor=closer("operator_opd"))
        take_step(month=MAY, kind=KIND, opd=opd, step=Step.CHECKED, actor=closer("bkpsdm"))
        page = client.get(page_of(opd)).content.decode()
        assert "Nyatakan pagu cukup" in page
        assert "belum diambil" not in page
        assert "Pagu OPD ini untuk 2024 belum dicatat" in page
        give_ceilings(MAY, opd)
        assert "Ditahan dulu" not in client.get(page_of(opd)).content.decode()


def test_a_parcel_is_given_back_with_its_reason_on_the_page(opds: list[Unit], client: Client) -> None:
    with clock.at(after(MAY)):
        take_step(month=MAY, kind=KIND, opd=opds[0], step=Step.CLOSED, actor=closer("operator_opd"))
        assert client.post(f"{page_of(opds[0])}kembalikan/", {"alasan": ""}).status_code == 422
        assert client.post(f"{page_of(opds[0])}kembalikan/", {"alasan": "Surat kurang"}).status_code == 302
        assert "Surat kurang" in client.get(page_of(opds[0])).content.decode()


def test_the_treasurer_asks_for_the_money_and_sees_who_has_no_account(
    opds: list[Unit], with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    opd = opds[0]
    with clock.at(after(MAY)):
        give_accounts(people_of(opd)[:1])
        lock(opd)
        let_through(opd)
        treasurer = signed_in(with_role("bendahara", opd=opd))
        step = f"{page_of(opd)}langkah/requested/"
        text = treasurer.get(step).content.decode()
        assert people_of(opd)[1].name in text
        assert "belum ada rekening" in text
        gross = place_of(MAY, KIND, opd).sums.gross
        letter = {"nomor": "SPP/1", "tanggal": "2024-06-03", "jumlah": str(gross), "alasan": ""}
        refused = treasurer.post(step, {**letter, "jumlah": "1"})
        assert refused.status_code == 422
        assert treasurer.post(step, letter).status_code == 302
        made = PaymentList.objects.get()
        shown = treasurer.get(f"/tpp/pembayaran/daftar/{made.uid}/").content.decode()
        assert made.digest in shown
        assert "Belum ada rekening" in shown
        stranger = signed_in(with_role("bendahara", opd=opds[1]))
        assert stranger.get(f"/tpp/pembayaran/daftar/{made.uid}/").status_code == 404
        assert stranger.get("/tpp/pembayaran/2024-05/ordinary/bank.csv").status_code == 404


def test_everybody_of_the_opd_sees_where_the_money_is(opds: list[Unit], signed_in: SignedIn) -> None:
    opd = opds[0]
    person: Employee = people_of(opd)[0]
    person.user = make_user(person.nip, person.name, "asn")
    person.save(update_fields=["user"])
    slip = Slip.objects.get(employee=person)
    with clock.at(after(MAY)):
        asn = signed_in(person.user)
        assert "disiapkan OPD sejak 1 Juni 2024" in asn.get(f"/tpp/slip/{slip.uid}/").content.decode()
        page = asn.get(page_of(opd)).content.decode()
        assert "Tutup bulan OPD</a>" not in page
        assert asn.get(page_of(opds[1])).status_code == 404
        assert asn.get("/tpp/pembayaran/opd-saya/").status_code == 302
        give_accounts([person])
        lock(opd)
        made = request(opd)
        assert "menunggu SPM" in asn.get(f"/tpp/slip/{slip.uid}/").content.decode()
        order(opd)
        made.rows.filter(employee=person).update(state="paid", settled_at=clock.now())
        paid = asn.get(f"/tpp/slip/{slip.uid}/").content.decode()
        assert "Tercatat dibayar ke rekening ••••" in paid
        assert asn.get(f"/tpp/pembayaran/daftar/{made.uid}/").status_code == 403


def test_strange_addresses_are_not_found(opds: list[Unit], client: Client) -> None:
    with clock.at(after(MAY)):
        for url in (
            f"/tpp/pembayaran/2024-99/ordinary/{opds[0].uid}/",
            f"/tpp/pembayaran/2024-05/lain/{opds[0].uid}/",
            f"{page_of(opds[0])}langkah/paid/",
            "/tpp/pembayaran/2024-05/ordinary/bank.csv",
            "/tpp/pembayaran/2024-05/ordinary/bank.pdf",
        ):
            assert client.get(url).status_code == 404, url
