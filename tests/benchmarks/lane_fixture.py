"""Regions whose people have places of work, registered phones and PINs at machines.

`python -m tests.benchmarks.lane_fixture --region CODE:PEOPLE ... --out FILE` fills the empty database behind
`DATABASE_URL` through the real provisioning, and writes who there is with the private keys of their phones.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.backends.postgresql.psycopg_any import DateRange  # noqa: E402

from control.operations.schema_changes import migrate_operator_side, roll_out  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.machines.models import Machine, MachinePin  # noqa: E402
from tenants.organisation.models import Unit  # noqa: E402
from tenants.places.models import Place, PlaceAssignment  # noqa: E402
from tenants.punches.models import PhoneKey  # noqa: E402
from tenants.punches.signatures import point_of  # noqa: E402
from tests.benchmarks.fixture import _employees, _new_region  # noqa: E402
from tests.benchmarks.fixture_file import AttendanceMachine, FilledRegion, Phone, write_regions  # noqa: E402
from tests.tenants.punches.signing import jwk_of  # noqa: E402

# A machine stands at each door; two at least, so that a small region has several as well.
PEOPLE_OF_A_MACHINE: Final = 500
# Around where `workloads.signed` punches.
DOOR: Final = {"latitude": Decimal("1.474830"), "longitude": Decimal("124.842080"), "radius_m": 100}


def fill(code: str, people: int, seed: int) -> FilledRegion:
    """A region of so many people with a phone each."""
    chance = Random(seed)  # noqa: S311
    state = _new_region(code)
    with region_scope(state), transaction.atomic():
        employees = _employees(people, chance)
        secrets = [chance.getrandbits(255) | 1 for _ in employees]
        keys = PhoneKey.objects.bulk_create(
            PhoneKey(
                employee=employee,
                public_key=point_of(jwk_of(ec.derive_private_key(secret, ec.SECP256R1()))),
                name="bench",
                state=PhoneKey.State.ACTIVE,
            )
            for employee, secret in zip(employees, secrets, strict=True)
        )
        _places()
        machines = _machines(code, [employee.pk for employee in employees])
    phones = [
        Phone(employee.pk, {}, str(key.uid), format(secret, "x"))
        for employee, key, secret in zip(employees, keys, secrets, strict=True)
    ]
    print(f"{code}: {people} people", flush=True)
    # A connection keeps the plans of each schema's triggers, and each new table asks them all whether they still hold:
    # beyond some hundred regions that took longer than the region.
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    return FilledRegion(code, state.schema_name, f"{code}.localhost", phones, machines=machines)


def _places() -> None:
    """A circle for each OPD, so that every punch is judged by a place and by which OPD the person is in."""
    opds = list(Unit.objects.filter(kind=Unit.Kind.OPD))
    always = DateRange(date(2024, 1, 1), None)
    places = Place.objects.bulk_create(Place(name=opd.name, opd=opd, period=always, **DOOR) for opd in opds)
    PlaceAssignment.objects.bulk_create(
        PlaceAssignment(place=place, unit=opd, period=always) for place, opd in zip(places, opds, strict=True)
    )


def _machines(code: str, people: list[int]) -> list[AttendanceMachine]:
    """Machines of the first OPD; each person has a PIN at one of them."""
    door = Unit.objects.order_by("code").first()
    each = min(PEOPLE_OF_A_MACHINE, max(1, len(people) // 2))
    found = [
        AttendanceMachine(f"{code.upper()}{start // each:03d}", people[start : start + each])
        for start in range(0, len(people), each)
    ]
    Machine.objects.bulk_create(
        Machine(serial=one.serial, device=one.serial, name=one.serial, unit=door, state=Machine.State.ACTIVE)
        for one in found
    )
    MachinePin.objects.bulk_create(
        MachinePin(device=one.serial, pin=str(pin), employee_id=person)
        for one in found
        for pin, person in enumerate(one.people, 1)
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--region", action="append", required=True, metavar="CODE:PEOPLE")
    parser.add_argument("--out", type=Path, required=True)
    wanted = parser.parse_args()
    migrate_operator_side()
    roll_out()
    connection.close()
    codes, people = zip(*(text.split(":") for text in wanted.region), strict=True)
    # One process waits for the database while the other works.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        filled = list(processes.map(fill, codes, map(int, people), range(len(codes))))
    write_regions(wanted.out, filled)


if __name__ == "__main__":
    main()
