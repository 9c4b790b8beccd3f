"""Sealing the audit log on every side, and looking whether the seals still hold."""

from __future__ import annotations

import structlog
from celery import shared_task

from kernel.audit.sealing import seal
from kernel.audit.verifying import verify
from kernel.delivery.tasks import on_every_side
from kernel.tenancy.context import scope_label
from kernel.tenancy.tasks import ControlTask
from kernel.watching import emit, names

log = structlog.get_logger(__name__)

# An hour of seals at one every half minute.
NEWEST = 120


@shared_task(base=ControlTask, name="kernel.audit.tasks.seal_everywhere", lane="desk")
def seal_everywhere() -> None:
    """Seal what was written since the last round, on the operators' side and in each live region."""
    on_every_side(seal)


@shared_task(base=ControlTask, name="kernel.audit.tasks.verify_newest_everywhere", lane="desk")
def verify_newest_everywhere() -> None:
    """Look at the newest seals of every side."""
    on_every_side(_verify_newest)


@shared_task(base=ControlTask, name="kernel.audit.tasks.verify_everywhere", lane="desk")
def verify_everywhere() -> None:
    """Look at all seals of every side."""
    on_every_side(_verify_all)


def _verify_newest() -> None:
    _verify(newest=NEWEST)


def _verify_all() -> None:
    _verify(newest=None)


def _verify(*, newest: int | None) -> None:
    broken = verify(newest=newest).broken
    if broken is not None:
        emit(names.AUDIT_CHAIN_BROKEN, what=broken.kind.value, seal=broken.seal, entry=broken.entry or 0)
        log.critical("audit_chain_break", side=scope_label(), kind=broken.kind, seal=broken.seal, entry=broken.entry)
