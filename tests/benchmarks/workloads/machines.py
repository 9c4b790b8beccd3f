"""ADMS bursts: attendance machines that were cut off push the logs that they kept, a thousand lines in a request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.benchmarks.fixture_file import FLOOR_MACHINES, FLOOR_PINS, ZONE, AttendanceMachine, FilledRegion
from tests.benchmarks.loadgen import Request, Step, VirtualUser
from tests.tenants.machines.simulator import Reply, SimulatedMachine

LINES: Final = 1000
# How long the machines kept their logs.
KEPT_FOR: Final = timedelta(days=20)
STATUSES: Final = {0: "in", 1: "out", 255: "undefined"}
PUSHED: Final = "application/push;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as it is to be found in the table."""

    device: str
    employee_id: int
    at: datetime
    kind: str


@dataclass
class LogLedger:
    """Every line that machines sent since `began`, by the schema of their region."""

    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent: dict[str, Counter[StoredLine]] = field(default_factory=dict)


class Doors:
    """Machines of many regions, each with a log that goes on from burst to burst."""

    def __init__(self) -> None:
        self._machines: dict[str, SimulatedMachine] = {}
        self._from = datetime.now(ZoneInfo(ZONE)).replace(microsecond=0) - KEPT_FOR
        self._written: list[Request] = []

    def burst(self, machine: AttendanceMachine, schema: str, ledger: LogLedger) -> Request:
        """The next thousand lines of this machine, in the request that it would send."""
        door = self._machines.setdefault(machine.serial, SimulatedMachine(self._write, machine.serial))
        sent = ledger.sent.setdefault(schema, Counter())
        begin = door.acknowledged
        for number in range(begin, begin + LINES):
            at = self._from + timedelta(seconds=number)
            status = tuple(STATUSES)[number % len(STATUSES)]
            person = number % len(machine.people)
            door.stores(str(person + 1), at, status)
            sent[StoredLine(machine.serial, machine.people[person], at, STATUSES[status])] += 1
        door.sends(door.log)
        door.acknowledged += LINES
        door.log.clear()
        return self._written.pop()

    def _write(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """The machine's wire: the load generator sends what is written here."""
        self._written.append(Request(method, path, headers, body, PUSHED))
        return Reply(200, f"OK: {LINES}")


def bursts(
    doors: Doors, regions: Sequence[FilledRegion], number: int, ledger: LogLedger
) -> tuple[Step, list[VirtualUser]]:
    """So many bursts, by the machines of all regions in turn: what each of the senders sends."""
    machines = [[(region, machine) for machine in region.machines] for region in regions]
    turns = [each[n] for n in range(max(len(each) for each in machines)) for each in machines if n < len(each)]
    chosen = [turns[n % len(turns)] for n in range(number)]
    users = [VirtualUser(region.host, {}, {"burst": str(n)}) for n, (region, _machine) in enumerate(chosen)]
    requests = [doors.burst(machine, region.schema, ledger) for region, machine in chosen]
    # The same answer each time: a repeat is acknowledged as well.
    step = Step("burst of lines", lambda user: requests[int(user.variables["burst"])], contains=f"OK: {LINES}".encode())
    return step, users


def floor_hall() -> FilledRegion:
    """The machines of the floor (`floors.django_app`) with their PINs."""
    machines = [
        AttendanceMachine(f"FLOOR{n:03d}", list(range(n * FLOOR_PINS + 1, (n + 1) * FLOOR_PINS + 1)))
        for n in range(FLOOR_MACHINES)
    ]
    return FilledRegion("floor", "floor", "localhost", machines=machines)
