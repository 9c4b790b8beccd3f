"""Operators' visits to regions, all on one list: who went where, why, when, for how long, and what was asked for.

Read from what the operators' side has itself: its audit trail says that a visit was opened or ended, the security
events say what happened in it. The full record of every request is the region's and stays there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.db.models.fields.json import KeyTextTransform

from control.breakglass.actions import ENDED, OPENED
from control.incidents.clocks import span_words
from control.regions.models import Region
from control.watch.keeping import KEPT_FOR
from control.watch.models import SecurityEvent
from kernel import clock
from kernel.audit.models import AuditEvent
from kernel.guests.models import Visit
from kernel.permissions import REGION_ROLES
from kernel.watching.names import BREAKGLASS_CLOSED, BREAKGLASS_REQUEST, KINDS
from kernel.web import paging


@dataclass(frozen=True, slots=True)
class Line:
    """One visit. `asked` is None when its events are so old that they were removed; `ended_by` is "" at its time."""

    visit: str
    region: Region | None
    region_name: str
    operator: str
    role: str
    reason: str
    incident: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_by: str
    asked: int | None
    refused: int
    places: int

    @property
    def is_running(self) -> bool:
        """Neither ended nor run out."""
        return self.ended_at is None and clock.now() < self.until

    @property
    def lasted(self) -> str:
        """How long it was open, in words; up to now while it runs."""
        return span_words((self.ended_at or min(self.until, clock.now())) - self.opened_at)


def regions_by_uid() -> dict[UUID, Region]:
    """All regions by name, read once for the choice above the list and for its rows."""
    return {region.uid: region for region in Region.objects.order_by("name")}


def visits_page(*, cursor: str, region: Region | None) -> paging.Page[AuditEvent]:
    """The openings of visits, newest first, of one region or of all."""
    opened = AuditEvent.objects.filter(action=OPENED)
    if region is not None:
        opened = opened.filter(subject_uid=region.uid)
    return paging.page_of(opened, order=("-id",), cursor=cursor)


def lines(opened: Sequence[AuditEvent], regions: Mapping[UUID, Region]) -> list[Line]:
    """What is known of these visits: two queries, however many there are."""
    uids = [event.after["visit"] for event in opened]
    ended = {event.after["visit"]: event for event in AuditEvent.objects.filter(action=ENDED, after__visit__in=uids)}
    happened = _happened(uids)
    return [
        _line(
            event,
            None if event.subject_uid is None else regions.get(event.subject_uid),
            ended.get(event.after["visit"]),
            happened.get(event.after["visit"], {}),
        )
        for event in opened
    ]


def _happened(uids: Sequence[str]) -> dict[str, dict[str, Any]]:
    requests, closed = Q(name=BREAKGLASS_REQUEST), Q(name=BREAKGLASS_CLOSED)
    rows = (
        SecurityEvent.objects.filter(requests | closed, subject__in=uids)
        .order_by()
        .values("subject")
        .annotate(
            asked=Count("id", filter=requests),
            refused=Count("id", filter=requests & Q(facts__status__gte=400)),
            places=Count("route", distinct=True, filter=requests & Q(facts__status__lt=400)),
            closed_at=Max("at", filter=closed),
            end=Max(KeyTextTransform("end", "facts"), filter=closed),
        )
    )
    return {row["subject"]: dict(row) for row in rows}


def _line(event: AuditEvent, region: Region | None, ended: AuditEvent | None, happened: Mapping[str, Any]) -> Line:
    said = event.after
    ended_at: datetime | None = ended.at if ended else happened.get("closed_at")
    ended_by = ended.actor_name if ended else ""
    if not ended_by and happened.get("end"):
        ended_by = str(Visit.End(happened["end"]).label)
    is_forgotten = clock.now() - event.at > KEPT_FOR[KINDS[BREAKGLASS_REQUEST].severity]
    return Line(
        visit=said["visit"],
        region=region,
        region_name=event.subject_name if region is None else region.name,
        operator=event.actor_name,
        role=str(REGION_ROLES.get(said["role"], said["role"])),
        reason=event.note,
        incident=said.get("incident", ""),
        opened_at=event.at,
        until=event.at + timedelta(minutes=said["minutes"]),
        ended_at=ended_at,
        ended_by=ended_by,
        asked=None if is_forgotten else happened.get("asked", 0),
        refused=happened.get("refused", 0),
        places=happened.get("places", 0),
    )
