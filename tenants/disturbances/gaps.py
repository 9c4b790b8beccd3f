"""Which minutes of a morning were without an answer. Pure: minutes in, spans out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from kernel import clock

# The minutes in which nearly everybody punches, on the region's wall clock; the last one is not asked any more.
WATCH_BEGINS: Final = time(6, 30)
WATCH_ENDS: Final = time(8, 30)
MINUTE: Final = timedelta(minutes=1)
# So many minutes in a row without an answer are a disturbance; fewer are a hiccup that a phone's own retry bridges.
LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes in a row without an answer, half-open. `failed` of them were asked, the others never were."""

    starts_at: datetime
    ends_at: datetime
    failed: int

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at) / MINUTE)


def watch_span(day: datetime, zone: str) -> tuple[datetime, datetime]:
    """The watched instants of the region's date on which `day` falls."""
    date = day.astimezone(clock.zone(zone)).date()
    return clock.at_local(date, WATCH_BEGINS, zone), clock.at_local(date, WATCH_ENDS, zone)


def whole_minute(moment: datetime) -> datetime:
    """The minute in which the instant lies."""
    return moment.replace(second=0, microsecond=0)


def gaps_between(answers: Mapping[datetime, bool], first: datetime, end: datetime) -> Iterator[Gap]:
    """The spans of at least `LEAST` whole minutes of the half-open period that were not answered, in order.

    `answers` maps each minute that was asked to whether there was an answer. A minute that was never asked counts as
    one without: who should have asked was away as well.
    """
    begun: datetime | None = None
    failed, minute = 0, first
    while minute <= end:
        answered = minute == end or answers.get(minute, False)
        if answered and begun is not None:
            if minute - begun >= LEAST * MINUTE:
                yield Gap(begun, minute, failed)
            begun, failed = None, 0
        elif not answered:
            begun = begun or minute
            failed += minute in answers
        minute += MINUTE
