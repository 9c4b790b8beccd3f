"""Starting and cancelling a month's run."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.calendars import closing
from tenants.rules.engine import reference_date
from tenants.rules.errors import NoRulesInForce
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.errors import MonthNotBegun, RunFinished, RunGoing
from tenants.tpp.models import MonthRun
from tenants.tpp.permissions import RUN
from tenants.tpp.practice import standing_in

RUN_WORK = "tpp.run"

STARTED = declare_action("tpp.run_started", "Perhitungan TPP dimulai")
CANCELLED = declare_action("tpp.run_cancelled", "Perhitungan TPP dibatalkan")


@transaction.atomic
def start_run(*, month: Month, actor: Actor) -> MonthRun:
    """A new run of the month, worked in the background; once it is done it is the one that counts.

    Raises closing.MonthClosed, MonthNotBegun, NoRulesInForce, and RunGoing while another run of the month is under way.
    """
    _allowed(actor)
    if closing.is_closed(month):
        raise closing.MonthClosed(month)
    if month > Month.of(clock.today(current_region().time_zone)):
        raise MonthNotBegun(month)
    stored = StoredRuleSet.objects.in_force(month.first_day)
    if stored is None:
        raise NoRulesInForce(month)
    for unfinished in MonthRun.objects.of(month).going().select_for_update(of=("self",)).select_related("job"):
        if not settle(unfinished):
            raise RunGoing(month)
    latest = MonthRun.objects.of(month).aggregate(latest=Max("number"))["latest"] or 0
    try:
        with transaction.atomic():
            run = MonthRun.objects.create(
                month=month.first_day,
                number=latest + 1,
                rule_set=stored,
                rule_set_digest=stored.digest,
                reference_date=reference_date(loaded(stored), str(month)),
                standing=standing_in(month).stored(),
                started_by=actor if isinstance(actor, User) else None,
            )
    except IntegrityError as error:
        # Two people clicked at once; the constraint let one of them through.
        raise RunGoing(month) from error
    run.job = work.start(
        kind=RUN_WORK,
        title=f"TPP {month_words(month)} #{run.number}",
        actor=run.started_by,
        parameters={"run": str(run.uid)},
    )
    run.save(update_fields=["job"])
    record(STARTED, actor=actor, subject=run, after={"month": str(month), "rule_set": stored.digest})
    return run


@transaction.atomic
def cancel_run(*, run: MonthRun, actor: Actor) -> None:
    """Stop the run: at once when it has not begun, else after the people in hand. Raises RunFinished."""
    _allowed(actor)
    run = MonthRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    if not run.is_going or settle(run):
        raise RunFinished(str(run))
    if run.job is not None:
        work.cancel(run.job)
        run.job.refresh_from_db()
    settle(run)
    record(CANCELLED, actor=actor, subject=run)


def settle(run: MonthRun) -> bool:
    """Bring a run that still says it is going to the state of its job, when that has ended; whether it has.

    A job that is cancelled before it begins, or is given up from outside, never tells its run.
    """
    job = run.job
    if job is None or not job.is_finished:
        return False
    ended = {Job.State.CANCELLED.value: MonthRun.State.CANCELLED}.get(job.state, MonthRun.State.FAILED)
    MonthRun.objects.filter(pk=run.pk).going().update(state=ended, finished_at=clock.now())
    run.refresh_from_db(fields=["state", "finished_at"])
    return True


def _allowed(actor: Actor) -> None:
    if isinstance(actor, User):
        require(actor, RUN)
