"""Reasons to look closer at an activity, for the approver: these come first in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.web.templatetags.kd import number
from tenants.activities.letters import Uses, uses_of
from tenants.activities.models import Activity, Evidence
from tenants.activities.window import WHOLE
from tenants.calendars.querysets import calendar_between
from tenants.employees.models import Employee
from tenants.employees.posts import Post

# Minutes beyond this multiple of the norm, and hours of one day beyond the working day, are worth a question.
FAR_ABOVE_NORM: Final = 2
BEYOND_THE_DAY: Final = 120
LATE_AFTER_DAYS: Final = 1


def remarks_for(
    activities: Sequence[Activity],
    *,
    employee: Employee,
    post_on: Callable[[date], Post | None],
    today: date,
    came_back: set[int],
    digests: Mapping[int, Collection[str]],
) -> dict[int, list[str]]:
    """By key, in the order in which a reader wants them. `post_on` gives the post held on a day,
    `digests` are the SHA-256 of each one's files.

    A constant number of statements for one person's activities.

    Kept with the request in Bahasa Indonesia, whatever language the sender reads.
    """
    if not activities:
        return {}
    with translation.override("id"):
        return _remarks(activities, employee, post_on, today, came_back, digests)


def _remarks(
    activities: Sequence[Activity],
    employee: Employee,
    post_on: Callable[[date], Post | None],
    today: date,
    came_back: set[int],
    digests: Mapping[int, Collection[str]],
) -> dict[int, list[str]]:
    days = {activity.date for activity in activities}
    calendar = calendar_between(min(days), max(days) + timedelta(days=1), employee_ids=[employee.pk])
    totals = dict(
        Activity.objects.of(employee)
        .taking_time()
        .filter(date__in=days)
        .order_by()
        .values_list("date")
        .annotate(Sum("minutes"))
    )
    used_before = _with_used_evidence(digests)
    numbers = uses_of(activities)
    found: dict[int, list[str]] = {}
    for activity in activities:
        remarks = found.setdefault(activity.pk, [])
        if activity.pk in came_back:
            remarks.append(_("Perbaikan setelah dikembalikan"))
        if activity.percent < WHOLE:
            text = _("Terlambat, dihitung %(percent)s%%")
            remarks.append(text % {"percent": number(activity.percent)})
        if (today - activity.date).days > LATE_AFTER_DAYS:
            remarks.append(_("Diisi %(days)d hari kemudian") % {"days": (today - activity.date).days})
        norm = activity.job_kind.norm_minutes * activity.volume
        if activity.minutes > norm * FAR_ABOVE_NORM:
            remarks.append(_("%(minutes)d menit, norma %(norm)d") % {"minutes": activity.minutes, "norm": norm})
        post = post_on(activity.date)
        hours = None if post is None else calendar.wall_hours(post.unit_id, activity.date, employee.pk)
        if post is not None and hours is None:
            remarks.append(_("Bukan hari kerja"))
        elif hours is not None and totals.get(activity.date, 0) > hours.minutes + BEYOND_THE_DAY:
            remarks.append(_("Jumlah hari itu %(minutes)d menit") % {"minutes": totals[activity.date]})
        if activity.pk in used_before:
            remarks.append(_("Bukti yang sama pernah dipakai"))
        remarks += _about_number(activity, numbers.get(activity.pk, Uses()))
    return found


def _about_number(activity: Activity, uses: Uses) -> list[str]:
    name = activity.letter_number or activity.disposition_number
    found = []
    if uses.by_others:
        text = ngettext(
            "Nomor %(name)s dipakai juga oleh %(count)d orang lain; perannya: %(part)s",
            "Nomor %(name)s dipakai juga oleh %(count)d orang lain; perannya: %(part)s",
            uses.by_others,
        )
        found.append(text % {"name": name, "count": uses.by_others, "part": activity.part})
    if uses.by_oneself:
        found.append(_("Nomor %(name)s pernah dipakai sendiri") % {"name": name})
    return found


def _with_used_evidence(digests: Mapping[int, Collection[str]]) -> set[int]:
    """Those with a file whose bytes stand under another activity as well. One statement, none without files."""
    wanted = {digest for of_one in digests.values() for digest in of_one}
    if not wanted:
        return set()
    users: dict[str, set[int]] = {}
    seen = Evidence.objects.filter(file__sha256__in=wanted).values_list("activity_id", "file__sha256")
    for activity, digest in seen:
        users.setdefault(digest, set()).add(activity)
    return {
        activity
        for activity, of_one in digests.items()
        if any(users.get(digest, set()) - {activity} for digest in of_one)
    }
