"""A real Celery worker in a process of its own: it opens the region of each task, and refuses one of no live region."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import transaction

from kernel.accounts.models import Role
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.tenancy.context import no_scope, region_scope
from tests.kernel.jobs.worker_tasks import KIND, add_role_in_worker

PATIENCE = 60.0


class Worker:
    """The process, and what it said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [entry for line in lines if (entry := json.loads(line))["event"] == name]

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{what} did not happen; the worker said:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)


@pytest.fixture
def worker(committed: None, tmp_path: Path) -> Iterator[Worker]:
    address = urlsplit(os.environ["DATABASE_URL"])
    environment: dict[str, str] = {
        **os.environ,
        "DATABASE_URL": urlunsplit(address._replace(path=f"/{settings.DATABASES['default']['NAME']}")),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "TEST_KEY_PREFIX": str(settings.CACHES["default"]["KEY_PREFIX"]),
    }
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--pool", "solo", "--queues", "entry,heavy"]
    command += ["--include", "tests.kernel.jobs.worker_tasks", "--without-gossip", "--without-mingle"]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield Worker(process, log)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def test_a_worker_does_a_regions_job_and_refuses_a_deleted_regions_task(
    make_fresh_region: Callable[[], Any], worker: Worker
) -> None:
    first, second = make_fresh_region(), make_fresh_region()
    with region_scope(first), transaction.atomic():
        job = work.start(kind=KIND, title="Uji", actor=None, parameters={"codes": ["a", "b"]})
    with no_scope():
        add_role_in_worker.for_region("dihapus", code="canary")
        add_role_in_worker.apply_async(kwargs={"code": "canary"}, headers={"kd_region": ""})
        add_role_in_worker.for_region(second.code, code="last")

    def last_is_there() -> bool:
        with region_scope(second):
            return Role.objects.filter(code="last").exists()

    worker.wait_for(last_is_there, "the last task")
    with region_scope(first):
        job.refresh_from_db()
        assert (job.state, job.result, job.done) == (Job.State.DONE, {"added": 2}, 2)
        assert list(Role.objects.filter(code__in="ab").values_list("name", flat=True)) == [first.code] * 2
        assert not Role.objects.filter(code__in=["canary", "last"]).exists()

    refused = worker.events("task_refused")
    assert [(entry["reason"], entry["region"] or "") for entry in refused] == [
        ("UnknownRegion", "dihapus"),
        ("NoRegion", ""),
    ]
    assert worker.process.poll() is None

    (line,) = worker.events("adding_role")
    assert (line["region"], line["task"], line["nip"]) == (second.code, "tests.add_role_in_worker", "[nomor]")
    assert line["task_id"]
