"""A task without a live region does not run (decision D14).

The region travels as a header, is opened inside `__call__` (not in a signal, whose errors Celery swallows), and an
unknown, suspended or missing region rejects the task for good.
"""

from typing import Any

import structlog
from celery import Task
from celery.exceptions import Reject
from typing_extensions import override

from kernel.tenancy import registry
from kernel.tenancy.addresses import region_addresses
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.context import current_region as current_region
from kernel.tenancy.errors import NoRegion, RegionReadOnly, TenancyError
from kernel.watching.emitting import gathering

REGION_HEADER = "kd_region"
log = structlog.get_logger(__name__)


class RegionTask(Task):  # type: ignore[type-arg]
    """Base of every task that works in a region: enqueue it from within the region, or name it with `for_region`.

    Delivered at least once: the work must be harmless when repeated. Set `writes = False` on a task that may run while
    the region is read-only.
    """

    abstract = True
    acks_late = True
    reject_on_worker_lost = True
    writes = True

    @override
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        headers = dict(options.pop("headers", None) or {})
        if REGION_HEADER not in headers:
            headers[REGION_HEADER] = current_region().code
        return super().apply_async(args, kwargs, headers=headers, **options)

    def for_region(self, code: str, /, *args: Any, **kwargs: Any) -> Any:
        """Enqueue for a region by its code, from the operator side (periodic fan-out, the outbox relay)."""
        return super().apply_async(args, kwargs, headers={REGION_HEADER: code})

    @override
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Celery merges a message's headers into the request; called as a plain function there are none.
        code = (self.request.headers or {}).get(REGION_HEADER) or getattr(self.request, REGION_HEADER, None)
        try:
            if not code:
                raise NoRegion(f"task {self.name} carries no region")
            region = registry.live_region(code)
            if region.is_read_only and self.writes:
                raise RegionReadOnly(code)
        except RegionReadOnly as error:
            # An operator's switch is temporary: the work waits.
            raise self.retry(exc=error, countdown=60, max_retries=None) from error
        except TenancyError as error:
            log.error("task_refused", task=self.name, region=code, reason=type(error).__name__)
            raise Reject(error, requeue=False) from error
        with (
            region_scope(region),
            region_addresses(),
            structlog.contextvars.bound_contextvars(region=region.code, task_id=self.request.id, task=self.name),
            gathering(work=self.name),
        ):
            return super().__call__(*args, **kwargs)


class ControlTask(Task):  # type: ignore[type-arg]
    """Base of tasks of the operator side."""

    abstract = True
    acks_late = True
    reject_on_worker_lost = True

    @override
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with (
            control_scope(),
            structlog.contextvars.bound_contextvars(region="control", task_id=self.request.id, task=self.name),
            gathering(work=self.name),
        ):
            return super().__call__(*args, **kwargs)
