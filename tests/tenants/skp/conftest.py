"""The last day of November, a region that keeps its SKP here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kernel import clock
from kernel.accounts.models import User
from tests.tenants.skp.planning import LAST_DAY, keep_here


@pytest.fixture
def last_day() -> Iterator[None]:
    with clock.at(LAST_DAY):
        yield


@pytest.fixture
def kept_here(last_day: None, with_role: Callable[..., User]) -> User:
    """SKP kept here by month with scores since January; gives the BKPSDM user who set it."""
    admin = with_role("bkpsdm")
    keep_here(admin)
    return admin
