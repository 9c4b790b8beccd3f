"""Writing a month's measures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.db.models import Q

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.permissions import require
from tenants.calendars import closing
from tenants.measures.models import Measure
from tenants.measures.permissions import RECORD
from tenants.organisation.models import Unit

RECORDED = declare_action("measures.recorded", "Ukuran bulanan diisi")

Subject = Literal["employee", "unit"]


@transaction.atomic
def record_measures(
    *, month: Month, code: str, per: Subject, values: Mapping[int, Decimal], source: str, actor: Actor
) -> int:
    """Set the month's figures of one code, by the key of the employee or unit, in one statement; returns how many.

    A figure that stands already is replaced. Raises closing.MonthClosed when it would change for somebody, or for an
    OPD, whose month is closed: see `closed_of`.
    """
    if isinstance(actor, User):
        require(actor, RECORD)
    if closed_of(month=month, code=code, per=per, values=values):
        raise closing.MonthClosed(month)
    rows = [
        Measure(
            month=month.first_day,
            code=code,
            employee_id=subject if per == "employee" else None,
            unit_id=subject if per == "unit" else None,
            value=value,
            source=source[:100],
            recorded_at=clock.now(),
        )
        for subject, value in values.items()
    ]
    Measure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["month", "code", per],
        update_fields=["value", "source", "recorded_at"],
    )
    record(RECORDED, actor=actor, after={"month": str(month), "code": code, "count": len(rows), "source": source})
    return len(rows)


def closed_of(*, month: Month, code: str, per: Subject, values: Mapping[int, Decimal]) -> set[int]:
    """The employees or units (by their OPD) whose month is closed and whose figure would not be what stands.

    The others' month stays open until the transaction ends.
    """
    closing.hold(month.first_day, month.end)
    rows = Measure.objects.filter(month=month.first_day, code=code, **{f"{per}__isnull": False})
    stands = dict(rows.values_list(per, "value"))
    changed = {subject for subject, value in values.items() if stands.get(subject) != value}
    if per == "employee":
        return closing.closed_people(changed, month)
    opds = {opd for opd, _month in closing.closed_opds(month.first_day, month.end)}
    if not opds:
        return set()
    return changed.intersection(Unit.objects.filter(Q(opd__in=opds) | Q(pk__in=opds)).values_list("pk", flat=True))
