"""While phones punch, one server after another is killed with -9: every receipt holds, and no punch is there twice.

Own servers on loopback, with the durable settings of the demo; each storm is two hundred punches.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from infra.local import redis_server
from infra.local.accounts import remove_directory
from infra.local.demo import QUEUES, web_command
from infra.local.postgres_server import PostgresServer
from infra.local.processes import Lifeline, stop_process, tail
from infra.local.redis_server import RedisServer
from infra.local.services import CHECKOUT, kept_postgres, kept_redis
from tests.benchmarks.fixture_file import FilledRegion, read_regions
from tests.benchmarks.storm import TIMEOUT

PEOPLE = 24
PUNCHES = 8


@dataclass
class Office:
    """PostgreSQL, Redis, the lane and a worker, each of which can be killed and comes back at the same address."""

    directory: Path
    lifeline: Lifeline
    postgres: PostgresServer
    redis: RedisServer
    port: int
    region: FilledRegion | None = None
    programs: dict[str, subprocess.Popen[bytes]] | None = None

    @property
    def database(self) -> str:
        """Through a link, because a server that comes back makes a new directory for its socket."""
        return f"postgresql://kinerja@{str(self.directory / 'socket').replace('/', '%2F')}/kinerja"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis.url,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "PYTHONUNBUFFERED": "1",
        }

    def start_postgres(self) -> None:
        self.postgres.start(self.lifeline)
        link = self.directory / "socket"
        link.unlink(missing_ok=True)
        link.symlink_to(str(self.postgres._socket_directory))

    def start(self, name: str) -> None:
        """The lane or the worker."""
        commands = {
            "lane": web_command(self.port, "config.wsgi_lane:application"),
            "worker": [
                *(sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--queues", QUEUES),
                *("--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
            ],
        }
        with (self.directory / f"{name}.log").open("ab") as log:
            process = self.lifeline.start(
                commands[name], stop=signal.SIGTERM, output=log, cwd=CHECKOUT, environment=self.environment
            )
        self.programs = {**(self.programs or {}), name: process}

    def wait_for_lane(self) -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the lane did not come up:\n{tail(self.directory / 'lane.log')}")

    def kill(self, victim: str) -> None:
        """With -9, its whole group, without a word; started again at once, the database when phones have given up."""
        if victim == "postgres":
            _kill(self.postgres.process)
            # The lane waits for a database that is back soon; phones must be turned away.
            time.sleep(TIMEOUT + 1)
            self.start_postgres()
        elif victim == "redis":
            _kill(self.redis.process)
            self.redis.start(self.lifeline)
        else:
            _kill((self.programs or {})[victim])
            self.start(victim)


def _kill(process: subprocess.Popen[bytes] | None) -> None:
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """A region of two dozen people with phones, served by the lane."""
    directory = Path(tempfile.mkdtemp(prefix="kinerja-storm-"))
    directory.chmod(0o711)
    (directory / "logs").mkdir()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        stack.callback(remove_directory, directory / "postgres")
        lifeline = stack.enter_context(Lifeline())
        postgres, redis = kept_postgres(directory), kept_redis(directory)
        with socket.socket() as probe, socket.socket() as other:
            for each in (probe, other):
                each.bind(("127.0.0.1", 0))
            port, redis_port = int(probe.getsockname()[1]), int(other.getsockname()[1])
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(redis_server, "_free_port", lambda: redis_port)
        found = Office(directory, lifeline, postgres, redis, port)
        stack.callback(postgres.stop)
        found.start_postgres()
        stack.callback(redis.stop)
        redis.start(lifeline)
        told = directory / "regions.json"
        fill = ["tests.benchmarks.lane_fixture", "--region", f"badai:{PEOPLE}", "--out", str(told)]
        subprocess.run([sys.executable, "-m", *fill], cwd=CHECKOUT, env=found.environment, check=True, timeout=1200)
        found.region = read_regions(told)[0]
        for name in ("lane", "worker"):
            found.start(name)
        try:
            found.wait_for_lane()
            yield found
        finally:
            for process in (found.programs or {}).values():
                stop_process(process, signal.SIGTERM, 10)
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)


def storm(office: Office, victim: str) -> list[dict[str, Any]]:
    """What the phones were told, while the victim was killed in the middle of it."""
    out, begun, over = (office.directory / f"{victim}.{end}" for end in ("json", "begun", "over"))
    command = [sys.executable, "-m", "tests.benchmarks.storm", "--port", str(office.port), "--out", str(out)]
    command += ["--regions", str(office.directory / "regions.json"), "--punches", str(PUNCHES), "--begun", str(begun)]
    command += ["--over", str(over)]
    phones = subprocess.Popen(command, cwd=CHECKOUT, env=office.environment)
    try:
        while not begun.exists() and phones.poll() is None:
            time.sleep(0.02)
        office.kill(victim)
        # However long the start takes, the phones are still at it when the victim is back.
        office.wait_for_lane()
        over.touch()
        assert phones.wait(240) == 0
    finally:
        stop_process(phones, signal.SIGTERM, 5)
    told: list[dict[str, Any]] = json.loads(out.read_text())
    return told


@pytest.mark.parametrize("victim", ["lane", "worker", "redis", "postgres"])
def test_every_receipt_is_in_the_table_once_and_every_unanswered_punch_arrives_once(
    office: Office, victim: str
) -> None:
    told = storm(office, victim)
    assert office.region is not None
    with psycopg.connect(office.database) as connection:
        table = sql.Identifier(office.region.schema, "punches_punch")
        ids = [one["id"] for one in told]
        rows = connection.execute(
            sql.SQL("SELECT id::text, employee_id, receipt FROM {} WHERE id = ANY(%s::uuid[])").format(table), (ids,)
        ).fetchall()
        proofs = connection.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE punch_id = ANY(%s::uuid[])").format(
                sql.Identifier(office.region.schema, "punches_punchproof")
            ),
            (ids,),
        ).fetchone()
        receipts = connection.execute(
            sql.SQL("SELECT receipt, count(*) FROM {} GROUP BY receipt HAVING count(*) > 1").format(table)
        ).fetchall()
    assert len(told) >= PEOPLE * PUNCHES
    assert [one for one in told if one["receipt"] is None] == []
    assert sorted(rows) == sorted((one["id"], one["employee"], one["receipt"]) for one in told)
    assert Counter(row[0] for row in rows).most_common(1)[0][1] == 1
    assert proofs == (len(told),)
    assert receipts == []
    if victim in ("lane", "postgres"):
        # The victim was missed: some were sent again, and those that had arrived were recognised.
        assert any(one["tries"] > 1 for one in told)
