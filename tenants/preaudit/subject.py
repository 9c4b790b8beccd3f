"""What the checks look at: the people whom a run would pay, in one OPD or in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, Func

from kernel import clock
from kernel.among import among_keys
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.employees.models import BankAccount, Employee
from tenants.employees.querysets import accounts_on
from tenants.employees.stops import StopPeriod, stops_between
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.querysets import SlipQuerySet


class Payee(NamedTuple):
    """Who would be paid, by which OPD, and what the slip says of the person."""

    opd_id: int
    slip_id: int
    net: Any
    heading: dict[str, Any]


class Recorded(NamedTuple):
    """A payee as recorded for the reference date; status and golongan are empty where nothing is."""

    employee_id: int
    nip: str
    status: str
    golongan: str


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

    def granted_anywhere(self) -> SlipQuerySet:
        """The slips of the run that would be paid, of every OPD: neither practice nor held, or released since."""
        return Slip.objects.filter(run=self.run).granted()

    @cached_property
    def payees(self) -> dict[int, Payee]:
        """Who would be paid, by the employee's key; read once, so that every check looks at the same people."""
        slips = self.granted_anywhere()
        if self.opd_ids is not None:
            slips = slips.filter(opd__in=self.opd_ids)
        columns = ("employee_id", "opd_id", "pk", "net", "heading")
        return {row[0]: Payee(*row[1:]) for row in slips.values_list(*columns)}

    @cached_property
    def by_system(self) -> dict[int, Payee]:
        """The payees whose month the system recorded: presence and work of the others stand on a sheet."""
        return {employee: payee for employee, payee in self.payees.items() if "source" not in payee.heading}

    def slips(self) -> SlipQuerySet:
        """The slips of the payees."""
        return Slip.objects.filter(self.among_slips("pk"))

    def among_slips(self, column: str) -> Func:
        """For `filter`: the column is one of their slips."""
        return among_keys(column, [payee.slip_id for payee in self.payees.values()])

    def among_people(self, column: str) -> Func:
        """For `filter`: the column is one of them."""
        return among_keys(column, self.payees)

    def among_paid(self, column: str) -> Func:
        """For `filter`: the column is one of those whose net is above zero."""
        return among_keys(column, [employee for employee, payee in self.payees.items() if payee.net > 0])

    @cached_property
    def stops(self) -> dict[int, tuple[StopPeriod, ...]]:
        """What takes payees out of service on a day of the month, by the employee's key."""
        return dict(stops_between(list(self.payees), self.month.first_day, self.month.end))

    @cached_property
    def accounts(self) -> dict[int, BankAccount]:
        """The confirmed accounts of payees on the region's day, by the employee's key."""
        return dict(accounts_on(list(self.payees), self.today))

    @cached_property
    def recorded(self) -> list[Recorded]:
        """NIP, status and golongan of the payees on the reference date, in the order of their keys."""
        people = Employee.objects.filter(self.among_people("pk")).standing_on(self.run.reference_date).order_by("pk")
        return [
            Recorded(employee, nip, status or "", golongan or "")
            for employee, nip, status, golongan in people.values_list("pk", "nip", F("status"), F("golongan"))
        ]
