"""The printed month of Manado, one of whose people has a log-in, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kernel.accounts.models import User
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthRun, Slip
from tests.cast import make_user
from tests.tenants.tpp.manado_month import bkpsdm, cases, month_run, run_month

__all__ = ["bkpsdm", "cases", "month_run", "run_month"]


@pytest.fixture
def slip(month_run: MonthRun) -> Slip:
    """The slip of M01, who can log in."""
    slip = Slip.objects.filter(run=month_run).select_related("employee", "opd").order_by("pk")[0]
    slip.employee.user = make_user(slip.employee.nip, slip.employee.name, "asn")
    slip.employee.save(update_fields=["user"])
    return slip


@pytest.fixture
def owner(slip: Slip) -> User:
    user = slip.employee.user
    assert user is not None
    return user


@pytest.fixture
def opd(slip: Slip) -> Unit:
    return slip.opd


@pytest.fixture
def operator_opd(opd: Unit, with_role: Callable[..., User]) -> User:
    """The operator of the slip's OPD, who is the first to decide."""
    return with_role("operator_opd", opd=opd)
