"""What the wall of all regions says of security events."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from control.watch.models import SecurityEvent
from kernel.watching.names import Severity


def events_by_region(since: datetime) -> dict[str, tuple[int, int]]:
    """By region code ("" for the platform): events since then of severity low or more, and those high or more."""
    rows = (
        SecurityEvent.objects.filter(at__gte=since, severity__gte=Severity.LOW.rank)
        .order_by()
        .values("region")
        .annotate(count=Count("id"), grave=Count("id", filter=Q(severity__gte=Severity.HIGH.rank)))
    )
    return {row["region"]: (row["count"], row["grave"]) for row in rows}
