"""What a region is told of an incident that concerns it: through its own outbox, into its own schema.

The region reads what happened, how far it is, what is asked of whom by when, and who must be told by law. It never
reads observables, evidence or the timeline: those may name people and addresses of other regions (security note, 4.4).
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F

from control.incidents.models import Incident, Notice, Task
from control.regions.models import Region
from kernel.delivery import outbox
from kernel.tenancy.context import region_scope

TAKE: Final = "tenants.security.tasks.take_incident"


def tell_regions(incident: Incident) -> None:
    """Send each region that is concerned the incident as it stands. Call it inside the action's transaction."""
    regions = list(incident.regions.filter(status__in=(Region.Status.ACTIVE, Region.Status.SUSPENDED)))
    if not regions:
        return
    Incident.objects.filter(pk=incident.pk).update(version=F("version") + 1)
    incident.refresh_from_db(fields=["version"])
    digest = digest_of(incident)
    for region in regions:
        # The words of a merged incident are about the region in which it began.
        words = incident.summary if incident.region_id in (None, region.pk) else ""
        with region_scope(region.state()):
            outbox.send(TAKE, **digest, summary=words)


def digest_of(incident: Incident) -> dict[str, Any]:
    """The incident in plain values, without its summary and without anything of others."""
    asked = incident.tasks.exclude(asked_of="").order_by("due_at", "id")
    return {
        "incident": str(incident.uid),
        "version": incident.version,
        "number": incident.number,
        "title": incident.title,
        "kind": incident.get_kind_display(),
        "severity": incident.get_severity_display(),
        "severity_rank": int(incident.severity),
        "state": incident.get_state_display(),
        "is_open": incident.is_open,
        "detected_at": incident.detected_at.isoformat(),
        "closed_at": incident.closed_at.isoformat() if incident.closed_at else None,
        "asks": [
            {
                "uid": str(task.uid),
                "title": task.title,
                "of": task.asked_of_name,
                "instruction": task.instruction,
                "due_at": task.due_at.isoformat() if task.due_at else None,
                "done": task.state in (Task.State.DONE, Task.State.DROPPED),
            }
            for task in asked
        ],
        "notices": [
            {
                "name": row.clock.name,
                "source": row.clock.source,
                "recipient": row.clock.recipient,
                "sender": row.clock.sender,
                "due_at": row.due_at.isoformat(),
                "state": row.get_state_display(),
                "is_waiting": row.state == Notice.State.WAITING,
            }
            for row in incident.notices.select_related("clock")
        ],
        "contact": "" if incident.owner is None else f"{incident.owner.display_name}, {incident.owner.login}",
    }
