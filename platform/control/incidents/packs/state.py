"""An incident as it stands, read once for all files of a pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from control.incidents.duties import clocks_in_force
from control.incidents.linking import Linked, linked_to
from control.incidents.models import Custody, Evidence, Incident, LegalClock, Notice, Observable, Task, TimelineEntry
from control.incidents.numbering import ZONE
from control.incidents.timeline import entries_of
from control.regions.models import Region
from kernel import clock

# Further events of an incident as flat values, from whoever keeps them: registered by the side above.
EventSource = Callable[[Incident], Iterable[Mapping[str, Any]]]
_sources: dict[str, EventSource] = {}


def register_events(name: str, source: EventSource) -> None:
    """Add the events that this source has of an incident to every report pack, as a file `<name>.jsonl`."""
    _sources[name] = source


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the files of a pack say. `as_of` is the newest instant in it: the same state gives the same instant."""

    incident: Incident
    regions: list[Region]
    entries: list[TimelineEntry]
    tasks: list[Task]
    notices: list[Notice]
    evidence: list[Evidence]
    custody: list[Custody]
    observables: list[Observable]
    linked: list[Linked]
    clocks: dict[str, LegalClock]
    events: dict[str, list[Mapping[str, Any]]]
    as_of: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the only region, or the platform's own."""
        return clock.zone(self.regions[0].time_zone if len(self.regions) == 1 else ZONE)

    @property
    def key_events(self) -> list[TimelineEntry]:
        return [entry for entry in self.entries if entry.key]  # type: ignore[attr-defined]


def snapshot(incident: Incident) -> Snapshot:
    """Read the incident. Packs themselves, and who downloaded one, are no part of what a pack says."""
    entries = list(entries_of(incident).exclude(origin=TimelineEntry.Origin.PACK))
    tasks = list(incident.tasks.select_related("owner").order_by("id"))
    notices = list(incident.notices.select_related("clock", "proof").order_by("due_at", "id"))
    evidence = list(Evidence.objects.filter(incident__in=_with_merged(incident)).select_related("file").order_by("id"))
    custody = list(
        Custody.objects.filter(incident__in=_with_merged(incident), pack__isnull=True)
        .select_related("evidence")
        .order_by("id")
    )
    clocks = {legal.code: legal for legal in clocks_in_force()} | {row.clock.code: row.clock for row in notices}
    instants = [
        incident.opened_at,
        *(entry.recorded_at for entry in entries),
        *(held.at for held in custody),
        *(task.done_at for task in tasks if task.done_at),
        *(row.settled_at for row in notices if row.settled_at),
    ]
    return Snapshot(
        incident=incident,
        regions=list(incident.regions.order_by("name")),
        entries=entries,
        tasks=tasks,
        notices=notices,
        evidence=evidence,
        custody=custody,
        observables=list(incident.observables.order_by("kind", "value")),
        linked=linked_to(incident),
        clocks=clocks,
        events={name: list(source(incident)) for name, source in sorted(_sources.items())},
        as_of=max(instants).replace(microsecond=0),
    )


def _with_merged(incident: Incident) -> list[int]:
    return [incident.pk, *incident.merged.values_list("pk", flat=True)]
