"""A committed OPD whose May is computed, and work in threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from typing_extensions import override

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.jobs import work
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun
from tests.cast import make_user
from tests.tenants.payout.closing_steps import take_steps_before_lock
from tests.tenants.tpp.pilot import MAY, after, give_facts, staffed
from tests.tenants.tpp.small_run import stored_rules

Office = tuple[User, Unit, list[Employee]]


@pytest.fixture
def office(fresh_region: RegionState) -> Iterator[Office]:
    """A committed OPD with three people whose May has ended and is computed."""
    official = make_user("198505052010021001", "BKPSDM", "bkpsdm")
    stored_rules()
    opd, people = staffed(1, people=3)
    give_facts(people, [MAY], official)
    with clock.at(after(MAY)):
        compute(official)
        take_steps_before_lock(MAY, opds=[opd])
        yield official, opd, people


def compute(official: User) -> MonthRun:
    run = start_run(month=MAY, actor=official)
    if run.job is None:
        raise AssertionError("a run without its job")
    work.run(str(run.job.uid))
    run.refresh_from_db()
    assert (run.state, run.people, run.errors) == ("done", 3, 0)
    return run


class Beside(threading.Thread):
    """Work in a thread with a connection of its own; `refused` is what it raised."""

    def __init__(self, region: RegionState, act: Callable[[], object]) -> None:
        super().__init__()
        self.region, self.act = region, act
        self.refused: DomainError | None = None

    @override
    def run(self) -> None:
        try:
            with clock.at(after(MAY)), region_scope(self.region):
                self.act()
        except DomainError as error:
            self.refused = error
        finally:
            connection.close()
