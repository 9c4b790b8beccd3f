"""Who may see and change which machine, and open its logs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, user_may
from tenants.machines.errors import MachineNotInUse
from tenants.machines.models import Machine, MachineCommand
from tenants.machines.permissions import MACHINE
from tenants.machines.querysets import MachineQuerySet
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet

MACHINE_FILE = "machine_log"


def machines_of(user: User) -> MachineQuerySet:
    """The machines of the OPDs in the person's charge, and those that nobody has claimed."""
    return Machine.objects.reaching(opd_scope(user, MACHINE)).select_related("unit")


def machine_to_manage(user: User, uid: UUID, *, lock: bool = False) -> Machine:
    """A machine in the person's reach. Raises NotFound."""
    machines = machines_of(user).filter(uid=uid)
    found = (machines.select_for_update(of=("self",)) if lock else machines).first()
    if found is None:
        raise NotFound("machine")
    return found


def machine_in_use(user: User, uid: UUID) -> Machine:
    """A machine in use in the person's reach, locked until the transaction ends. Raises NotFound, MachineNotInUse."""
    machine = machine_to_manage(user, uid, lock=True)
    if machine.state != Machine.State.ACTIVE:
        raise MachineNotInUse
    return machine


def command_to_manage(user: User, pk: int) -> MachineCommand:
    """A command of such a machine, locked until the transaction ends. Raises NotFound."""
    found = (
        MachineCommand.objects.select_for_update(of=("self",))
        .select_related("machine")
        .filter(pk=pk, machine__in=machines_of(user).order_by().values("pk"))
        .first()
    )
    if found is None:
        raise NotFound("command")
    return found


def units_for_machines(user: User) -> UnitQuerySet:
    """Where the person may put a machine."""
    return Unit.objects.active().in_opds(opd_scope(user, MACHINE))


def require_unit(user: User, unit: Unit) -> None:
    """Raise NotFound unless the person may put a machine there."""
    if not user_may(user, MACHINE) or not units_for_machines(user).filter(pk=unit.pk).exists():
        raise NotFound("unit")


def device_called(name: str) -> str:
    """The name under which the PINs of a machine are kept that people call so, by name or serial; else the name."""
    called = Machine.objects.filter(Q(name__iexact=name) | Q(serial__iexact=name)).order_by("state", "pk")
    return called.values_list("device", flat=True).first() or name


@reader(MACHINE_FILE)
def may_read_machine_log(user: User, stored: StoredFile) -> bool:
    """The log of a machine: who sent it in, and who may import for the whole region."""
    if stored.owner_id == user.pk:
        return True
    return user_may(user, MACHINE) and opd_scope(user, MACHINE) is None
