"""Who is excused from an assembly by a document of the day: for the page of who came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from tenants.attendance.models import AttendanceDocument


def excused_on(employee_ids: Collection[int], day: date) -> dict[int, str]:
    """The words of the approved document that covers the whole day, by employee."""
    documents = AttendanceDocument.objects.of_people(employee_ids).filter(
        state=AttendanceDocument.State.APPROVED, covers=AttendanceDocument.Covers.DAY, period__contains=day
    )
    return dict(documents.values_list("employee_id", "label"))
