"""Closing a month, OPD by OPD: the lock with its digest, and the ledger entries, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import DomainError, NotAllowed
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.arrears import locking
from tenants.arrears.models import DifferenceSlip
from tenants.calendars import closing
from tenants.calendars.work_date import work_date
from tenants.organisation.models import Unit
from tenants.payout import differences, gates, ledger
from tenants.payout.approving import reasons_against_locking
from tenants.payout.errors import (
    FactsChanged,
    MonthNotOver,
    NotApproved,
    NothingToLock,
    NotReady,
    OnlyPractice,
    PracticeChanged,
    RulesChanged,
    RunTooEarly,
    SlipChanged,
    UnresolvedErrors,
)
from tenants.payout.permissions import LOCK
from tenants.payout.verifying import sealed_rows
from tenants.rules.engine import counted_period
from tenants.rules.loading import rules_on
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import settle
from tenants.tpp.computing import people_changed_since
from tenants.tpp.errors import RunGoing
from tenants.tpp.models import MonthLock, MonthRun, RunIssue, Slip
from tenants.tpp.practice import Standing, standing_in
from tenants.tpp.sealing import run_digest

ONE_DAY = timedelta(days=1)
LOCKED = declare_action("payout.month_locked", "Bulan TPP OPD dikunci")

# Who changes a person's facts takes the person's row first and the gate of the month second, and so does the lock.
_HOLD_PEOPLE = """
    SELECT 1 FROM employees_employee
    WHERE id IN (SELECT employee_id FROM tpp_slip WHERE run_id = %s AND opd_id = %s) ORDER BY id FOR KEY SHARE
"""


@dataclass(frozen=True, slots=True)
class NotLockedYet:
    """An OPD that was not locked, with the reason in words."""

    opd: Unit
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What closing a month of many OPDs did."""

    locked: tuple[MonthLock, ...]
    refused: tuple[NotLockedYet, ...]


def lock_month(
    *, month: Month, actor: User, kind: str = MonthRun.Kind.ORDINARY, reason: str = "", opds: list[Unit] | None = None
) -> Outcome:
    """Close the month of all these OPDs (all that are not locked yet when None), each in a transaction of its own.

    One that is not ready keeps none of the others. Raises MonthNotOver and NothingToLock (no finished run).
    """
    require(actor, LOCK)
    if not is_over(month, clock.now(), kind):
        raise MonthNotOver(month)
    if MonthRun.objects.counting(month, kind) is None:
        raise NothingToLock(month)
    locked: list[MonthLock] = []
    refused: list[NotLockedYet] = []
    for opd in open_opds(month, kind) if opds is None else opds:
        try:
            locked.append(lock_opd(month=month, opd=opd, actor=actor, kind=kind, reason=reason))
        except NotAllowed:
            raise
        except DomainError as error:
            refused.append(NotLockedYet(opd, error.code, error.message()))
    return Outcome(tuple(locked), tuple(refused))


def open_opds(month: Month, kind: str = MonthRun.Kind.ORDINARY) -> list[Unit]:
    """The OPDs with slips or errors in the run that counts for them, and without a lock, by code."""
    if kind == differences.KIND:
        return _differing_opds(month)
    own = {"run__month": month.first_day, "run__kind": kind}
    with_slips = Slip.objects.of_counting_runs().unlocked().filter(**own).values("opd")
    newest = MonthRun.objects.counting(month, kind)
    with_errors = RunIssue.objects.errors().filter(run=newest).values("opd")
    locked = MonthLock.objects.standing().of(month, kind).values("opd")
    opds = Unit.objects.filter(pk__in=with_slips) | Unit.objects.filter(pk__in=with_errors)
    return list(opds.exclude(pk__in=locked).order_by("code"))


def _differing_opds(month: Month) -> list[Unit]:
    """The OPDs with differences in the run that counts for them, and without a lock, by code."""
    waiting = DifferenceSlip.objects.of_counting_runs().unlocked().filter(run__month=month.first_day)
    return list(Unit.objects.filter(pk__in=waiting.values("opd")).order_by("code"))


