"""The region's layout of the attendance recap."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from tenants.reports.attendance.columns import RecapColumn
from tenants.reports.models import RecapLayout

LAYOUT_SET = declare_action("papers.recap_layout_set", "Susunan rekap kehadiran diubah")


@transaction.atomic
def save_layout(*, columns: Sequence[RecapColumn], actor: User) -> None:
    """The region's recap has these columns from now on; without any it has the usual ones."""
    row = RecapLayout.objects.select_for_update().first() or RecapLayout()
    before = row.columns
    row.columns = [{"code": column.code, "title": column.title} for column in columns]
    row.save()
    record(LAYOUT_SET, actor=actor, before={"columns": before}, after={"columns": row.columns})
