"""Papers of a computed month, each kind in a process of its own, so that its peak of memory is its own.

`python -m tests.benchmarks.workloads.papers REGION RUNNER MONTH WHAT [PEOPLE]`: `run` computes the month, `slips` makes
the PDF of every slip by the real job, `recap` the XLSX of the whole run by the real job, `list` the list of payments of
one OPD of so many people as PDF. Answers with one JSON line.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from django.db import transaction  # noqa: E402

from kernel.accounts.models import User  # noqa: E402
from kernel.files.models import StoredFile  # noqa: E402
from kernel.jobs import work  # noqa: E402
from kernel.jobs.models import Job  # noqa: E402
from kernel.papers.pdf import paper_pdf  # noqa: E402
from kernel.periods import Month  # noqa: E402
from kernel.tenancy import here, registry  # noqa: E402
from kernel.tenancy.context import region_scope  # noqa: E402
from tenants.reports import bundles  # noqa: E402
from tenants.reports.papers.dressing import dressing_of  # noqa: E402
from tenants.reports.papers.kinds import PAYMENT  # noqa: E402
from tenants.reports.papers.making import make  # noqa: E402
from tenants.reports.papers.opd_month import OpdMonth  # noqa: E402
from tenants.tpp.actions import start_run  # noqa: E402
from tenants.tpp.models import MonthRun, Slip  # noqa: E402

ORDINARY = "ordinary"


def compute(actor: User, month: Month, _people: int) -> dict[str, Any]:
    run = start_run(month=month, actor=actor)
    return _worked(run.job)


def slips(actor: User, month: Month, _people: int) -> dict[str, Any]:
    return _worked(bundles.ask_for_slips(month=month, kind=ORDINARY, opd=None, actor=actor))


def recap(actor: User, month: Month, _people: int) -> dict[str, Any]:
    return _worked(bundles.ask_for_recap(run=_newest(month), actor=actor))


def payments(actor: User, month: Month, people: int) -> dict[str, Any]:
    """The first OPD has so many people for the time of the list."""
    run = _newest(month)
    first = Slip.objects.filter(run=run).order_by("pk")[0]
    with transaction.atomic():
        chosen = list(Slip.objects.filter(run=run).order_by("pk").values_list("pk", flat=True)[:people])
        Slip.objects.filter(pk__in=chosen).update(opd=first.opd)
        opd_month = OpdMonth(month, ORDINARY, first.opd, run)
        planned = next(paper for paper in opd_month.plan.papers if paper.kind is PAYMENT)
        today = here.today()
        paper = make(opd_month, planned, "", dressing_of(first.opd, today), dated=today)
        content = paper_pdf(paper, made_at=run.finished_at)
        transaction.set_rollback(True)
    return {"people": len(chosen), "bytes": len(content)}


def _newest(month: Month) -> MonthRun:
    run = MonthRun.objects.counting(month)
    if run is None:
        raise LookupError("the month was not computed")
    return run


def _worked(asked: Job | None) -> dict[str, Any]:
    if asked is None:
        raise LookupError("nothing was asked for")
    work.run(str(asked.uid))
    job = Job.objects.get(pk=asked.pk)
    files = [link["url"].rsplit("/", 2)[-2] for link in job.result.get("links", [])]
    return {
        "state": str(job.state),
        "people": job.done,
        "files": len(files),
        "bytes": sum(StoredFile.objects.filter(uid__in=files).values_list("size", flat=True)),
    }


WORK: dict[str, Callable[[User, Month, int], dict[str, Any]]] = {
    "run": compute,
    "slips": slips,
    "recap": recap,
    "list": payments,
}


def main() -> None:
    region, runner, month, what, *people = sys.argv[1:]
    with region_scope(registry.region_by_code(region)):
        actor = User.objects.get(uid=UUID(runner))
        began, cpu = time.perf_counter(), time.process_time()
        told = WORK[what](actor, Month.parse(month), int(people[0]) if people else 0)
        told |= {
            "what": what,
            "seconds": round(time.perf_counter() - began, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
