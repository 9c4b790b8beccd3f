"""A region with one office full of people who have not got a phone yet. Laid down by `manage.py shell`."""

from __future__ import annotations

from typing import Final

from control.onboarding.actions import NewRegion, provision_region
from control.regions.actions import add_name
from kernel.accounts.actors import System
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from tests.cast import make_employee, make_nip, make_opd, make_position, make_user

CODE: Final = "lapangan"
# The region next door, and one with a name that may be blocked and another one.
NEIGHBOUR: Final = "seberang"
BLOCKED: Final = "pesisir"
OTHER_NAME: Final = "absen.pesisir.localhost"
ZONE: Final = "Asia/Makassar"
# Who takes the OPD's continuity kit.
OPERATOR_NIP: Final = make_nip(330)
# One or two for each test: a person's first phone is theirs, and only another one waits for the operator.
NIPS: Final = tuple(make_nip(number) for number in range(301, 321))


def set_up(code: str = CODE) -> None:
    """Provision the region and its people."""
    name = code.capitalize()
    new = NewRegion(code=code, kind="kota", name=f"Kota {name}", short_name=name, time_zone=ZONE)
    provision_region(new=new, actor=System("tests"))
    with region_scope(registry.region_by_code(code)):
        opd = make_opd("1.01", "Dinas Perhubungan")
        position = make_position(opd, "P-1", "Petugas Lapangan")
        for number, nip in enumerate(NIPS, start=1):
            person = f"Petugas {number}"
            make_employee(person, position, nip=nip, user=make_user(nip, person, "asn"))
        make_user(OPERATOR_NIP, "Operator Dinas", "operator_opd", opd=opd)


def set_up_two() -> None:
    """The region with two names, and its neighbour."""
    for code in (BLOCKED, NEIGHBOUR):
        set_up(code)
    with control_scope():
        add_name(code=BLOCKED, name=OTHER_NAME, actor=System("tests"))
