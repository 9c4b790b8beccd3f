"""A region with one office full of people who have not got a phone yet. Laid down by `manage.py shell`."""

from __future__ import annotations

from typing import Final

from control.onboarding.actions import NewRegion, provision_region
from kernel.accounts.actors import System
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from tests.cast import make_employee, make_nip, make_opd, make_position, make_user

CODE: Final = "lapangan"
ZONE: Final = "Asia/Makassar"
# One or two for each test: a person's first phone is theirs, and only another one waits for the operator.
NIPS: Final = tuple(make_nip(number) for number in range(301, 321))


def set_up() -> None:
    """Provision the region and its people."""
    new = NewRegion(code=CODE, kind="kota", name="Kota Lapangan", short_name="Lapangan", time_zone=ZONE)
    provision_region(new=new, actor=System("tests"))
    with region_scope(registry.region_by_code(CODE)):
        opd = make_opd("1.01", "Dinas Perhubungan")
        position = make_position(opd, "P-1", "Petugas Lapangan")
        for number, nip in enumerate(NIPS, start=1):
            name = f"Petugas {number}"
            make_employee(name, position, nip=nip, user=make_user(nip, name, "asn"))
