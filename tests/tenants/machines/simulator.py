"""An attendance machine for tests: it keeps its log, sends it as machines do, and obeys what it is told.

Made from the protocol's facts (screens note, section 4): it speaks first, sends live lines one by one and kept lines
in bursts, counts a line as sent only after an `OK`, sends again what was not acknowledged, and asks for commands.
Nothing here knows the platform's code; `Wire` is a function, so that the same machine speaks to a test client and over
a socket.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

SERIAL: Final = "CKJG201160123"
DOOR_FIRMWARE: Final = "3.1.2"
BURST: Final = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What the machine hears."""

    status: int
    text: str

    @property
    def is_ok(self) -> bool:
        return self.status == 200 and self.text.startswith("OK")


# method, path with query, body, headers
Wire = Callable[[str, str, bytes, dict[str, str]], Reply]


def through(client: Any) -> Wire:
    """By Django's test client."""

    def send(method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        answer = client.generic(
            method,
            path,
            data=body,
            content_type=headers.pop("Content-Type", "application/push;charset=UTF-8"),
            headers=headers,
        )
        return Reply(answer.status_code, answer.content.decode())

    return send


def over_socket(port: int, host: str, *, chunked: bool = False, version: str = "1.1", timeout: float = 20.0) -> Wire:
    """By plain HTTP lines as machines write them, to a server on this computer."""

    def send(method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        lines = [
            f"{method} {path} HTTP/{version}",
            f"Host: {host}",
            "User-Agent: iClock Proxy/1.09",
            "Connection: close",
            "Accept: */*",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        if body and chunked:
            lines.append("Transfer-Encoding: chunked")
            sent = b"".join(_chunk(body[at : at + 100]) for at in range(0, len(body), 100)) + b"0\r\n\r\n"
        else:
            lines += [f"Content-Length: {len(body)}"] if method == "POST" else []
            sent = body
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as wire:
            wire.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + sent)
            heard = b"".join(iter(lambda: wire.recv(65_536), b""))
        head, _gap, text = heard.partition(b"\r\n\r\n")
        return Reply(int(head.split(b" ")[1]), text.decode())

    return send


def wall(day: date, clock_time: str) -> datetime:
    """The wall clock of the machine's place."""
    return datetime.fromisoformat(f"{day} {clock_time}")


def _chunk(part: bytes) -> bytes:
    return f"{len(part):x}\r\n".encode() + part + b"\r\n"


@dataclass
class SimulatedMachine:
    """One machine. Times are wall-clock times of its own zone; `clock_is_off` is what its clock adds to the truth."""

    wire: Wire
    serial: str = SERIAL
    secret: str = ""
    # Some put the typed path before /iclock, some behind it.
    prefix_first: bool = False
    suffix: str = ""
    push_version: str = "2.4.1"
    clock_is_off: timedelta = timedelta()
    headers: dict[str, str] = field(default_factory=dict)
    # Everything it ever stored, and how much of it was acknowledged.
    log: list[bytes] = field(default_factory=list)
    acknowledged: int = 0
    stamp: int = 0
    done: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)

    def path(self, word: str, **query: str) -> str:
        """The address of a request: firmwares differ in where a secret goes and in the old `.aspx`."""
        middle = f"/{self.secret}" if self.secret else ""
        root = f"{middle}/iclock" if self.prefix_first else f"/iclock{middle}"
        return f"{root}/{word}{self.suffix}?{urlencode({'SN': self.serial, **query}, safe=':')}"

    def ask(self, word: str, **query: str) -> Reply:
        return self.wire("GET", self.path(word, **query), b"", dict(self.headers))

    def say(self, word: str, body: bytes, **query: str) -> Reply:
        return self.wire("POST", self.path(word, **query), body, dict(self.headers))

    # Starting

    def hello(self) -> Reply:
        """Switch on: the machine asks for its settings and keeps them."""
        reply = self.ask("cdata", options="all", pushver=self.push_version, language="73")
        self.options = dict(line.split("=", 1) for line in reply.text.splitlines() if "=" in line)
        if self.options.get("ATTLOGStamp") == "0":
            self.acknowledged = 0
        return reply

    # Punches

    def stores(self, pin: str, at: datetime, status: int = 255, verify: int = 1) -> bytes:
        """Somebody's finger: a line in the machine's log, by the machine's clock."""
        said = at + self.clock_is_off
        line = f"{pin}\t{said:%Y-%m-%d %H:%M:%S}\t{status}\t{verify}\t0\t0\t0".encode()
        self.log.append(line)
        return line

    def punches(self, pin: str, at: datetime, status: int = 255) -> Reply:
        """Somebody's finger while the network is there: the line goes out at once."""
        self.stores(pin, at, status)
        return self.sends_waiting()

    def sends(self, lines: Iterable[bytes], table: str = "ATTLOG") -> Reply:
        """These lines in one request, without looking at what was sent before."""
        return self.say("cdata", b"\n".join(lines) + b"\n", table=table, Stamp=str(self.stamp + 1))

    def sends_waiting(self, burst: int = BURST) -> Reply:
        """What is not acknowledged yet, in bursts; stops at the first that is not."""
        reply = Reply(200, "OK: 0")
        while self.acknowledged < len(self.log):
            lines = self.log[self.acknowledged : self.acknowledged + burst]
            reply = self.sends(lines)
            if not reply.is_ok:
                return reply
            self.acknowledged += len(lines)
            self.stamp += 1
        return reply

    def sends_everything_again(self) -> Reply:
        """The whole log once more, as after a reset of its marks."""
        self.acknowledged = 0
        return self.sends_waiting()

    def names(self, users: dict[str, str], encoding: str = "utf-8") -> Reply:
        """The users with their names, among other things that happen at a machine."""
        lines = [b"OPLOG 0\t0\t2026-10-05 07:00:00\t0\t0\t0\t0"]
        lines += [f"USER PIN={pin}\tName={name}\tPri=0\tPasswd=\tCard=".encode(encoding) for pin, name in users.items()]
        lines += [b"FP PIN=7\tFID=1\tSize=4\tValid=1\tTMP=AAAA"]
        return self.say("cdata", b"\n".join(lines) + b"\n", table="OPERLOG", OpStamp="1")

    # Commands

    def polls(self, result: int = 0) -> list[str]:
        """Ask for commands, obey them, and report; gives what it was told to do."""
        text = self.ask("getrequest").text
        told = []
        for line in text.splitlines():
            if line.startswith("C:"):
                _c, number, body = line.split(":", 2)
                told.append(body)
                if result >= 0:
                    self._obeys(body)
                self.say("devicecmd", f"ID={number}&Return={result}&CMD={body.split(' ')[0]}\n".encode())
        self.done += told
        return told

    def _obeys(self, body: str) -> None:
        if body.startswith("SET OPTION DateTime="):
            self.clock_is_off = timedelta()
        elif body == "CHECK":
            self.hello()
            self.sends_waiting()
        elif body.startswith("DATA QUERY ATTLOG"):
            words = dict(part.split("=", 1) for part in body.removeprefix("DATA QUERY ATTLOG ").split("\t"))
            first, last = words["StartTime"], words["EndTime"]
            again = [line for line in self.log if first <= line.decode().split("\t")[1] <= last]
            self.sends(again)

    # Door machines

    def registers(self) -> Reply:
        """What a door machine says first, and what it then asks for."""
        facts = b"DeviceType=acc,~DeviceName=SpeedFace V5L,FirmVer=ZAM170-NF-Ver1.0.9,PushVersion=Ver 3.1.2"
        reply = self.say("registry", facts)
        self.ask("push")
        return reply

    def opens_door(self, pin: str, at: datetime, *, event: int = 0, inout: int = 2) -> Reply:
        """A live line of a door machine."""
        fields = [f"time={at:%Y-%m-%d %H:%M:%S}", f"pin={pin}", "cardno=0", "eventaddr=1", f"event={event}"]
        fields += [f"inoutstatus={inout}", "verifytype=15", "index=21"]
        return self.say("cdata", "\t".join(fields).encode() + b"\r\n", table="rtlog", AuthType="device")
