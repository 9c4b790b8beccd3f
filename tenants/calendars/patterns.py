"""Work patterns as values: which shifts a pattern has, and which of them are worked on which day.

A pattern is weekly (seven slots, 0 = Monday) or a rotation (a cycle of so many days from an anchor date on). Its hours
are dated versions; the hours of Ramadan are versions of their own, used on the days that the region gives as Ramadan.
Times are wall-clock times of the unit; a shift that ends at or before its start ends on the next date. Pure.
Source: Perpres 21/2023 (37.5 hours a week without breaks, 32.5 in Ramadan).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Any, Final

WEEKLY: Final = "weekly"
ROTATION: Final = "rotation"
NORMAL: Final = "normal"
RAMADAN: Final = "ramadan"
# A version without a date of its own counts for as long as anybody knows.
ALWAYS: Final = date(2000, 1, 1)

DAYS_A_WEEK: Final = 7
# The longest cycle, in days.
LONGEST_CYCLE: Final = 62
MINUTES_A_DAY: Final = 24 * 60
NORMAL_WEEK: Final = 2250
RAMADAN_WEEK: Final = 1950


def _minute(clock_time: time) -> int:
    return clock_time.hour * 60 + clock_time.minute


@dataclass(frozen=True, slots=True)
class Span:
    """A shift as a pattern writes it. `on_call` is a duty at home: nobody has to be there."""

    code: str
    name: str
    starts_at: time
    ends_at: time
    break_starts_at: time | None = None
    break_ends_at: time | None = None
    on_call: bool = False

    @property
    def ends_next_day(self) -> bool:
        return self.ends_at <= self.starts_at

    @property
    def begin(self) -> int:
        """Minutes from midnight of the day to the start."""
        return _minute(self.starts_at)

    @property
    def length(self) -> int:
        """Minutes from start to end: 24 hours when both are the same."""
        return (_minute(self.ends_at) - self.begin) % MINUTES_A_DAY or MINUTES_A_DAY

    @property
    def rest(self) -> tuple[int, int] | None:
        """Begin and end of the break in minutes from the start, None without one."""
        if self.break_starts_at is None or self.break_ends_at is None:
            return None
        begin = (_minute(self.break_starts_at) - self.begin) % MINUTES_A_DAY
        return begin, begin + (_minute(self.break_ends_at) - _minute(self.break_starts_at)) % MINUTES_A_DAY

    @property
    def minutes(self) -> int:
        """Working minutes without the break; none on call."""
        if self.on_call:
            return 0
        rest = self.rest
        return self.length - (0 if rest is None else rest[1] - rest[0])

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "from": _text(self.starts_at),
            "to": _text(self.ends_at),
            "break_from": _text(self.break_starts_at),
            "break_to": _text(self.break_ends_at),
            "on_call": self.on_call,
        }

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Span:
        return cls(
            found["code"],
            found["name"],
            time.fromisoformat(found["from"]),
            time.fromisoformat(found["to"]),
            _time(found.get("break_from")),
            _time(found.get("break_to")),
            bool(found.get("on_call", False)),
        )


def _text(clock_time: time | None) -> str:
    return "" if clock_time is None else f"{clock_time:%H:%M}"


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Version:
    """What a pattern says from a day on: its shifts, and their codes by slot. An empty slot is free."""

    spans: tuple[Span, ...]
    slots: tuple[tuple[str, ...], ...]
    valid_from: date = ALWAYS
    variant: str = NORMAL

    def span(self, code: str) -> Span | None:
        return next((span for span in self.spans if span.code == code), None)

    def worked_in(self, slot: int) -> tuple[Span, ...]:
        """The shifts of a slot in the order of their start."""
        found = (self.span(code) for code in self.slots[slot % len(self.slots)])
        return tuple(sorted((span for span in found if span is not None), key=lambda span: span.begin))

    @property
    def week_minutes(self) -> int:
        """Working minutes of a week without breaks; of a rotation on average, rounded down."""
        minutes = sum(span.minutes for slot in range(len(self.slots)) for span in self.worked_in(slot))
        return minutes * DAYS_A_WEEK // len(self.slots)

    def content(self) -> dict[str, Any]:
        """As it is stored."""
        return {"spans": [span.to_json() for span in self.spans], "slots": [list(codes) for codes in self.slots]}

    @classmethod
    def of_content(cls, content: Mapping[str, Any], *, valid_from: date = ALWAYS, variant: str = NORMAL) -> Version:
        return cls(
            tuple(Span.of_json(span) for span in content["spans"]),
            tuple(tuple(codes) for codes in content["slots"]),
            valid_from,
            variant,
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """A work pattern with all its versions.

    `night_ends_at`: until when, on the next date, a punch may still belong to the day of work before; None for the
    region's usual boundary. `rest_hours`: the least rest between two shifts of a roster.
    """

    code: str
    name: str
    versions: tuple[Version, ...]
    kind: str = WEEKLY
    anchor: date | None = None
    works_on_holidays: bool = False
    night_ends_at: time | None = None
    rest_hours: int = 8

    def version_on(self, day: date, *, is_ramadan: bool = False) -> Version | None:
        """The latest version that has begun: one of Ramadan on a day of Ramadan, if the pattern has any then."""
        if is_ramadan:
            found = self._latest(day, RAMADAN)
            if found is not None:
                return found
        return self._latest(day, NORMAL)

    def _latest(self, day: date, variant: str) -> Version | None:
        begun = (version for version in self.versions if version.variant == variant and version.valid_from <= day)
        return max(begun, key=lambda version: version.valid_from, default=None)

    def slot_on(self, day: date, *, offset: int = 0) -> int:
        """The slot of the day; a rotation's slot is to be taken modulo the length of the cycle.

        `offset` is by how many days a team begins the cycle later than the anchor says.
        """
        if self.kind == WEEKLY:
            return day.weekday()
        return (day - (self.anchor or ALWAYS)).days - offset

    @property
    def week_minutes(self) -> int:
        """Working minutes of a week by the newest ordinary version; 0 without one."""
        newest = self._latest(date.max, NORMAL)
        return 0 if newest is None else newest.week_minutes


def weekly(code: str, name: str, days: Mapping[int, Span], **more: Any) -> Pattern:
    """A weekly pattern with one shift on each of these weekdays, equal shifts written once."""
    spans: dict[Span, str] = {}
    for day in sorted(days):
        spans.setdefault(days[day], days[day].code)
    slots = tuple((spans[days[day]],) if day in days else () for day in range(DAYS_A_WEEK))
    return Pattern(code, name, (Version(tuple(spans), slots),), **more)


def problems(kind: str, spans: Sequence[Span], slots: Sequence[Sequence[str]]) -> list[str]:
    """Why these hours cannot be a version of a pattern, as codes in a fixed order; empty when they can.

    `empty`: no shift in any slot; `slots`: a week without seven or a cycle without 1 to 62 slots; `codes`: a code
    twice, or one that is not 1 to 6 letters or digits; `unknown`: a slot names a shift that is not there; `break`: a
    break with one end, or outside its shift; `overlap`: two shifts of a slot at one time.
    """
    found = []
    known = {span.code: span for span in spans}
    if not any(slots):
        found.append("empty")
    if len(slots) != DAYS_A_WEEK if kind == WEEKLY else not 1 <= len(slots) <= LONGEST_CYCLE:
        found.append("slots")
    if len(known) != len(spans) or not all(code.isalnum() and 1 <= len(code) <= 6 for code in known):
        found.append("codes")
    if any(code not in known for codes in slots for code in codes):
        found.append("unknown")
    if any(_break_is_wrong(span) for span in spans):
        found.append("break")
    if any(_overlap([known[code] for code in codes if code in known]) for codes in slots):
        found.append("overlap")
    return found


def _break_is_wrong(span: Span) -> bool:
    if (span.break_starts_at is None) != (span.break_ends_at is None):
        return True
    rest = span.rest
    return rest is not None and (rest[0] == rest[1] or rest[1] >= span.length)


def _overlap(spans: Sequence[Span]) -> bool:
    ordered = sorted(spans, key=lambda span: span.begin)
    return any(former.begin + former.length > later.begin for former, later in pairwise(ordered))
