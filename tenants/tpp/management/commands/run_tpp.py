"""Compute a month's TPP."""

from argparse import ArgumentParser
from typing import Any

from typing_extensions import override

from kernel.accounts.actors import System
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.tenancy.commands import RegionCommand
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun


class Command(RegionCommand):
    help = (
        "Compute the TPP of a month for everybody of a region, here and now, as the button on /tpp/perhitungan/ does "
        "in the background. A new run replaces the one before as the run that counts; a locked month is refused. "
        "People who cannot be computed are listed on the run's page. Example: manage.py run_tpp manado 2026-10"
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("month", type=Month.parse, help="year and month: 2026-10")

    @override
    def run(self, **options: Any) -> str | None:
        run = start_run(month=options["month"], actor=System("run_tpp"))
        if run.job is not None and work.run(str(run.job.uid)).state == Job.State.RUNNING:
            # A worker was quicker; the run goes on there.
            return f"{run}: a worker has taken it, see its page"
        run = MonthRun.objects.get(pk=run.pk)
        return (
            f"{run}: {run.state}, {run.people} paid, {run.errors} not computed, {run.outside} outside, "
            f"net Rp{run.net_total:,.0f}, digest {run.digest}"
        )
