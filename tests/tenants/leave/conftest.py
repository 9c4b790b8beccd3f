"""An office whose region keeps the ledger of leave since 2025."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.accounts.models import User
from tenants.calendars.models import WorkPattern
from tenants.leave.actions import start_ledger


@pytest.fixture
def agency(with_role: Callable[..., User]) -> User:
    """An official of the personnel agency."""
    return with_role("bkpsdm")


@pytest.fixture
def ledger(manado_rules: Any, shift: WorkPattern, agency: User) -> None:
    """The ledger runs since 2025."""
    start_ledger(year=2025, actor=agency)
