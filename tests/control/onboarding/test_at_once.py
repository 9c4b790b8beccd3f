"""Two things at once around a new region. With real commits and connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from control.onboarding.actions import NewRegion, provision_region
from control.onboarding.errors import CodeTaken
from control.operations.errors import RolloutRunning
from control.operations.schema_changes import alone
from control.regions.models import Region
from kernel.accounts.actors import System
from kernel.errors import DomainError
from kernel.tenancy.context import control_scope
from tests.regions import drop_regions

BITUNG = NewRegion(code="bitung", kind="kota", name="Kota Bitung", short_name="Bitung", time_zone="Asia/Makassar")


@pytest.fixture(autouse=True)
def _dropped(committed: None) -> Iterator[None]:
    yield
    with control_scope():
        states = [region.state() for region in Region.objects.filter(code=BITUNG.code)]
    drop_regions(states)


def at_once(number: int, work: Callable[[], object]) -> list[DomainError | None]:
    """Do the work in so many threads that begin together; what each was refused with, or None."""
    ready = threading.Barrier(number)
    ends: list[DomainError | None] = []

    def run() -> None:
        try:
            ready.wait(10)
            work()
            ends.append(None)
        except DomainError as error:
            ends.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ends


def provision() -> object:
    return provision_region(new=BITUNG, actor=System("tests"))


def test_two_who_provision_the_same_region_at_once_make_one() -> None:
    ends = at_once(2, provision)
    assert len(ends) == 2
    assert ends.count(None) == 1
    assert sum(isinstance(end, CodeTaken) for end in ends) == 1


def test_a_region_is_not_made_while_schemas_change() -> None:
    with alone():
        assert [type(end) for end in at_once(1, provision)] == [RolloutRunning]
    assert at_once(1, provision) == [None]
