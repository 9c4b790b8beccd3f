"""What a run reads of holds and releases, in two statements for any number of people."""

from __future__ import annotations

from collections.abc import Collection

from kernel.among import among_keys
from kernel.periods import Month
from tenants.holds import models
from tenants.rules.engine import OrderedHold, ReleasedHold


def ordered_holds(employee_ids: Collection[int], month: Month) -> dict[int, tuple[OrderedHold, ...]]:
    """What officials hold of the month, by employee key, in the order of recording."""
    found: dict[int, list[OrderedHold]] = {}
    rows = models.OrderedHold.objects.in_force(month).filter(among_keys("employee_id", employee_ids))
    for row in rows.order_by("employee_id", "pk"):
        found.setdefault(row.employee_id, []).append(OrderedHold(row.node_id, row.reason, row.basis))
    return {employee: tuple(holds) for employee, holds in found.items()}


def released_holds(
    employee_ids: Collection[int], month: Month, run_kind: str = "ordinary"
) -> dict[int, tuple[ReleasedHold, ...]]:
    """What was released of the month's payment of this kind, by employee key."""
    found: dict[int, list[ReleasedHold]] = {}
    rows = models.HoldRelease.objects.of(month, run_kind).counting().filter(among_keys("employee_id", employee_ids))
    for row in rows.order_by("employee_id", "pk"):
        found.setdefault(row.employee_id, []).append(ReleasedHold(row.node_id, row.reason, row.document_number))
    return {employee: tuple(released) for employee, released in found.items()}
