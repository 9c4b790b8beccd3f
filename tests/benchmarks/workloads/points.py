"""Everybody's points of the busy month as the TPP run asks for them, in a process of its own.

`python -m tests.benchmarks.workloads.points REGION MONTH` reads a line from standard input for each time and answers
with one JSON line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from kernel.periods import Month  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.activities.facts import approved_work  # noqa: E402
from tenants.employees.models import Employee  # noqa: E402


def once(month: Month) -> dict[str, Any]:
    """Ask for everybody at once; seconds, this process's CPU milliseconds, people and their points."""
    people = list(Employee.objects.values_list("pk", flat=True))
    began, cpu = time.perf_counter(), time.process_time()
    found = approved_work(people, month)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    points = sum(work.points for work in found.values())
    return {
        "seconds": round(took, 4),
        "cpu_ms": round(1000 * cpu, 1),
        "people": len(found),
        "digest": str(points),
        "wrong": [] if points and len(found) == len(people) else [f"{len(found)} people, {points} points"],
    }


def main() -> None:
    region, month = sys.argv[1], Month.parse(sys.argv[2])
    with region_scope(registry.region_by_code(region)):
        for _ in sys.stdin:
            print(json.dumps(once(month)), flush=True)


if __name__ == "__main__":
    main()
