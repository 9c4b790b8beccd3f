"""The push protocol of attendance machines ("ADMS", addresses under /iclock/): what they send, what they are told.

Pure text in, values and text out. Source: screens note, section 4, compared with public implementations; what machines
really do differs by firmware, so everything here is read with patience and written in the plainest form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

# What a machine calls itself; it stands on a label at its back.
SERIAL: Final = re.compile(r"\A[0-9A-Za-z][0-9A-Za-z_-]{2,39}\Z")

# Door machines report every opening; those from here on are refusals, alarms and remarks, not somebody's punch.
FIRST_DOOR_EVENT_THAT_IS_NO_PUNCH: Final = 20
# Which of these a door machine means by `inoutstatus`; any other number says nothing about the direction.
_DOOR_STATUS: Final = {"0": "0", "1": "1"}
UNDEFINED: Final = "255"

# Seconds: how long a machine waits after an error, and between two questions for commands.
ERROR_DELAY: Final = 30
DELAY: Final = 10
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class NamedPin:
    """A user as the machine knows it: `pin` as sent, `name` as somebody typed it at the machine."""

    pin: str
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a command; `code` is 0 or more for success, below for a failure, None for unreadable."""

    number: int
    code: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a machine says about itself; "" for what it does not say."""

    firmware: str = ""
    model: str = ""
    push_version: str = ""


@dataclass(slots=True)
class Report:
    """The body of a command's result: results in order, and what the machine said about itself along the way."""

    results: list[Result] = field(default_factory=list)
    told: Told = field(default_factory=Told)


