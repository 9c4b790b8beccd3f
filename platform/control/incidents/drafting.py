"""What the reports propose where nobody has written yet, from the timeline; and how they write an instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from control.incidents.models import TimelineEntry
from control.incidents.timeline import Happening
from control.regions.models import Region
from kernel import clock
from kernel.date_words import day_words
from kernel.web import zones

# What was done about it: measures and steps. Hits, notes and files say what happened.
_DONE: Final = (TimelineEntry.Origin.CONTAINMENT.label, TimelineEntry.Origin.STATE.label)


def zone_of(regions: Sequence[Region]) -> ZoneInfo:
    """The zone of the only region, or the platform's own."""
    return clock.zone(regions[0].time_zone if len(regions) == 1 else zones.OPERATORS)


def moment_words(instant: datetime, zone: ZoneInfo) -> str:
    """`23 November 2026, 14.05 WITA`."""
    local = instant.astimezone(zone)
    return f"{day_words(local.date())}, {local:%H.%M} {zones.label(zone.key)}"


def proposed_recovery(happenings: Iterable[Happening], zone: ZoneInfo) -> str:
    """What was done, from the key events: one line for each measure and step, "" when there was none."""
    return "\n".join(
        f"{moment_words(row.at, zone)}: {row.text}" for row in happenings if row.is_key and row.source in _DONE
    )
