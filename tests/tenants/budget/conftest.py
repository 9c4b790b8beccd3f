"""The printed month of Manado, and ceilings for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from kernel.accounts.models import User
from tenants.budget.costs import costs_of_year
from tenants.budget.recording import Ceiling, Paper, record_ceilings
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthRun
from tests.tenants.tpp.manado_month import bkpsdm, cases, month_run, run_month

__all__ = ["bkpsdm", "cases", "month_run", "run_month"]

DPA = Paper("dpa", "DPA/4.01/2024", date(2024, 1, 2), date(2024, 1, 1))
DPPA = Paper("dppa", "DPPA/4.01/2024", date(2024, 5, 20), date(2024, 6, 1))
Record = Callable[..., None]


@pytest.fixture
def finance(with_role: Callable[..., User]) -> User:
    return with_role("bpkad")


@pytest.fixture
def opd(month_run: MonthRun) -> Unit:
    return Unit.objects.get(code="4.01")


@pytest.fixture
def ceilings(opd: Unit, finance: User) -> Record:
    """Record a ceiling for every code that the month costs: that cost times `times`."""

    def record(times: str, paper: Paper = DPA) -> None:
        costs = costs_of_year(2024, [opd.pk])[0].costs
        rows = [Ceiling(opd.pk, code, (amount * Decimal(times)).quantize(Decimal(1))) for code, amount in costs.items()]
        record_ceilings(ceilings=rows, paper=paper, source="uji", actor=finance)

    return record