def text_of(body: bytes) -> str:
    """The body as text, line by line: a line in another code page (names, mostly) does not spoil the others.

    NUL bytes, which some firmwares pad with and the database refuses, are dropped.
    """
    return "\n".join(_line_of(line) for line in body.replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").splitlines())


def _line_of(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def hello(serial: str, *, hours_east: int, stamp: str, user_stamp: str) -> str:
    """The settings that a machine asks for when it starts.

    The stamps are the machine's own marks of what it sent last; "0" makes it send everything again. `hours_east` is its
    zone: with it and the answer's date many machines set their clock.
    """
    return _lines(
        f"GET OPTION FROM: {serial}",
        f"Stamp={stamp}",
        f"ATTLOGStamp={stamp}",
        f"OPERLOGStamp={user_stamp}",
        "ATTPHOTOStamp=None",
        f"ErrorDelay={ERROR_DELAY}",
        f"Delay={DELAY}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        # Punches, what was done at the machine, and users with their names. No finger, no face, no photo.
        "TransFlag=TransData AttLog\tOpLog\tEnrollUser\tChgUser",
        f"TimeZone={hours_east}",
        "Realtime=1",
        "Encrypt=None",
        "ServerVer=2.4.1",
    )


def registry_code(serial: str, region: str) -> str:
    """The word by which a door machine is registered; it says it again with each question."""
    return hashlib.sha256(f"{region}\n{serial}".encode()).hexdigest()[:10]


def registered(serial: str, region: str) -> str:
    """The answer to a registration."""
    return f"RegistryCode={registry_code(serial, region)}"


def door_hello(serial: str, region: str) -> str:
    """What a door machine (`DeviceType=acc`) is told at the beginning."""
    return _lines("registry=ok", f"RegistryCode={registry_code(serial, region)}", *_door_settings())


def door_settings() -> str:
    """The settings of a door machine, which it asks for after its registration."""
    return _lines(*_door_settings())


def _door_settings() -> tuple[str, ...]:
    return (
        "ServerVersion=3.1.1",
        "ServerName=ADMS",
        "PushVersion=3.1.1",
        f"ErrorDelay={ERROR_DELAY}",
        f"RequestDelay={DELAY}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransTables=User Transaction",
        "Realtime=1",
        "TimeoutSec=10",
    )


def clock_answer(now_utc: datetime, hours_east: int) -> str:
    """The answer to a machine that asks what time it is (`rtdata?type=time`)."""
    return f"DateTime={encoded_time(now_utc)},ServerTZ={hours_east:+03d}00"


def encoded_time(moment: datetime) -> int:
    """A wall-clock time as machines count: every month has 31 days, seconds since the year 2000."""
    days = (moment.year - 2000) * 12 * 31 + (moment.month - 1) * 31 + moment.day - 1
    return days * 86_400 + moment.hour * 3_600 + moment.minute * 60 + moment.second


def set_clock(local: datetime) -> str:
    """The command that sets the machine's clock to this wall-clock time."""
    return f"SET OPTION DateTime={encoded_time(local)}"


def send_again(first: datetime, last: datetime) -> str:
    """The command that makes the machine send its log of this time again."""
    return f"DATA QUERY ATTLOG StartTime={first:%Y-%m-%d %H:%M:%S}\tEndTime={last:%Y-%m-%d %H:%M:%S}"


REBOOT: Final = "REBOOT"
INFO: Final = "INFO"
# Compare what was sent with what is there: a machine then sends what the server has not acknowledged.
CHECK: Final = "CHECK"


def commands(queue: Iterable[tuple[int, str]]) -> str:
    """The answer to a machine that asks what to do: a line for each command, or that there is none."""
    lines = [f"C:{number}:{body}" for number, body in queue]
    return _lines(*lines) if lines else "OK"


def report_of(text: str) -> Report:
    """What a machine says about commands that it was given. Unreadable lines are passed over."""
    report = Report()
    values: dict[str, str] = {}
    for line in text.splitlines():
        pairs = dict(_pairs(line.split("&")))
        if "ID" in pairs and pairs["ID"].isascii() and pairs["ID"].isdigit() and len(pairs["ID"]) < 19:
            report.results.append(Result(int(pairs["ID"]), _whole(pairs.get("Return", ""))))
        else:
            values |= dict(_pairs([line]))
    report.told = _told(values)
    return report


def told_at_registry(text: str) -> Told:
    """What a machine says about itself when it registers: `~DeviceName=..,FirmVer=..,PushVersion=..`."""
    return _told(dict(_pairs(text.replace("\n", ",").split(","))))


def _told(values: Mapping[str, str]) -> Told:
    def first(*names: str) -> str:
        found = next((values[name] for name in names if values.get(name)), "")
        return found[:LONGEST_NAME]

    return Told(
        firmware=first("FirmVer", "FWVersion"),
        model=first("~DeviceName", "DeviceName"),
        push_version=first("PushVersion", "~PushVersion"),
    )


def named_pins(text: str) -> Iterator[NamedPin]:
    """The users that a machine reports, from attendance machines (`USER PIN=..`) and door machines (`user pin=..`).

    Everything else that comes the same way (what was done at the menu, fingers, faces) is passed over unread.
    """
    for line in text.splitlines():
        head, _blank, rest = line.partition(" ")
        if head.upper() != "USER":
            continue
        values = {name.lower(): value for name, value in _pairs(rest.split("\t"))}
        if values.get("pin"):
            yield NamedPin(values["pin"], values.get("name", "")[:LONGEST_NAME])


def attendance_lines(text: str) -> str:
    """The openings that a door machine reports, as the lines of an attendance log.

    `time=2026-10-05 07:25:31 <tab> pin=7 <tab> event=0 <tab> inoutstatus=0 ...`. What no person did (alarms, doors
    left open, refused cards) is left out; a line that cannot be read stays as it is, to be shown.
    """
    return "\n".join(line for line in map(_attendance_line, text.splitlines()) if line)


def _attendance_line(line: str) -> str:
    values = {name.lower(): value for name, value in _pairs(line.split("\t"))}
    pin, at, event = values.get("pin", ""), values.get("time", ""), _whole(values.get("event", "0"))
    if not values or not at or event is None:
        return line
    if pin in ("", "0") or event >= FIRST_DOOR_EVENT_THAT_IS_NO_PUNCH:
        return ""
    return "\t".join((pin, at, _DOOR_STATUS.get(values.get("inoutstatus", ""), UNDEFINED)))


def hours_east_of(offset: timedelta | None) -> int:
    """Whole hours east of Greenwich, as machines count zones."""
    return int((offset or timedelta()) / timedelta(hours=1))


def _pairs(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, sign, value = word.strip().partition("=")
        if sign and name:
            yield name.strip(), value.strip()


def _whole(text: str) -> int | None:
    try:
        return int(text) if len(text) < 12 else None
    except ValueError:
        return None


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
