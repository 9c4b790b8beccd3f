"""What a machine's log becomes: punches for known PINs, a line in the log for everything else.

The days of the punches are judged by who follows new punches (`tenants.attendance.following`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.date_words import short_day_words
from kernel.files.models import StoredFile
from kernel.tenancy.context import current_region
from tenants.machines.machine_log import BadLine, MachineLine, decoded, plain_pin, punch_uid, read_lines, unknown_pins
from tenants.machines.models import KeptLine, Machine, MachinePin, UnknownPin
from tenants.machines.receiving import kept_uid
from tenants.machines.sheet_log import is_sheet, read_sheet

CHUNK: Final = 1_000

_INSERT: Final = """
    INSERT INTO punches_punch (id, region_id, employee_id, kind, source, captured_at, received_at, place_error,
                                  device, state)
    SELECT line.id, %s, line.employee_id, line.kind, 'machine', line.captured_at, %s, '', %s, 'accepted'
    FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::timestamptz[]) AS line(id, employee_id, kind, captured_at)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the file; `row` is the first line that it concerns."""

    row: int
    message: str
    value: str = ""
    fix_url: str = ""


@dataclass(slots=True)
class Imported:
    """What became of the lines: `added` punches, `repeated` ones known before, lines of `unknown` PINs, of people out
    of `reach`, `bad` ones."""

    lines: int = 0
    added: int = 0
    repeated: int = 0
    unknown: int = 0
    out_of_reach: int = 0
    bad: int = 0


def import_log(
    *,
    device: str,
    content: bytes,
    file: StoredFile,
    report: Callable[[Sequence[Problem]], None],
    progress: Callable[[int, int], None] | None = None,
    reach: Collection[int] | None = None,
) -> Imported:
    """Take in a machine's log, its own file or a sheet. Repeating a file adds nothing; an unreadable line never stops
    the rest. Raises SheetRefused for a sheet without the columns.

    `device` is the machine's name under which its PINs are kept; times are of that machine's zone, the region's own
    where it is none that sends by itself. `reach` are the
    keys of the people for whom the sender may bring in punches; None: everybody's.
    """
    zone = zone_of(device)
    now = clock.now().astimezone(clock.zone(zone)).replace(tzinfo=None)
    pins = {
        plain_pin(pin): employee
        for pin, employee in MachinePin.objects.filter(device=device).values_list("pin", "employee_id")
    }
    serial, ahead = _kept_ahead(device)
    imported = Imported()
    known: list[MachineLine] = []
    strangers: list[MachineLine] = []
    foreign: list[MachineLine] = []
    problems: list[Problem] = []
    lines = read_sheet(content, now=now) if is_sheet(content, file.name) else read_lines(decoded(content), now=now)
    for line in lines:
        imported.lines += 1
        if isinstance(line, BadLine):
            imported.bad += 1
            problems.append(Problem(line.row, _bad_line(line.reason), line.text))
        elif ahead and kept_uid(serial, line.pin, line.at, line.status) in ahead:
            # It came from the machine itself while its clock was wrong; a decision about it is taken there.
            imported.repeated += 1
        elif line.pin in pins and reach is not None and pins[line.pin] not in reach:
            foreign.append(line)
        elif line.pin in pins:
            known.append(line)
        else:
            strangers.append(line)
    imported.unknown = len(strangers)
    imported.out_of_reach = len(foreign)
    for start in range(0, len(known), CHUNK):
        chunk = known[start : start + CHUNK]
        added = _insert(device, chunk, pins, zone)
        imported.added += added
        imported.repeated += len(chunk) - added
        if progress is not None:
            progress(start + len(chunk), len(known))
    problems += _unknown(device, strangers, file, zone)
    problems += _out_of_reach(foreign)
    report(sorted(problems, key=lambda problem: problem.row))
    return imported


def _kept_ahead(device: str) -> tuple[str, set[UUID]]:
    """The serial of the machine under this name, and the keys of its lines whose time was ahead when they came."""
    machine = Machine.objects.filter(device=device).first()
    if machine is None:
        return "", set()
    lines = KeptLine.objects.filter(machine=machine, reason=KeptLine.Reason.FUTURE)
    return machine.serial, set(lines.values_list("pk", flat=True))


def zone_of(device: str) -> str:
    """The zone of the clock of the machine that is kept under this name."""
    own = Machine.objects.filter(device=device).values_list("time_zone", flat=True).first()
    return own or current_region().time_zone


def _insert(device: str, lines: Sequence[MachineLine], pins: dict[str, int], zone: str) -> int:
    """Store the lines; gives how many were new."""
    rows: dict[UUID, tuple[int, datetime]] = {}
    kinds: list[str] = []
    for line in lines:
        uid = punch_uid(device, line)
        if uid not in rows:
            rows[uid] = (pins[line.pin], _aware(line.at, zone))
            kinds.append(line.kind)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            (
                current_region().number,
                clock.now(),
                device,
                list(rows),
                [employee for employee, _moment in rows.values()],
                kinds,
                [moment for _employee, moment in rows.values()],
            ),
        )
        added: int = cursor.rowcount
        return added


@transaction.atomic
def _unknown(device: str, lines: Sequence[MachineLine], file: StoredFile, zone: str) -> list[Problem]:
    """Keep the unknown PINs to be claimed, one problem for each."""
    UnknownPin.objects.filter(device=device, file=file).delete()
    found = unknown_pins(lines)
    UnknownPin.objects.bulk_create(
        [
            UnknownPin(
                device=device, pin=pin, file=file, lines=count, first_at=_aware(first, zone), last_at=_aware(last, zone)
            )
            for pin, (count, first, last) in found.items()
        ]
    )
    first_rows = _first_rows(lines)
    return [
        Problem(
            first_rows[pin],
            _("PIN %(pin)s belum dikenal: %(count)s baris, %(first)s sampai %(last)s. Pasangkan dengan pegawainya.")
            % {
                "pin": pin,
                "count": count,
                "first": short_day_words(first),
                "last": short_day_words(last),
            },
            pin,
            f"{reverse('machines-pins', urlconf='config.urls_region')}?{urlencode({'mesin': device, 'pin': pin})}",
        )
        for pin, (count, first, last) in found.items()
    ]


def _out_of_reach(lines: Sequence[MachineLine]) -> list[Problem]:
    """One problem for each PIN of somebody whom the sender has not in charge."""
    first_rows = _first_rows(lines)
    text = _("PIN %(pin)s milik pegawai OPD lain: %(count)s baris tidak dimasukkan. Mintalah BKPSDM mengunggahnya.")
    return [
        Problem(first_rows[pin], text % {"pin": pin, "count": count}, pin)
        for pin, (count, _first, _last) in unknown_pins(lines).items()
    ]


def _first_rows(lines: Sequence[MachineLine]) -> dict[str, int]:
    """The row of each PIN's first line."""
    rows: dict[str, int] = {}
    for line in lines:
        rows.setdefault(line.pin, line.row)
    return rows


def _aware(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=clock.zone(zone))


def _bad_line(reason: str) -> str:
    return {
        "columns": _("Baris ini bukan baris log: PIN dan waktu tidak terbaca."),
        "pin": _("PIN tidak terbaca."),
        "time": _("Waktu tidak terbaca; bentuknya 2026-11-20 07:25:00."),
        "future": _("Waktunya di depan. Jam mesin perlu dibetulkan."),
        "old": _("Waktunya lebih dari 400 hari yang lalu. Jam mesin perlu dibetulkan."),
    }[reason]
