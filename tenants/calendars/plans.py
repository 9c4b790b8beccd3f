"""What a person is to work on a date: the shifts as instants, from the pattern, the calendar's layers and the roster.

A shift belongs to the date on which it begins, also when it ends on the next one. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from kernel.clock import at_local
from tenants.calendars.patterns import Span

Source = Literal["person", "unit", "default"]


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of a date, as aware UTC instants. On call: a duty at home, nobody has to be there."""

    code: str
    name: str
    starts_at: datetime
    ends_at: datetime
    break_starts_at: datetime | None = None
    break_ends_at: datetime | None = None
    on_call: bool = False


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The shifts of a date in the order of their start; none on a free day.

    `note` names the holiday, the swapped day or the event of the date, also where work goes on. `source` says whose
    pattern it is: the person's (own assignment or roster), that of a unit at or above theirs, or the region's default.
    `night_until` is the instant up to which a punch may belong to this date, where the pattern says so.
    """

    date: date
    zone: str
    shifts: tuple[Shift, ...] = ()
    note: str = ""
    source: Source = "default"
    night_until: datetime | None = None

    @property
    def duties(self) -> tuple[Shift, ...]:
        """The shifts at which the person has to be there."""
        return tuple(shift for shift in self.shifts if not shift.on_call)

    @property
    def is_working_day(self) -> bool:
        return bool(self.duties)

    @property
    def hours(self) -> tuple[datetime, datetime] | None:
        """From the start of the first duty to the end of the last; None on a free day."""
        duties = self.duties
        return (duties[0].starts_at, max(shift.ends_at for shift in duties)) if duties else None


def shift_on(day: date, span: Span, zone: str) -> Shift:
    """The shift that begins on the date. Instants follow the wall clock of the zone."""
    starts_at = at_local(day, span.starts_at, zone)
    rest = span.rest
    return Shift(
        span.code,
        span.name,
        starts_at,
        at_local(day + timedelta(days=span.ends_next_day), span.ends_at, zone),
        None if rest is None else starts_at + timedelta(minutes=rest[0]),
        None if rest is None else starts_at + timedelta(minutes=rest[1]),
        span.on_call,
    )


def plan_of(
    day: date,
    spans: Iterable[Span],
    *,
    zone: str,
    note: str = "",
    source: Source = "default",
    night_ends_at: time | None = None,
) -> DayPlan:
    """The plan of a date with these shifts."""
    shifts = tuple(shift_on(day, span, zone) for span in spans)
    night = at_local(day + timedelta(days=1), night_ends_at, zone) if shifts and night_ends_at is not None else None
    return DayPlan(day, zone, shifts, note, source, night)
