"""Salary bases from a sheet: all rows or none, with the reason beside each wrong one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs.models import Job
from kernel.periods import Month
from tenants.tpp.models import SalaryBase
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.closed_months import close_months
from tests.sheets import xlsx_upload

Rows = list[tuple[object, ...]]


def sheet(rows: Rows) -> SimpleUploadedFile:
    return xlsx_upload("gaji.xlsx", [("NIP", "Dasar gaji"), *rows])


@pytest.fixture
def upload(
    with_role: Callable[..., User], signed_in: Callable[..., Client], run_outbox: Callable[[], int]
) -> Callable[[Rows], Job]:
    client = signed_in(with_role("bpkad"))

    def send(rows: Rows) -> Job:
        answer = client.post("/tpp/gaji/", {"bulan": "2026-10", "berkas": sheet(rows)})
        assert answer.status_code == 302, answer.content.decode()
        run_outbox()
        return Job.objects.latest("id")

    return send


def test_a_good_sheet_is_written_at_once(upload: Callable[[Rows], Job], ani: Person, budi: Person) -> None:
    job = upload([(ani.employee.nip, 4000000), (budi.employee.nip, "Rp 5.250.000")])
    assert job.state == Job.State.DONE
    stored = dict(SalaryBase.objects.values_list("employee__nip", "amount"))
    assert stored == {ani.employee.nip: Decimal(4000000), budi.employee.nip: Decimal(5250000)}
    assert AuditEvent.objects.filter(action="tpp.salary_bases_recorded").count() == 1


def test_one_wrong_row_keeps_the_sheet_out(upload: Callable[[Rows], Job], ani: Person, budi: Person) -> None:
    job = upload(
        [
            (ani.employee.nip, 4000000),
            (ani.employee.nip, 4000001),
            ("199912312020121999", 1),
            (budi.employee.nip, "banyak"),
            (199001012015011102, 5),
        ]
    )
    assert not SalaryBase.objects.exists()
    rows = {row.row_number: row.message for row in job.rows.all()}
    assert set(rows) == {3, 4, 5, 6}
    assert "baris lain" in rows[3]
    assert "Tidak ada pegawai" in rows[4]
    assert "rupiah" in rows[5]
    assert "teks" in rows[6]


def test_the_row_of_somebody_whose_opd_has_closed_the_month_is_told_and_keeps_no_other_out(
    upload: Callable[[Rows], Job], ani: Person, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload([(ani.employee.nip, 4000000)])
    gita = make_employee("Gita", make_position(make_opd("2.01", "Dinas Kesehatan"), "K-1", "Pengelola"))
    close_months(monkeypatch, Month(2026, 10), opds=[office.opd])
    job = upload([(ani.employee.nip, 4500000), (gita.nip, 5000000)])
    assert job.state == Job.State.DONE
    told = job.rows.get()
    assert (told.row_number, told.subject) == (2, ani.employee.nip)
    assert "sudah dikunci" in told.message
    assert set(SalaryBase.objects.values_list("employee__nip", "amount")) == {
        (ani.employee.nip, Decimal(4000000)),
        (gita.nip, Decimal(5000000)),
    }


@pytest.mark.parametrize("written", ["Rp 5.250.000,00", "5,250,000", "5250000", 5250000])
def test_rupiah_is_read_in_every_usual_writing(upload: Callable[[Rows], Job], ani: Person, written: Any) -> None:
    upload([(ani.employee.nip, written)])
    assert SalaryBase.objects.get().amount == Decimal(5250000)


@pytest.mark.parametrize("written", ["5.250.000,50", "5250.5", 525.125, "-5000000", "5.25.000"])
def test_what_is_no_whole_rupiah_is_refused_beside_its_row(
    upload: Callable[[Rows], Job], ani: Person, written: Any
) -> None:
    job = upload([(ani.employee.nip, written)])
    assert [row.row_number for row in job.rows.all()] == [2]
    assert not SalaryBase.objects.exists()


def test_the_same_sheet_again_replaces_the_amounts(upload: Callable[[Rows], Job], ani: Person) -> None:
    upload([(ani.employee.nip, 4000000)])
    upload([(ani.employee.nip, 4100000)])
    assert SalaryBase.objects.get().amount == Decimal(4100000)


def test_a_sheet_without_the_column_is_refused_with_its_name(upload: Callable[[Rows], Job], ani: Person) -> None:
    job = upload([])
    assert job.state == Job.State.FAILED


def test_a_file_that_is_no_sheet_is_said_beside_the_field(
    with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    client = signed_in(with_role("bpkad"))
    answer = client.post("/tpp/gaji/", {"bulan": "2026-10", "berkas": SimpleUploadedFile("gaji.xlsx", b"bukan lembar")})
    assert answer.status_code == 422
    assert not Job.objects.exists()
