"""An attendance machine on a real socket, in front of the server that `make demo` starts."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kernel import clock
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from tenants.employees.models import Employee
from tenants.machines.models import Machine, MachineCommand, MachinePin
from tenants.organisation.models import Unit
from tenants.punches.models import Punch
from tests.gates.conftest import CODE, Served
from tests.tenants.machines.simulator import SERIAL, SimulatedMachine, over_socket

LINES = 450


@pytest.fixture
def known(served: Served, committed: None) -> Iterator[None]:
    """The machine in the lobby; PIN 7 is Ani."""
    with region_scope(registry.region_by_code(CODE)):
        opd = Unit.objects.get(code="1.01")
        Machine.objects.create(serial=SERIAL, device=SERIAL, name="Lobi", unit=opd, state="active")
        MachinePin.objects.create(device=SERIAL, pin="7", employee=Employee.objects.get())
        yield


def count() -> int:
    return Punch.objects.filter(device=SERIAL).count()


def test_a_machine_switches_on_pushes_its_log_and_obeys_over_a_real_connection(served: Served, known: None) -> None:
    now = clock.now().astimezone(clock.zone("Asia/Makassar")).replace(tzinfo=None, microsecond=0)
    machine = SimulatedMachine(over_socket(served.port, served.host), serial=SERIAL)
    assert machine.hello().text.startswith(f"GET OPTION FROM: {SERIAL}\n")
    for number in range(LINES):
        machine.stores("007", now - timedelta(minutes=LINES - number), 255)
    # Three bursts, each on a connection of its own; then all of them again in the pieces that some firmwares send.
    assert machine.sends_waiting().text == "OK: 50"
    assert count() == LINES
    machine.wire = over_socket(served.port, served.host, chunked=True)
    assert machine.sends_everything_again().text == "OK: 50"
    # An old one that speaks HTTP 1.0.
    machine.wire = over_socket(served.port, served.host, version="1.0")
    assert machine.sends_everything_again().is_ok
    assert count() == LINES
    MachineCommand.objects.create(machine=Machine.objects.get(serial=SERIAL), kind="time")
    assert [told.split("=")[0] for told in machine.polls()] == ["SET OPTION DateTime"]
    assert MachineCommand.objects.get().state == "done"
    # The network goes away in the middle of a body: nothing of it counts, and the machine sends it again.
    late = machine.stores("7", now, 0)
    head = f"POST {machine.path('cdata', table='ATTLOG', Stamp='9')} HTTP/1.1\r\nHost: {served.host}\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as wire:
        wire.sendall(head.encode() + f"Content-Length: {len(late) + 40}\r\n\r\n".encode() + late)
        wire.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            assert not wire.recv(65_536).startswith(b"HTTP/1.1 200")
    assert count() == LINES
    assert machine.sends_waiting().text == "OK: 1"
    assert count() == LINES + 1


def test_a_machine_without_a_known_host_learns_nothing(served: Served) -> None:
    stranger: Any = SimulatedMachine(over_socket(served.port, "tidak-ada.localhost"), serial=SERIAL)
    assert stranger.hello().status == 404
