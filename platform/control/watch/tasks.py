"""Taking security events in, and keeping them no longer than they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from celery import Task, shared_task

from control.watch import answers, keeping, silence, telling
from control.watch.alerting import follow
from control.watch.taking_in import take_in as keep
from kernel.tenancy.tasks import REGION_HEADER, ControlTask
from kernel.watching.emitting import TAKE_IN

log = structlog.get_logger(__name__)


@shared_task(base=ControlTask, bind=True, name=TAKE_IN, lane="desk", bundles="events")
def take_in(self: Task[Any, None], events: list[Mapping[str, Any]]) -> None:
    """Keep a bundle of events and see what they mean. Their region is the one whose outbox sent them, whatever they
    say themselves.
    """
    headers = self.request.headers or {}
    kept = keep(events, region=headers.get(REGION_HEADER) or getattr(self.request, REGION_HEADER, None) or "")
    answers.hand_on(kept)
    try:
        follow(kept)
    except Exception:
        # The events stand; what they mean is asked again with the next ones of their groups.
        log.exception("detection_failed", events=len(kept))


@shared_task(base=ControlTask, name="control.watch.tasks.tell_regions", lane="desk")
def tell_regions() -> None:
    """Tell regions with news the counts of their days."""
    telling.tell_regions()


@shared_task(base=ControlTask, name="control.watch.tasks.look_for_silence", lane="desk")
def look_for_silence() -> None:
    """Say of which region nothing comes although it should."""
    silence.look()


@shared_task(base=ControlTask, name="control.watch.tasks.keep_house", lane="desk")
def keep_house() -> None:
    """Remove what is old enough, and each hour what may be kept for a day only."""
    keeping.forget_buckets()
    keeping.prune()
