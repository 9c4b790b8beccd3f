"""PostgreSQL and Redis for a machine that has neither: kept ones for the demo, throwaway ones for the tests.

    with throwaway_services() as urls:      # gone at the end
        urls.database_url, urls.redis_url

`DATABASE_URL` and `REDIS_URL`, when set, are given back as they are and nothing is started for them.
`python -m infra.local.services` keeps the demo's servers running until Ctrl-C and prints their addresses.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.accounts import OPEN_TO_ALL, reachable_directory, server_account
from infra.local.postgres_server import (
    DURABLE,
    FAST,
    MAJOR_VERSION,
    PostgresServer,
    ServerFailed,
    copy_cluster,
    make_cluster,
)
from infra.local.processes import Lifeline
from infra.local.redis_server import RedisServer

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = CHECKOUT / ".local"
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Urls:
    """Where the servers are.

    `database_url`: `postgresql://role@%2Fsocket%2Fdirectory/database`, or what `DATABASE_URL` says.
    `redis_url`: `redis://:password@127.0.0.1:port/0`, or what `REDIS_URL` says.
    """

    database_url: str
    redis_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the settings read."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


@dataclass(frozen=True)
class KeptServices:
    """Running servers whose data stay. `None` for one that the environment gave."""

    urls: Urls
    postgres: PostgresServer | None
    redis: RedisServer | None


@contextlib.contextmanager
def throwaway_services() -> Iterator[Urls]:
    """Empty servers in a temporary directory, without durability. Any number may run at once.

    They end with the block, and also when this process is killed. Raises `ServerFailed`.
    """
    account = server_account()
    given_database, given_redis = _given("DATABASE_URL"), _given("REDIS_URL")
    with contextlib.ExitStack() as stack:
        lifeline = stack.enter_context(Lifeline())
        directory = Path(tempfile.mkdtemp(prefix="kinerja-"))
        if not account.reaches(directory.parent):
            directory.rmdir()
            directory = Path(tempfile.mkdtemp(prefix="kinerja-", dir=OPEN_TO_ALL))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        lifeline.discard(directory)
        directory.chmod(0o711)
        database_url, redis_url = given_database, given_redis
        if database_url is None:
            copy_cluster(_template(), directory / "postgres", account)
            postgres = PostgresServer(
                directory / "postgres",
                log=directory / "postgres.log",
                account=account,
                settings=FAST,
                stop_signal=signal.SIGQUIT,
            )
            stack.callback(postgres.stop)
            postgres.start(lifeline)
            database_url = postgres.url
        if redis_url is None:
            redis = RedisServer(directory / "redis", log=directory / "redis.log", durable=False)
            stack.callback(redis.stop)
            redis.start(lifeline)
            redis_url = redis.url
        yield Urls(database_url, redis_url)


@contextlib.contextmanager
def kept_services(directory: Path = LOCAL, more: Mapping[str, str] = NOTHING) -> Iterator[KeptServices]:
    """Durable servers whose data stay under `directory` (its `logs` has what they say). Raises `ServerFailed`.

    `more` are further names and values of `postgresql.conf`.

    One starter at a time: a server that is found running there is taken for a leftover and stopped first.
    Redis ends before PostgreSQL.
    """
    database_url, redis_url = _given("DATABASE_URL"), _given("REDIS_URL")
    (directory / "logs").mkdir(parents=True, exist_ok=True)
    postgres = kept_postgres(directory, more) if database_url is None else None
    redis = kept_redis(directory) if redis_url is None else None
    with contextlib.ExitStack() as stack:
        lifeline = stack.enter_context(Lifeline())
        for server in (postgres, redis):
            if server is not None:
                fresh_log(server.log)
                stack.callback(server.stop)
                server.start(lifeline)
        yield KeptServices(
            Urls(
                postgres.url if postgres is not None else database_url or "",
                redis.url if redis is not None else redis_url or "",
            ),
            postgres,
            redis,
        )


def kept_postgres(directory: Path = LOCAL, more: Mapping[str, str] = NOTHING) -> PostgresServer:
    """The PostgreSQL with its data under `directory`, not started; `more` as of `kept_services`."""
    account = server_account()
    return PostgresServer(
        reachable_directory(directory / "postgres", account) / "data",
        log=directory / "logs" / "postgres.log",
        account=account,
        settings={**DURABLE, **more},
        stop_signal=signal.SIGINT,
    )


def kept_redis(directory: Path = LOCAL) -> RedisServer:
    """The Redis with its data under `directory`, not started."""
    return RedisServer(directory / "redis", log=directory / "logs" / "redis.log", durable=True)


def fresh_log(path: Path) -> Path:
    """`path`, free for this start; what the last start wrote is beside it as `.previous`."""
    if path.exists():
        path.replace(path.with_name(path.name + ".previous"))
    return path


def _given(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None


def _template() -> Path:
    """A stopped cluster to copy, made once for a checkout: copying takes a tenth of the time of initdb."""
    account = server_account()
    template = LOCAL / f"postgres-template-{MAJOR_VERSION}"
    if not (template / "PG_VERSION").exists():
        with tempfile.TemporaryDirectory(
            prefix="kinerja-", dir=None if account.uid is None else OPEN_TO_ALL
        ) as made_in:
            Path(made_in).chmod(0o711)
            make_cluster(Path(made_in) / "data", account, durable=False)
            LOCAL.mkdir(exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix="postgres-template-", dir=LOCAL))
            shutil.copytree(Path(made_in) / "data", fresh, dirs_exist_ok=True)
            try:
                fresh.rename(template)
            except OSError:
                shutil.rmtree(fresh)  # another start was first
    return template


def main() -> None:
    """Run the demo's servers alone, in the foreground."""
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    try:
        with kept_services() as running:
            for variable, value in running.urls.environment.items():
                print(f"{variable}={value}", flush=True)
            ended.wait()
    except ServerFailed as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
