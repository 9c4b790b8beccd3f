"""Starting, stopping and removing a try-out."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthRun
from tenants.tryout.errors import MonthsRefused, NothingToTry, TryOutFinished, TryOutGoing
from tenants.tryout.models import TryOut, TryOutMonth
from tenants.tryout.permissions import START

WORK = "tryout.run"
MOST_MONTHS = 12

STARTED = declare_action("tryout.started", "Uji coba aturan dimulai")
STOPPED = declare_action("tryout.stopped", "Uji coba aturan dihentikan")
REMOVED = declare_action("tryout.removed", "Uji coba aturan dihapus")


@transaction.atomic
def start_try_out(*, rule_set: UUID, months: Collection[Month], actor: User) -> TryOut:
    """Compute these months again by the rule set, in the background, from the frozen facts of the runs that count.

    The same text over the same months gives the try-out that is there as long as the same runs count; else it is
    replaced. Raises NotFound, MonthsRefused, NothingToTry, and TryOutGoing when the one to be replaced still works.
    """
    require(actor, START)
    stored = StoredRuleSet.objects.filter(uid=rule_set).first()
    if stored is None:
        raise NotFound("rule set")
    loaded(stored)
    chosen = sorted(set(months))
    if not 1 <= len(chosen) <= MOST_MONTHS:
        raise MonthsRefused(len(chosen), MOST_MONTHS)
    runs = {month: MonthRun.objects.counting(month) for month in chosen}
    if missing := [month for month, run in runs.items() if run is None]:
        raise NothingToTry(missing)
    key = ",".join(map(str, chosen))
    known = (
        TryOut.objects.select_for_update(of=("self",))
        .select_related("job")
        .filter(digest=stored.digest, months_key=key)
        .first()
    )
    counting = {run.pk for run in runs.values() if run is not None}
    if known is not None:
        settle(known)
        is_same = set(known.months.values_list("run_id", flat=True)) == counting
        if is_same and (known.is_going or known.is_done):
            return known
        if known.is_going:
            raise TryOutGoing(str(known))
        known.delete()
    try:
        with transaction.atomic():
            tryout = TryOut.objects.create(
                rule_set=stored,
                title=str(stored),
                text=stored.text,
                digest=stored.digest,
                months_key=key,
                started_by=actor,
            )
    except IntegrityError as error:
        # Two people clicked at once; the constraint let one of them through.
        raise TryOutGoing(key) from error
    TryOutMonth.objects.bulk_create(
        TryOutMonth(tryout=tryout, month=month.first_day, run=run) for month, run in runs.items() if run is not None
    )
    title = _("Uji coba %(rules)s") % {"rules": stored}
    tryout.job = work.start(kind=WORK, title=title, actor=actor, parameters={"tryout": str(tryout.uid)})
    tryout.save(update_fields=["job"])
    record(STARTED, actor=actor, subject=tryout, after={"digest": stored.digest, "months": key})
    return tryout


@transaction.atomic
def stop_try_out(*, tryout: TryOut, actor: User) -> None:
    """Stop it: at once when it has not begun, else after the people in hand. Raises TryOutFinished."""
    require(actor, START)
    tryout = TryOut.objects.select_for_update(of=("self",)).select_related("job").get(pk=tryout.pk)
    if not tryout.is_going or settle(tryout):
        raise TryOutFinished(str(tryout))
    if tryout.job is not None:
        work.cancel(tryout.job)
        tryout.job.refresh_from_db()
    settle(tryout)
    record(STOPPED, actor=actor, subject=tryout)


@transaction.atomic
def remove_try_out(*, tryout: TryOut, actor: User) -> None:
    """Remove it with all its figures. Raises TryOutGoing."""
    require(actor, START)
    tryout = TryOut.objects.select_for_update(of=("self",)).select_related("job").get(pk=tryout.pk)
    if tryout.is_going and not settle(tryout):
        raise TryOutGoing(str(tryout))
    record(REMOVED, actor=actor, subject=tryout, before={"digest": tryout.digest, "months": tryout.months_key})
    tryout.delete()


def settle(tryout: TryOut) -> bool:
    """Bring a try-out that still says it is going to the state of its job, when that has ended; whether it has."""
    job = tryout.job
    if not tryout.is_going or job is None or not job.is_finished:
        return False
    ended = TryOut.State.CANCELLED if job.state == Job.State.CANCELLED else TryOut.State.FAILED
    TryOut.objects.filter(pk=tryout.pk).going().update(state=ended, finished_at=clock.now())
    tryout.refresh_from_db(fields=["state", "finished_at"])
    return True
