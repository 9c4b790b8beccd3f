"""A region with one office full of people who have not got a phone yet. Laid down by `manage.py shell`."""

from __future__ import annotations

from typing import Final

from control.onboarding.actions import NewRegion, provision_region
from control.regions.actions import add_name
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from tenants.punch_review.configuring import set_selfie_rule
from tests.cast import make_employee, make_nip, make_opd, make_position, make_user

CODE: Final = "lapangan"
# The region next door, and one with a name that may be blocked and another one.
NEIGHBOUR: Final = "seberang"
BLOCKED: Final = "pesisir"
OTHER_NAME: Final = "absen.pesisir.localhost"
ZONE: Final = "Asia/Makassar"
# Who takes the OPD's continuity kit.
OPERATOR_NIP: Final = make_nip(330)
BKPSDM: Final = make_nip(300)
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
        make_user(BKPSDM, "Badan Kepegawaian", "bkpsdm")


def set_up_two() -> None:
    """The region with two names, and its neighbour."""
    for code in (BLOCKED, NEIGHBOUR):
        set_up(code)
    with control_scope():
        add_name(code=BLOCKED, name=OTHER_NAME, actor=System("tests"))


def want_selfies(mode: str) -> None:
    """From now on punches come with a picture, or not: "always", "off"."""
    with region_scope(registry.region_by_code(CODE)):
        set_selfie_rule(mode=mode, percent=0, keep_days=30, actor=User.objects.get(login=BKPSDM))
