"""Months that a test closes for everybody, without runs and locks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import pytest

from kernel import closing
from kernel.periods import Month


class ClosedMonths:
    """A provider for `kernel.closing` by which these months are closed for all people and OPDs."""

    def __init__(self, *months: Month) -> None:
        self.closed = months

    def months(self, first: date, until: date | None, opds: Collection[int] | None) -> Iterable[Month]:
        return [month for month in self.closed if first <= month.first_day and (not until or month.first_day < until)]

    def people(self, employees: Collection[int], first: date, until: date | None) -> Iterable[tuple[int, Month]]:
        return [(employee, month) for employee in employees for month in self.months(first, until, None)]


def close_months(monkeypatch: pytest.MonkeyPatch, *months: Month) -> None:
    """Close these months, and no other, for the rest of the test."""
    monkeypatch.setattr(closing, "_providers", [ClosedMonths(*months)])
