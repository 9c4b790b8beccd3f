"""Closing a month: the lock with its digest, and the ledger entries, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy.context import current_region, scope_number
from tenants.attendance.day import work_date
from tenants.payout.approving import reasons_against_locking
from tenants.payout.errors import (
    FactsChanged,
    MonthNotOver,
    NotApproved,
    NothingToLock,
    NotLocked,
    OnlyPractice,
    PracticeChanged,
    RulesChanged,
    RunTooEarly,
    SlipChanged,
    UnresolvedErrors,
)
from tenants.payout.models import LedgerEntry
from tenants.payout.permissions import LOCK
from tenants.rules.engine import EvaluationError, FactsError, MonthFacts, digest, evaluate
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import settle
from tenants.tpp.computing import people_changed_since
from tenants.tpp.errors import RunGoing
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tenants.tpp.practice import standing_in
from tenants.tpp.sealing import digest_of, lock_digest, recomputed_slips

LOCKED = declare_action("payout.month_locked", "Bulan TPP dikunci")

# One statement for all people; a slip gives an entry for each amount that is not zero. Practice slips and held ones
# give none (the database refuses an entry of a practice slip, however it is written). The uid is made by the server:
# PostgreSQL 18 has UUIDv7, older servers give a random one.
_ENTER = """
    INSERT INTO payout_ledgerentry (uid, region_id, employee_id, month, kind, amount, slip_id, entered_at)
    SELECT {new_uid}(), %s, s.employee_id, %s, part.kind, part.amount, s.id, %s
    FROM tpp_slip s
    CROSS JOIN LATERAL (VALUES
        ('net_tpp', s.net), ('tax', s.tax), ('contribution', s.contributions), ('deduction', s.other_deductions)
    ) AS part(kind, amount)
    WHERE s.run_id = %s AND part.amount <> 0 AND NOT s.is_practice AND s.holds = '[]'
    ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a second look at a locked month found. `is_intact` when nothing differs.

    `digest` is what the stored rows give now. `changed_slips` no longer fit their own digest, `changed_facts` theirs,
    `replayed_differently` give another slip when evaluated again from frozen facts and rules. `ledger_difference` is
    the ledger's sum less that of the payable slips, rupiah.
    """

    lock: MonthLock
    digest: str
    run_digest: str
    slips: int
    changed_slips: tuple[UUID, ...]
    changed_facts: tuple[UUID, ...]
    replayed_differently: tuple[UUID, ...]
    ledger_difference: Decimal

    @property
    def is_intact(self) -> bool:
        return (
            self.digest == self.lock.digest
            and self.run_digest == self.lock.run.digest
            and not self.changed_slips
            and not self.changed_facts
            and not self.replayed_differently
            and not self.ledger_difference
        )


@transaction.atomic
def lock_month(*, month: Month, actor: User, reason: str = "") -> MonthLock:
    """Close the month on its newest finished run; a second call gives the same lock.

    The digest is taken over the slips and lines as they are stored now and compared with what was computed. From here
    on the database refuses every change of the run; a change becomes a plus or minus on the next one. Raises
    MonthNotOver, RunGoing, NothingToLock, RunTooEarly (begun before the month was over), RulesChanged (published for
    the month after the run), PracticeChanged (an OPD's go-live was signed or taken back after it), OnlyPractice (nobody
    is paid), FactsChanged (facts of the month changed after it), NotApproved (a chain asks for an approval of this
    run), SlipChanged, and UnresolvedErrors unless a reason is given.
    """
    require(actor, LOCK)
    # Everybody who locks or starts a run of the month meets on its runs, in one order.
    runs = list(MonthRun.objects.of(month).order_by("pk").select_for_update())
    lock = MonthLock.objects.filter(month=month.first_day).first()
    if lock is not None:
        return lock
    if not is_over(month, clock.now()):
        raise MonthNotOver(month)
    if any(run.is_going and not settle(run) for run in runs):
        raise RunGoing(month)
    run = MonthRun.objects.select_related("rule_set").of(month).done().order_by("-number").first()
    if run is None:
        raise NothingToLock(month)
    if not is_over(month, run.created_at):
        raise RunTooEarly(month)
    in_force = StoredRuleSet.objects.in_force(month.first_day)
    if in_force is None or in_force.digest != run.rule_set_digest:
        raise RulesChanged(month)
    if standing_in(month).stored() != run.standing:
        raise PracticeChanged(month)
    if run.practice and not run.people:
        raise OnlyPractice(month)
    reason = reason.strip()
    if run.errors and not reason:
        raise UnresolvedErrors(run.errors)
    if changed := people_changed_since(run):
        raise FactsChanged(month, len(changed))
    if reasons := reasons_against_locking(run):
        raise NotApproved(tuple(reasons))
    sealed = _sealed(run)
    if sealed.changed or sealed.run_digest != run.digest:
        raise SlipChanged(len(sealed.changed))
    # Before the lock: after it the ledger takes no more entries of this month.
    _enter_in_ledger(run)
    lock = MonthLock.objects.create(
        month=month.first_day, run=run, digest=sealed.digest, locked_by=actor, note=reason[:300]
    )
    record(
        LOCKED,
        actor=actor,
        subject=lock,
        after={"run": run.uid, "digest": lock.digest, "people": run.people, "net": run.payable_total},
        note=reason,
    )
    return lock


def is_over(month: Month, moment: datetime) -> bool:
    """Whether the month's last day of work had ended at this instant: three hours into the next month."""
    return work_date(moment, current_region().time_zone) >= month.end


