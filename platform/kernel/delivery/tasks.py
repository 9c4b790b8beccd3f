"""The sweep over all outboxes: what the relay after commit missed."""

import structlog
from celery import shared_task

from kernel.delivery import outbox
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask

log = structlog.get_logger(__name__)


@shared_task(base=ControlTask, name="kernel.delivery.tasks.relay_all_regions", lane="desk")
def relay_all_regions() -> None:
    """Relay the operators' outbox and each live region's; one region's failure does not stop the next."""
    outbox.relay_soon()
    for region in registry.live_regions():
        with region_scope(region):
            try:
                outbox.relay_soon()
            except Exception:
                log.exception("outbox_relay_failed", region=region.code)
