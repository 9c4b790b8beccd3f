"""A machine at Manado's own address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tenants.machines import actions
from tenants.machines.models import MachinePin
from tests.cast import Office, Person
from tests.tenants.attendance.week import MONDAY, on
from tests.tenants.machines.simulator import SERIAL, SimulatedMachine, through


@pytest.fixture
def machine(manado: Any) -> SimulatedMachine:
    """A machine that nobody knows yet, at Manado's own address."""
    return SimulatedMachine(through(Client(headers={"host": "manado.localhost"})), serial=SERIAL)


@pytest.fixture
def known(machine: SimulatedMachine, office: Office, ani: Person, with_role: Any) -> SimulatedMachine:
    """The same, registered for the office; PIN 7 is Ani."""
    actions.register_machine(serial=SERIAL, name="Lobi", unit=office.opd, time_zone="", actor=with_role("bkpsdm"))
    MachinePin.objects.create(device=SERIAL, pin="7", employee=ani.employee)
    return machine


@pytest.fixture
def monday() -> Iterator[None]:
    with on(MONDAY, "07:26"):
        yield
