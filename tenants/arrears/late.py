"""What came about closed person-months after their lock: kept, and counted until a difference run has looked at it."""

from __future__ import annotations

from collections.abc import Collection

from kernel.periods import Month
from tenants.arrears.models import LateFact


def keep(person_months: Collection[tuple[int, Month]], what: str) -> None:
    """Write down that these person-months changed, in the transaction of the fact. One statement."""
    LateFact.objects.bulk_create(
        LateFact(employee_id=employee, of_month=month.first_day, what=what[:60])
        for employee, month in sorted(person_months, key=lambda pair: (pair[1], pair[0]))
    )
