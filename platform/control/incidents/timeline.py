"""The timeline of an incident: writing an entry, reading it together with what was merged into it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from control.incidents.models import Incident, Task, TimelineEntry
from kernel import clock
from kernel.accounts.actors import Actor, System

if TYPE_CHECKING:
    from django.db.models import QuerySet


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


def entries_of(incident: Incident) -> QuerySet[TimelineEntry]:
    """Every entry in order of time, those of merged incidents too, each with `key`: whether it is a key event now."""
    return (
        TimelineEntry.objects.filter(Q(incident=incident) | Q(incident__merged_into=incident))
        .annotate(key=Coalesce(F("mark__is_key"), F("is_key")))
        .select_related("incident")
        .order_by("at", "id")
    )
