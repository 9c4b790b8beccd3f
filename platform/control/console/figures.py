"""Taking the figures of all regions."""

from datetime import timedelta
from typing import Final

import structlog
from django.db.utils import DatabaseError

from control.console.models import RegionFigures
from control.regions.models import Region
from control.watch.wall import events_by_region
from kernel import clock
from kernel.tenancy.context import control_scope, region_scope
from kernel.usage import count_here

EVENT_WINDOW: Final = timedelta(hours=24)

log = structlog.get_logger(__name__)


def take_figures(region: Region) -> RegionFigures:
    """Count in one region and keep the result; a region that cannot be counted says so and keeps its last figures."""
    failure, figures = "", None
    try:
        with region_scope(region.state()):
            figures = count_here()
    except DatabaseError as error:
        failure = type(error).__name__
        log.error("figures_failed", region=region.code, reason=str(error))
    with control_scope():
        kept, _ = RegionFigures.objects.update_or_create(
            region=region,
            defaults={
                "failure": failure,
                "taken_at": clock.now(),
                **({} if figures is None else {"figures": figures}),
            },
        )
    return kept


def take_all_figures() -> int:
    """Count in every region that has a schema; returns how many could be counted."""
    regions = list(Region.objects.exclude(status=Region.Status.PROVISIONING))
    counted = sum(1 for region in regions if not take_figures(region).failure)
    count_events()
    return counted


def count_events() -> None:
    """Keep the security events of the last day, from low severity on, beside the figures: the wall counts nothing."""
    found = events_by_region(clock.now() - EVENT_WINDOW)
    rows = list(RegionFigures.objects.select_related("region"))
    for row in rows:
        row.events, row.severe_events = found.get(row.region.code, (0, 0))
    RegionFigures.objects.bulk_update(rows, ["events", "severe_events"], batch_size=500)
