"""Months that a test closes for everybody, without runs and locks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import pytest

from kernel import closing
from kernel.periods import Month
from tenants.employees.models import Employee, Placement
from tenants.organisation.models import Unit


class ClosedMonths:
    """A provider for `kernel.closing` by which these months are closed, for these OPDs and the people placed there
    (for all people and OPDs when None)."""

    def __init__(self, months: Collection[Month], opds: Collection[Unit] | None = None) -> None:
        self._closed = months
        self._opds = None if opds is None else {opd.pk for opd in opds}

    def opds(self, opds: Collection[int] | None, first: date, until: date | None) -> Iterable[tuple[int, Month]]:
        if opds is None:
            # A test without any OPD still has its months closed.
            opds = self._opds or list(Unit.objects.opds().values_list("pk", flat=True)) or [0]
        own = [opd for opd in opds if self._opds is None or opd in self._opds]
        return [(opd, month) for opd in own for month in self._months(first, until)]

    def people(self, employees: Collection[int], first: date, until: date | None) -> Iterable[tuple[int, Month]]:
        own = [employee for employee in employees if self._opds is None or employee in self._people()]
        return [(employee, month) for employee in own for month in self._months(first, until)]

    def last_of_people(self) -> Mapping[int, Month]:
        everybody = Employee.objects.values_list("pk", flat=True) if self._opds is None else self._people()
        return dict.fromkeys(everybody, max(self._closed))

    def _people(self) -> set[int]:
        placed = Placement.objects.definitive().filter(position__unit__opd__in=self._opds or ())
        return set(placed.values_list("employee_id", flat=True))

    def _months(self, first: date, until: date | None) -> list[Month]:
        return [month for month in self._closed if first <= month.first_day and (not until or month.first_day < until)]


def close_months(monkeypatch: pytest.MonkeyPatch, *months: Month, opds: Collection[Unit] | None = None) -> None:
    """Close these months, and no other, for the rest of the test; of these OPDs only where they are given."""
    monkeypatch.setattr(closing, "_providers", [ClosedMonths(months, opds)])
