"""An incident as it stands, read once for all files of a pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from control.containment.listing import of_incident
from control.containment.models import Imposition
from control.incidents.drafting import zone_of
from control.incidents.duties import clocks_in_force
from control.incidents.linking import Linked, linked_to
from control.incidents.models import Custody, Evidence, Incident, LegalClock, Notice, Observable, Task, TimelineEntry
from control.incidents.sides import BeforeAndAfter, before_and_after, scans_of
from control.incidents.timeline import Happening, entries_of, together
from control.pages.models import Scan
from control.regions.models import Region

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
    impositions: list[Imposition]
    scans: list[Scan]
    names: list[BeforeAndAfter]
    clocks: dict[str, LegalClock]
    events: dict[str, list[Mapping[str, Any]]]
    as_of: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the only region, or the platform's own."""
        return zone_of(self.regions)

    @property
    def happenings(self) -> list[Happening]:
        """The timeline together with what was imposed and lifted, in order of time."""
        return together(self.entries, self.impositions, self.incident.number)

    @property
    def key_events(self) -> list[Happening]:
        return [happening for happening in self.happenings if happening.is_key]


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
    impositions = [
        row for uid in (incident.uid, *incident.merged.values_list("uid", flat=True)) for row in of_incident(uid)
    ]
    scans, names = [seen.scan for seen in scans_of(incident)], before_and_after(incident)
    instants = [
        incident.opened_at,
        *(entry.recorded_at for entry in entries),
        *(held.at for held in custody),
        *(task.done_at for task in tasks if task.done_at),
        *(row.settled_at for row in notices if row.settled_at),
        *(scan.at for scan in scans),
        *(scan.at for pair in names for scan in (pair.before, pair.after) if scan),
        *(at for row in impositions for at in (row.imposed_at, row.lifted_at) if at),
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
        impositions=impositions,
        scans=scans,
        names=names,
        clocks=clocks,
        events={name: list(source(incident)) for name, source in sorted(_sources.items())},
        as_of=max(instants).replace(microsecond=0),
    )


def _with_merged(incident: Incident) -> list[int]:
    return [incident.pk, *incident.merged.values_list("pk", flat=True)]
