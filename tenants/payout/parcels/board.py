"""Where the parcels of a month are: for all OPDs at once, or for some, in the same number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.approvals.models import ApprovalRequest
from tenants.arrears.models import DifferenceSlip
from tenants.employees.models import Placement
from tenants.organisation.models import Unit
from tenants.payout.models import LockSignature, Parcel, ParcelStep, PaymentRow
from tenants.payout.parcels import steps
from tenants.payout.parcels.steps import Position, Step
from tenants.rules.engine import counted_period
from tenants.rules.loading import rules_on
from tenants.tpp.models import MonthLock, MonthRun, RunIssue, Slip

# The budget year closes with it.
LAST_MONTH: Final = 12


@dataclass(frozen=True, slots=True)
class Sums:
    """An OPD's slips in the run that counts: people and rupiah that can be paid now; what is held; what practises."""

    people: int = 0
    gross: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    held: int = 0
    practice: int = 0


@dataclass(frozen=True, slots=True)
class Payments:
    """The payment rows of a parcel that count: all, paid ones, those that could not be paid, and the newest outcome."""

    rows: int = 0
    paid: int = 0
    stuck: int = 0
    total: Decimal = Decimal(0)
    settled_at: datetime | None = None

    @property
    def are_done(self) -> bool:
        """Whether the bank has paid everybody."""
        return self.rows > 0 and self.paid == self.rows


@dataclass(frozen=True, slots=True)
class Place:
    """One OPD's month: its parcel with the steps that count, what they rest on, and where it is now."""

    opd: Unit
    month: Month
    kind: str
    run: MonthRun | None
    sums: Sums
    errors: int
    waiting: int
    parcel: Parcel | None
    entries: Sequence[ParcelStep]
    taken: Mapping[Step, ParcelStep]
    lock: MonthLock | None
    signatures: int
    payments: Payments
    position: Position
    begun: datetime = field(repr=False)
    now: datetime = field(repr=False)

    @property
    def is_signed(self) -> bool:
        """Whether the lock stands with all its signatures."""
        return self.lock is not None and self.signatures >= len(LockSignature.Office)

    @property
    def is_over(self) -> bool:
        """Whether nothing that counts is still to come: see `_begun`."""
        return self.begun <= self.now

    @property
    def has_facts(self) -> bool:
        """Whether everybody of the OPD could be computed, after the end of the month."""
        return self.is_over and self.run is not None and not self.errors

    @property
    def has_approvals(self) -> bool:
        """Whether nothing of the month waits for a decision."""
        return not self.waiting

    @property
    def is_practice(self) -> bool:
        """Whether the OPD only practises: there is nothing to pay."""
        return bool(self.sums.practice) and not self.sums.people and not self.sums.held

    @property
    def owes_nothing(self) -> bool:
        """Whether the lock leaves nothing to pay, now or once something is released: who owes is not paid here."""
        return self.is_signed and not self.sums.net and not self.sums.held

    def is_done(self, step: Step) -> bool:
        """Whether this step is done."""
        if step is Step.FACTS:
            return self.has_facts
        if step is Step.APPROVALS:
            return self.is_over and self.has_approvals
        if step is Step.LOCKED:
            return self.is_signed
        if step is Step.PAID:
            return self.payments.are_done or self.owes_nothing
        return step in self.taken


def place_of(month: Month, kind: str, opd: Unit, *, is_brief: bool = False) -> Place:
    """Where one OPD's month is."""
    return places(month, kind, [opd], is_brief=is_brief)[0]


