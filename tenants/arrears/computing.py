"""The work of a difference run: closed payments one by one, their people in chunks of one transaction each.

Nothing is frozen but what differs. A worker that dies leaves whole chunks; the one that takes up again goes on behind
the last person (`DifferenceSpan`), so nobody is compared twice in one run.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import System
from kernel.audit.record import declare_action, record
from kernel.jobs.work import Cancelled, Progress, ending, work
from kernel.periods import Month
from tenants.arrears.actions import DIFFERENCE_WORK
from tenants.arrears.evaluating import Compared, compared_in
from tenants.arrears.locked import LockedMonth, locked_month, parts_between, place_of, preview
from tenants.arrears.models import DifferenceIssue, DifferenceSlip, DifferenceSpan
from tenants.arrears.payments import payment_words
from tenants.arrears.sealing import run_digest
from tenants.arrears.storing import write
from tenants.tpp.models import MonthRun

FINISHED = declare_action("arrears.run_finished", "Perhitungan selisih selesai")

_TOTALS = {
    "pagu_total": "pagu",
    "gross_total": "gross",
    "tax_total": "tax",
    "contribution_total": "contributions",
    "deduction_total": "other_deductions",
    "rounding_total": "rounding",
    "net_total": "net",
}


@work(DIFFERENCE_WORK)
def compute_differences(progress: Progress) -> None:
    """Compare what the run that the job names asks for. One person's trouble never stops the rest."""
    run = MonthRun.objects.get(uid=progress.job.parameters["run"])
    if not MonthRun.objects.filter(pk=run.pk).going().update(state=MonthRun.State.RUNNING):
        if run.is_done:
            # The worker before died between the end of the run and the end of its job.
            _tell(run, progress)
        return
    with ending(partial(_end, run)):
        _compute(run, progress)
    _tell(run, progress)


def _tell(run: MonthRun, progress: Progress) -> None:
    progress.result(url=reverse("arrears-run", args=[run.uid]), people=run.people, errors=run.errors)


def _compute(run: MonthRun, progress: Progress) -> None:
    span = DifferenceSpan.objects.get(run=run)
    opds = run.scope_uids
    first, last = Month.of(span.first_month), Month.of(span.last_month)
    total = preview(first, last, opds).person_months
    reached = None if span.reached_month is None else place_of((Month.of(span.reached_month), span.reached_kind))
    for asked, kind in parts_between(first, last, opds):
        place = place_of((asked, kind))
        if reached is not None and place < reached:
            continue
        month = locked_month(asked, opds, kind)
        if month is None:
            continue
        for chunk in compared_in(month, span.reached_employee if place == reached else 0, run):
            progress.advance(span.compared, max(total, span.compared), payment_words(kind, asked.first_day))
            _settle(span, month, chunk)
    progress.advance(span.compared, max(total, span.compared), _("Menjumlahkan"))
    _finish(run)


@transaction.atomic
def _settle(span: DifferenceSpan, month: LockedMonth, chunk: Compared) -> None:
    """Write what these people came to, with how far the run is now."""
    # Held to the end of the chunk: a run that was cancelled takes no more.
    if not MonthRun.objects.select_for_update().filter(pk=span.run_id, state=MonthRun.State.RUNNING).exists():
        raise Cancelled
    span.differing += write(span.run, month, chunk.found)
    span.compared += chunk.people
    span.reached_month, span.reached_kind, span.reached_employee = month.month.first_day, month.kind, chunk.last
    span.save()


@transaction.atomic
def _finish(run: MonthRun) -> None:
    sums = DifferenceSlip.objects.of(run.pk).sums()
    run.people = sums["people"]
    for name, source in _TOTALS.items():
        setattr(run, name, sums[source] or 0)
    issues = DifferenceIssue.objects.filter(run=run)
    run.errors = issues.filter(kind=DifferenceIssue.Kind.ERROR).count()
    run.held = issues.filter(kind=DifferenceIssue.Kind.HELD).count()
    run.digest = run_digest(run)
    run.state = MonthRun.State.DONE
    run.finished_at = clock.now()
    run.save()
    record(
        FINISHED,
        actor=run.started_by or System("arrears"),
        subject=run,
        after={"people": run.people, "errors": run.errors, "net": run.net_total, "digest": run.digest},
    )


def _end(run: MonthRun, state: str) -> None:
    MonthRun.objects.filter(pk=run.pk).going().update(state=state, finished_at=clock.now())
