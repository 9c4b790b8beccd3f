"""Opening balances from a sheet: all rows or none, and twice the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.accounts.models import User
from kernel.jobs.models import Job, JobRow
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.leave.granting import grant_year
from tenants.leave.models import LeaveEntry
from tests.cast import Office, Person, make_opd
from tests.tenants.attendance.week import MONDAY, on
from tests.tenants.leave.balance import account

COLUMNS = [Column("NIP"), Column("Nama"), *(Column(name, kind="number") for name in ("Sisa N-2", "Sisa N-1", "Sisa N"))]


@pytest.fixture(autouse=True)
def _ledger(ledger: None) -> None:
    return None


def sheet(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    content = workbook([Sheet("Saldo", COLUMNS, [(nip, "", *rest) for nip, *rest in rows])])
    return SimpleUploadedFile("saldo.xlsx", BytesIO(content).read())


def handed_in(user: User, signed_in: Any, run_outbox: Callable[[], int], *rows: tuple[Any, ...]) -> Job:
    answer = signed_in(user).post("/cuti/saldo/lembar/", {"year": 2026, "file": sheet(*rows)})
    assert answer.status_code == 302
    run_outbox()
    return Job.objects.latest("pk")


def test_balances_of_the_leave_card_are_carried_over_by_the_rules(
    ani: Person, budi: Person, agency: User, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY, "09:00"):
        job = handed_in(agency, signed_in, run_outbox, (ani.employee.nip, 12, 12, 12), (budi.employee.nip, 0, 9, 11))
        assert (job.state, job.error_rows) == ("done", 0)
        assert (account(ani).left, account(ani).carried_in) == (24, 12)
        assert (account(budi).left, account(budi).carried_in) == (17, 6)
        lines = LeaveEntry.objects.count()
        handed_in(agency, signed_in, run_outbox, (ani.employee.nip, 12, 12, 12), (budi.employee.nip, 0, 9, 11))
        assert LeaveEntry.objects.count() == lines


def test_an_opening_balance_takes_the_place_of_a_grant_that_was_written(
    ani: Person, agency: User, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY, "09:00"):
        grant_year()
        assert account(ani).left == 12
        handed_in(agency, signed_in, run_outbox, (ani.employee.nip, "", "", 5))
        assert account(ani).left == 5
        assert grant_year() == (0, 0)
        assert sum(LeaveEntry.objects.filter(employee=ani.employee).values_list("days", flat=True)) == 5


def test_one_wrong_row_is_told_and_nothing_is_written(
    ani: Person, budi: Person, agency: User, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    with on(MONDAY, "09:00"):
        job = handed_in(
            agency,
            signed_in,
            run_outbox,
            (ani.employee.nip, 0, 0, 12),
            (budi.employee.nip, 0, 0, 31),
            ("199912312026011999", 0, 0, 3),
            (ani.employee.nip, 0, 0, 4),
        )
    told = list(JobRow.objects.filter(job=job).order_by("row_number").values_list("row_number", "column"))
    assert told == [(3, "Sisa N"), (4, "NIP"), (5, "NIP")]
    assert not LeaveEntry.objects.exists()


def test_an_operator_writes_balances_of_the_own_opd_only(
    ani: Person, office: Office, with_role: Any, signed_in: Any, run_outbox: Callable[[], int]
) -> None:
    stranger = with_role("operator_opd", opd=make_opd("9.01", "Dinas Sosial"))
    with on(MONDAY, "09:00"):
        job = handed_in(stranger, signed_in, run_outbox, (ani.employee.nip, 0, 0, 12))
        assert (job.error_rows, LeaveEntry.objects.count()) == (1, 0)
        handed_in(with_role("operator_opd", opd=office.opd), signed_in, run_outbox, (ani.employee.nip, 0, 0, 12))
        assert account(ani).left == 12


def test_the_prepared_sheet_is_read_as_it_is_handed_out(ani: Person, agency: User, signed_in: Any) -> None:
    from kernel.sheets.plain import read_rows
    from tenants.leave.sheet_import import HEADINGS

    with on(date(2026, 10, 5), "09:00"):
        content = b"".join(signed_in(agency).get("/cuti/saldo/contoh.xlsx"))
    rows = read_rows(BytesIO(content), headings=HEADINGS)
    assert ani.employee.nip in [row.cells["nip"] for row in rows]
