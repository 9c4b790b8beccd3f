"""Which day, and which shift of it, a punch belongs to: from the plans of neighbouring days alone.

Between two days lies a cut for each kind of punch: what comes at it or behind it belongs to the later day. Between an
ordinary day and the next it is midnight for check-ins and 03.00 for everything else. Where a shift passes midnight, or
one begins before 04.00, the cut follows the shifts: a check-out belongs to the shift that ends, a check-in to the one
that begins, a punch without direction to the nearer. The same cut lies between two shifts of one day. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from kernel.clock import at_local, zone
from tenants.calendars.plans import Shift
from tenants.calendars.work_date import DAY_BEGINS

# So far from a shift a punch may lie and still belong to it, when nothing else claims it.
REACH: Final = timedelta(hours=6)
# Where one shift follows the other at once: a check-in counts so long before, a check-out so long behind, but never
# more than a quarter of the other shift.
_OVERLAP: Final = timedelta(hours=2)
_EARLY: Final = time(4)


@dataclass(frozen=True, slots=True)
class Cut:
    """From these instants on a check-in, a check-out, or any other punch belongs to what comes later."""

    ins: datetime
    outs: datetime
    others: datetime

    @property
    def earliest(self) -> datetime:
        return min(self.ins, self.outs, self.others)

    @property
    def latest(self) -> datetime:
        return max(self.ins, self.outs, self.others)

    def of(self, kind: str) -> datetime:
        """The instant for a punch of this kind."""
        if kind == "in":
            return self.ins
        return self.outs if kind == "out" else self.others


@lru_cache(maxsize=4096)
def ordinary_cut(day: date, zone_name: str) -> Cut:
    """The cut before a day around which no shift passes midnight."""
    dawn = at_local(day, DAY_BEGINS, zone_name)
    return Cut(at_local(day, time(), zone_name), dawn, dawn)


def day_cut(day: date, zone_name: str, before: Sequence[Shift], after: Sequence[Shift]) -> Cut:
    """The cut between the day before, with the duties `before`, and the day with the duties `after`."""
    ordinary = ordinary_cut(day, zone_name)
    last = max(before, key=lambda shift: shift.ends_at, default=None)
    first = after[0] if after else None
    is_overnight = last is not None and last.ends_at > ordinary.ins
    is_early = first is not None and first.starts_at < at_local(day, _EARLY, zone_name)
    if not is_overnight and not is_early:
        return ordinary
    if last is not None and first is not None:
        return shift_cut(last, first)
    if last is not None:
        return Cut(last.ends_at, last.ends_at + REACH, last.ends_at + REACH)
    if first is not None:
        return Cut(first.starts_at - REACH, first.starts_at, first.starts_at - REACH)
    return ordinary


def shift_cut(earlier: Shift, later: Shift) -> Cut:
    """The cut between two shifts of which one follows the other."""
    gap = later.starts_at - earlier.ends_at
    lead = min(_OVERLAP, (earlier.ends_at - earlier.starts_at) / 4)
    slack = min(_OVERLAP, (later.ends_at - later.starts_at) / 4)
    return Cut(
        ins=later.starts_at - min(max(gap, lead), REACH),
        outs=max(later.starts_at, earlier.ends_at + slack),
        others=earlier.ends_at + gap / 2,
    )


def over_at(day: date, zone_name: str, duties: Sequence[Shift], next_cut: Cut) -> datetime:
    """When the day is over: at 03.00 of the next date, or when nothing more is expected of a shift that passes it."""
    following = ordinary_cut(day + timedelta(days=1), zone_name)
    last = max((shift.ends_at for shift in duties), default=None)
    if last is None or last <= following.ins:
        return following.outs
    return max(following.outs, min(next_cut.outs, last + REACH))


def date_of(kind: str, moment: datetime, zone_name: str, cuts: Mapping[date, Cut]) -> date:
    """The day that a punch belongs to. `cuts` holds those before a day that are not the ordinary ones of the zone."""
    local = moment.astimezone(zone(zone_name))
    today = local.date()
    if cuts:
        tomorrow = today + timedelta(days=1)
        if tomorrow in cuts and moment >= cuts[tomorrow].of(kind):
            return tomorrow
        if today in cuts:
            return today if moment >= cuts[today].of(kind) else today - timedelta(days=1)
    if kind == "in" or local.time() >= DAY_BEGINS:
        return today
    return today - timedelta(days=1)


def shift_of(kind: str, moment: datetime, duties: Sequence[Shift]) -> int:
    """The place of the shift in the day's duties that a punch of the day belongs to."""
    found = 0
    for place in range(1, len(duties)):
        if moment >= shift_cut(duties[place - 1], duties[place]).of(kind):
            found = place
    return found
