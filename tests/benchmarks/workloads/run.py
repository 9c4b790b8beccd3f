"""W6: a month's TPP run through the real action, in a process of its own, as the worker does it.

`python -m tests.benchmarks.workloads.run REGION RUNNER MONTH` reads a line from standard input for each run and answers
with one JSON line. The process stays, as a worker does, so the first run also reads the rule set.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from django.db.models import Count, Sum  # noqa: E402

from kernel.accounts.models import User  # noqa: E402
from kernel.jobs import work  # noqa: E402
from kernel.periods import Month  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.employees.models import Employee  # noqa: E402
from tenants.tpp.actions import start_run  # noqa: E402
from tenants.tpp.models import MonthRun, Slip, SlipLine  # noqa: E402


def run_once(runner: UUID, month: Month) -> dict[str, Any]:
    """Start a run and do its job; seconds and this process's CPU milliseconds, and what is wrong with the outcome."""
    began, cpu = time.perf_counter(), time.process_time()
    started = start_run(month=month, actor=User.objects.get(uid=runner))
    if started.job is None:
        raise LookupError("the run has no job")
    work.run(str(started.job.uid))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    run = MonthRun.objects.get(pk=started.pk)
    return {
        "seconds": round(took, 3),
        "cpu_ms": round(1000 * cpu, 1),
        "people": run.people,
        "digest": run.digest,
        "lines": SlipLine.objects.filter(slip__run=run).count(),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1),
        "wrong": wrong_with(run),
    }


def wrong_with(run: MonthRun) -> list[str]:
    """Why the run cannot be right; empty when every person has one slip and the sums agree."""
    slips = Slip.objects.filter(run=run)
    people = Employee.objects.active().count()
    found = slips.aggregate(rows=Count("pk"), people=Count("employee", distinct=True), net=Sum("net"))
    wrong = []
    if run.state != MonthRun.State.DONE:
        wrong.append(f"the run is {run.state}")
    if run.errors or run.outside:
        wrong.append(f"{run.errors} errors and {run.outside} people outside")
    if not found["rows"] == found["people"] == run.people == people:
        wrong.append(
            f"{found['rows']} slips of {found['people']} people; the run says {run.people}, there are {people}"
        )
    if found["net"] != run.net_total:
        wrong.append(f"the slips' net is {found['net']}, the run's {run.net_total}")
    if not found["net"]:
        wrong.append("nobody gets anything")
    return wrong


def main() -> None:
    region, runner, month = sys.argv[1], UUID(sys.argv[2]), Month.parse(sys.argv[3])
    with region_scope(registry.region_by_code(region)):
        for _ in sys.stdin:
            print(json.dumps(run_once(runner, month)), flush=True)


if __name__ == "__main__":
    main()
