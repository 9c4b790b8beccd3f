"""What a machine says, taken in: part of the punch lane, a few statements for a burst, an answer only after commit.

A request costs one statement to know the machine; a burst of lines one more to store them all, one where some are no
punches, and one to note the contact; a question for commands nothing more while there are none. Nothing is thrown away:
a line that is no punch (yet) is kept with its reason, and where there is no room for it the machine is not told OK, so
it keeps the line.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from kernel import clock
from kernel.tenancy.context import current_region
from tenants.machines import adms
from tenants.machines.machine_log import BadLine, MachineLine, plain_pin, punch_uid, read_lines
from tenants.machines.models import KeptLine, Machine, MachineCommand, MachinePin, MachineUser

# So many serials that nobody knows are listed, and so many lines are kept for each of them.
MOST_LISTED: Final = 50
MOST_KEPT_UNCLAIMED: Final = 5_000
MOST_KEPT: Final = 50_000
MOST_NETWORKS: Final = 20
# The contact is noted at most this often; a machine asks every ten seconds.
CONTACT_NOTED: Final = timedelta(minutes=1)
# A difference that a person would not see on the machine's display.
CLOCK_TOLERANCE_S: Final = 120
# A line that comes from a machine which was heard so shortly before, and with few others, was made just now.
LIVE_WITHIN: Final = timedelta(minutes=3)
LIVE_LINES: Final = 3
# Two live lines that tell nearly the same difference are a wrong clock, one alone may be a line that came late.
SAME_DIFFERENCE_S: Final = 90
# A command without a result is given again after this, so many times in all.
COMMAND_PATIENCE: Final = timedelta(minutes=5)
COMMAND_TRIES: Final = 3
COMMANDS_AT_ONCE: Final = 5
SYNC_AT_MOST_EVERY: Final = timedelta(hours=6)
_KEPT_NAMESPACE: Final = uuid.UUID("b7a1c4d2-93f0-5c6e-8f5b-0f2f7a6d5e11")

_KNOWN: Final = """
    SELECT m.id, m.serial, m.device, m.state, m.time_zone, m.secret_digest, m.stamp, m.user_stamp, m.last_contact_at,
           m.clock_off_s, m.clock_doubt_s, m.networks,
           EXISTS (SELECT FROM machines_machinecommand c WHERE c.machine_id = m.id AND c.state IN ('queued', 'sent'))
    FROM machines_machine m WHERE m.serial = %s
"""
_LIST: Final = """
    INSERT INTO machines_machine (uid, region_id, serial, device, name, time_zone, state, secret_digest, stamp,
                                  user_stamp, firmware, model, push_version, first_contact_at, networks)
    SELECT %s, %s, %s, %s, '', '', 'listed', '', '0', '0', '', '', '', %s, '[]'
    WHERE (SELECT count(*) FROM machines_machine WHERE state = 'listed') < %s
    ON CONFLICT DO NOTHING
"""
# Lines of known PINs become punches, the same line again does not; the others are told by their place in the arrays.
# One that was ahead when it first came is no punch though its time has passed meanwhile: it was wrong then.
_STORE: Final = """
    WITH line AS (
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[]) WITH ORDINALITY
            AS line(id, pin, captured_at, kind, number)
    ), known AS (
        SELECT line.number, line.id, line.captured_at, line.kind, pin.employee_id
        FROM line JOIN machines_machinepin pin ON pin.device = %s AND pin.pin = line.pin
        WHERE NOT EXISTS (
            SELECT FROM machines_keptline k WHERE k.machine_id = %s AND k.reason = 'future' AND k.pin = line.pin
                AND k.captured_at = line.captured_at AND k.kind = line.kind
        )
    ), added AS (
        INSERT INTO punches_punch (id, region_id, employee_id, kind, source, captured_at, received_at, claimed_at,
                                   place_error, device, state, grade, reasons)
        SELECT id, %s, employee_id, kind, 'machine', captured_at, %s, captured_at, '', %s, %s, %s, %s::jsonb FROM known
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    SELECT (SELECT count(*) FROM added),
           ARRAY(SELECT number - 1 FROM line WHERE NOT EXISTS (SELECT FROM known WHERE known.number = line.number))
"""
_KEEP: Final = """
    INSERT INTO machines_keptline (id, region_id, machine_id, reason, pin, captured_at, kind, text, received_at)
    SELECT line.id, %s, %s, line.reason, line.pin, line.captured_at, line.kind, line.words, %s
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[])
        AS line(id, reason, pin, captured_at, kind, words)
    ON CONFLICT DO NOTHING
