"""A worker whose children do jobs and may kill themselves at a given moment, as the kernel or a power cut would.

`python -m tests.tenants.tpp.mortal_worker REGION` reads one JSON object a line and answers each with `answer` and one:
`{"job": uid, "at": iso instant, "chunk": people, "moments": n}` does the job in a child and kills it (SIGKILL) at the
n-th moment, 0: never; answers `{"killed": bool, "moments": how many there were}`. A moment is a statement, a block of
a COPY, and the time before and after each commit. `"fault": "cut"` ends the connection to the database at that moment
instead, `"full"` lets the next block of a COPY find the disk full; `"redis": "away"` does the job without Redis. What
that raised is answered as `{"failed": its name}`. With `"copies": 2` two children take up the job at the same instant;
`{"start": "2026-10", "by": uid, "copies": 2}` lets them start a run of the month and answers with what each was told.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.db import DatabaseError, InterfaceError, connection  # noqa: E402

from kernel import clock  # noqa: E402
from kernel.accounts.models import User  # noqa: E402
from kernel.errors import DomainError  # noqa: E402
from kernel.jobs import work  # noqa: E402
from kernel.periods import Month  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.tpp import nominative  # noqa: E402
from tenants.tpp.actions import start_run  # noqa: E402


class Moments:
    """Counts what the process does with the database, and ends it without a word at the chosen moment."""

    def __init__(self, last: int, fault: str = "kill") -> None:
        self.last = last
        self.fault = fault
        self.count = 0

    def pass_one(self) -> None:
        self.count += 1
        if self.count != self.last:
            return
        if self.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "cut":
            with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    def block(self) -> None:
        self.pass_one()
        if self.fault == "full" and self.count >= self.last:
            self.fault = ""
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")

    def watch(self) -> None:
        def statement(execute: Callable[..., Any], *arguments: Any) -> Any:
            self.pass_one()
            return execute(*arguments)

        connection.execute_wrappers.append(statement)
        commit, write, write_row = connection._commit, psycopg.Copy.write, psycopg.Copy.write_row  # type: ignore[attr-defined]

        def committed() -> None:
            self.pass_one()
            commit()
            self.pass_one()

        def written(copy: Any, block: Any) -> None:
            self.block()
            write(copy, block)

        def row_written(copy: Any, row: Any) -> None:
            self.block()
            write_row(copy, row)

        connection._commit = committed  # type: ignore[attr-defined]
        psycopg.Copy.write = written  # type: ignore[method-assign,assignment]
        psycopg.Copy.write_row = row_written  # type: ignore[method-assign,assignment]


def do(region: str, wish: dict[str, Any]) -> dict[str, Any]:
    """In the child."""
    moments = Moments(int(wish.get("moments", 0)), wish.get("fault", "kill"))
    if wish.get("redis") == "away":
        caches["default"]._cache._servers = ["redis://127.0.0.1:1/0"]  # type: ignore[attr-defined]
    with region_scope(registry.region_by_code(region)), clock.at(datetime.fromisoformat(wish["at"])):
        if "start" in wish:
            try:
                run = start_run(month=Month.parse(wish["start"]), actor=User.objects.get(uid=wish["by"]))
            except DomainError as error:
                return {"refused": type(error).__name__}
            return {"started": run.number}
        nominative.CHUNK = int(wish["chunk"])
        connection.ensure_connection()
        moments.watch()
        try:
            state = work.run(wish["job"]).state
        except (DatabaseError, InterfaceError, psycopg.Error) as error:
            return {"failed": type(error).__name__}
        return {"killed": False, "moments": moments.count, "state": state}


def child(region: str, wish: dict[str, Any], gate: int) -> tuple[int, int]:
    """A forked process that waits at the gate; its pid and where it will answer."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    try:
        os.read(gate, 1)
        os.write(write, json.dumps(do(region, wish)).encode())
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def answer(pid: int, read: int) -> dict[str, Any]:
    _, status = os.waitpid(pid, 0)
    with os.fdopen(read) as said:
        told = said.read()
    if os.WIFSIGNALED(status):
        return {"killed": os.WTERMSIG(status) == signal.SIGKILL}
    if status:
        raise RuntimeError("the child failed; its words are above")
    found: dict[str, Any] = json.loads(told)
    return found


def main() -> None:
    region = sys.argv[1]
    for text in sys.stdin:
        wish = json.loads(text)
        gate, opener = os.pipe()
        children = [child(region, wish, gate) for _ in range(int(wish.get("copies", 1)))]
        os.write(opener, b"x" * len(children))
        told = [answer(*one) for one in children]
        os.close(gate)
        os.close(opener)
        print("answer " + json.dumps(told if "copies" in wish else told[0]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
