"""The cast, the same everywhere, and small factories beside it.

Ani is an employee of Manado, Budi her approver, Citra the treasurer (BPKAD), Dedi an employee of the same region
without any role, Eka an employee of Banjarmasin. `signed_in(user)` gives a client at the right host;
`with_role("bkpsdm")` a user of Manado with that one role.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel.accounts.models import Role, RoleGrant, User
from kernel.accounts.second_factor import note_shown
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from tenants.employees.models import Employee, Placement, Standing
from tenants.organisation.models import Position, PositionTerms, Unit
from tenants.rules.actions import copy_ready_set, publish_rule_set, sign_rule_set, state_regulation
from tenants.rules.models import StoredRuleSet
from tests.files import pdf

PASSWORD = "kata-sandi-uji-123"
# Behind the numbers of the cast itself.
_serial = itertools.count(200)


def make_user(login: str, name: str, *roles: str, opd: Unit | None = None) -> User:
    """A user of the open side with these roles."""
    user = User(login=login, display_name=name)
    user.set_password(PASSWORD)
    user.save()
    for code in roles:
        RoleGrant.objects.create(user=user, role=Role.objects.get(code=code), opd_uid=opd.uid if opd else None)
    return user


def make_nip(serial: int | None = None) -> str:
    """A well-formed NIP of nobody. Its serial is 001 to 999; what goes beyond goes into the day of birth."""
    beyond, last = divmod((serial if serial is not None else next(_serial)) - 1, 999)
    return f"199001{beyond % 28 + 1:02d}2015011{last + 1:03d}"


def make_opd(code: str = "1.01", name: str = "Dinas Pendidikan") -> Unit:
    opd = Unit.objects.create(code=code, name=name, kind=Unit.Kind.OPD)
    opd.opd = opd
    opd.save(update_fields=["opd"])
    return opd


def make_unit(opd: Unit, code: str, name: str, kind: str = Unit.Kind.BIDANG) -> Unit:
    return Unit.objects.create(code=code, name=name, kind=kind, parent=opd, opd=opd)


def make_position(
    unit: Unit, code: str, title: str, *, kelas: int = 7, kind: str = "pelaksana", superior: Position | None = None
) -> Position:
    """A position, of this class and category `umum` for as long as anybody knows."""
    position = Position.objects.create(code=code, title=title, unit=unit, kind=kind, superior=superior)
    PositionTerms.objects.create(position=position, kelas=kelas, period=DateRange(None, None))
    return position


def make_employee(
    name: str,
    position: Position | None = None,
    *,
    nip: str | None = None,
    status: str = "PNS",
    golongan: str = "III/a",
    user: User | None = None,
    since: date = date(2024, 1, 1),
) -> Employee:
    """An employee, placed definitively in the position from `since` on; status and golongan count always."""
    employee = Employee.objects.create(name=name, nip=nip or make_nip(), user=user)
    Standing.objects.create(employee=employee, status=status, golongan=golongan, period=DateRange(None, None))
    if position is not None:
        Placement.objects.create(employee=employee, position=position, period=DateRange(since, None))
    return employee


@dataclass(frozen=True)
class Person:
    """A member of the cast."""

    user: User
    employee: Employee


@dataclass(frozen=True)
class Office:
    """Manado's one office in the tests: an OPD, its unit, and three posts above one another."""

    opd: Unit
    unit: Unit
    head: Position
    section_head: Position
    staff: Position


@pytest.fixture
def office(manado: RegionState) -> Office:
    opd = make_opd()
    unit = make_unit(opd, "1.01.01", "Bidang Pembinaan")
    head = make_position(opd, "P-1", "Kepala Dinas", kelas=14, kind="jpt")
    section_head = make_position(unit, "P-2", "Kepala Seksi", kelas=9, kind="pengawas", superior=head)
    staff = make_position(unit, "P-3", "Pengelola Data", kelas=7, superior=section_head)
    return Office(opd, unit, head, section_head, staff)


@pytest.fixture
def ani(office: Office) -> Person:
    nip = make_nip(101)
    user = make_user(nip, "Ani", "asn")
    return Person(user, make_employee("Ani", office.staff, nip=nip, user=user))


@pytest.fixture
def budi(office: Office) -> Person:
    nip = make_nip(102)
    user = make_user(nip, "Budi", "asn", "atasan")
    return Person(user, make_employee("Budi", office.section_head, nip=nip, user=user, golongan="III/d"))


