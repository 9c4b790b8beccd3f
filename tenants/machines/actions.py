"""What people do with machines: claiming them, giving them commands, sending in a log, saying whom a PIN means."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.files.actions import SHEET_TYPES, store_file, store_text
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from tenants.employees.models import Employee
from tenants.machines import access
from tenants.machines.adms import SERIAL
from tenants.machines.errors import CommandOver, NameTaken, PinTaken, ReasonMissing, SerialRefused
from tenants.machines.machine_log import plain_pin
from tenants.machines.models import Machine, MachineCommand, MachinePin, UnknownPin
from tenants.machines.receiving import digest_of, take_what_was_kept
from tenants.machines.sheet_log import XLSX
from tenants.organisation.models import Unit

LOG_SENT = declare_action("machines.log_sent", "Log mesin absen diunggah")
PINS_SAVED = declare_action("machines.pins_saved", "PIN mesin absen dipasangkan")
PIN_REMOVED = declare_action("machines.pin_removed", "PIN mesin absen dilepas")

REGISTERED = declare_action("machines.registered", "Mesin absen didaftarkan")
CLAIMED = declare_action("machines.claimed", "Mesin absen diklaim")
CHANGED = declare_action("machines.changed", "Keterangan mesin absen diubah")
RETIRED = declare_action("machines.retired", "Mesin absen tidak dipakai lagi")
SECRET_GIVEN = declare_action("machines.secret_given", "Alamat rahasia mesin absen dibuat")
SECRET_DROPPED = declare_action("machines.secret_dropped", "Alamat rahasia mesin absen dihapus")
COMMANDED = declare_action("machines.commanded", "Perintah untuk mesin absen")
COMMAND_WITHDRAWN = declare_action("machines.command_withdrawn", "Perintah mesin absen ditarik")
NETWORKS_KNOWN = declare_action("machines.networks_known", "Jaringan mesin absen dikenali")

# Typed at a machine's small keyboard: no letter that looks like a digit.
_TYPED: Final = "abcdefghjkmnpqrstuvwxyz23456789"
SECRET_LENGTH: Final = 20

MACHINE_WORK: Final = "machines.log"
MAX_LOG_BYTES: Final = 20 * 1024 * 1024


@transaction.atomic
def register_machine(*, serial: str, name: str, unit: Unit, time_zone: str, actor: User) -> Machine:
    """Enter a machine before it speaks for the first time. Raises NotFound for a unit out of reach, SerialRefused for
    one that cannot be or is known, NameTaken."""
    access.require_unit(actor, unit)
    if not SERIAL.match(serial) or Machine.objects.filter(serial=serial).exists():
        raise SerialRefused
    made = Machine(serial=serial, device=_device_for(serial, name), name=name, unit=unit, time_zone=time_zone)
    _put_in_use(made, actor)
    record(REGISTERED, actor=actor, subject=made, after=_told(made))
    return made


@transaction.atomic
def claim_machine(*, uid: UUID, name: str, unit: Unit, time_zone: str, actor: User) -> Machine:
    """Say whose a listed machine is. What it sent meanwhile counts from now on, for the PINs that are known.

    When logs of the same machine came by USB stick under this name, their PINs are its own. Raises NotFound, NameTaken.
    """
    access.require_unit(actor, unit)
    machine = access.machine_to_manage(actor, uid, lock=True)
    if machine.state != Machine.State.LISTED:
        raise SerialRefused
    machine.device = _device_for(machine.serial, name)
    machine.name, machine.unit, machine.time_zone = name, unit, time_zone
    _put_in_use(machine, actor)
    record(CLAIMED, actor=actor, subject=machine, after=_told(machine))
    take_what_was_kept(machine)
    return machine


def _device_for(serial: str, name: str) -> str:
    """The name under which its PINs are kept: that of earlier logs, where there are some, else its serial."""
    has_pins = MachinePin.objects.filter(device=name).exists() or UnknownPin.objects.filter(device=name).exists()
    return name if has_pins and not Machine.objects.filter(device=name).exists() else serial


def _put_in_use(machine: Machine, actor: User) -> None:
    if Machine.objects.filter(name__iexact=machine.name).exclude(pk=machine.pk).exists():
        raise NameTaken(machine.name)
    machine.state = Machine.State.ACTIVE
    machine.claimed_by, machine.claimed_at = actor, clock.now()
    for seen in machine.networks:
        seen["is_known"] = True
    try:
        with transaction.atomic():
            machine.save()
    except IntegrityError as error:
        # Somebody was faster, or the machine itself: it listed its serial in this moment.
        raise SerialRefused from error


@transaction.atomic
def change_machine(*, uid: UUID, name: str, unit: Unit, time_zone: str, actor: User) -> Machine:
    """Another name, place or zone from now on; PINs and punches stay. Raises NotFound, MachineNotInUse, NameTaken."""
    access.require_unit(actor, unit)
    machine = access.machine_in_use(actor, uid)
    if Machine.objects.filter(name__iexact=name).exclude(pk=machine.pk).exists():
        raise NameTaken(name)
    before = _told(machine)
    machine.name, machine.unit, machine.time_zone = name, unit, time_zone
    machine.save(update_fields=["name", "unit", "time_zone"])
    record(CHANGED, actor=actor, subject=machine, before=before, after=_told(machine))
    return machine


@transaction.atomic
def retire_machine(*, uid: UUID, reason: str, actor: User) -> Machine:
    """The machine is not used any more: what it still sends is kept and does not count. Raises NotFound,
    MachineNotInUse, ReasonMissing."""
    machine = access.machine_in_use(actor, uid)
    if not reason.strip():
        raise ReasonMissing
    machine.state = Machine.State.RETIRED
    machine.save(update_fields=["state"])
    record(RETIRED, actor=actor, subject=machine, note=reason.strip())
    return machine


@transaction.atomic
def give_secret(*, uid: UUID, actor: User) -> str:
    """Give the machine a secret word in its address, instead of the one that it has; from now on only lines that come
    by it count. The word is told once. Raises NotFound, MachineNotInUse."""
    machine = access.machine_in_use(actor, uid)
    secret = "".join(secrets.choice(_TYPED) for _place in range(SECRET_LENGTH))
    machine.secret_digest = digest_of(secret)
    machine.save(update_fields=["secret_digest"])
    record(SECRET_GIVEN, actor=actor, subject=machine)
    return secret


@transaction.atomic
def drop_secret(*, uid: UUID, actor: User) -> Machine:
    """The machine cannot take a path: its serial alone tells that it is itself. Raises NotFound, MachineNotInUse."""
    machine = access.machine_in_use(actor, uid)
    machine.secret_digest = ""
    machine.save(update_fields=["secret_digest"])
    record(SECRET_DROPPED, actor=actor, subject=machine)
    return machine


@transaction.atomic
def know_networks(*, uid: UUID, actor: User) -> Machine:
    """The networks from which the machine has spoken so far are its own. Raises NotFound, MachineNotInUse."""
    machine = access.machine_in_use(actor, uid)
    new = machine.new_networks
    for seen in machine.networks:
        seen["is_known"] = True
    machine.save(update_fields=["networks"])
    record(NETWORKS_KNOWN, actor=actor, subject=machine, after={"networks": new})
    return machine


@transaction.atomic
def ask_machine(
    *, uid: UUID, kind: str, first: date | None = None, last: date | None = None, actor: User
) -> MachineCommand:
    """Give the machine something to do when it next asks. `again` with days sends the log of these days once more,
    without days everything. Raises NotFound, MachineNotInUse."""
    machine = access.machine_in_use(actor, uid)
    command = MachineCommand(machine=machine, kind=kind, asked_by=actor)
    if kind == MachineCommand.Kind.AGAIN:
        if first is not None and last is not None:
            command.first_at = clock.at_local(first, time(), machine.zone)
            command.last_at = clock.at_local(last + timedelta(days=1), time(), machine.zone) - timedelta(seconds=1)
        else:
            # A mark of 0 makes the machine begin anew when it compares.
            machine.stamp = "0"
            machine.save(update_fields=["stamp"])
    command.save()
    told = {"kind": kind, **({} if first is None else {"first": first, "last": last})}
    record(COMMANDED, actor=actor, subject=machine, after=told)
    return command


@transaction.atomic
def withdraw_command(*, pk: int, actor: User) -> MachineCommand:
    """A command that the machine has not fetched is not given. Raises NotFound, CommandOver."""
    command = access.command_to_manage(actor, pk)
    if command.state != MachineCommand.State.QUEUED:
        raise CommandOver
    command.state = MachineCommand.State.WITHDRAWN
    command.save(update_fields=["state"])
    record(COMMAND_WITHDRAWN, actor=actor, subject=command.machine, before={"kind": command.kind})
    return command


def _told(machine: Machine) -> dict[str, str]:
    unit = machine.unit
    return {
        "serial": machine.serial,
        "device": machine.device,
        "name": machine.name,
        "unit": "" if unit is None else unit.code,
        "time_zone": machine.time_zone,
    }


@transaction.atomic
def start_machine_import(*, device: str, upload: File[bytes], actor: User) -> Job:
    """Keep a machine's log and read it in the background. Raises FileRefused.

    A machine that also sends by itself may be called by its name or serial: the log is read under its own PINs.
    """
    device = access.device_called(device)
    if upload.read(len(XLSX)) == XLSX:
        stored = store_file(
            upload=upload,
            purpose=access.MACHINE_FILE,
            owner=actor,
            allowed=SHEET_TYPES,
            max_bytes=MAX_LOG_BYTES,
        )
    else:
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
    device = access.device_called(device)
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
    for machine in Machine.objects.active().filter(device=device):
        take_what_was_kept(machine)
    waiting = UnknownPin.objects.filter(device=device, pin__in=wanted).select_related("file")
    files = {row.file_id: row.file for row in waiting}
    waiting.delete()
    return [_start_reading(device, stored, actor) for stored in files.values()]


@transaction.atomic
def remove_pin(*, pin: MachinePin, actor: User) -> None:
    """The machine's PIN means nobody from now on; punches that it brought stay."""
    record(PIN_REMOVED, actor=actor, before={"device": pin.device, "pin": pin.pin, "nip": pin.employee.nip})
    pin.delete()