def places(month: Month, kind: str, opds: Sequence[Unit], *, is_brief: bool = False) -> list[Place]:
    """Where each of these OPDs' month is, in their order. At most nine statements, however many OPDs.

    A brief place is for one sentence: its errors and what waits are not counted. Two statements less, and one more
    less where the OPDs are locked.
    """
    keys = [opd.pk for opd in opds]
    standing = MonthLock.objects.standing().of(month, kind).filter(opd__in=keys).select_related("run")
    locks = {lock.opd_id: lock for lock in standing}
    if is_brief and kind == MonthRun.Kind.ORDINARY and len(locks) == len(keys):
        runs = [lock.run for lock in locks.values()]
    else:
        runs = list(MonthRun.objects.of(month, kind).done().order_by("-number"))
    by_key = {run.pk: run for run in runs}
    counting: dict[int, MonthRun] = {}
    for opd in opds:
        lock = locks.get(opd.pk)
        run = by_key.get(lock.run_id) if lock else next((run for run in runs if run.covers(opd.uid)), None)
        if run is not None:
            counting[opd.pk] = run
    sums = _difference_sums(counting) if kind == MonthRun.Kind.DIFFERENCE else _sums(counting)
    errors: Mapping[int, int] = {}
    waiting: Mapping[int, int] = {}
    if not is_brief:
        errors = _errors(counting)
        waiting = _waiting(month, keys) if kind == MonthRun.Kind.ORDINARY else {}
    entries = _entries(month, kind, keys)
    signatures = _signatures(locks)
    payments = _payments(month, kind, keys)
    begun, now = _begun(month, kind, runs), clock.now()
    found = []
    for opd in opds:
        lock, own = locks.get(opd.pk), entries.get(opd.pk, [])
        taken = steps.standing(own, lock_id=lock.pk if lock else None)
        paid = payments.get(opd.pk, Payments())
        done = {step: entry.at for step, entry in taken.items()}
        signed, signed_at = signatures.get(lock.pk if lock else 0, (0, begun))
        if signed >= len(LockSignature.Office):
            done[Step.LOCKED] = signed_at
            own_sums = sums.get(opd.pk, Sums())
            if not own_sums.net and not own_sums.held:
                # Nobody is paid, as where all owe of a difference: the way ends with the signatures.
                done[Step.PAID] = signed_at
        if paid.are_done and paid.settled_at is not None:
            done[Step.PAID] = paid.settled_at
        came_back = [entry.at for entry in own if entry.kind in (steps.RETURNED, steps.REOPENED)]
        since = max([begun, *came_back, *([lock.locked_at] if lock else [])])
        found.append(
            Place(
                opd=opd,
                month=month,
                kind=kind,
                run=counting.get(opd.pk),
                sums=sums.get(opd.pk, Sums()),
                errors=errors.get(opd.pk, 0),
                waiting=waiting.get(opd.pk, 0),
                parcel=own[0].parcel if own else None,
                entries=own,
                taken=taken,
                lock=lock,
                signatures=signed,
                payments=paid,
                position=steps.position(done, is_locked=lock is not None, begun=since),
                begun=begun,
                now=now,
            )
        )
    return found


def opds_of(month: Month, kind: str) -> list[Unit]:
    """The OPDs whose month there is something to say of, by code: those with slips or errors, and those with people
    that no finished run has."""
    own = {"run__month": month.first_day, "run__kind": kind, "run__state": MonthRun.State.DONE}
    slips: QuerySet[Any] = (DifferenceSlip if kind == MonthRun.Kind.DIFFERENCE else Slip)._default_manager.all()
    computed = Exists(slips.filter(opd=OuterRef("pk"), **own))
    in_error = Exists(RunIssue.objects.errors().filter(opd=OuterRef("pk"), **own))
    found = Unit.objects.opds().filter(Q(computed) | Q(in_error))
    if kind != MonthRun.Kind.ORDINARY or MonthRun.objects.of(month).done().filter(scope={}).exists():
        return list(found.order_by("code"))
    last_day = month.end - timedelta(days=1)
    held = Placement.objects.on(last_day).definitive().filter(position__unit__opd=OuterRef("pk"))
    return list((found | Unit.objects.opds().active().filter(Exists(held))).order_by("code"))


def _begun(month: Month, kind: str, runs: Sequence[MonthRun]) -> datetime:
    """When OPDs may begin: behind the month's last day that counts; a December may end before its last day.

    THR, the 13th month and differences wait for no day of their month, only for their first run.
    """
    zone = current_region().time_zone
    end = clock.at_local(month.end, time(), zone)
    if kind != MonthRun.Kind.ORDINARY:
        return min([end, *(run.finished_at for run in runs if run.finished_at is not None)])
    rules = rules_on(month.first_day) if month.number == LAST_MONTH else None
    if rules is None:
        return end
    return clock.at_local(counted_period(rules, str(month))[1] + timedelta(days=1), time(), zone)