@pytest.fixture
def citra(office: Office) -> Person:
    nip = make_nip(103)
    user = make_user(nip, "Citra", "asn", "bpkad")
    position = make_position(office.opd, "P-4", "Bendahara", kelas=8, superior=office.head)
    return Person(user, make_employee("Citra", position, nip=nip, user=user))


@pytest.fixture
def dedi(office: Office) -> Person:
    nip = make_nip(104)
    user = make_user(nip, "Dedi")
    position = make_position(office.opd, "P-5", "Pengadministrasi", kelas=5, superior=office.head)
    return Person(user, make_employee("Dedi", position, nip=nip, user=user))


@pytest.fixture
def eka(banjarmasin: RegionState) -> Person:
    with region_scope(banjarmasin):
        nip = make_nip(105)
        user = make_user(nip, "Eka", "asn")
        opd = make_opd("2.01", "Dinas Kesehatan")
        position = make_position(opd, "Q-1", "Perawat", kelas=7)
        return Person(user, make_employee("Eka", position, nip=nip, user=user))


@pytest.fixture
def with_role(manado: RegionState) -> Callable[..., User]:
    """`with_role("bkpsdm")`: a fresh user of Manado with this role and nothing else."""

    def make(*roles: str, opd: Unit | None = None) -> User:
        serial = next(_serial)
        return make_user(f"1985050520100210{serial % 100:02d}", f"Pegawai {'/'.join(roles)}", *roles, opd=opd)

    return make


# A page of nothing: enough for whoever looks at the first bytes.
REGULATION = pdf("Peraturan")


def with_regulation(draft: StoredRuleSet, actor: User) -> StoredRuleSet:
    """The draft with the number, the date and the file of its regulation, as it must be to be published."""
    return state_regulation(
        uid=draft.uid,
        seen=draft.digest,
        number=draft.regulation,
        title="Tambahan Penghasilan Pegawai",
        enacted_on=date(2024, 1, 2),
        upload=ContentFile(REGULATION, "perwali.pdf"),
        actor=actor,
    )


@pytest.fixture
def manado_rules(manado: RegionState, with_role: Callable[..., User]) -> StoredRuleSet:
    """The Manado rule set, brought in, signed by two people and published, in force from 2024-01-01."""
    author = with_role("bkpsdm")
    draft = with_regulation(copy_ready_set(code="manado", valid_from=date(2024, 1, 1), actor=author), author)
    for signer in (author, with_role("bpkad")):
        sign_rule_set(uid=draft.uid, actor=signer)
    return publish_rule_set(uid=draft.uid, actor=author)


@pytest.fixture
def operator(db: None) -> User:
    """A platform operator."""
    with control_scope():
        return make_user("operator@platform.test", "Operator", "operator")


class RegionClient(Client):
    """Django's test client at a region's host."""

    def __init__(self, host: str, **kwargs: Any) -> None:
        super().__init__(SERVER_NAME=host, **kwargs)


@pytest.fixture
def signed_in(db: None) -> Callable[..., Client]:
    """`signed_in(user, "manado")`: a client at that region's host with a session of that user.

    `signed_in(operator, None)` is at the operators' host; `signed_in(None, "manado")` is nobody at that host. They
    have shown a second factor just now.
    """

    def make(user: User | None, region: str | None = "manado") -> Client:
        client = RegionClient(f"{region}.localhost" if region else "localhost")
        if user is not None:
            scope = region_scope(registry.region_by_code(region)) if region else control_scope()
            with scope:
                client.force_login(user)
                session = client.session
                note_shown(session, user)
                session.save()
        return client

    return make


@pytest.fixture
def in_region() -> Callable[[str], Any]:
    """`with in_region("banjarmasin"):` opens a region by its code."""
    return lambda code: region_scope(registry.region_by_code(code))


@pytest.fixture
def run_outbox(manado: RegionState) -> Callable[[], int]:
    """Run what the open region's outbox holds, through the real tasks, here and now; returns how many ran.

    A test's transaction never commits, so the relay after commit does not fire in it.
    """
    from celery import current_app

    from kernel.delivery.models import OutboxMessage
    from kernel.tenancy.context import current_region
    from kernel.tenancy.tasks import REGION_HEADER

    def run() -> int:
        ran = 0
        while message := OutboxMessage.objects.filter(sent_at__isnull=True).order_by("id").first():
            message.sent_at = message.created_at
            message.save(update_fields=["sent_at"])
            current_app.tasks[message.task].apply(
                kwargs=message.kwargs, headers={REGION_HEADER: current_region().code}, throw=True
            )
            ran += 1
        return ran

    return run
