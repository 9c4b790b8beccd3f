"""A worker killed at any moment of a run leaves nothing half done; another ends the run as if nothing had been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.attendance.models import DayResult
from tenants.employees.models import Employee, Placement
from tenants.tpp.actions import cancel_run, resume_run, start_run
from tenants.tpp.models import MonthFacts, MonthRun, RunIssue, SalaryBase, Slip, SlipLine
from tests.benchmarks.payroll_region import fill_payroll
from tests.cast import make_nip, make_user
from tests.tenants.tpp.small_run import stored_rules
from tests.tenants.tryout.drafts import draft, superiors_discipline

OCTOBER = Month(2026, 10)
PEOPLE = 64
# Sixteen chunks of so many people.
CHUNK = 4
NOW = datetime(2026, 11, 3, 2, tzinfo=UTC)
# Longer than a worker may be silent.
LATER = timedelta(minutes=3)
ANSWER = "answer "
COMPARED = ("order", "node_id", "stage", "label", "unrounded", "column", "amount", "base", "rate", "effect", "inputs")


class Worker:
    """The process that lives, and forks those that die."""

    def __init__(self, region: RegionState, log: Path) -> None:
        address = urlsplit(os.environ["DATABASE_URL"])
        environment = {
            **os.environ,
            "DATABASE_URL": urlunsplit(address._replace(path=f"/{settings.DATABASES['default']['NAME']}")),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_KEY_PREFIX": str(settings.CACHES["default"]["KEY_PREFIX"]),
        }
        self.at = NOW
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", "tests.tenants.tpp.mortal_worker", region.code],
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def told(self, **wish: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"at": self.at.isoformat(), **wish}) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            # Between them stands what the platform logs.
            if line.startswith(ANSWER):
                return json.loads(line.removeprefix(ANSWER))
        raise AssertionError(self._log.read_text()[-3000:])

    def work(self, run: MonthRun, *, moments: int = 0, **faults: str) -> dict[str, Any]:
        """A new child takes up the run's job, when the one before has been silent for long enough."""
        self.at += LATER
        told: dict[str, Any] = self.told(
            job=str(run.job.uid if run.job else ""), chunk=CHUNK, moments=moments, **faults
        )
        return told

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(30)


def by_the_superiors_discipline() -> object:
    """Rules by which everybody's pay depends on the superior's score."""
    return draft(superiors_discipline, state="published", since=date(2024, 1, 1))


@pytest.fixture
def put_rules_in_force(request: pytest.FixtureRequest) -> Callable[[], object]:
    made: Callable[[], object] = getattr(request, "param", stored_rules)
    return made


@pytest.fixture
def official(fresh_region: RegionState, put_rules_in_force: Callable[[], object]) -> User:
    """A region with a month of facts, days not judged yet; some people cannot be paid, one is not on the list."""
    with clock.at(NOW), transaction.atomic():
        fill_payroll(PEOPLE, OCTOBER)
        put_rules_in_force()
        people = list(Employee.objects.order_by("pk"))
        SalaryBase.objects.filter(employee__in=[people[3], people[40], people[63]]).delete()
        Placement.objects.filter(employee=people[50]).delete()
        return make_user(make_nip(901), "Petugas", "bkpsdm")


@pytest.fixture
def worker(official: User, fresh_region: RegionState, tmp_path: Path) -> Iterator[Worker]:
    made = Worker(fresh_region, tmp_path / "worker.log")
    yield made
    made.close()


def begin(official: User) -> MonthRun:
    """A run that judges all days anew."""
    DayResult.objects.all().delete()
    with clock.at(NOW):
        return start_run(month=OCTOBER, actor=official)


def outcome(run: MonthRun) -> dict[str, Any]:
    """Everything that the run stored, without keys and instants."""
    run.refresh_from_db()
    totals = ("people", "errors", "outside", "pagu_total", "gross_total", "tax_total", "net_total", "digest")
    slips = Slip.objects.filter(run=run).order_by("employee")
    lines = SlipLine.objects.filter(slip__run=run).order_by("slip__employee", "order")
    return {
        "state": run.state,
        "totals": {name: getattr(run, name) for name in totals},
        "facts": list(
            MonthFacts.objects.filter(run=run).order_by("employee").values_list("employee", "text", "digest")
        ),
        "slips": list(slips.values_list("employee", "digest", "facts_digest", "gross", "net", "figures", "heading")),
        "lines": list(lines.values_list("slip__employee", *COMPARED)),
        "issues": list(RunIssue.objects.filter(run=run).order_by("employee").values_list("employee", "kind", "reason")),
    }


def nothing_is_left_over(run: MonthRun) -> None:
    """One of each for everybody, none without the other, and the end told once."""
    frozen = set(MonthFacts.objects.filter(run=run).values_list("employee", flat=True))
    paid = list(Slip.objects.filter(run=run).values_list("employee", flat=True))
    failed = set(RunIssue.objects.filter(run=run).errors().values_list("employee", flat=True))
    assert len(paid) == len(set(paid)) == run.people
    assert frozen == set(paid) | failed
    assert not set(paid) & failed
    assert not Slip.objects.filter(run=run, lines__isnull=True).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM tpp_slipline l LEFT JOIN tpp_slip s ON s.id = l.slip_id WHERE s.id IS NULL"
        )
        assert cursor.fetchone()[0] == 0
    assert AuditEvent.objects.filter(action="tpp.run_finished", subject_uid=run.uid).count() == 1
    assert run.job is not None
    job = Job.objects.get(pk=run.job.pk)
    assert (job.state, job.done) == (Job.State.DONE, job.total)
    assert job.result["url"] == reverse("tpp-run", args=[run.uid])
    assert DayResult.objects.count() == 31 * (PEOPLE - 1)


