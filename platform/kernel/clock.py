"""The one place that tells the time.

Instants are aware UTC. A working day is a date in the region's own zone. Tests and previews set the clock with
`at(...)`; nobody patches it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kernel.periods import Month

_frozen: ContextVar[datetime | None] = ContextVar("clock_frozen", default=None)

ZONE_LABELS = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


@lru_cache(maxsize=16)
def zone(name: str) -> ZoneInfo:
    """The time zone with this IANA name."""
    return ZoneInfo(name)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _frozen.get() or datetime.now(UTC)


def today(zone_name: str) -> date:
    """The date that the calendar on the wall shows in that zone."""
    return now().astimezone(zone(zone_name)).date()


def local_date(instant: datetime, zone_name: str) -> date:
    """The date on which an instant falls in that zone."""
    return instant.astimezone(zone(zone_name)).date()


def at_local(day: date, clock_time: time, zone_name: str) -> datetime:
    """The UTC instant of a wall-clock time on a date in that zone."""
    return datetime.combine(day, clock_time, tzinfo=zone(zone_name)).astimezone(UTC)


def day_bounds(day: date, zone_name: str) -> tuple[datetime, datetime]:
    """The half-open UTC interval that is this date in that zone."""
    return at_local(day, time(), zone_name), at_local(day + timedelta(days=1), time(), zone_name)


def month_bounds(month: Month, zone_name: str) -> tuple[datetime, datetime]:
    """The half-open UTC interval that is this month in that zone."""
    return at_local(month.first_day, time(), zone_name), at_local(month.end, time(), zone_name)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Within the block, `now()` is this instant. The instant must be aware."""
    if instant.tzinfo is None:
        raise ValueError("the clock takes aware instants only")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
