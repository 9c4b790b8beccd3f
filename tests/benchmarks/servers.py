"""The embedded, durable servers of `make demo`, with a web server in front, and what PostgreSQL was asked."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import psycopg

from infra.local.demo import STOP_PATIENCE, web_command
from infra.local.processes import Lifeline, stop_process, tail
from infra.local.services import CHECKOUT, KeptServices, kept_services

_STATEMENT: Final = re.compile(rb"LOG:  (?:statement|execute [^:]*): (.*)")


class NoAnswer(Exception):
    """A web server did not come up; the text ends with its log."""


@dataclass(frozen=True)
class Servers:
    """PostgreSQL and Redis, running."""

    services: KeptServices
    lifeline: Lifeline
    logs: Path

    @property
    def pids(self) -> tuple[int, ...]:
        """The root processes of both."""
        kept = (self.services.postgres, self.services.redis)
        return tuple(server.process.pid for server in kept if server is not None and server.process is not None)

    def url(self, database: str) -> str:
        """The address of a database on this server."""
        return self.services.urls.database_url.rpartition("/")[0] + "/" + database

    def environment(self, database: str = "kinerja", **more: str) -> dict[str, str]:
        """What a program needs to find both servers."""
        found = {**os.environ, **self.services.urls.environment, "DATABASE_URL": self.url(database)}
        return {**found, "PYTHONUNBUFFERED": "1", **more}

    def superuser(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection that may change the server's settings."""
        directory = unquote(self.services.urls.database_url.split("@")[1].split("/")[0])
        return psycopg.connect(host=directory, user="postgres", dbname=database, autocommit=True)

    def statements_of(self, call: Callable[[], object]) -> list[str]:
        """Every statement that the server was sent during the call, by anybody: BEGIN, SET and COMMIT too."""
        if self.services.postgres is None:
            raise RuntimeError("statements are read from the log of the embedded server")
        log = self.services.postgres.log
        with self.superuser() as connection:
            _log_statements(connection, "all")
            try:
                start = log.stat().st_size
                call()
                time.sleep(0.2)
                said = log.read_bytes()[start:]
            finally:
                _log_statements(connection, "none")
        return [text.decode(errors="replace") for text in _STATEMENT.findall(said) if b"log_statement" not in text]


def _log_statements(connection: psycopg.Connection[Any], value: str) -> None:
    connection.execute(f"ALTER SYSTEM SET log_statement = '{value}'")
    connection.execute("SELECT pg_reload_conf()")
    # Each backend takes up the setting when it next wakes.
    time.sleep(0.3)


@contextlib.contextmanager
def running_servers(directory: Path) -> Iterator[Servers]:
    """Embedded servers with the demo's durable settings and their data under `directory`.

    Pages are kept in a quarter of the memory, as PostgreSQL's manual has it: the catalogue of hundreds of regions does
    not fit into what is set at first.
    """
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    with Lifeline() as lifeline, kept_services(directory, {"shared_buffers": f"{memory // 4}MB"}) as services:
        yield Servers(services, lifeline, directory / "logs")


@contextlib.contextmanager
def web_server(
    servers: Servers, name: str, application: str, environment: Mapping[str, str], *, ready: str = "/", host: str = ""
) -> Iterator[tuple[int, int]]:
    """The demo's web server for this WSGI application; gives its port and process. `ready` must answer 200."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = servers.logs / f"{name}.log"
    with log.open("wb") as output:
        process = servers.lifeline.start(
            web_command(port, application), stop=signal.SIGTERM, output=output, cwd=CHECKOUT, environment=environment
        )
    try:
        _wait(process, port, ready, host or f"localhost:{port}", log)
        yield port, process.pid
    finally:
        stop_process(process, signal.SIGTERM, STOP_PATIENCE)
        servers.lifeline.release(process)


def _wait(process: subprocess.Popen[bytes], port: int, path: str, host: str, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path, headers={"Host": host})
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise NoAnswer(f"{path} is not answered. The end of {log}:\n{tail(log)}")
