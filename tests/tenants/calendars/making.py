"""Work patterns for tests, written as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from tenants.calendars.models import PatternVersion, WorkPattern
from tenants.calendars.patterns import ROTATION, Pattern, Span, Version, weekly


def span(text: str, code: str = "K", *, on_call: bool = False) -> Span:
    """`07.30-16.00` or `07.30-16.00/12.00-13.00` with its break."""
    hours, _, rest = text.partition("/")
    starts_at, ends_at = _times(hours)
    rests = _times(rest) if rest else (None, None)
    return Span(code, code, starts_at, ends_at, rests[0], rests[1], on_call)


def _times(text: str) -> tuple[time, time]:
    first, last = (time.fromisoformat(part.strip().replace(".", ":")) for part in text.split("-"))
    return first, last


def week(code: str, days: Mapping[int, str], **more: Any) -> Pattern:
    """A weekly pattern as a value: hours by weekday, 0 = Monday."""
    texts = list(dict.fromkeys(days.values()))
    return weekly(code, code, {day: span(text, f"K{texts.index(text)}") for day, text in days.items()}, **more)


def rotation(code: str, spans: Mapping[str, str], cycle: str, anchor: date, **more: Any) -> Pattern:
    """A rotation as a value; in the cycle `-` is free and `P+S` two shifts."""
    slots = tuple(tuple(part for part in slot.split("+") if part != "-") for slot in cycle.split())
    version = Version(tuple(span(text, name) for name, text in spans.items()), slots)
    return Pattern(code, code, (version,), ROTATION, anchor, **more)


def store(pattern: Pattern) -> WorkPattern:
    """The pattern with its versions in the open region."""
    made = WorkPattern.objects.create(
        code=pattern.code,
        name=pattern.name,
        kind=pattern.kind,
        anchor=pattern.anchor,
        works_on_holidays=pattern.works_on_holidays,
        night_ends_at=pattern.night_ends_at,
        rest_hours=pattern.rest_hours,
    )
    for version in pattern.versions:
        PatternVersion.objects.create(
            pattern=made, variant=version.variant, valid_from=version.valid_from, content=version.content()
        )
    return made


def make_pattern(code: str, name: str, days: Mapping[int, str]) -> WorkPattern:
    """A stored weekly pattern: hours by weekday, 0 = Monday."""
    made = store(week(code, days))
    made.name = name
    made.save(update_fields=["name"])
    return made
