"""The lock's pages: what it will do, doing it, looking again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.tpp.models import MonthLock, MonthRun, SalaryBase
from tests.tenants.payout.closing_steps import take_steps_before_lock
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case

SignedIn = Callable[..., Client]
MONTH = "/tpp/kunci/2024-05/"


@pytest.fixture
def client(bkpsdm: User, signed_in: SignedIn) -> Client:
    with clock.at(AFTERWARDS):
        return signed_in(bkpsdm)


def test_the_page_says_what_locking_does_before_it_is_done(month_run: MonthRun, client: Client) -> None:
    with clock.at(AFTERWARDS):
        text = client.get(MONTH).content.decode()
        assert "Rp24.704.415" in text
        assert "tidak dapat diubah" in text
        assert not MonthLock.objects.exists()
        take_steps_before_lock(MAY)
        assert client.post(MONTH).status_code == 302
        after = client.get(MONTH).content.decode()
        one = client.get(f"/tpp/kunci/opd/{MonthLock.objects.get().uid}/").content.decode()
    assert "TPP bersih" in after
    assert MonthLock.objects.get().digest in one


def test_a_kind_that_waits_for_no_day_of_its_month_is_not_told_to_wait(month_run: MonthRun, client: Client) -> None:
    with clock.at(datetime(2024, 5, 20, 2, tzinfo=UTC)):
        assert "Bulan ini belum berakhir" in client.get(MONTH).content.decode()
        assert "Bulan ini belum berakhir" not in client.get(f"{MONTH}?jenis=thr").content.decode()


def test_errors_need_a_reason_on_the_page_too(
    cases: list[Case], run_month: Callable[[], MonthRun], client: Client
) -> None:
    SalaryBase.objects.filter(employee=cases[0].employee).delete()
    run_month()
    with clock.at(AFTERWARDS):
        take_steps_before_lock(MAY)
        refused = client.post(MONTH, {"alasan": " "})
        assert refused.status_code == 422
        assert "belum dapat dihitung" in refused.content.decode()
        assert client.post(MONTH, {"alasan": "Pindah instansi"}).status_code == 302
        assert "Pindah instansi" in client.get(f"/tpp/kunci/opd/{MonthLock.objects.get().uid}/").content.decode()


def test_a_locked_month_is_looked_at_again(month_run: MonthRun, client: Client) -> None:
    with clock.at(AFTERWARDS):
        take_steps_before_lock(MAY)
        client.post(MONTH)
        text = client.get(f"{MONTH}periksa/").content.decode()
        assert "Tidak ada yang berubah" in text
        listed = assert_query_count("payout.locks", lambda: client.get("/tpp/kunci/")).content.decode()
        assert "Mei 2024" in listed
        assert client.get("/tpp/kunci/2024-04/periksa/").status_code == 404
        assert client.get("/tpp/kunci/kemarin/").status_code == 404


def test_who_may_only_look_cannot_lock(
    month_run: MonthRun, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    with clock.at(AFTERWARDS):
        client = signed_in(with_role("inspektorat"))
        assert "Kunci bulan</button>" not in client.get(MONTH).content.decode()
        assert client.post(MONTH).status_code == 403
    assert not MonthLock.objects.exists()
