"""What a region is told of its own security events: counts by name for its own page, nothing of another region."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max

from control.watch.models import SecurityEvent
from kernel import clock
from kernel.delivery import outbox
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from kernel.watching.names import Severity

TAKE_COUNTS = "tenants.security.tasks.take_counts"


def tell_regions(since: datetime) -> int:
    """Tell each live region of which something was received since then its counts of the day; returns how many."""
    told = 0
    codes = set(
        SecurityEvent.objects.filter(received_at__gte=since, severity__gte=Severity.LOW.rank)
        .exclude(region="")
        .values_list("region", flat=True)
        .distinct()
    )
    for region in registry.live_regions():
        if region.code in codes:
            _tell(region)
            told += 1
    return told


def _tell(region: RegionState) -> None:
    day = clock.today(region.time_zone)
    began, ended = clock.day_bounds(day, region.time_zone)
    rows = (
        SecurityEvent.objects.filter(region=region.code, at__gte=began, at__lt=ended, severity__gte=Severity.LOW.rank)
        .order_by()
        .values("name", "severity")
        .annotate(count=Count("id"), last_at=Max("at"))
    )
    counts = [
        {
            "name": row["name"],
            "severity": list(Severity)[row["severity"]].value,
            "count": row["count"],
            "last_at": row["last_at"].isoformat(),
        }
        for row in rows
    ]
    with region_scope(region):
        outbox.send(TAKE_COUNTS, day=day.isoformat(), counts=counts)
