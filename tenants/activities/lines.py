"""An activity as one line of a list: everything said once, so that the template of a row only prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import dateformat
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from kernel import clock
from kernel.tenancy.context import current_region
from kernel.web.row_patterns import addresses
from kernel.web.templatetags.kd import chip, menit
from tenants.activities.models import Activity

# What a line reads; a job kind's lists would be parsed for each row in vain.
LINE_COLUMNS: Final = (
    *("uid", "date", "span", "minutes", "volume", "description", "state", "client_key"),
    "job_kind__output_unit",
)
_SIGNS: Final = {
    Activity.State.DRAFT: ("", ""),
    Activity.State.SUBMITTED: ("info", "clock"),
    Activity.State.RETURNED: ("wait", "undo-2"),
    Activity.State.APPROVED: ("ok", ""),
    Activity.State.REJECTED: ("bad", "x"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`meta` is time, length, output and evidence; `short_day` the day for lists that are not grouped by it."""

    uid: UUID
    url: str
    day: dt.date
    short_day: str
    text: str
    meta: str
    state: SafeString
    reason: str
    client_key: str


def state_chip(state: str) -> SafeString:
    """The state in words with its sign."""
    kind, icon = _SIGNS[Activity.State(state)]
    return chip(Activity.State(state).label, kind, icon)


def lines_of(activities: Iterable[Activity], reasons: Mapping[UUID, str] | None = None) -> list[Line]:
    """Lines in the same order. The activities carry their `job_kind` and, as `files`, how many files they have."""
    rows = list(activities)
    if not rows:
        return []
    zone = clock.zone(current_region().time_zone)
    address = addresses("activities-activity")
    chips = {state: state_chip(state) for state in {activity.state for activity in rows}}
    notes = reasons or {}
    return [
        Line(
            activity.uid,
            address(activity.uid),
            activity.date,
            dateformat.format(activity.date, "j M Y"),
            activity.description,
            _meta(activity, zone),
            chips[activity.state],
            notes.get(activity.uid, ""),
            "" if activity.client_key is None else str(activity.client_key),
        )
        for activity in rows
    ]


def _meta(activity: Activity, zone: dt.tzinfo) -> str:
    begin, end = activity.span.lower.astimezone(zone), activity.span.upper.astimezone(zone)
    parts = [
        f"{begin:%H.%M}–{end:%H.%M}",
        menit(activity.minutes),
        f"{activity.volume} {activity.job_kind.output_unit}",
    ]
    files = getattr(activity, "files", 0)
    if files:
        parts.append(ngettext("%(n)s bukti", "%(n)s bukti", files) % {"n": files})
    return " · ".join(parts)