"""
# What was kept for a machine or a PIN that is known by now.
_TAKE: Final = """
    WITH ready AS (
        DELETE FROM machines_keptline kept USING machines_machinepin pin
        WHERE kept.machine_id = %s AND kept.reason IN ('unclaimed', 'unknown_pin')
              AND pin.device = %s AND pin.pin = kept.pin
        RETURNING kept.pin, kept.captured_at, kept.kind, kept.received_at, kept.text, pin.employee_id
    )
    SELECT pin, captured_at, kind, received_at, text, employee_id FROM ready
"""
_TAKEN: Final = """
    INSERT INTO punches_punch (id, region_id, employee_id, kind, source, captured_at, received_at, claimed_at,
                               place_error, device, state, grade, reasons)
    SELECT line.id, %s, line.employee_id, line.kind, 'machine', line.captured_at, line.received_at, line.captured_at,
           '', %s, 'accepted', 'B', '["machine_paired_late"]'
    FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[])
        AS line(id, employee_id, kind, captured_at, received_at)
    ON CONFLICT DO NOTHING
"""


class NoRoom(Exception):
    """There is no place left to keep what this machine sends: it is to keep its lines and try later."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """The machine that speaks, as it was known at the beginning of the request."""

    pk: int
    serial: str
    device: str
    state: str
    time_zone: str
    secret_digest: str
    stamp: str
    user_stamp: str
    last_contact_at: datetime | None
    clock_off_s: int | None
    clock_doubt_s: int | None
    networks: list[dict[str, Any]]
    has_commands: bool
    # Whether it came by its secret address, or has none.
    is_trusted: bool = True

    @property
    def zone(self) -> str:
        return self.time_zone or current_region().time_zone

    @property
    def hours_east(self) -> int:
        return adms.hours_east_of(clock.now().astimezone(clock.zone(self.zone)).utcoffset())

    @property
    def is_in_use(self) -> bool:
        return self.state == Machine.State.ACTIVE and self.is_trusted


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a burst: every line that came, new punches, lines newly kept."""

    lines: int
    added: int
    kept: int


def digest_of(secret: str) -> str:
    """What is stored of the word in a machine's address."""
    return hashlib.sha256(secret.encode()).hexdigest()


def speaker_of(serial: str, secret: str) -> Speaker:
    """The machine with this serial; one that nobody knows is listed. Raises NoRoom when too many wait already."""
    found = _find(serial)
    if found is None:
        now, region = clock.now(), current_region()
        with connection.cursor() as cursor:
            cursor.execute(_LIST, (uuid.uuid4(), region.number, serial, serial, now, MOST_LISTED))
        found = _find(serial)
        if found is None:
            raise NoRoom
    is_trusted = not found.secret_digest or secrets.compare_digest(found.secret_digest, digest_of(secret))
    return found if is_trusted else replace(found, is_trusted=False)


def _find(serial: str) -> Speaker | None:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, (serial,))
        row = cursor.fetchone()
    if row is None:
        return None
    *facts, networks, has_commands = row
    seen = json.loads(networks) if isinstance(networks, str) else networks
    return Speaker(*(*facts, seen, has_commands))


