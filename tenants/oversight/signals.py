"""Counting the signals of risk of one month over many people, one statement for each signal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.activities.models import Activity, Evidence
from tenants.approvals.models import ApprovalRequest
from tenants.attendance.models import AttendanceDocument, DayResult, Punch
from tenants.oversight.risk import Signals

SIGNAL_TITLES: Final[dict[str, str | Promise]] = {
    "remarked": _("aktivitas disetujui meski ada catatan"),
    "overfull_days": _("hari dengan aktivitas lebih dari 10 jam"),
    "work_while_absent": _("hari beraktivitas tanpa kehadiran"),
    "shared_files": _("berkas bukti yang juga dipakai orang lain"),
    "doubtful_punches": _("absen yang perlu ditinjau"),
    "late_documents": _("surat kehadiran yang dicatat setelah bulannya lewat"),
}
LONGEST_DAY: Final = 600

Counts = dict[int, int]


def signals_of(month: Month, advance: Callable[[int], None]) -> dict[int, Signals]:
    """The signals of everybody who shows one, by the employee's key. `advance` is told after each statement."""
    counted: dict[str, Counts] = {}
    for number, (name, count) in enumerate(_COUNTING.items(), 1):
        counted[name] = count(month)
        advance(number)
    people = {employee for counts in counted.values() for employee in counts}
    return {
        employee: Signals(**{name: counts[employee] for name, counts in counted.items() if employee in counts})
        for employee in people
    }


def statements() -> int:
    """How many statements `signals_of` needs."""
    return len(_COUNTING)


def _approved(month: Month) -> QuerySet[Activity]:
    return Activity.objects.in_month(month).filter(state=Activity.State.APPROVED)


def _per_employee(rows: QuerySet[Any], employee: str) -> Counts:
    return dict(rows.order_by().values_list(employee).annotate(count=Count("pk")))


def _activities(month: Month) -> Counts:
    return _per_employee(_approved(month), "employee")


def _remarked(month: Month) -> Counts:
    rows = ApprovalRequest.objects.filter(
        document_kind="activity",
        is_exception=True,
        state=ApprovalRequest.State.APPROVED,
        document_uid__in=_approved(month).values("uid"),
    )
    return _per_employee(rows, "owner")


def _overfull_days(month: Month) -> Counts:
    days = (
        _approved(month)
        .order_by()
        .values("employee", "date")
        .annotate(total=Sum("approved_minutes"))
        .filter(total__gt=LONGEST_DAY)
    )
    return Counter(days.values_list("employee", flat=True))


def _work_while_absent(month: Month) -> Counts:
    absent = DayResult.objects.filter(
        employee=OuterRef("employee"), date=OuterRef("date"), presence=DayResult.Presence.ABSENT
    )
    days = _approved(month).filter(Exists(absent)).order_by().values_list("employee", "date").distinct()
    return Counter(employee for employee, _ in days)


def _shared_files(month: Month) -> Counts:
    of_month = Q(
        activity__date__gte=month.first_day,
        activity__date__lt=month.end,
        activity__state=Activity.State.APPROVED,
    )
    elsewhere = Evidence.objects.filter(file__sha256=OuterRef("file__sha256")).exclude(
        activity__employee=OuterRef("activity__employee")
    )
    rows = Evidence.objects.filter(of_month).filter(Exists(elsewhere))
    return dict(rows.order_by().values_list("activity__employee").annotate(count=Count("file__sha256", distinct=True)))


def _doubtful_punches(month: Month) -> Counts:
    first, end = _instants(month)
    rows = Punch.objects.filter(captured_at__gte=first, captured_at__lt=end, state=Punch.State.REVIEW)
    return dict(rows.order_by().values_list("employee").annotate(count=Count("id")))


def _late_documents(month: Month) -> Counts:
    _, end = _instants(month)
    rows = AttendanceDocument.objects.filter(
        period__overlap=DateRange(month.first_day, month.end),
        state=AttendanceDocument.State.APPROVED,
        created_at__gte=end,
    )
    return _per_employee(rows, "employee")


def _instants(month: Month) -> tuple[datetime, datetime]:
    zone = current_region().time_zone
    return clock.day_bounds(month.first_day, zone)[0], clock.day_bounds(month.end, zone)[0]


_COUNTING: Final[dict[str, Callable[[Month], Counts]]] = {
    "activities": _activities,
    "remarked": _remarked,
    "overfull_days": _overfull_days,
    "work_while_absent": _work_while_absent,
    "shared_files": _shared_files,
    "doubtful_punches": _doubtful_punches,
    "late_documents": _late_documents,
}
