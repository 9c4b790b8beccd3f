"""What the checks look at: the people whom a run would pay, in one OPD or in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.querysets import SlipQuerySet


class Payee(NamedTuple):
    """Who would be paid, by which OPD, and what the slip says of the person."""

    opd_id: int
    slip_id: int
    net: Any
    heading: dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """A run, and the OPDs that are looked at; None for all. `today` is the region's day."""

    run: MonthRun
    opd_ids: frozenset[int] | None
    today: date

    @classmethod
    def of(cls, run: MonthRun, opd_ids: frozenset[int] | None = None) -> Subject:
        return cls(run, opd_ids, clock.today(current_region().time_zone))

    @cached_property
    def month(self) -> Month:
        return Month.of(self.run.month)

    def slips(self) -> SlipQuerySet:
        """The slips that would be paid: neither practice nor held, or released since."""
        slips = Slip.objects.filter(run=self.run).granted()
        return slips if self.opd_ids is None else slips.filter(opd__in=self.opd_ids)

    def people(self) -> QuerySet[Slip, Any]:
        """The keys of their employees, for a sub-select."""
        return self.slips().values("employee")

    def paid_people(self) -> QuerySet[Slip, Any]:
        """The keys of those of them whose net is above zero."""
        return self.slips().filter(net__gt=0).values("employee")

    @cached_property
    def payees(self) -> dict[int, Payee]:
        """By the employee's key; read once."""
        columns = ("employee_id", "opd_id", "pk", "net", "heading")
        return {row[0]: Payee(*row[1:]) for row in self.slips().values_list(*columns)}