def verify_lock(*, month: Month) -> Verification:
    """Look at a locked month again: digests recomputed from the stored rows, slips evaluated again, ledger summed.

    Reads only. Raises NotLocked.
    """
    lock = MonthLock.objects.select_related("run__rule_set").filter(month=month.first_day).first()
    if lock is None:
        raise NotLocked(month)
    sealed = _sealed(lock.run)
    changed_facts, replayed = _replayed(lock.run)
    return Verification(
        lock=lock,
        digest=sealed.digest,
        run_digest=sealed.run_digest,
        slips=sealed.slips,
        changed_slips=sealed.changed,
        changed_facts=changed_facts,
        replayed_differently=replayed,
        ledger_difference=_ledger_difference(lock.run),
    )


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Digests of a run from its stored rows; `changed` are slips whose rows no longer give their own digest."""

    digest: str
    run_digest: str
    slips: int
    changed: tuple[UUID, ...]


def _sealed(run: MonthRun) -> _Sealed:
    changed: list[UUID] = []
    parts: list[tuple[UUID, str, str, Decimal, bool]] = []
    for slip, found in recomputed_slips(run, loaded(run.rule_set).code):
        if found != slip.digest:
            changed.append(slip.uid)
        parts.append((slip.employee.uid, slip.facts_digest, found, slip.net, slip.is_practice))
    return _Sealed(
        lock_digest(run, parts),
        digest_of((uid, found, is_practice) for uid, _, found, _, is_practice in parts),
        len(parts),
        tuple(changed),
    )


def _replayed(run: MonthRun) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Slips whose frozen facts were changed, and slips that the frozen facts no longer give."""
    rule_set = loaded(run.rule_set)
    slips = {row.employee_id: row for row in Slip.objects.filter(run=run).only("uid", "employee_id", "digest")}
    changed: list[UUID] = []
    different: list[UUID] = []
    for frozen in FrozenFacts.objects.filter(run=run).order_by("employee_id").iterator(chunk_size=500):
        slip = slips.pop(frozen.employee_id, None)
        if slip is None:
            continue
        try:
            facts = MonthFacts.from_json(frozen.text)
        except FactsError:
            changed.append(slip.uid)
            continue
        if digest(facts) != frozen.digest:
            changed.append(slip.uid)
        try:
            if digest(evaluate(rule_set, facts)) != slip.digest:
                different.append(slip.uid)
        except EvaluationError:
            different.append(slip.uid)
    # A slip whose facts are gone cannot be shown to be right.
    changed += [slip.uid for slip in slips.values()]
    return tuple(changed), tuple(different)


def _enter_in_ledger(run: MonthRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        version = cursor.fetchone()[0]
        statement = _ENTER.format(new_uid="uuidv7" if version >= 180000 else "gen_random_uuid")
        cursor.execute(statement, [scope_number(), run.month, clock.now(), run.pk])


def _ledger_difference(run: MonthRun) -> Decimal:
    """Sum of the ledger less sum of the slips; every kind must agree, so the largest difference is told."""
    sums = Slip.objects.filter(run=run).payable().sums()
    expected = {
        LedgerEntry.Kind.NET_TPP: sums["net"],
        LedgerEntry.Kind.TAX: sums["tax"],
        LedgerEntry.Kind.CONTRIBUTION: sums["contributions"],
        LedgerEntry.Kind.DEDUCTION: sums["other_deductions"],
    }
    entered = LedgerEntry.objects.of_run(run.pk)
    differences = [entered.get(str(kind), Decimal(0)) - Decimal(str(amount or 0)) for kind, amount in expected.items()]
    return max(differences, key=abs)
