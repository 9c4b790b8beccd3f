"""Sweeps over both sides: what the relay after commit missed, and what nobody needs any more."""

from collections.abc import Callable

import structlog
from celery import shared_task
from django.contrib.sessions.models import Session

from kernel import clock
from kernel.delivery import idempotency, outbox
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask

log = structlog.get_logger(__name__)


@shared_task(base=ControlTask, name="kernel.delivery.tasks.relay_all_regions", lane="desk")
def relay_all_regions() -> None:
    """Relay the operators' outbox and each live region's."""
    on_every_side(outbox.relay_soon)


@shared_task(base=ControlTask, name="kernel.delivery.tasks.prune_all_regions", lane="desk")
def prune_all_regions() -> None:
    """Remove old answers to repeated requests, messages long sent and sessions that ended, on every side."""
    on_every_side(prune)


def prune() -> None:
    """Remove them from the open side."""
    idempotency.prune()
    outbox.prune()
    Session.objects.filter(expire_date__lt=clock.now()).delete()


def on_every_side(work: Callable[[], object]) -> None:
    """Do the work on the operators' side, which is open, and in each live region; a failure does not stop the next."""
    _guarded(work, "control")
    for region in registry.live_regions():
        with region_scope(region):
            _guarded(work, region.code)


def _guarded(work: Callable[[], object], side: str) -> None:
    try:
        work()
    except Exception:
        log.exception("sweep_failed", side=side, work=work.__name__)
