"""What people do with machines: sending in a log, saying whom a PIN means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.files.actions import store_text
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from tenants.employees.models import Employee
from tenants.machines import access
from tenants.machines.errors import PinTaken
from tenants.machines.machine_log import plain_pin
from tenants.machines.models import MachinePin, UnknownPin

LOG_SENT = declare_action("machines.log_sent", "Log mesin absen diunggah")
PINS_SAVED = declare_action("machines.pins_saved", "PIN mesin absen dipasangkan")
PIN_REMOVED = declare_action("machines.pin_removed", "PIN mesin absen dilepas")

MACHINE_WORK: Final = "machines.log"
MAX_LOG_BYTES: Final = 20 * 1024 * 1024


@transaction.atomic
def start_machine_import(*, device: str, upload: File[bytes], actor: User) -> Job:
    """Keep a machine's log and read it in the background. Raises FileRefused."""
    stored = store_text(upload=upload, purpose=access.MACHINE_FILE, owner=actor, max_bytes=MAX_LOG_BYTES)
    record(LOG_SENT, actor=actor, subject=stored, after={"device": device, "sha256": stored.sha256})
    return _start_reading(device, stored, actor)


def _start_reading(device: str, stored: StoredFile, actor: User) -> Job:
    return work.start(
        kind=MACHINE_WORK,
        title=_("Log mesin %(device)s: %(file)s") % {"device": device, "file": stored.name},
        actor=actor,
        parameters={"device": device},
        file=stored,
    )


@transaction.atomic
def save_pins(*, device: str, pins: Mapping[str, Employee], actor: User) -> list[Job]:
    """Say whom the machine means by these PINs, and read the logs again in which they were unknown.

    A PIN that already means the same person is left alone. Raises PinTaken when it means somebody else.
    """
    wanted = {plain_pin(pin): employee for pin, employee in pins.items()}
    known = {
        row.pin: row
        for row in MachinePin.objects.select_for_update(of=("self",))
        .select_related("employee")
        .filter(device=device, pin__in=wanted)
    }
    for pin, employee in wanted.items():
        if pin in known and known[pin].employee_id != employee.pk:
            raise PinTaken(pin, known[pin].employee.name)
    fresh = {pin: employee for pin, employee in wanted.items() if pin not in known}
    MachinePin.objects.bulk_create(
        [MachinePin(device=device, pin=pin, employee=employee) for pin, employee in fresh.items()]
    )
    if fresh:
        record(
            PINS_SAVED,
            actor=actor,
            after={"device": device, "pins": {pin: employee.nip for pin, employee in fresh.items()}},
        )
    waiting = UnknownPin.objects.filter(device=device, pin__in=wanted).select_related("file")
    files = {row.file_id: row.file for row in waiting}
    waiting.delete()
    return [_start_reading(device, stored, actor) for stored in files.values()]


@transaction.atomic
def remove_pin(*, pin: MachinePin, actor: User) -> None:
    """The machine's PIN means nobody from now on; punches that it brought stay."""
    record(PIN_REMOVED, actor=actor, before={"device": pin.device, "pin": pin.pin, "nip": pin.employee.nip})
    pin.delete()