def _sums(counting: Mapping[int, MonthRun]) -> dict[int, Sums]:
    runs = {run.pk for run in counting.values()}
    payable = Q(is_practice=False, holds=[])
    rows = (
        Slip.objects.filter(run__in=runs, opd__in=counting)
        .order_by()
        .values("opd_id", "run_id")
        .annotate(
            people=Count("pk", filter=payable),
            gross_sum=Sum("gross", filter=payable),
            net_sum=Sum("net", filter=payable),
            held=Count("pk", filter=Q(is_practice=False) & ~Q(holds=[])),
            practice=Count("pk", filter=Q(is_practice=True)),
        )
    )
    return {
        row["opd_id"]: Sums(
            row["people"], row["gross_sum"] or Decimal(0), row["net_sum"] or Decimal(0), row["held"], row["practice"]
        )
        for row in rows
        if counting[row["opd_id"]].pk == row["run_id"]
    }


def _difference_sums(counting: Mapping[int, MonthRun]) -> dict[int, Sums]:
    """The months of one person are one payment; who comes to less than nothing is not paid here."""
    runs = {run.pk for run in counting.values()}
    rows = (
        DifferenceSlip.objects.filter(run__in=runs, opd__in=counting)
        .order_by()
        .values_list("opd_id", "run_id", "employee_id")
        .annotate(gross_sum=Sum("gross"), net_sum=Sum("net"))
    )
    found: dict[int, Sums] = {}
    for opd, run, _employee, gross, net in rows:
        if net > 0 and counting[opd].pk == run:
            so_far = found.get(opd, Sums())
            found[opd] = Sums(so_far.people + 1, so_far.gross + gross, so_far.net + net)
    return found


def _errors(counting: Mapping[int, MonthRun]) -> dict[int, int]:
    runs = {run.pk for run in counting.values()}
    rows = (
        RunIssue.objects.errors()
        .filter(run__in=runs, opd__in=counting)
        .order_by()
        .values_list("opd_id", "run_id")
        .annotate(count=Count("pk"))
    )
    return {opd: count for opd, run, count in rows if counting[opd].pk == run}


def waiting_requests(month: Month, opds: Collection[int]) -> Any:
    """What of the month waits for a decision, of people whose definitive post was in these OPDs on its last day."""
    return ApprovalRequest.objects.waiting().filter(
        on__gte=month.first_day,
        on__lt=month.end,
        owner__placements__kind=Placement.Kind.DEFINITIF,
        owner__placements__period__contains=month.end - timedelta(days=1),
        owner__placements__position__unit__opd__in=opds,
    )


def _waiting(month: Month, opds: Collection[int]) -> dict[int, int]:
    rows = waiting_requests(month, opds).order_by().values_list("owner__placements__position__unit__opd")
    return dict(rows.annotate(count=Count("pk")))


def _entries(month: Month, kind: str, opds: Collection[int]) -> dict[int, list[ParcelStep]]:
    rows = ParcelStep.objects.filter(parcel__month=month.first_day, parcel__kind=kind, parcel__opd__in=opds)
    found: dict[int, list[ParcelStep]] = {}
    for entry in rows.select_related("parcel", "by").order_by("parcel", "number"):
        found.setdefault(entry.parcel.opd_id, []).append(entry)
    return found


def _signatures(locks: Mapping[int, MonthLock]) -> dict[int, tuple[int, datetime]]:
    """How many offices have signed each lock, and when the last of them did."""
    rows = LockSignature.objects.standing().filter(lock__in=[lock.pk for lock in locks.values()]).order_by()
    found = rows.values_list("lock_id").annotate(count=Count("office", distinct=True), newest=Max("signed_at"))
    return {lock: (count, newest) for lock, count, newest in found}


def _payments(month: Month, kind: str, opds: Collection[int]) -> dict[int, Payments]:
    rows = (
        PaymentRow.objects.newest()
        .filter(list__parcel__month=month.first_day, list__parcel__kind=kind, list__parcel__opd__in=opds)
        .order_by()
        .values_list("list__parcel__opd_id")
        .annotate(
            rows=Count("pk"),
            paid=Count("pk", filter=Q(state="paid")),
            stuck=Count("pk", filter=Q(state__in=["failed", "no_account"])),
            total=Sum("amount"),
            settled=Max("settled_at"),
        )
    )
    return {opd: Payments(*counts) for opd, *counts in rows}
