"""A second look at what was handed in, in a worker: copied words, points far above what is usual.

What it finds is a remark for the approver, never a refusal. The work for one activity is bounded whatever the region's
size: the person's own last days, at most `MOST_CANDIDATES` texts of others that share a band, and the points of at most
`MOST_COLLEAGUES` people of the unit. Screening twice finds the same and adds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Aggregate, Count, DecimalField, Q
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.accounts.actors import System
from kernel.web.templatetags.kd import number
from tenants.activities import likeness
from tenants.activities.access import DOCUMENT_KIND
from tenants.activities.counting import counted_points_in_sql
from tenants.activities.models import Activity, TextTrace
from tenants.approvals.actions import add_remarks
from tenants.employees.models import Employee, Placement
from tenants.employees.querysets import posts_on

OWN_DAYS: Final = timedelta(days=14)
OTHERS_DAYS: Final = timedelta(days=30)
# Routine work is said in the same words now and then: only the third day with them is worth a look.
OWN_REPEATS: Final = 2
MOST_OWN: Final = 300
MOST_CANDIDATES: Final = 50
MOST_COLLEAGUES: Final = 60
# Points of one activity beyond this multiple of the usual; with fewer activities nothing is usual yet.
FAR_ABOVE: Final = 3
LEAST_ACTIVITIES: Final = 10
SCREENER: Final = System("activities.screening")


class Median(Aggregate):
    """The lower median, an exact value of the column."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DecimalField(max_digits=30, decimal_places=2)


def screen(uids: Collection[UUID]) -> int:
    """Look at these activities of one person, handed in together; returns how many got a remark.

    The number of statements grows with those that say something, not with the region.
    """
    activities = list(
        Activity.objects.named(uids)
        .filter(state=Activity.State.SUBMITTED)
        .select_related("job_kind", "employee")
        .order_by("pk")
    )
    remarks: dict[UUID, list[str]] = defaultdict(list)
    by_owner: dict[int, list[Activity]] = defaultdict(list)
    for activity in activities:
        by_owner[activity.employee_id].append(activity)
    with translation.override("id"):
        for group in by_owner.values():
            for activity, text in [*_copied(group), *_outlying(group)]:
                remarks[activity.uid].append(text)
        for uid in _also_named(activities):
            remarks[uid].append(_("Nomor surat yang sama kemudian dipakai orang lain"))
    if remarks:
        add_remarks(document_kind=DOCUMENT_KIND, remarks=remarks, actor=SCREENER)
    return len(remarks)


def _copied(activities: Sequence[Activity]) -> list[tuple[Activity, str]]:
    """Words of other days, words of other people."""
    texts = {activity.pk: likeness.plain(activity.description) for activity in activities}
    telling = [a for a in activities if likeness.says_enough(texts[a.pk], [a.job_kind.name])]
    TextTrace.objects.filter(activity__in=[a for a in activities if a not in telling]).delete()
    if not telling:
        return []
    traces = [
        TextTrace(activity=a, date=a.date, digest=likeness.digest(texts[a.pk]), bands=likeness.bands(texts[a.pk]))
        for a in telling
    ]
    TextTrace.objects.bulk_create(
        traces, update_conflicts=True, unique_fields=["activity"], update_fields=["date", "digest", "bands"]
    )
    first = min(activity.date for activity in telling) - OWN_DAYS
    last = max(activity.date for activity in telling)
    own = [
        (day, likeness.plain(text))
        for day, text in Activity.objects.of(telling[0].employee)
        .taking_time()
        .filter(date__gte=first, date__lte=last)
        .order_by("-date", "-pk")
        .values_list("date", "description")[:MOST_OWN]
    ]
    found = []
    for activity, trace in zip(telling, traces, strict=True):
        text = texts[activity.pk]
        days = {
            day
            for day, other in own
            if activity.date - OWN_DAYS <= day < activity.date and likeness.are_alike(text, other)
        }
        if len(days) >= OWN_REPEATS:
            found.append((activity, _("Uraian hampir sama dengan hari-hari sebelumnya")))
        if _others_said(activity, trace, text):
            found.append((activity, _("Uraian hampir sama dengan aktivitas pegawai lain")))
    return found


def _others_said(activity: Activity, trace: TextTrace, text: str) -> bool:
    """Whether somebody else wrote nearly the same in the last days. One statement, a second one unless it is the same
    to the letter."""
    others = (
        TextTrace.objects.filter(date__gte=activity.date - OTHERS_DAYS)
        .exclude(activity__employee=activity.employee_id)
        .exclude(activity__state__in=(Activity.State.DRAFT, Activity.State.REJECTED))
    )
    if others.filter(digest=trace.digest).exists():
        return True
    near = others.filter(bands__overlap=trace.bands).order_by("-activity")
    texts = near.values_list("activity__description", flat=True)[:MOST_CANDIDATES]
    return any(likeness.are_alike(text, likeness.plain(other)) for other in texts)


def _outlying(activities: Sequence[Activity]) -> list[tuple[Activity, str]]:
    """Points far above the person's own median, or that of the unit. Three statements."""
    employee, day = activities[0].employee, max(activity.date for activity in activities)
    own = _median(Activity.objects.of(employee), day, but=activities)
    unit = _median(Activity.objects.filter(employee__in=_colleagues(employee, day)), day, but=activities)
    found = []
    for activity in activities:
        if own is not None and activity.points > own * FAR_ABOVE:
            found.append((activity, _("%(points)s poin, jauh di atas biasanya") % {"points": number(activity.points)}))
        elif unit is not None and activity.points > unit * FAR_ABOVE:
            text = _("%(points)s poin, jauh di atas yang biasa di unitnya")
            found.append((activity, text % {"points": number(activity.points)}))
    return found


def _median(rows: Any, day: date, *, but: Sequence[Activity]) -> Decimal | None:
    """The usual points of one of these activities in the last days; None where too few or worthless."""
    found = (
        rows.taking_time()
        .filter(date__gt=day - OTHERS_DAYS, date__lte=day)
        .exclude(pk__in=[activity.pk for activity in but])
        .order_by()
        .aggregate(count=Count("pk"), median=Median(counted_points_in_sql("job_kind__points", "job_kind__weight")))
    )
    return found["median"] if found["count"] >= LEAST_ACTIVITIES and found["median"] else None


def _colleagues(employee: Employee, day: date) -> list[int]:
    """Others of the person's unit, always the same ones of a large unit. Two statements."""
    posts = posts_on([employee.pk], day).get(employee.pk)
    post = None if posts is None else posts.own
    if post is None:
        return []
    people = Placement.objects.on(day).definitive().filter(position__unit_id=post.unit_id)
    return list(
        people.exclude(employee=employee).order_by("employee").values_list("employee", flat=True)[:MOST_COLLEAGUES]
    )


def _also_named(activities: Sequence[Activity]) -> list[UUID]:
    """Waiting activities of others that named the same letter before, and could not know of this one."""
    letters = {activity.letter_key for activity in activities} - {""}
    dispositions = {activity.disposition_key for activity in activities} - {""}
    if not letters and not dispositions:
        return []
    same = Q(letter_key__in=letters) if letters else Q()
    if dispositions:
        same |= Q(disposition_key__in=dispositions)
    others = Activity.objects.filter(same, state=Activity.State.SUBMITTED).exclude(
        employee__in={activity.employee_id for activity in activities}
    )
    return list(others.order_by("pk").values_list("uid", flat=True)[:MOST_CANDIDATES])
