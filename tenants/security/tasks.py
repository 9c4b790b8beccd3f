"""What the operators' side sends into the region, through the region's own outbox.

They write also while the region is read-only: it must hear of its incident above all then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from celery import shared_task

from kernel.tenancy.tasks import RegionTask
from tenants.security import actions


@shared_task(base=RegionTask, name="tenants.security.tasks.take_incident", lane="desk", writes=False)
def take_incident(*, incident: str, version: int, **told: Any) -> None:
    """Keep the incident as it is told."""
    actions.take_incident(uid=UUID(incident), version=version, told=told)


@shared_task(base=RegionTask, name="tenants.security.tasks.take_counts", lane="desk", writes=False)
def take_counts(*, day: str, counts: Sequence[Mapping[str, Any]]) -> None:
    """Keep the counts of a day."""
    actions.take_counts(day=date.fromisoformat(day), counts=counts)
