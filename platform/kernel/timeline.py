"""Values that count from a day on: which one counts when, and what a change or a correction does to the rows.

A timeline is a sequence of spans in order of time that do not overlap; the first may have no beginning. Pure: whoever
keeps the rows applies the `Edit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.date_words import day_words
from kernel.errors import DomainError

V = TypeVar("V")


class DayTaken(DomainError):
    """Another value is recorded from that very day: it is corrected, not followed."""

    status = 422
    code = "day_taken"
    words = _("Sudah ada catatan yang berlaku mulai %(day)s. Betulkan catatan itu, atau pilih tanggal lain.")

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(str(day))


class OutOfPlace(DomainError):
    """A corrected beginning would lie before the record before it, or not before the one after it."""

    status = 422
    code = "out_of_place"

    def __init__(self, after: date | None, before: date | None) -> None:
        self.after = after
        self.before = before
        super().__init__(f"{after} {before}")

    @override
    def message(self) -> str:
        days = [None if day is None else day_words(day) for day in (self.after, self.before)]
        if None not in days:
            return gettext("Tanggal mulai harus sesudah %(after)s dan sebelum %(before)s, menurut catatan lainnya.") % {
                "after": days[0],
                "before": days[1],
            }
        if days[0] is not None:
            return gettext("Tanggal mulai harus sesudah %(after)s, menurut catatan sebelumnya.") % {"after": days[0]}
        if days[1] is not None:
            return gettext("Tanggal mulai harus sebelum %(before)s, menurut catatan sesudahnya.") % {"before": days[1]}
        return gettext("Hanya catatan pertama yang boleh tanpa tanggal mulai.")


@dataclass(frozen=True, slots=True)
class Span(Generic[V]):
    """A value from `since` (None: from the beginning) up to but without `until` (None: until further notice).

    `key` is its row, None for a new one.
    """

    since: date | None
    until: date | None
    value: V
    key: int | None = None

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Edit(Generic[V]):
    """What happens to the rows, in this order, so that no two ever overlap; and the days that it touches.

    `first` (None: from the beginning) up to but without `end` (None: without end) are the days on which another value
    counts than before; they say nothing when `is_empty`.
    """

    removed: tuple[Span[V], ...] = ()
    moved: tuple[Span[V], ...] = ()
    added: tuple[Span[V], ...] = ()
    first: date | None = None
    end: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.removed or self.moved or self.added)


def in_force(spans: Sequence[Span[V]], day: date) -> Span[V] | None:
    """The span of the day, None before the first."""
    return next((span for span in spans if span.covers(day)), None)


def change(spans: Sequence[Span[V]], day: date, value: V) -> tuple[Span[V], ...]:
    """The timeline once `value` counts from `day` up to the next change that is recorded already.

    The same timeline when it counted on that day already. Raises DayTaken.
    """
    at = in_force(spans, day)
    if at is None:
        until = next((span.since for span in spans if span.since is not None and span.since > day), None)
        return _ordered([*spans, Span(day, until, value)])
    if at.value == value:
        return tuple(spans)
    if at.since == day:
        raise DayTaken(day)
    ended = replace(at, until=day)
    return _ordered([*(span for span in spans if span is not at), ended, Span(day, at.until, value)])


def correct(spans: Sequence[Span[V]], key: int, since: date | None, value: V) -> tuple[Span[V], ...]:
    """The timeline once this row begins at `since` with `value`; the one before it ends there.

    Corrected to what counted before it, it was no change: the two become one. Raises OutOfPlace, and LookupError for a
    row that is not in the timeline.
    """
    place = next((index for index, span in enumerate(spans) if span.key == key), None)
    if place is None:
        raise LookupError(f"no row {key} in this timeline")
    own = spans[place]
    before = spans[place - 1] if place else None
    if before is not None and (since is None or (before.since is not None and since <= before.since)):
        raise OutOfPlace(before.since, None if since is None else own.until)
    if since is not None and own.until is not None and since >= own.until:
        raise OutOfPlace(None if before is None else before.since, own.until)
    others = [span for index, span in enumerate(spans) if index not in (place - 1 if place else place, place)]
    if before is None:
        return _ordered([*others, replace(own, since=since, value=value)])
    if before.value == value:
        return _ordered([*others, replace(before, until=own.until)])
    return _ordered([*others, replace(before, until=since), replace(own, since=since, value=value)])


def edit(before: Sequence[Span[V]], after: Sequence[Span[V]]) -> Edit[V]:
    """What leads from the one timeline to the other."""
    kept = {span.key: span for span in after if span.key is not None}
    known = {span.key: span for span in before}
    moved = [span for span in kept.values() if span != known[span.key]]
    first, end = _difference(before, after)
    return Edit(
        removed=tuple(span for span in before if span.key not in kept),
        # What shrinks makes room for what grows.
        moved=tuple(sorted(moved, key=lambda span: not _lies_in(span, known[span.key]))),
        added=tuple(span for span in after if span.key is None),
        first=first,
        end=end,
    )


def _ordered(spans: Sequence[Span[V]]) -> tuple[Span[V], ...]:
    return tuple(sorted(spans, key=lambda span: span.since or date.min))


def _lies_in(inner: Span[V], outer: Span[V]) -> bool:
    begins = outer.since is None or (inner.since is not None and inner.since >= outer.since)
    ends = outer.until is None or (inner.until is not None and inner.until <= outer.until)
    return begins and ends


def _difference(before: Sequence[Span[V]], after: Sequence[Span[V]]) -> tuple[date | None, date | None]:
    """The first day on which the two differ, and the day from which they never do again."""
    bounds = sorted({day for span in (*before, *after) for day in (span.since, span.until) if day is not None})
    pieces = list(zip([None, *bounds], [*bounds, None], strict=True))
    different = [
        (first, end) for first, end in pieces if _value(before, first or date.min) != _value(after, first or date.min)
    ]
    return (different[0][0], different[-1][1]) if different else (None, None)


def _value(spans: Sequence[Span[V]], day: date) -> tuple[V] | None:
    span = in_force(spans, day)
    return None if span is None else (span.value,)
