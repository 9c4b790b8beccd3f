"""Two requests for leave of one person, sent at the same moment, never spend more days than there are."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from kernel import clock
from kernel.errors import DomainError
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee
from tenants.leave.actions import request_leave, start_ledger
from tenants.leave.booking import accounts_of
from tenants.leave.checking import LeaveAsk
from tenants.leave.models import LeaveEntry
from tests.cast import make_employee, make_nip, make_opd, make_position, make_user

MONDAY = date(2026, 10, 5)
NINE = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)


def test_two_weeks_asked_for_at_once_are_not_both_had_of_six_days(fresh_region: RegionState) -> None:
    opd = make_opd()
    head = make_position(opd, "P-1", "Kepala Dinas", kind="jpt")
    boss = make_user(make_nip(1), "Atasan", "asn", "atasan")
    make_employee("Atasan", head, nip=boss.login, user=boss)
    user = make_user(make_nip(2), "Pegawai", "asn")
    employee = make_employee("Pegawai", make_position(opd, "P-2", "Staf", superior=head), nip=user.login, user=user)
    start_ledger(year=2026, actor=make_user(make_nip(3), "Admin", "bkpsdm"))
    LeaveEntry.objects.create(employee=employee, year=2026, what="grant", days=6)
    ready = threading.Barrier(2)

    def ask(first: date) -> str:
        with region_scope(fresh_region), clock.at(NINE):
            try:
                own = Employee.objects.select_related("user").get(pk=employee.pk)
                assert own.user is not None
                leave = LeaveAsk(kind="tahunan", first=first, last=first + timedelta(days=4), reason="Keluarga")
                ready.wait(timeout=20)
                request_leave(employee=own, ask=leave, actor=own.user)
                return "sent"
            except DomainError as refused:
                return refused.code
            finally:
                connection.close()

    weeks = (MONDAY + timedelta(days=7), MONDAY + timedelta(days=14))
    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = sorted(future.result(timeout=60) for future in [pool.submit(ask, week) for week in weeks])
    assert answers == ["leave_refused", "sent"]
    with clock.at(NINE):
        account = accounts_of([employee.pk])[employee.pk][2026]
    assert (account.reserved, account.left) == (5, 1)
    assert AttendanceDocument.objects.count() == 1
