"""Taking security events in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import Task, shared_task

from control.watch.taking_in import take_in as keep
from kernel.tenancy.tasks import REGION_HEADER, ControlTask
from kernel.watching.emitting import TAKE_IN


@shared_task(base=ControlTask, bind=True, name=TAKE_IN, lane="desk", bundles="events")
def take_in(self: Task[Any, None], events: list[Mapping[str, Any]]) -> None:
    """Keep a bundle of events. Their region is the one whose outbox sent them, whatever they say themselves."""
    headers = self.request.headers or {}
    keep(events, region=headers.get(REGION_HEADER) or getattr(self.request, REGION_HEADER, None) or "")
