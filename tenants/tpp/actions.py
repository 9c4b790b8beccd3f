"""Starting and cancelling a month's run."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy import here
from tenants.calendars import closing
from tenants.organisation.models import Unit
from tenants.rules.errors import NoRulesInForce
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.errors import MonthNotBegun, NothingToMend, RunFinished, RunGoing, RunReplaced
from tenants.tpp.kinds import payment, payment_of
from tenants.tpp.models import MonthLock, MonthRun, RunIssue
from tenants.tpp.permissions import RUN
from tenants.tpp.practice import standing_in

RUN_WORK = "tpp.run"

STARTED = declare_action("tpp.run_started", "Perhitungan TPP dimulai")
RESUMED = declare_action("tpp.run_resumed", "Perhitungan TPP dilanjutkan")
CANCELLED = declare_action("tpp.run_cancelled", "Perhitungan TPP dibatalkan")


@transaction.atomic
def start_run(
    *, month: Month, actor: Actor, kind: str = MonthRun.Kind.ORDINARY, opds: Collection[UUID] | None = None
) -> MonthRun:
    """A new run of the month, worked in the background; once it is done it is the one that counts for its OPDs.

    It computes these OPDs (all when None) as far as they are not locked. `kind` is the month's own allowance, or THR or
    the 13th month that is paid in it. Raises closing.MonthClosed when no OPD is left, MonthNotBegun, NoRulesInForce,
    NotInTheRules for a kind that the rules do not pay, and RunGoing while another run of month and kind is under way.
    """
    _allowed(actor)
    closing.hold(month.first_day, month.end)
    scope = _scope(month, kind, opds)
    if month > here.this_month():
        raise MonthNotBegun(month)
    stored = StoredRuleSet.objects.in_force(month.first_day)
    if stored is None:
        raise NoRulesInForce(month)
    paid = payment(kind, month, loaded(stored))
    for unfinished in MonthRun.objects.of(month, kind).going().select_for_update(of=("self",)).select_related("job"):
        if not settle(unfinished):
            raise RunGoing(month)
    latest = MonthRun.objects.of(month, kind).aggregate(latest=Max("number"))["latest"] or 0
    try:
        with transaction.atomic():
            run = MonthRun.objects.create(
                month=month.first_day,
                kind=kind,
                number=latest + 1,
                scope=scope,
                rule_set=stored,
                rule_set_digest=stored.digest,
                reference_date=paid.on,
                standing=standing_in(month).stored(),
                started_by=actor if isinstance(actor, User) else None,
            )
    except IntegrityError as error:
        # Two people clicked at once; the constraint let one of them through.
        raise RunGoing(month) from error
    run.job = _job(run, actor)
    run.save(update_fields=["job"])
    record(
        STARTED, actor=actor, subject=run, after={"month": str(month), "kind": kind, "rule_set": stored.digest, **scope}
    )
    return run


def _scope(month: Month, kind: str, opds: Collection[UUID] | None) -> dict[str, list[str]]:
    """What the run computes, as it keeps it. Raises closing.MonthClosed when all of that is locked."""
    locked = set(MonthLock.objects.standing().of(month, kind).values_list("opd__uid", flat=True))
    if opds is None and not locked:
        return {}
    asked = Unit.objects.opds() if opds is None else Unit.objects.opds().filter(uid__in=opds)
    left = set(asked.values_list("uid", flat=True)) - locked
    if not left:
        raise closing.MonthClosed(month)
    return {"opds": sorted(map(str, left))}


def start_again(*, run: MonthRun, actor: Actor) -> MonthRun:
    """A new run of the OPDs in which people could not be computed: everybody in them, the others' figures stay.

    Where pay depends on people of other OPDs, of all OPDs. Raises NothingToMend, and what `start_run` raises.
    """
    opds = set(RunIssue.objects.filter(run=run).errors().filter(opd__isnull=False).values_list("opd__uid", flat=True))
    if not opds:
        raise NothingToMend(str(run))
    wide = payment_of(run).relates
    return start_run(month=Month.of(run.month), kind=run.kind, opds=None if wide else opds, actor=actor)


@transaction.atomic
def resume_run(*, run: MonthRun, actor: Actor) -> MonthRun:
    """Take up a run that was cancelled or failed: who is computed stays, the others follow.

    Raises RunReplaced when a newer run of the month and kind exists or other rules are in force now, RunGoing while it
    still works, RunFinished when it is done.
    """
    _allowed(actor)
    month = Month.of(run.month)
    closing.hold(month.first_day, month.end)
    run = MonthRun.objects.select_for_update(of=("self",)).select_related("job", "rule_set").get(pk=run.pk)
    if run.is_going and not settle(run):
        raise RunGoing(month)
    if run.is_done:
        raise RunFinished(str(run))
    stored = StoredRuleSet.objects.in_force(month.first_day)
    newer = MonthRun.objects.of(month, run.kind).filter(number__gt=run.number).exists()
    if newer or stored is None or stored.digest != run.rule_set_digest:
        raise RunReplaced(str(run))
    run.state, run.finished_at = MonthRun.State.QUEUED, None
    run.job = _job(run, actor)
    run.save(update_fields=["state", "finished_at", "job"])
    record(RESUMED, actor=actor, subject=run)
    return run


def _job(run: MonthRun, actor: Actor) -> Job:
    return work.start(
        kind=RUN_WORK,
        title=f"{run.title} #{run.number}",
        actor=actor if isinstance(actor, User) else None,
        parameters={"run": str(run.uid)},
    )


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
