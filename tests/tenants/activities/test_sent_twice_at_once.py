"""A phone sends the same form twice at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

from django.db import connection

from kernel.ids import new_uid
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.activities.actions import ActivityInput, send_activity
from tenants.activities.models import Activity
from tenants.approvals.models import ApprovalRequest
from tenants.employees.models import Employee
from tests.cast import make_employee, make_opd, make_position, make_user
from tests.tenants.activities.work import make_kind


def test_the_same_form_twice_at_once_is_one_activity(fresh_region: RegionState) -> None:
    user = make_user("198001012005011001", "Pegawai", "asn")
    employee = make_employee("Pegawai", make_position(make_opd(), "P-1", "Staf"), user=user, nip=user.login)
    draft = ActivityInput(make_kind().uid, date(2025, 3, 3), time(8), 30, 1, "Laporan", client_key=new_uid())
    ready = threading.Barrier(2)

    def send() -> int:
        with region_scope(fresh_region):
            try:
                sender = Employee.objects.select_related("user").get(pk=employee.pk)
                assert sender.user is not None
                ready.wait(timeout=20)
                return send_activity(employee=sender, draft=draft, actor=sender.user).pk
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        keys = [future.result(timeout=60) for future in [pool.submit(send), pool.submit(send)]]
    assert keys[0] == keys[1]
    assert Activity.objects.get().state == Activity.State.SUBMITTED
    assert ApprovalRequest.objects.count() == 1
