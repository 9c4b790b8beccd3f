"""Who takes kits and who lets sheets count."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kernel.accounts.models import User
from tests.cast import Office


@pytest.fixture
def operator_opd(office: Office, with_role: Callable[..., User]) -> User:
    return with_role("operator_opd", opd=office.opd)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")
