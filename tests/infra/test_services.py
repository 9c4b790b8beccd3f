"""The embedded PostgreSQL and Redis, started for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from typing_extensions import override

from infra.local import accounts
from infra.local.accounts import reachable_directory, remove_directory, server_account
from infra.local.postgres_server import FAST, PostgresServer, ServerFailed, programs
from infra.local.processes import Lifeline, command_of
from infra.local.redis_server import RedisServer, program
from infra.local.services import CHECKOUT, KeptServices, kept_services, throwaway_services

HOLDER = """
import sys, time
from pathlib import Path
from infra.local.services import kept_services
with kept_services(Path(sys.argv[1])) as running:
    print(running.postgres.process.pid, running.redis.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def no_given_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite itself runs on servers named by these variables; here they would be taken instead of started."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def directory() -> Iterator[Path]:
    """An empty directory that PostgreSQL's account can reach too; pytest's own is closed to all but its user."""
    path = Path(tempfile.mkdtemp(prefix="kinerja-test-"))
    path.chmod(0o711)
    yield path
    remove_directory(path / "postgres")
    remove_directory(path)


def is_running(pid: int) -> bool:
    return command_of(pid) != ""


def becomes(condition: Callable[[], bool], patience: float = 15) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def pids(services: KeptServices) -> tuple[int, int]:
    assert services.postgres is not None
    assert services.postgres.process is not None
    assert services.redis is not None
    assert services.redis.process is not None
    return services.postgres.process.pid, services.redis.process.pid


def start_holder(directory: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """Another process that holds kept services, and the numbers of the two servers."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    return holder, [int(number) for number in holder.stdout.readline().split()]


def test_throwaway_servers_answer_and_leave_nothing() -> None:
    with throwaway_services() as urls:
        with psycopg.connect(urls.database_url) as connection:
            row = connection.execute("SELECT current_user, current_database(), current_setting('fsync')").fetchone()
            assert row == ("kinerja", "kinerja", "off")
            host = connection.info.host
        client = redis.Redis.from_url(urls.redis_url)
        assert client.ping()
        client.close()
        assert len(f"{host}/.s.PGSQL.5432") < 100
    assert not Path(host).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls.database_url)


def test_the_role_is_no_superuser_but_may_make_databases() -> None:
    with throwaway_services() as urls, psycopg.connect(urls.database_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, True, True)
        connection.execute("CREATE DATABASE another")
        connection.execute("CREATE SCHEMA region_of_one")


def test_two_throwaway_sets_at_once_know_nothing_of_each_other() -> None:
    with throwaway_services() as one, throwaway_services() as other:
        assert one != other
        with psycopg.connect(one.database_url) as connection:
            connection.execute("CREATE TABLE only_here (id int)")
        with psycopg.connect(other.database_url) as connection:
            assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
        first, second = redis.Redis.from_url(one.redis_url), redis.Redis.from_url(other.redis_url)
        first.set("only", "here")
        assert second.get("only") is None
        first.close()
        second.close()


def test_given_addresses_are_used_and_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379/3")
    with throwaway_services() as urls:
        assert urls.environment == {
            "DATABASE_URL": "postgresql://somebody@elsewhere/db",
            "REDIS_URL": "redis://elsewhere:6379/3",
        }


def test_data_are_kept_over_a_restart(directory: Path) -> None:
    with kept_services(directory) as services:
        first = pids(services)
        with psycopg.connect(services.urls.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        client = redis.Redis.from_url(services.urls.redis_url)
        client.set("kept", "42")
        client.close()
    assert not any(map(is_running, first))
    with kept_services(directory) as services:
        with psycopg.connect(services.urls.database_url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (42,)
        client = redis.Redis.from_url(services.urls.redis_url)
        assert client.get("kept") == b"42"
        client.close()


def test_kept_servers_are_durable(directory: Path) -> None:
    with kept_services(directory) as services:
        with psycopg.connect(services.urls.database_url) as connection:
            settings = ("fsync", "synchronous_commit", "full_page_writes", "jit", "max_connections", "listen_addresses")
            assert [connection.execute(f"SHOW {name}").fetchone() for name in settings] == [
                ("on",),
                ("on",),
                ("on",),
                ("off",),
                ("200",),
                ("",),
            ]
            assert connection.execute("SHOW max_locks_per_transaction").fetchone() == ("1024",)
        client = redis.Redis.from_url(services.urls.redis_url)
        client.set("queued", "work")
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert becomes(lambda: client.info("persistence")["aof_last_write_status"] == "ok")
        client.close()
    written = b"".join(path.read_bytes() for path in (directory / "redis").rglob("*.aof"))
    assert b"queued" in written


def test_redis_refuses_who_does_not_know_the_password(directory: Path) -> None:
    with kept_services(directory) as services:
        address = services.urls.redis_url.rpartition("@")[2]
        client = redis.Redis.from_url(f"redis://{address}")
        with pytest.raises(redis.AuthenticationError):
            client.ping()
        client.close()


def test_stopping_twice_does_nothing_the_second_time(directory: Path) -> None:
    account = server_account()
    postgres = PostgresServer(
        directory / "data", log=directory / "log", account=account, settings=FAST, stop_signal=signal.SIGINT
    )
    server = RedisServer(directory / "redis", log=directory / "redis.log", durable=False)
    with Lifeline() as lifeline:
        postgres.start(lifeline)
        server.start(lifeline)
        for _ in range(2):
            postgres.stop()
            server.stop()


def test_a_killed_starter_takes_its_servers_with_it(directory: Path) -> None:
    holder, servers = start_holder(directory)
    assert len(servers) == 2
    holder.kill()
    holder.communicate()
    assert becomes(lambda: not any(map(is_running, servers)))
    with kept_services(directory):
        pass


def test_servers_left_running_are_stopped_by_the_next_start(directory: Path) -> None:
    with Lifeline() as lifeline:
        account = server_account()
        data = reachable_directory(directory / "postgres", account) / "data"
        left_postgres = PostgresServer(
            data, log=directory / "log", account=account, settings=FAST, stop_signal=signal.SIGINT
        )
        left_redis = RedisServer(directory / "redis", log=directory / "redis.log", durable=False)
        left_postgres.start(lifeline)
        left_redis.start(lifeline)
        assert left_postgres.process is not None
        assert left_redis.process is not None
        with kept_services(directory) as services:
            assert left_postgres.process.wait(10) == 0
            assert left_redis.process.wait(10) == 0
            with psycopg.connect(services.urls.database_url) as connection:
                assert connection.execute("SHOW fsync").fetchone() == ("on",)
        left_postgres.stop()
        left_redis.stop()


def test_a_stale_pid_file_is_no_obstacle(directory: Path) -> None:
    with kept_services(directory) as services:
        assert services.postgres is not None
        data = services.postgres.data
        for pid in pids(services):
            os.kill(pid, signal.SIGKILL)
    assert (data / "postmaster.pid").exists()
    with kept_services(directory) as services, psycopg.connect(services.urls.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_that_names_another_program_does_not_hurt_it(directory: Path) -> None:
    with kept_services(directory) as services:
        assert services.postgres is not None
        data = services.postgres.data
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        (data / "postmaster.pid").write_text(f"{bystander.pid}\n{data}\n0\n5432\n\n\n\nready\n")
        (directory / "redis" / "server.pid").write_text(f"{bystander.pid}\n")
        with kept_services(directory):
            assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_half_made_cluster_is_made_again(directory: Path) -> None:
    account = server_account()
    place = reachable_directory(directory / "postgres", account)
    (place / "data.unfinished" / "base").mkdir(parents=True)
    with kept_services(directory) as services, psycopg.connect(services.urls.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_major_version_are_refused_with_the_way_out(directory: Path) -> None:
    place = reachable_directory(directory / "postgres", server_account())
    (place / "data").mkdir()
    (place / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerFailed, match=r"made by PostgreSQL 17.*make demo-reset"), kept_services(directory):
        pass


def test_what_the_server_said_is_told_when_it_cannot_start(directory: Path) -> None:
    postgres = PostgresServer(
        directory / "data",
        log=directory / "log",
        account=server_account(),
        settings=FAST | {"max_connections": "many"},
        stop_signal=signal.SIGINT,
    )
    with Lifeline() as lifeline, pytest.raises(ServerFailed, match="max_connections"):
        postgres.start(lifeline)


def test_a_closed_parent_directory_is_no_obstacle(directory: Path) -> None:
    """A checkout below root's closed home: PostgreSQL's own account cannot go there."""
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    try:
        with kept_services(closed) as services, psycopg.connect(services.urls.database_url) as connection:
            connection.execute("CREATE TABLE kept (id int)")
        with kept_services(closed) as services, psycopg.connect(services.urls.database_url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        place = (closed / "postgres").resolve()
        remove_directory(closed / "postgres")
    assert not place.exists()


def test_programs_that_the_account_cannot_read_are_copied(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = directory / "closed"
    (closed / "package" / "bin").mkdir(parents=True)
    (closed / "package" / "bin" / "server").write_text("#!/bin/sh\necho served\n")
    (closed / "package" / "bin" / "server").chmod(0o700)
    opened = directory / "open"
    opened.mkdir(mode=0o755)
    monkeypatch.setattr(accounts, "OPEN_TO_ALL", opened)

    class Stranger(accounts.Account):
        @override
        def reaches(self, path: Path) -> bool:
            return closed not in path.parents

    copy = accounts.reachable_programs(closed, ("package",), "package/bin/server", Stranger())
    assert copy.parent == opened
    assert (copy / "package" / "bin" / "server").stat().st_mode & 0o777 == 0o755
    assert accounts.reachable_programs(closed, ("package",), "package/bin/server", Stranger()) == copy


def test_a_directory_that_somebody_else_prepared_is_refused(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = directory / "open"
    opened.mkdir(mode=0o755)
    monkeypatch.setattr(accounts, "OPEN_TO_ALL", opened)

    class Stranger(accounts.Account):
        @override
        def reaches(self, path: Path) -> bool:
            return False

    place = accounts.reachable_directory(directory / "wanted", Stranger())
    place.chmod(0o777)
    with pytest.raises(PermissionError, match="somebody else"):
        accounts.reachable_directory(directory / "wanted", Stranger())


def test_the_wheels_bring_postgresql_18_and_a_redis() -> None:
    said = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    assert "(PostgreSQL) 18." in said
    assert subprocess.run([program(), "--version"], capture_output=True, check=True).stdout