@transaction.atomic
def lock_opd(
    *, month: Month, opd: Unit, actor: User, kind: str = MonthRun.Kind.ORDINARY, reason: str = ""
) -> MonthLock:
    """Close the OPD's month on the newest finished run that has it; a second call gives the same lock.

    The digest is taken over the slips and lines as they are stored now and compared with what was computed. From here
    on the database refuses every change of the run; a change becomes a plus or minus on a later one. Raises
    MonthNotOver, RunGoing, NothingToLock, RunTooEarly (begun before the month was over), RulesChanged (published for
    the month after the run), PracticeChanged (the OPD's go-live was signed or taken back after it), OnlyPractice
    (nobody is paid), FactsChanged (facts of the month changed after it), NotApproved (a chain asks for an approval of
    this run), NotReady (what the gates say), SlipChanged, and UnresolvedErrors unless a reason is given.
    """
    require(actor, LOCK)
    _hold(month, kind, opd)
    # Everybody who locks or starts a run of the month meets on its runs, in one order.
    runs = list(MonthRun.objects.of(month, kind).order_by("pk").select_for_update())
    lock = MonthLock.objects.standing().of(month, kind).filter(opd=opd).first()
    if lock is not None:
        return lock
    if not is_over(month, clock.now(), kind):
        raise MonthNotOver(month)
    if any(run.is_going and run.covers(opd.uid) and not settle(run) for run in runs):
        raise RunGoing(month)
    run = MonthRun.objects.counting(month, kind, opd.uid)
    if run is None:
        raise NothingToLock(month)
    reason = reason.strip()
    key = _next_key()
    # The ledger before the lock: once that stands, it takes no more.
    if kind == differences.KIND:
        differences.require_ready(run, opd)
        differences.enter(run, opd, key)
        totals = differences.totals(run, opd)
    else:
        _require_ready(run, opd, has_reason=bool(reason))
        slips = Slip.objects.filter(run=run, opd=opd)
        ledger.enter(run, slips.payable(), key)
        totals = {"people": slips.paid().count(), "net_total": slips.payable().net_sum()}
    sealed = sealed_rows(run, opd)
    if sealed.changed:
        raise SlipChanged(len(sealed.changed))
    lock = MonthLock.objects.create(
        pk=key,
        month=month.first_day,
        kind=kind,
        opd=opd,
        run=run,
        digest=sealed.digest,
        locked_by=actor,
        note=reason[:300],
        **totals,
    )
    if kind == differences.KIND:
        locking.locked(lock, actor)
    record(
        LOCKED,
        actor=actor,
        subject=lock,
        after={
            "opd": opd.uid,
            "run": run.uid,
            "digest": lock.digest,
            "people": lock.people,
            "net": lock.net_total,
        },
        note=reason,
    )
    return lock


def is_over(month: Month, moment: datetime, kind: str = MonthRun.Kind.ORDINARY) -> bool:
    """Whether the last day that counts had ended at this instant, three hours into the next day.

    That is the month's last day, but of a December whose budget year closes before. THR, the 13th month and differences
    wait for no day of their month.
    """
    if kind != MonthRun.Kind.ORDINARY:
        return True
    rules = rules_on(month.first_day)
    last = month.end - ONE_DAY if rules is None else counted_period(rules, str(month))[1]
    return work_date(moment, current_region().time_zone) > last


def _hold(month: Month, kind: str, opd: Unit) -> None:
    run = MonthRun.objects.counting(month, kind, opd.uid)
    if run is not None and kind == differences.KIND:
        differences.hold_people(run, opd)
    elif run is not None:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD_PEOPLE, [run.pk, opd.pk])
    closing.hold_alone(month)


def _require_ready(run: MonthRun, opd: Unit, *, has_reason: bool) -> None:
    month = Month.of(run.month)
    if not is_over(month, run.created_at, run.kind):
        raise RunTooEarly(month)
    in_force = StoredRuleSet.objects.in_force(month.first_day)
    if in_force is None or in_force.digest != run.rule_set_digest:
        raise RulesChanged(month)
    if standing_in(month).of(opd.uid) != Standing.of_run(run.standing).of(opd.uid):
        raise PracticeChanged(month)
    slips = Slip.objects.filter(run=run, opd=opd)
    errors = RunIssue.objects.errors().filter(run=run, opd=opd).count()
    if not slips.paid().exists():
        if slips.exists():
            raise OnlyPractice(month)
        if not errors:
            raise NothingToLock(month)
    if errors and not has_reason:
        raise UnresolvedErrors(errors)
    if changed := people_changed_since(run, opd):
        raise FactsChanged(month, len(changed))
    if run_digest(run) != run.digest:
        raise SlipChanged(0)
    if reasons := reasons_against_locking(run):
        raise NotApproved(tuple(reasons))
    if found := gates.reasons(month, run.kind, opd.pk):
        raise NotReady(found)


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tpp_monthlock', 'id'))")
        return int(cursor.fetchone()[0])
