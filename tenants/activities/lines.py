"""Activities as the rows of a list: everything said once, so that a row is only filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from kernel import clock
from kernel.date_words import short_day_words, weekday_words
from kernel.tenancy.context import current_region
from kernel.web.row_patterns import RowPattern, addresses, joined
from kernel.web.templatetags.kd import chip, menit
from tenants.activities.models import Activity

# What a line reads; a job kind's lists would be parsed for each row in vain.
LINE_COLUMNS: Final = (
    *("region_number", "uid", "date", "span", "minutes", "volume", "description", "state", "client_key"),
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
class Day:
    """The rows of one day with its heading; `anchor` is the heading's id."""

    anchor: str
    words: str
    rows: SafeString


@dataclass(frozen=True, slots=True)
class Drafts:
    """The rows of what is not handed in, each ticked and with its day."""

    count: int
    rows: SafeString


def state_chip(state: str) -> SafeString:
    """The state in words with its sign."""
    kind, icon = _SIGNS[Activity.State(state)]
    return chip(Activity.State(state).label, kind, icon)


def days_of(activities: Iterable[Activity], reasons: Mapping[UUID, str]) -> list[Day]:
    """Rows in the same order, by day. The activities carry their `job_kind` and, as `files`, how many files they have;
    `reasons` say by uid why one came back."""
    lines = _Lines()
    return [
        Day(
            f"hari-{day.isoformat()}",
            weekday_words(day),
            joined(lines.row(each, reasons.get(each.uid, "")) for each in rows),
        )
        for day, rows in groupby(activities, key=lambda activity: activity.date)
    ]


def drafts_of(activities: Iterable[Activity]) -> Drafts | None:
    """Rows in the same order, of activities as `days_of` takes them; None for none."""
    lines = _Lines()
    rows = [lines.row(activity, "", short_day_words(activity.date)) for activity in activities]
    return Drafts(len(rows), joined(rows)) if rows else None


class _Lines:
    """Fills the rows of one list."""

    def __init__(self) -> None:
        self._row = RowPattern("tenants/activities/_line.html")
        self._address = addresses("activities-activity")
        self._zone = clock.zone(current_region().time_zone)
        self._chips: dict[str, SafeString] = {}

    def row(self, activity: Activity, reason: str, short_day: str = "") -> SafeString:
        """One row; with `short_day` it has a tick."""
        state = self._chips.get(activity.state)
        if state is None:
            state = self._chips[activity.state] = state_chip(activity.state)
        return self._row.fill(
            {
                "uid": str(activity.uid),
                "url": self._address(activity.uid),
                "short_day": short_day,
                "text": activity.description,
                "meta": self._meta(activity),
                "state": state,
                "reason": reason,
                "client_key": "" if activity.client_key is None else str(activity.client_key),
            }
        )

    def _meta(self, activity: Activity) -> str:
        begin, end = (moment.astimezone(self._zone) for moment in (activity.span.lower, activity.span.upper))
        parts = [
            f"{begin:%H.%M}–{end:%H.%M}",
            menit(activity.minutes),
            f"{activity.volume} {activity.job_kind.output_unit}",
        ]
        files = getattr(activity, "files", 0)
        if files:
            parts.append(ngettext("%(n)s bukti", "%(n)s bukti", files) % {"n": files})
        return " · ".join(parts)
