"""What follows a storm of punches, in a process of its own, as the worker does it; and the board that shows it.

`python -m tests.benchmarks.workloads.attendance REGION follow|score|board|opd|poll` reads a line from standard input
for each time and answers with one JSON line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from django.test import Client  # noqa: E402

from kernel.accounts.models import User  # noqa: E402
from kernel.tenancy import registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.attendance.following import follow_punches  # noqa: E402
from tenants.attendance.live import version  # noqa: E402
from tenants.attendance.models import DayResult  # noqa: E402
from tenants.employees.models import Employee  # noqa: E402
from tenants.organisation.models import Unit  # noqa: E402
from tenants.punch_review.following import score_new_punches  # noqa: E402
from tenants.punch_review.models import PunchSignal  # noqa: E402
from tests.cast import make_user  # noqa: E402

LOOKS: Final = 20
BOARD: Final = "/kehadiran/saat-ini/"


def follow() -> dict[str, Any]:
    """Judge the days of all new punches: everybody's day must be there with its first punch."""
    before = _days_with_punches()
    punches = follow_punches().punches
    more = _days_with_punches() - before
    return {"units": punches, "wrong": [] if more == punches else [f"{punches} punches made {more} days"]}


def score() -> dict[str, Any]:
    """Look through all new punches for what is odd; somebody is always odd."""
    before = PunchSignal.objects.count()
    punches = score_new_punches()
    found = PunchSignal.objects.count() - before
    return {"units": punches, "signals": found, "wrong": [] if found or not punches else ["no signal was found"]}


def _days_with_punches() -> int:
    return DayResult.objects.filter(first_in__isnull=False).count()


def looking(address: Callable[[], str], **headers: str) -> Callable[[], dict[str, Any]]:
    """Somebody of BKPSDM looks at the board again and again."""
    code = sys.argv[1]
    user = User.objects.filter(display_name="Pengamat").first() or make_user("pengamat", "Pengamat", "bkpsdm")
    client = Client(headers={"host": f"{code}.localhost", **headers})
    client.force_login(user)

    def look() -> dict[str, Any]:
        answers = [client.get(address()).status_code for _ in range(LOOKS)]
        wrong = [status for status in answers if status not in (200, 204)]
        return {"units": LOOKS, "wrong": [f"answered {status}" for status in wrong]}

    return look


def kinds() -> dict[str, Callable[[], Callable[[], dict[str, Any]]]]:
    """How each kind of work is got ready."""
    opd = Unit.objects.active().opds().order_by("code").values_list("uid", flat=True)
    return {
        "follow": lambda: follow,
        "score": lambda: score,
        "board": lambda: looking(lambda: BOARD),
        "opd": lambda: looking(lambda: f"{BOARD}?opd={opd[0]}"),
        "poll": lambda: looking(lambda: f"{BOARD}?versi={version()}", **{"hx-request": "true"}),
    }


def once(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """One time; seconds and this process's CPU milliseconds."""
    began, cpu = time.perf_counter(), time.process_time()
    told = work()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {
        "seconds": round(took, 4),
        "cpu_ms": round(1000 * cpu, 1),
        "people": Employee.objects.count(),
        "digest": "",
        **told,
    }


def main() -> None:
    region, kind = sys.argv[1:3]
    # The log of requests goes to standard output, and is no answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with region_scope(registry.region_by_code(region)):
        work = kinds()[kind]()
        for _ in sys.stdin:
            print(json.dumps(once(work)), file=answers, flush=True)


if __name__ == "__main__":
    main()
