"""Starting a difference run; sums by decision; the share of the net that is taken back."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.errors import NotFound
from kernel.jobs import work
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.arrears.errors import DifferenceLocked, NothingLocked, OrderRefused, ShareRefused, SpanRefused
from tenants.arrears.locked import is_locked, locks_between
from tenants.arrears.models import DifferenceSpan, Order, RecoveryShare
from tenants.arrears.permissions import ORDER, SHARE
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.rules.engine import reference_date
from tenants.rules.errors import NoRulesInForce
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import settle
from tenants.tpp.errors import MonthNotBegun, RunGoing
from tenants.tpp.models import MonthLock, MonthRun
from tenants.tpp.permissions import RUN

DIFFERENCE_WORK: Final = "arrears.difference"
KIND: Final = MonthRun.Kind.DIFFERENCE
MOST_MONTHS: Final = 36

STARTED = declare_action("arrears.run_started", "Perhitungan selisih dimulai")
ORDERED = declare_action("arrears.ordered", "Tambahan atau pengurangan ditetapkan")
CANCELLED = declare_action("arrears.order_cancelled", "Tambahan atau pengurangan dibatalkan")
SHARE_SET = declare_action("arrears.share_set", "Batas pengembalian per bulan ditetapkan")


@transaction.atomic
def start_difference(
    *, month: Month, first: Month, last: Month, opds: Collection[UUID] | None = None, actor: Actor
) -> MonthRun:
    """Compare the locked months from `first` up to and with `last` with what they give now, of these OPDs or of all;
    what comes out is paid, or begins to be taken back, in `month`. Worked in the background.

    Raises SpanRefused, MonthNotBegun, NoRulesInForce, NothingLocked, DifferenceLocked (one of the OPDs has a locked
    difference in the month of payment), and RunGoing while another difference run of the month is under way.
    """
    if isinstance(actor, User):
        require(actor, RUN)
    if last < first:
        raise SpanRefused("order")
    if (last.year - first.year) * 12 + last.number - first.number >= MOST_MONTHS:
        raise SpanRefused("length")
    if month > Month.of(clock.today(current_region().time_zone)):
        raise MonthNotBegun(month)
    stored = StoredRuleSet.objects.in_force(month.first_day)
    if stored is None:
        raise NoRulesInForce(month)
    uids = None if opds is None else sorted({str(uid) for uid in opds})
    locked = list(locks_between(first, last, opds).values_list("opd", flat=True).distinct())
    if not locked:
        raise NothingLocked
    if MonthLock.objects.standing().of(month, KIND).filter(opd__in=locked).exists():
        raise DifferenceLocked(month)
    for unfinished in MonthRun.objects.of(month, KIND).going().select_for_update(of=("self",)).select_related("job"):
        if not settle(unfinished):
            raise RunGoing(month)
    latest = MonthRun.objects.of(month, KIND).aggregate(latest=Max("number"))["latest"] or 0
    try:
        with transaction.atomic():
            run = MonthRun.objects.create(
                month=month.first_day,
                kind=KIND,
                number=latest + 1,
                scope={} if uids is None else {"opds": uids},
                rule_set=stored,
                rule_set_digest=stored.digest,
                reference_date=reference_date(loaded(stored), str(month)),
                started_by=actor if isinstance(actor, User) else None,
            )
    except IntegrityError as error:
        # Two people clicked at once; the constraint let one of them through.
        raise RunGoing(month) from error
    DifferenceSpan.objects.create(run=run, first_month=first.first_day, last_month=last.first_day)
    run.job = work.start(
        kind=DIFFERENCE_WORK,
        title=f"Selisih {month_words(first)} sampai {month_words(last)} #{run.number}",
        actor=run.started_by,
        parameters={"run": str(run.uid)},
    )
    run.save(update_fields=["job"])
    record(
        STARTED,
        actor=actor,
        subject=run,
        after={"paid_in": str(month), "first": str(first), "last": str(last), "opds": uids or "all"},
    )
    return run


@transaction.atomic
def order(
    *,
    employee: Employee,
    of_month: Month,
    amount: Decimal,
    reason: str,
    source: str,
    source_uid: UUID,
    actor: User,
    reference: str = "",
    of_kind: str = MonthRun.Kind.ORDINARY,
) -> Order:
    """A sum of a locked month by decision, gross rupiah, plus or minus; the next difference run takes it. `of_kind`
    says which payment of the month: its own allowance, or THR or the 13th month paid in it.

    `source` is one of `Order.Source`; asking again from the same source with the same content gives the same order.
    Nobody decides for themselves. Raises NotAllowed and OrderRefused.
    """
    require(actor, ORDER)
    reason, reference = " ".join(reason.split()), reference.strip()
    if not amount or amount % 1:
        raise OrderRefused("amount")
    if not reason:
        raise OrderRefused("reason")
    if employee.user_id == actor.pk:
        raise OrderRefused("own")
    if not is_locked(employee.pk, of_month, of_kind):
        raise OrderRefused("open")
    made, is_new = Order.objects.get_or_create(
        source=source,
        source_uid=source_uid,
        defaults={
            "employee": employee,
            "of_month": of_month.first_day,
            "of_kind": of_kind,
            "amount": amount,
            "reason": reason[:300],
            "reference": reference[:100],
            "decided_by": actor,
        },
    )
    if not is_new:
        same = (employee.pk, of_month.first_day, of_kind, amount)
        if (made.employee_id, made.of_month, made.of_kind, made.amount) != same:
            raise OrderRefused("other")
        return made
    record(
        ORDERED,
        actor=actor,
        subject=made,
        after={
            "employee": employee.uid,
            "of_month": str(of_month),
            "kind": of_kind,
            "amount": amount,
            "source": source,
        },
        note=reason,
    )
    return made


@transaction.atomic
def cancel_order(*, uid: UUID, reason: str, actor: User) -> Order:
    """Take the decision back before a locked difference has taken it. Raises NotFound and OrderRefused."""
    require(actor, ORDER)
    made = Order.objects.select_for_update(of=("self",)).select_related("employee").filter(uid=uid).first()
    if made is None:
        raise NotFound("order")
    if made.taken_in_id is not None:
        raise OrderRefused("taken")
    if made.cancelled_at is not None:
        raise OrderRefused("cancelled")
    if not reason.strip():
        raise OrderRefused("reason")
    if made.employee.user_id == actor.pk:
        raise OrderRefused("own")
    made.cancelled_by, made.cancelled_at = actor, clock.now()
    made.cancel_reason = reason.strip()[:300]
    made.save(update_fields=["cancelled_by", "cancelled_at", "cancel_reason"])
    record(CANCELLED, actor=actor, subject=made, before={"amount": made.amount}, note=made.cancel_reason)
    return made


@transaction.atomic
def set_share(*, from_month: Month, percent: Decimal, reference: str, actor: User) -> RecoveryShare:
    """From this month on at most this percent of the month's net is taken back. Raises ShareRefused."""
    require(actor, SHARE)
    if not 0 < percent <= 100:
        raise ShareRefused("percent")
    closing.hold(from_month.first_day, None)
    if closing.closed_months(from_month.first_day, None):
        raise ShareRefused("past")
    try:
        with transaction.atomic():
            made = RecoveryShare.objects.create(
                from_month=from_month.first_day, percent=percent, reference=reference.strip()[:100], set_by=actor
            )
    except IntegrityError as error:
        raise ShareRefused("known") from error
    record(SHARE_SET, actor=actor, subject=made, after={"from": str(from_month), "percent": percent})
    return made