def note_contact(
    speaker: Speaker, network: str, told: adms.Told | None = None, columns: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Keep when and from where the machine spoke, at most once a minute unless there is more to keep."""
    now = clock.now()
    networks = _networks(speaker, network, now)
    fresh = speaker.last_contact_at is not None and now - speaker.last_contact_at < CONTACT_NOTED
    if fresh and not columns and networks is None and told is None:
        return
    values: dict[str, Any] = {"last_contact_at": now, **columns}
    if networks is not None:
        values["networks"] = networks
    if told is not None:
        said = {"firmware": told.firmware, "model": told.model, "push_version": told.push_version}
        values |= {name: text for name, text in said.items() if text}
    Machine.objects.filter(pk=speaker.pk).update(**values)


def _networks(speaker: Speaker, address: str, now: datetime) -> list[dict[str, Any]] | None:
    """The networks of the machine with a new one; None when there is nothing new, or no room."""
    try:
        network = str(ip_network((ip_address(address), 24), strict=False)) if ":" not in address else address
    except ValueError:
        return None
    if any(seen["network"] == network for seen in speaker.networks) or len(speaker.networks) >= MOST_NETWORKS:
        return None
    is_known = speaker.state == Machine.State.LISTED or not speaker.networks
    return [*speaker.networks, {"network": network, "since": now.isoformat(), "is_known": is_known}]


def take_lines(speaker: Speaker, text: str, *, stamp: str, network: str) -> Taken:
    """Put the lines of a log away. Raises NoRoom when there are more to keep than there is place for; then nothing of
    the burst is stored."""
    now = clock.now()
    zone = clock.zone(speaker.zone)
    lines = list(read_lines(text, now=now.astimezone(zone).replace(tzinfo=None)))
    off, doubt = _clock(speaker, lines, now)
    with transaction.atomic():
        added, kept = _store(speaker, lines, now, off) if lines else (0, 0)
        if kept:
            _require_room(speaker)
        note_contact(
            speaker,
            network,
            columns={
                "stamp": stamp[:40] or speaker.stamp,
                "clock_off_s": off,
                "clock_doubt_s": doubt,
                **({"last_line_at": now} if lines else {}),
            },
        )
        if off is not None and speaker.is_in_use:
            ask_to_set_clock(speaker.pk)
    return Taken(len(lines), added, kept)


def _store(speaker: Speaker, lines: Sequence[MachineLine | BadLine], now: datetime, off: int | None) -> tuple[int, int]:
    """How many punches and kept lines are new."""
    aside = _aside(speaker)
    good = {punch_uid(speaker.device, line): line for line in lines if isinstance(line, MachineLine)}
    bad = [line for line in lines if isinstance(line, BadLine)]
    added, others = (0, list(good.values())) if aside else _punch(speaker, good, now, off)
    reason = aside or KeptLine.Reason.UNKNOWN_PIN
    kept = [_kept(speaker, line, reason) for line in others] + [_kept(speaker, line, line.reason) for line in bad]
    if not kept:
        return added, 0
    with connection.cursor() as cursor:
        columns = (list(column) for column in zip(*kept, strict=True))
        cursor.execute(_KEEP, (current_region().number, speaker.pk, now, *columns))
        return added, cursor.rowcount


def _punch(
    speaker: Speaker, good: Mapping[uuid.UUID, MachineLine], now: datetime, off: int | None
) -> tuple[int, list[MachineLine]]:
    """How many of the lines are new punches, and those that are none. One statement."""
    if not good:
        return 0, []
    zone, lines = clock.zone(speaker.zone), list(good.values())
    reasons = [*(["machine_clock"] if off is not None else []), *([] if speaker.secret_digest else ["machine_open"])]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            (
                list(good),
                [line.pin for line in lines],
                [line.at.replace(tzinfo=zone) for line in lines],
                [line.kind for line in lines],
                speaker.device,
                speaker.pk,
                current_region().number,
                now,
                speaker.device,
                "review" if off is not None else "accepted",
                "C" if off is not None else "A" if speaker.secret_digest else "B",
                json.dumps(reasons),
            ),
        )
        added, others = cursor.fetchone()
    return added, [lines[place] for place in others]


def _kept(speaker: Speaker, line: MachineLine | BadLine, reason: str) -> tuple[Any, ...]:
    """The row of a line that is kept; one that can be read has the same key each time it comes, whatever it is then."""
    if line.at is None:
        return uuid.uuid5(_KEPT_NAMESPACE, f"{speaker.serial}\n{line.text}"), reason, "", None, "", line.text
    words = line.text if isinstance(line, BadLine) else _words_of(line.pin, line.at, line.status)
    moment = line.at.replace(tzinfo=clock.zone(speaker.zone))
    return kept_uid(speaker.serial, line.pin, line.at, line.status), reason, line.pin, moment, line.kind, words


def kept_uid(serial: str, pin: str, at: datetime, status: int) -> uuid.UUID:
    """The key of a line that is kept, the same for every replay of the line; `at` is the time that it says."""
    return uuid.uuid5(_KEPT_NAMESPACE, f"{serial}\n{_words_of(pin, at, status)}")


def _words_of(pin: str, at: datetime, status: int) -> str:
    return f"{pin}\t{at:%Y-%m-%d %H:%M:%S}\t{status}"


def _aside(speaker: Speaker) -> str:
    """Why no line of this machine counts, "" when they do."""
    if speaker.state == Machine.State.LISTED:
        return KeptLine.Reason.UNCLAIMED
    if speaker.state == Machine.State.RETIRED:
        return KeptLine.Reason.RETIRED
    return "" if speaker.is_trusted else KeptLine.Reason.ADDRESS


def _require_room(speaker: Speaker) -> None:
    most = MOST_KEPT_UNCLAIMED if speaker.state == Machine.State.LISTED else MOST_KEPT
    if KeptLine.objects.filter(machine_id=speaker.pk)[: most + 1].count() > most:
        raise NoRoom


def _clock(speaker: Speaker, lines: Sequence[MachineLine | BadLine], now: datetime) -> tuple[int | None, int | None]:
    """By how much the machine's clock is wrong, and what is only suspected; in seconds, ahead is positive."""
    zone = clock.zone(speaker.zone)
    if any(isinstance(line, BadLine) and line.reason == "future" for line in lines):
        times = [line.at for line in lines if isinstance(line, BadLine) and line.at is not None]
        newest = max((moment.replace(tzinfo=zone) for moment in times), default=now)
        seconds = int((newest - now).total_seconds())
        return max(seconds, CLOCK_TOLERANCE_S + 1), None
    good = [line.at.replace(tzinfo=zone) for line in lines if isinstance(line, MachineLine)]
    if not good:
        return speaker.clock_off_s, speaker.clock_doubt_s
    seconds = int((max(good) - now).total_seconds())
    was_there = speaker.last_contact_at is not None and now - speaker.last_contact_at <= LIVE_WITHIN
    if abs(seconds) <= CLOCK_TOLERANCE_S:
        return None, None
    if seconds > CLOCK_TOLERANCE_S:
        return seconds, None
    if not was_there or len(lines) > LIVE_LINES:
        # A log that was kept while the network was away, or sent again: its times say nothing about the clock.
        return speaker.clock_off_s, speaker.clock_doubt_s
    said_before = speaker.clock_off_s if speaker.clock_off_s is not None else speaker.clock_doubt_s
    if said_before is not None and abs(said_before - seconds) <= SAME_DIFFERENCE_S:
        return seconds, None
    return speaker.clock_off_s, seconds


def ask_to_set_clock(machine_id: int) -> None:
    """Have the machine set its clock when it next asks, unless it was asked within the last hours."""
    now = clock.now()
    recent = MachineCommand.objects.filter(
        machine_id=machine_id, kind=MachineCommand.Kind.TIME, asked_at__gt=now - SYNC_AT_MOST_EVERY
    )
    if not recent.exists():
        MachineCommand.objects.create(machine_id=machine_id, kind=MachineCommand.Kind.TIME, asked_at=now)


def take_names(speaker: Speaker, text: str) -> int:
    """Keep the names that stand beside the PINs in the machine's own list; gives how many came."""
    names = {plain_pin(user.pin)[:20]: user.name for user in adms.named_pins(text) if user.name}
    MachineUser.objects.bulk_create(
        [
            MachineUser(machine_id=speaker.pk, pin=pin, name=name)
            for pin, name in list(names.items())[:MOST_KEPT_UNCLAIMED]
        ],
        update_conflicts=True,
        unique_fields=["machine", "pin"],
        update_fields=["name"],
    )
    return len(names)


def take_what_was_kept(machine: Machine) -> int:
    """Lines kept for this machine whose PIN means somebody by now become punches; gives how many were new."""
    region = current_region()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, (machine.pk, machine.device))
        rows = cursor.fetchall()
        KeptLine.objects.filter(machine=machine, reason=KeptLine.Reason.UNCLAIMED).update(
            reason=KeptLine.Reason.UNKNOWN_PIN
        )
        if not rows:
            return 0
        ids = [_uid_of(machine.device, text) for _pin, _at, _kind, _received, text, _employee in rows]
        cursor.execute(
            _TAKEN,
            (
                region.number,
                machine.device,
                ids,
                [row[5] for row in rows],
                [row[2] for row in rows],
                [row[1] for row in rows],
                [row[3] for row in rows],
            ),
        )
        return int(cursor.rowcount)


