"""The platform as it runs: a database and a Redis of its own, granian, a Celery worker, real files."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from infra.local.demo import QUEUES, Program, stop_program, wait_for_web, wait_for_worker, web_command
from infra.local.processes import Lifeline
from infra.local.redis_server import RedisServer
from infra.local.services import CHECKOUT
from kernel.tenancy.registry import HEARD_AFTER_SECONDS

SETTINGS = "tests.e2e.live_settings"
MANAGE_S = 600
START_S = 300
# Below the numbers that the system itself gives to connections: nobody takes it between looking and starting.
PORTS = range(20000, 32000)


@dataclass(frozen=True)
class Live:
    """A running platform. `directory` holds its logs, files and what a failed test leaves."""

    port: int
    directory: Path
    environment: dict[str, str]

    def address(self, region: str | None, path: str = "/") -> str:
        """The URL of a page at a region's host, or at the operators' with None."""
        return f"http://{region + '.' if region else ''}localhost:{self.port}{path}"

    def manage(self, *arguments: str) -> str:
        """What a management command printed. Raises AssertionError with its errors when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=MANAGE_S,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stderr[-4000:]}"
        # Within so long each process of the web server hears of a region that the command made.
        time.sleep(HEARD_AFTER_SECONDS)
        return done.stdout

    @contextlib.contextmanager
    def sql(self, region: str) -> Iterator[psycopg.Cursor]:
        """A cursor of a stranger with the database's password: no Django, no application, only the region's schema."""
        url = self.environment["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f'SET search_path TO "r_{region}"'.encode())
            yield cursor


def start_live(stack: contextlib.ExitStack) -> Live:
    """Start all of it; it ends with `stack`, and also when this process is killed."""
    lifeline = stack.enter_context(Lifeline())
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kinerja-e2e-")))
    directory.chmod(0o711)
    (directory / "logs").mkdir()
    redis = RedisServer(directory / "redis", log=directory / "logs" / "redis.log", durable=False)
    stack.callback(redis.stop)
    redis.start(lifeline)
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": _own_database(),
        "REDIS_URL": redis.url,
        "FILES_DIR": str(directory / "files"),
        "E2E_STATIC_ROOT": str(directory / "static"),
        "E2E_CLOCK": str(directory / "clock"),
        "BASE_DOMAIN": "localhost",
        "OPERATOR_HOSTS": "localhost",
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONUNBUFFERED": "1",
    }
    live = Live(port, directory, environment)
    live.manage("collectstatic", "--no-input", "--verbosity", "0")
    live.manage("migrate_platform")
    programs = [
        _start(live, lifeline, stack, "worker", _worker_command()),
        _start(live, lifeline, stack, "web", web_command(port, "config.wsgi:application")),
    ]
    wait_for_web(port, programs, patience=START_S)
    wait_for_worker(programs, patience=START_S)
    return live


@contextlib.contextmanager
def one_more(live: Live, name: str, application: str) -> Iterator[int]:
    """Another web server beside the running platform, for a WSGI application; gives its port."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        lifeline = stack.enter_context(Lifeline())
        program = _start(live, lifeline, stack, name, web_command(port, application))
        wait_for_web(port, [program], patience=START_S, name=name)
        yield port


def _worker_command() -> list[str]:
    return [
        *(str(Path(sys.executable).parent / "celery"), "--app", "config.celery", "worker"),
        *("--queues", QUEUES, "--concurrency", "2", "--without-gossip", "--without-mingle"),
    ]


def _start(live: Live, lifeline: Lifeline, stack: contextlib.ExitStack, name: str, command: list[str]) -> Program:
    log = live.directory / "logs" / f"{name}.log"
    with log.open("wb") as output:
        process = lifeline.start(
            command, stop=signal.SIGTERM, output=output, cwd=CHECKOUT, environment=live.environment
        )
    program = Program(name, process, log)
    stack.callback(stop_program, program, lifeline)
    return program


def _own_database() -> str:
    """A fresh database beside the suite's, which the suite's server takes with it."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"kd_e2e_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return urlunsplit(url._replace(path=f"/{name}"))


def free_port() -> int:
    """A port of this machine where nobody listens, and that the system gives to nobody by itself."""
    for number in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", number))
            return number
    raise AssertionError("no free port")
