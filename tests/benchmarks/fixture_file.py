"""What the fixture wrote down about the regions that it filled, for the generator, which needs no Django."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

CSRF: Final = "a" * 32
# Of every region that the fixtures make.
ZONE: Final = "Asia/Makassar"
# Machines of the floor, with so many PINs each.
FLOOR_MACHINES: Final = 10
FLOOR_PINS: Final = 500


@dataclass(frozen=True)
class Phone:
    """A signed-in person's device; `device` and `secret` (hexadecimal) are its key's uid and private number, `last` the
    digest of the newest event that it has sent."""

    employee_id: int
    cookies: dict[str, str]
    device: str = ""
    secret: str = ""
    last: str = ""


@dataclass(frozen=True)
class AttendanceMachine:
    """A machine in use; it means the first of `people` (keys of employees) by PIN 1, the next one by 2."""

    serial: str
    people: list[int]


@dataclass(frozen=True)
class FilledRegion:
    """One region: who is signed in at which host, the user who may run a month, and its attendance machines."""

    code: str
    schema: str
    host: str
    phones: list[Phone] = field(default_factory=list)
    runner: str = ""
    machines: list[AttendanceMachine] = field(default_factory=list)


@dataclass(frozen=True)
class Fixture:
    """All regions, the large one first; `month` (as 2026-10) is the newest finished one. `busy` is the region whose
    month is full of activities; its phones are of 200 staff, then of the superiors. `payroll` are the regions whose
    month is to be computed, by their number of people; nobody is signed in there."""

    digest: str
    month: str
    regions: list[FilledRegion]
    busy: FilledRegion
    payroll: dict[int, FilledRegion] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Fixture:
        told = json.loads(path.read_text())

        def region(values: dict[str, Any]) -> FilledRegion:
            return FilledRegion(**{**values, "phones": [Phone(**phone) for phone in values["phones"]]})

        payroll = {int(people): region(one) for people, one in told["payroll"].items()}
        return cls(
            told["digest"], told["month"], [region(one) for one in told["regions"]], region(told["busy"]), payroll
        )

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


def write_regions(path: Path, regions: list[FilledRegion]) -> None:
    """Regions alone, for benchmarks and tests that need no more."""
    path.write_text(json.dumps([asdict(region) for region in regions]))


def read_regions(path: Path) -> list[FilledRegion]:
    """What `write_regions` wrote."""
    found = []
    for one in json.loads(path.read_text()):
        phones = [Phone(**phone) for phone in one["phones"]]
        machines = [AttendanceMachine(**machine) for machine in one["machines"]]
        found.append(FilledRegion(**{**one, "phones": phones, "machines": machines}))
    return found
