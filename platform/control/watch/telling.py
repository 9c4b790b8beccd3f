"""What a region is told of its own security events: counts by name for its own page, nothing of another region."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Count, Max, Min

from control.watch.models import SecurityEvent, ToldUntil
from kernel import clock
from kernel.delivery import outbox
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from kernel.watching.names import Severity

TAKE_COUNTS: Final = "tenants.security.tasks.take_counts"
# An event gets its number before it is seen by others: the newest ones wait for the next round.
SETTLED: Final = timedelta(seconds=10)
# What the region's page looks back.
LOOKS_BACK: Final = timedelta(days=7)

log = structlog.get_logger(__name__)


def tell_regions() -> int:
    """Tell each live region with events since the last round the counts of the days on which they happened; returns how
    many days of regions were told.

    How far it was told is kept, so that what came while nothing ran is told afterwards. A region that cannot be told
    does not keep the others waiting; its next event tells the whole day.
    """
    newest = SecurityEvent.objects.filter(received_at__lt=clock.now() - SETTLED).order_by("-pk").first()
    until = ToldUntil.objects.get_or_create(pk=1)[0].event
    if newest is None or newest.pk <= until:
        return 0
    news = (
        SecurityEvent.objects.filter(pk__gt=until, pk__lte=newest.pk, severity__gte=Severity.LOW.rank)
        .filter(at__gte=clock.now() - LOOKS_BACK)
        .exclude(region="")
        .values_list("region")
        .annotate(Min("at"))
        .order_by()
    )
    since: dict[str, datetime] = dict(news)
    told = 0
    for region in registry.live_regions():
        if region.code in since:
            try:
                with transaction.atomic():
                    told += _tell(region, since[region.code])
            except DatabaseError:
                log.exception("region_not_told", code=region.code)
    ToldUntil.objects.filter(pk=1, event__lt=newest.pk).update(event=newest.pk)
    return told


def _tell(region: RegionState, since: datetime) -> int:
    first, today = clock.local_date(since, region.time_zone), clock.today(region.time_zone)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    told = [(day, counts) for day in days if (counts := _counts(region, day))]
    with region_scope(region):
        for day, counts in told:
            outbox.send(TAKE_COUNTS, day=day.isoformat(), counts=counts)
    return len(told)


def _counts(region: RegionState, day: date) -> list[dict[str, object]]:
    began, ended = clock.day_bounds(day, region.time_zone)
    rows = (
        SecurityEvent.objects.filter(region=region.code, at__gte=began, at__lt=ended, severity__gte=Severity.LOW.rank)
        .order_by()
        .values("name", "severity")
        .annotate(count=Count("id"), last_at=Max("at"))
    )
    return [
        {
            "name": row["name"],
            "severity": list(Severity)[row["severity"]].value,
            "count": row["count"],
            "last_at": row["last_at"].isoformat(),
        }
        for row in rows
    ]
