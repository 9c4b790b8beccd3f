"""Holding a person's payments by decision, ending that, and releasing what is held."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from kernel import clock, closing
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import require
from tenants.employees.models import Employee
from tenants.holds.errors import HoldRefused
from tenants.holds.models import HoldRelease, OrderedHold
from tenants.holds.permissions import CONFIRM, HOLD, RELEASE
from tenants.holds.signals import hold_released

HELD: Final = declare_action("holds.held", "Pembayaran TPP ditahan")
ENDED: Final = declare_action("holds.ended", "Penahanan pembayaran diakhiri")
RELEASED: Final = declare_action("holds.released", "Pelepasan pembayaran dicatat")
CONFIRMED: Final = declare_action("holds.confirmed", "Pelepasan pembayaran disetujui orang kedua")


@transaction.atomic
def hold_payment(
    *, employee: Employee, from_month: Month, until_month: Month | None, reason: str, basis: str, actor: User
) -> OrderedHold:
    """Hold the person's payments from a month on, up to but without another. Said twice it is one hold.

    Raises NotAllowed and HoldRefused: for the own pay, months that do not fit, a month that is locked already.
    """
    require(actor, HOLD)
    if employee.user_id == actor.pk:
        raise HoldRefused("own")
    if until_month is not None and until_month <= from_month:
        raise HoldRefused("months")
    until = None if until_month is None else until_month.first_day
    Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    closing.hold(from_month.first_day, until)
    if closing.closed_months(from_month.first_day, until, employees=[employee.pk]):
        raise HoldRefused("locked")
    said = {"from_month": from_month.first_day, "until_month": until, "reason": reason, "basis": basis}
    same = OrderedHold.objects.filter(employee=employee, **said).first()
    if same is not None:
        return same
    made = OrderedHold.objects.create(employee=employee, recorded_by=actor, **said)
    record(HELD, actor=actor, subject=made, after={"employee": employee.uid, **said})
    return made


@transaction.atomic
def end_hold(*, uid: UUID, from_month: Month, reason: str, actor: User) -> OrderedHold:
    """From `from_month` on the person's payments are not held any more; earlier months are released one by one.

    Not by who has held them. Raises NotAllowed, NotFound, HoldRefused.
    """
    require(actor, RELEASE)
    row = OrderedHold.objects.select_for_update(of=("self",)).select_related("employee").filter(uid=uid).first()
    if row is None:
        raise NotFound("hold")
    if row.employee.user_id == actor.pk:
        raise HoldRefused("own")
    if row.recorded_by_id == actor.pk:
        raise HoldRefused("same_person")
    if row.until_month is not None and row.until_month <= from_month.first_day:
        raise HoldRefused("ended")
    if from_month.first_day < row.from_month:
        raise HoldRefused("months")
    closing.hold(from_month.first_day, row.until_month)
    if closing.closed_months(from_month.first_day, row.until_month, employees=[row.employee_id]):
        raise HoldRefused("counted")
    before = row.until_month
    row.until_month = from_month.first_day
    row.save(update_fields=["until_month"])
    record(ENDED, actor=actor, subject=row, before={"until": before}, after={"until": row.until_month}, note=reason)
    return row


@transaction.atomic
def record_release(
    *,
    employee: Employee,
    month: Month,
    run_kind: str,
    node_id: str,
    held_for: str,
    reason: str,
    document_number: str,
    needs_second: bool,
    actor: User,
) -> HoldRelease:
    """What holds the month's payment under `node_id` is lifted. Said twice it is one release.

    The caller has found that it is held (`tenants.tpp.holding`). An official's own hold is lifted by another person.
    Raises NotAllowed, HoldRefused.
    """
    require(actor, RELEASE)
    if employee.user_id == actor.pk:
        raise HoldRefused("own")
    # Whoever locks the month sees the release, or is seen by it: what is lifted is paid by the run or behind the lock.
    closing.hold(month.first_day, month.end)
    ordered = OrderedHold.objects.filter(employee=employee).in_force(month)
    own = next((row for row in ordered if row.node_id == node_id), None)
    if own is not None and own.recorded_by_id == actor.pk:
        raise HoldRefused("same_person")
    release, is_new = HoldRelease.objects.get_or_create(
        employee=employee,
        month=month.first_day,
        run_kind=run_kind,
        node_id=node_id,
        defaults={
            "held_for": held_for,
            "reason": reason,
            "document_number": document_number,
            "needs_second": needs_second,
            "released_by": actor,
        },
    )
    if is_new:
        record(
            RELEASED,
            actor=actor,
            subject=release,
            after={
                "employee": employee.uid,
                "month": str(month),
                "kind": run_kind,
                "node": node_id,
                "document": document_number,
                "needs_second": needs_second,
            },
            note=reason,
        )
        if release.counts:
            hold_released.send(sender=HoldRelease, release=release)
    return release


@transaction.atomic
def confirm_release(*, uid: UUID, actor: User) -> HoldRelease:
    """The second person's word; confirmed already it stays as it is. Raises NotAllowed, NotFound, HoldRefused."""
    require(actor, CONFIRM)
    reached = HoldRelease.objects.filter(uid=uid).first()
    if reached is None:
        raise NotFound("release")
    month = Month.of(reached.month)
    closing.hold(month.first_day, month.end)
    release = HoldRelease.objects.select_for_update(of=("self",)).select_related("employee").get(pk=reached.pk)
    if release.counts:
        return release
    if release.employee.user_id == actor.pk:
        raise HoldRefused("own")
    if release.released_by_id == actor.pk:
        raise HoldRefused("same_person")
    release.confirmed_by, release.confirmed_at = actor, clock.now()
    release.save(update_fields=["confirmed_by", "confirmed_at"])
    record(CONFIRMED, actor=actor, subject=release, after={"document": release.document_number})
    hold_released.send(sender=HoldRelease, release=release)
    return release
