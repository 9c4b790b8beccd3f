"""The slip page: what the owner reads, and who else may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.tpp.models import MonthRun, Slip
from tests.cast import Office, Person, make_employee, make_opd, make_position, make_user
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case
from tests.tenants.tpp.small_run import finished_run, lock_of, slip_in

SignedIn = Callable[..., Client]


@pytest.fixture
def slip(month_run: MonthRun, cases: list[Case]) -> Slip:
    """M03's slip; the person has an account."""
    employee = cases[1].employee
    employee.user = make_user(employee.nip, employee.name, "asn")
    employee.save()
    return Slip.objects.select_related("employee__user", "opd").get(run=month_run, employee=employee)


def address(slip: Slip) -> str:
    return f"/tpp/slip/{slip.uid}/"


def test_the_owner_reads_every_line_with_clause_days_and_minutes(slip: Slip, signed_in: SignedIn) -> None:
    client = signed_in(slip.employee.user)
    text = assert_query_count("tpp.slip", lambda: client.get(address(slip))).content.decode()
    for words in (
        "Rp323.849",
        "Perwali Manado 1/2022 jo 30/2023, terlambat masuk kerja",
        "Kamis, 2 Mei 2024",
        "20 menit",
        "−Rp47.520",
        "Hasil sebelum dibulatkan",
        "Sementara",
    ):
        assert words in text
    lines = slip.lines.count()
    assert text.count('<details class="fold"') == lines


def test_the_own_page_leads_to_the_newest_slip(slip: Slip, signed_in: SignedIn) -> None:
    client = signed_in(slip.employee.user)
    text = assert_query_count("tpp.own", lambda: client.get("/tpp/")).content.decode()
    assert address(slip) in text
    assert "Rp323.849" in text


def test_a_locked_month_is_no_longer_provisional(slip: Slip, bkpsdm: User, signed_in: SignedIn) -> None:
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
    client = signed_in(slip.employee.user)
    text = assert_query_count("tpp.slip.locked", lambda: client.get(address(slip))).content.decode()
    assert "Sementara" not in text
    assert "Dikunci" in text


def test_the_day_of_the_lock_is_that_of_the_region(slip: Slip, bkpsdm: User, signed_in: SignedIn) -> None:
    # Ten past six in the morning of 4 June in Manado.
    with clock.at(datetime(2024, 6, 3, 22, 10, tzinfo=UTC)):
        lock_whole_month(MAY, actor=bkpsdm)
    text = signed_in(slip.employee.user).get(address(slip)).content.decode()
    assert "4 Jun 2024" in text
    assert "3 Jun 2024" not in text


def test_a_replaced_slip_says_so(slip: Slip, run_month: Callable[[], MonthRun], signed_in: SignedIn) -> None:
    run_month()
    client = signed_in(slip.employee.user)
    assert "Diganti perhitungan baru" in client.get(address(slip)).content.decode()
    assert address(slip) not in client.get("/tpp/").content.decode()


def test_who_else_may_read_it(slip: Slip, with_role: Callable[..., User], signed_in: SignedIn) -> None:
    other = make_opd("8.88", "Dinas Tetangga")
    for user, status in (
        (with_role("bkpsdm"), 200),
        (with_role("inspektorat"), 200),
        (with_role("bpkad"), 200),
        (with_role("operator_opd", opd=slip.opd), 200),
        (with_role("operator_opd", opd=other), 404),
        (with_role("asn"), 404),
        (with_role("kepala_daerah"), 403),
    ):
        answer = signed_in(user).get(address(slip))
        assert (user.display_name, answer.status_code) == (user.display_name, status)


def test_an_unknown_slip_is_not_found(bkpsdm: User, signed_in: SignedIn) -> None:
    assert signed_in(bkpsdm).get("/tpp/slip/01a200cd-69eb-70de-8c52-86591f206e4e/").status_code == 404


def test_the_paper_shows_all_lines_open(slip: Slip, signed_in: SignedIn) -> None:
    text = signed_in(slip.employee.user).get(f"{address(slip)}cetak/").content.decode()
    assert text.count("<details") == text.count('<details class="fold" open>') == slip.lines.count()
    assert "SEMENTARA" in text


def test_the_operator_of_the_opd_lists_its_slips_and_no_others(
    slip: Slip, cases: list[Case], with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    client = signed_in(with_role("operator_opd", opd=slip.opd))
    text = assert_query_count("tpp.opd", lambda: client.get("/tpp/opd/")).content.decode()
    assert all(case.employee.nip in text for case in cases)
    assert cases[2].employee.nip not in client.get("/tpp/opd/?cari=pegawai 01").content.decode()
    neighbour = signed_in(with_role("operator_opd", opd=make_opd("8.88", "Dinas Tetangga")))
    assert "Tidak ada slip" in neighbour.get("/tpp/opd/?bulan=2024-05").content.decode()


def test_figures_may_change_until_the_own_opd_is_locked_whatever_another_has_done(
    office: Office, ani: Person, bkpsdm: User, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    run, other = finished_run(), make_opd("8.88", "Dinas Tetangga")
    slip_in(run, ani.employee, office.opd)
    slip_in(run, make_employee("Gita", make_position(other, "T-1", "Pengelola")), other)
    client = signed_in(with_role("operator_opd", opd=office.opd))
    lock_of(run, other, bkpsdm)
    assert "masih dapat berubah" in client.get("/tpp/opd/?bulan=2024-05").content.decode()
    lock_of(run, office.opd, bkpsdm)
    assert "masih dapat berubah" not in client.get("/tpp/opd/?bulan=2024-05").content.decode()
