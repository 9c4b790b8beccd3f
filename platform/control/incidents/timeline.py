"""The timeline of an incident: writing an entry, reading it together with what was merged into it and with what was
imposed for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from control.containment.models import Imposition
from control.incidents.models import Incident, Task, TimelineEntry
from kernel import clock
from kernel.accounts.actors import Actor, System

if TYPE_CHECKING:
    from django.db.models import QuerySet

# An attack that lasts for days writes thousands of entries; the incident's own page shows the newest.
LATEST: Final = 100


def name_of(actor: Actor) -> str:
    """How the timeline and the papers name who did something."""
    return actor.name if isinstance(actor, System) else actor.display_name


def enter(
    incident: Incident,
    text: str,
    *,
    origin: TimelineEntry.Origin,
    actor: Actor,
    at: datetime | None = None,
    is_key: bool = False,
    source: str = "",
    task: Task | None = None,
) -> TimelineEntry:
    """Write what happened, in Indonesian whoever does it: papers quote it. Call it inside the action's transaction."""
    moment = clock.now()
    return TimelineEntry.objects.create(
        incident=incident,
        at=at or moment,
        recorded_at=moment,
        origin=origin,
        text=text,
        is_key=is_key,
        actor_name=name_of(actor),
        source=source[:200],
        task=task,
    )


def entry_of(source: str) -> TimelineEntry | None:
    """What was written already for this source; None for "", which any number of entries have."""
    if not source:
        return None
    rows = TimelineEntry.objects.select_related("incident__merged_into", "task")
    return rows.filter(source=source[:200]).first()


def entries_of(incident: Incident, *, only_key: bool = False) -> QuerySet[TimelineEntry]:
    """Every entry in order of time, those of merged incidents too, each with `key`: whether it is a key event now."""
    found = (
        TimelineEntry.objects.filter(Q(incident=incident) | Q(incident__merged_into=incident))
        .annotate(key=Coalesce(F("mark__is_key"), F("is_key")))
        .select_related("incident")
        .order_by("at", "id")
    )
    return found.filter(key=True) if only_key else found


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the timeline, whoever says it. `entry`: the entry that says it; None for a measure."""

    at: datetime
    text: str
    source: str
    by: str
    number: str
    is_key: bool
    entry: UUID | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a timeline without a gap; `earlier` entries stand before it."""

    rows: list[Happening]
    earlier: int


def latest(incident: Incident, impositions: Iterable[Imposition]) -> Stretch:
    """The newest entries of the incident, at most a hundred, with the measures of that time."""
    entries = list(entries_of(incident).reverse()[: LATEST + 1])[::-1]
    if len(entries) <= LATEST:
        return Stretch(together(entries, impositions, incident.number), 0)
    before, *shown = entries
    rows = together(shown, impositions, incident.number)
    return Stretch([row for row in rows if row.at > before.at or row.entry], entries_of(incident).count() - LATEST)


def together(entries: Iterable[TimelineEntry], impositions: Iterable[Imposition], number: str) -> list[Happening]:
    """Entries (of `entries_of`) and the measures of the incident with this number, in order of time."""
    found = [
        Happening(
            entry.at,
            entry.text,
            entry.get_origin_display(),
            entry.actor_name,
            entry.incident.number,
            entry.key,  # type: ignore[attr-defined] # annotated
            entry.uid,
        )
        for entry in entries
    ]
    source = TimelineEntry.Origin.CONTAINMENT.label
    for row in impositions:
        what = f"{row.region.name}: {row.label}"
        said = [(row.imposed_at, f"{what}. {row.reason}", row.imposed_by)]
        if row.lifted_at is not None:
            said.append((row.lifted_at, f"{what} dicabut. {row.lift_reason}".strip(), row.lifted_by))
        found += [Happening(at, text, source, by, number, is_key=True, entry=None) for at, text, by in said]
    return sorted(found, key=lambda happening: happening.at)