def undisturbed(official: User, worker: Worker) -> tuple[dict[str, Any], int]:
    """The outcome of a run that nobody disturbs, and how many moments it has."""
    run = begin(official)
    told = worker.work(run)
    found = outcome(run)
    assert (found["state"], found["totals"]["people"], found["totals"]["errors"]) == ("done", PEOPLE - 4, 3)
    nothing_is_left_over(run)
    return found, told["moments"]


def test_a_run_whose_workers_are_killed_ten_times_ends_like_an_undisturbed_one(official: User, worker: Worker) -> None:
    chance = Random(4)  # noqa: S311
    expected, moments = undisturbed(official, worker)
    run = begin(official)
    kept: set[tuple[int, int]] = set()
    for number in range(10):
        # Less than two chunks each, so that ten of them do not come to the end, half of them within the first.
        least, most = (moments // 18, moments // 9) if number % 2 else (1, moments // 18)
        assert worker.work(run, moments=chance.randrange(least, most)) == {"killed": True}, number
        run.refresh_from_db()
        assert run.is_going
        stands = set(Slip.objects.filter(run=run).values_list("pk", "employee"))
        assert kept <= stands, "what a chunk has committed stays"
        kept = stands
    assert kept
    assert len(kept) < PEOPLE - 4
    assert worker.work(run)["state"] == "done"
    assert outcome(run) == expected
    nothing_is_left_over(run)
    assert kept < set(Slip.objects.filter(run=run).values_list("pk", "employee"))


def test_ten_runs_killed_at_a_random_moment_each_end_like_an_undisturbed_one(official: User, worker: Worker) -> None:
    chance = Random(20261103)  # noqa: S311
    expected, moments = undisturbed(official, worker)
    # The last ones fall into the summing up and the end of the job.
    chosen = [chance.randrange(1, moments) for _ in range(7)] + [moments - chance.randrange(1, 16) for _ in range(3)]
    for moment in chosen:
        run = begin(official)
        assert worker.work(run, moments=moment) == {"killed": True}, moment
        assert worker.work(run)["state"] == "done", moment
        assert outcome(run) == expected, moment
        nothing_is_left_over(run)


@pytest.mark.parametrize("put_rules_in_force", [by_the_superiors_discipline], indirect=True)
def test_a_run_that_relates_people_ends_like_an_undisturbed_one_whichever_step_was_killed(
    official: User, worker: Worker
) -> None:
    """Freezing everybody, relating them, computing the slips: a moment of each sixth of the way."""
    chance = Random(77)  # noqa: S311
    expected, moments = undisturbed(official, worker)
    assert sum(line[2] == "produktivitas.atasan.nilai" for line in expected["lines"]) == PEOPLE - 4
    steps = set()
    for sixth in range(6):
        run = begin(official)
        moment = chance.randrange(1 + sixth * moments // 6, 1 + (sixth + 1) * moments // 6)
        assert worker.work(run, moments=moment) == {"killed": True}, moment
        frozen, slips = MonthFacts.objects.filter(run=run).count(), Slip.objects.filter(run=run).count()
        steps.add("freezing" if frozen < PEOPLE - 1 else "relating" if not slips else "computing")
        assert worker.work(run)["state"] == "done", moment
        assert outcome(run) == expected, moment
        nothing_is_left_over(run)
    assert {"freezing", "computing"} <= steps


def test_a_run_without_redis_and_runs_that_lose_the_database_or_the_disk_end_like_an_undisturbed_one(
    official: User, worker: Worker
) -> None:
    chance = Random(61)  # noqa: S311
    expected, moments = undisturbed(official, worker)
    run = begin(official)
    assert worker.work(run, redis="away")["state"] == "done"
    assert outcome(run) == expected
    for fault in ("cut", "full"):
        run = begin(official)
        moment = chance.randrange(1, moments * 3 // 4)
        told = worker.work(run, moments=moment, fault=fault)
        assert told.keys() == {"failed"}, (fault, moment, told)
        run.refresh_from_db()
        assert run.state == MonthRun.State.FAILED, (fault, moment)
        with clock.at(worker.at):
            run = resume_run(run=run, actor=official)
        assert worker.work(run)["state"] == "done", (fault, moment)
        assert outcome(run) == expected, (fault, moment)
        nothing_is_left_over(run)


def test_two_people_start_the_same_run_and_one_is_told_that_it_goes_already(official: User, worker: Worker) -> None:
    for number in range(1, 6):
        told = worker.told(start=str(OCTOBER), by=str(official.uid), copies=2)
        assert sorted(told, key=str) == [{"refused": "RunGoing"}, {"started": number}]
        run = MonthRun.objects.get(number=number)
        assert run.job is not None
        with clock.at(NOW):
            cancel_run(run=run, actor=official)
    assert MonthRun.objects.count() == Job.objects.filter(kind="tpp.run").count() == 5


def test_two_workers_that_get_the_same_run_do_it_once(official: User, worker: Worker) -> None:
    expected, _ = undisturbed(official, worker)
    run = begin(official)
    worker.at += LATER
    told = worker.told(job=str(run.job.uid if run.job else ""), chunk=CHUNK, copies=2)
    assert sorted(child["state"] for child in told) in (["done", "done"], ["done", "running"])
    assert min(child["moments"] for child in told) < 10 < max(child["moments"] for child in told)
    assert outcome(run) == expected
    nothing_is_left_over(run)
