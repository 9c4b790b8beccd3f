"""Work that counts for points although something speaks against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Sum
from django.utils.translation import gettext_lazy as _

from tenants.activities import doubts
from tenants.activities.models import Activity, TextTrace
from tenants.approvals.models import Decision
from tenants.attendance.models import DayResult
from tenants.preaudit.checks.registry import BPK, Found, Mend, as_facts, check, counted
from tenants.preaudit.subject import Subject

SAME_TEXTS: Final = 5
MUTUAL_APPROVALS: Final = 3


@check(
    "points_without_presence",
    title=_("Tidak hadir tetapi poin penuh"),
    words=_("%(minutes)s menit aktivitas disetujui, padahal tidak ada satu hari pun hadir."),
    mend=Mend.ATTENDANCE,
    is_grave=True,
    source=BPK,
)
def points_without_presence(subject: Subject) -> Iterator[Found]:
    """Approved work in a month without a single day of presence."""
    month = subject.month
    present = DayResult.objects.filter(
        employee=OuterRef("employee"),
        date__gte=month.first_day,
        date__lt=month.end,
        presence=DayResult.Presence.PRESENT,
    )
    judged = DayResult.objects.filter(employee=OuterRef("employee"), date__gte=month.first_day, date__lt=month.end)
    work = doubts.approved_work(month, subject.by_system)
    rows = work.filter(Exists(judged)).exclude(Exists(present)).order_by("employee").values("employee")
    for row in rows.annotate(minutes=Sum("approved_minutes")):
        yield Found(row["employee"], as_facts(minutes=row["minutes"]))


@check(
    "work_while_absent",
    title=_("Beraktivitas pada hari tanpa keterangan"),
    words=_("Pada %(count)s hari tanpa keterangan ada aktivitas yang disetujui."),
    mend=Mend.ATTENDANCE,
    source=_("Tanda risiko yang juga dipakai pengawasan."),
)
def work_while_absent(subject: Subject) -> Iterator[Found]:
    """Days judged absent on which work was approved."""
    return counted(doubts.work_while_absent(subject.month, subject.by_system))


@check(
    "overfull_days",
    title=_("Hari dengan aktivitas lebih dari 10 jam"),
    words=_("Pada %(count)s hari aktivitas yang disetujui lebih dari 10 jam."),
    mend=Mend.EMPLOYEE,
    source=_("Menit yang tidak mungkin dikerjakan sehari."),
)
def overfull_days(subject: Subject) -> Iterator[Found]:
    """Days with more than ten approved hours."""
    return counted(doubts.overfull_days(subject.month, subject.by_system))


@check(
    "shared_evidence",
    title=_("Bukti dipakai bersama"),
    words=_("%(count)s berkas buktinya sama persis dengan bukti orang lain."),
    mend=Mend.EMPLOYEE,
    source=BPK,
)
def shared_evidence(subject: Subject) -> Iterator[Found]:
    """Evidence files of approved work that somebody else's work shows too, byte for byte."""
    return counted(doubts.shared_evidence(subject.month, subject.payees))


@check(
    "same_texts",
    title=_("Uraian aktivitas sama dengan orang lain"),
    words=_("%(count)s uraian aktivitasnya sama kata demi kata dengan uraian orang lain."),
    mend=Mend.EMPLOYEE,
    source=_("Uraian yang disalin bukan bukti kerja."),
)
def same_texts(subject: Subject) -> Iterator[Found]:
    """At least five descriptions of the month that somebody else has too, word for word."""
    month = subject.month
    elsewhere = TextTrace.objects.filter(
        digest=OuterRef("digest"), date__gte=month.first_day, date__lt=month.end
    ).exclude(activity__employee=OuterRef("activity__employee"))
    rows = TextTrace.objects.filter(
        subject.among_people("activity__employee"),
        date__gte=month.first_day,
        date__lt=month.end,
        activity__state=Activity.State.APPROVED,
    ).filter(Exists(elsewhere))
    counts = doubts.per_employee(rows, "activity__employee")
    return counted({employee: count for employee, count in counts.items() if count >= SAME_TEXTS})


@check(
    "mutual_approvals",
    title=_("Saling menyetujui"),
    words=_("%(given)s aktivitasnya disetujui %(other)s, dan sebaliknya %(taken)s aktivitas orang itu disetujuinya."),
    mend=Mend.EMPLOYEE,
    source=_("Persetujuan hanya berjalan ke atas."),
)
def mutual_approvals(subject: Subject) -> Iterator[Found]:
    """Two people who approve each other's work of the month, at least three times each way."""
    month = subject.month
    rows: Any = (
        Decision.objects.standing()
        .filter(
            verdict=Decision.Verdict.APPROVED,
            request__document_kind="activity",
            request__on__gte=month.first_day,
            request__on__lt=month.end,
            request__owner__isnull=False,
            decided_by__employee__isnull=False,
        )
        .order_by()
        .values_list("request__owner", "decided_by__employee", "decided_by__employee__name")
        .annotate(count=Count("pk"))
    )
    given: dict[tuple[int, int], int] = defaultdict(int)
    names: dict[int, str] = {}
    for owner, approver, name, count in rows:
        given[owner, approver] += count
        names[approver] = name
    for (owner, approver), count in sorted(given.items()):
        back = given.get((approver, owner), 0)
        if owner in subject.payees and count >= MUTUAL_APPROVALS and back >= MUTUAL_APPROVALS:
            yield Found(owner, as_facts(given=count, other=names[approver], taken=back))