def take_what_waits() -> int:
    """Lines of all machines in use whose PIN means somebody by now become punches; gives how many were new.

    A PIN is paired while its line is under way, or with a log that came as a file under the machine's name: such a line
    was kept as a stranger's after all others had been taken in. One statement where there is none.
    """
    paired = MachinePin.objects.filter(device=OuterRef("machine__device"), pin=OuterRef("pin"))
    waiting = KeptLine.objects.filter(Exists(paired), reason=KeptLine.Reason.UNKNOWN_PIN, machine__state="active")
    machines = Machine.objects.filter(pk__in=waiting.values("machine_id")).order_by("pk")
    return sum(take_what_was_kept(machine) for machine in machines)


def _uid_of(device: str, text: str) -> uuid.UUID:
    """The name of the punch that a kept line is: made from the line's own words, as a replay would."""
    pin, at, status = text.split("\t")
    return punch_uid(device, MachineLine(0, pin, datetime.fromisoformat(at), int(status)))


# --- commands -------------------------------------------------------------------------------------------------------


def commands_for(speaker: Speaker) -> list[tuple[int, str]]:
    """What the machine is to do now, in the order asked: number and words of each command. They count as sent."""
    return _next_commands(speaker) if speaker.has_commands and speaker.is_in_use else []


@transaction.atomic
def _next_commands(speaker: Speaker) -> list[tuple[int, str]]:
    now = clock.now()
    waiting = MachineCommand.objects.select_for_update(skip_locked=True).filter(
        machine_id=speaker.pk, state__in=["queued", "sent"]
    )
    given: list[tuple[int, str]] = []
    changed: list[MachineCommand] = []
    for command in waiting.order_by("id")[: COMMANDS_AT_ONCE * 4]:
        if command.sent_at is not None and now - command.sent_at < COMMAND_PATIENCE:
            continue
        if command.times_sent >= COMMAND_TRIES:
            command.state, command.answered_at = MachineCommand.State.FAILED, now
        elif len(given) < COMMANDS_AT_ONCE:
            command.state, command.sent_at = MachineCommand.State.SENT, now
            command.times_sent += 1
            given.append((command.pk, _words(command, speaker.zone)))
        changed.append(command)
    MachineCommand.objects.bulk_update(changed, ["state", "sent_at", "times_sent", "answered_at"])
    return given


def _words(command: MachineCommand, zone: str) -> str:
    local = clock.zone(zone)
    if command.kind == MachineCommand.Kind.TIME:
        return adms.set_clock(clock.now().astimezone(local))
    if command.kind == MachineCommand.Kind.AGAIN and command.first_at is not None and command.last_at is not None:
        return adms.send_again(command.first_at.astimezone(local), command.last_at.astimezone(local))
    return {
        MachineCommand.Kind.REBOOT: adms.REBOOT,
        MachineCommand.Kind.INFO: adms.INFO,
    }.get(MachineCommand.Kind(command.kind), adms.CHECK)


@transaction.atomic
def take_results(speaker: Speaker, results: Iterable[adms.Result]) -> int:
    """Note what became of commands; those of another machine, and those that are over, stay as they are."""
    found = {result.number: result.code for result in results}
    if not found or not speaker.is_in_use:
        return 0
    commands = MachineCommand.objects.select_for_update().filter(
        machine_id=speaker.pk, pk__in=found, state__in=["queued", "sent"]
    )
    now, answered = clock.now(), []
    for command in commands:
        code = found[command.pk]
        done = code is not None and code >= 0
        command.state = MachineCommand.State.DONE if done else MachineCommand.State.FAILED
        command.result = None if code is None else max(-(2**31), min(code, 2**31 - 1))
        command.answered_at = now
        answered.append(command)
    MachineCommand.objects.bulk_update(answered, ["state", "result", "answered_at"])
    if any(command.kind == MachineCommand.Kind.TIME and command.state == "done" for command in answered):
        Machine.objects.filter(pk=speaker.pk).update(clock_off_s=None, clock_doubt_s=None)
    return len(answered)
