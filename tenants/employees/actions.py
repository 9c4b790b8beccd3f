"""What officials do to people's data: correct it, give a post, end one, end and resume service.

The posts that are recorded for the days of a closed month stand: what would change them is refused and entered from the
first open day, and the difference is a plus or minus of a later run. Only somebody's first post may reach back behind a
closed month: it says for the first time what was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import closing
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from kernel.tenancy import here
from kernel.watching import names
from tenants.employees import access, accounts
from tenants.employees.errors import NipTaken, PeriodReversed, PlacementOverlaps
from tenants.employees.models import Employee, Placement
from tenants.employees.permissions import MANAGE_EMPLOYEES
from tenants.employees.roster_import import grant_superiors
from tenants.employees.signals import placement_changed

CHANGED = declare_action("employees.changed", "Data pegawai diubah", event=names.USER_UPDATED)
PLACED = declare_action("employees.placed", "Penempatan ditambahkan")
PLACEMENT_CANCELLED = declare_action("employees.placement_cancelled", "Penempatan dibatalkan")
PLACEMENT_ENDED = declare_action("employees.placement_ended", "Penempatan diakhiri")
DEACTIVATED = declare_action("employees.deactivated", "Pegawai dinonaktifkan")
REACTIVATED = declare_action("employees.reactivated", "Pegawai diaktifkan kembali")

ONE_DAY: Final = timedelta(days=1)
_EDITABLE: Final = ("name", "email")


@transaction.atomic
def change_employee(*, uid: UUID, values: Mapping[str, str], actor: User) -> Employee:
    """Correct name and e-mail. Raises NotAllowed, NotFound, OwnRecord."""
    employee = _locked(actor, uid)
    before = {name: getattr(employee, name) for name in _EDITABLE}
    after = {**before, **{name: values[name] for name in _EDITABLE if name in values}}
    if after == before:
        return employee
    for name, value in after.items():
        setattr(employee, name, value)
    employee.save(update_fields=list(_EDITABLE))
    if employee.user is not None:
        User.objects.filter(pk=employee.user_id).update(display_name=employee.name, email=employee.email)
    different = [name for name in _EDITABLE if before[name] != after[name]]
    record(
        CHANGED,
        actor=actor,
        subject=employee,
        before={name: before[name] for name in different},
        after={name: after[name] for name in different},
    )
    return employee


@transaction.atomic
def place_employee(
    *,
    uid: UUID,
    position_uid: UUID,
    kind: str,
    first: date,
    last: date | None,
    letter_number: str,
    actor: User,
) -> Placement:
    """Give a post from `first` to `last` (both included; None: until further notice).

    A definitive post ends the one held before on the day before `first`. An acting one (Plt, Plh) stands beside it.
    Raises NotAllowed, NotFound, PeriodReversed, PlacementOverlaps, and MonthClosed when a closed month would read
    otherwise.
    """
    employee = _locked(actor, uid)
    position = access.position_to_fill(actor, position_uid)
    end = None if last is None else last + ONE_DAY
    if end is not None and end <= first:
        raise PeriodReversed
    period = DateRange(first, end)
    if employee.placements.exists():
        # A definitive post leaves nothing of the one that it ends.
        closing.require_open_period(
            first,
            None if kind == Placement.Kind.DEFINITIF else end,
            employees=[employee.pk],
            opds=[position.unit.opd_id or position.unit_id],
        )
    held = Placement.objects.select_related("position").filter(employee=employee, kind=kind, period__overlap=period)
    if kind != Placement.Kind.DEFINITIF:
        held = held.filter(position=position)
    for old in held.order_by("period"):
        starts: date = old.period.lower
        if kind != Placement.Kind.DEFINITIF or starts >= first or old.period.upper is not None:
            raise PlacementOverlaps(old.position.title, starts)
        old.period = DateRange(starts, first)
        old.save(update_fields=["period"])
        record(PLACEMENT_ENDED, actor=actor, subject=employee, after={"position": old.position.code, "end": first})
    placement = Placement.objects.create(
        employee=employee, position=position, kind=kind, period=period, letter_number=letter_number
    )
    record(
        PLACED,
        actor=actor,
        subject=employee,
        after={"position": position.code, "kind": kind, "first": first, "last": last, "letter": letter_number},
    )
    grant_superiors(min(first, here.today()))
    placement_changed.send(sender=Placement, employee=employee, first=first)
    return placement


@transaction.atomic
def end_placement(*, uid: UUID, placement_uid: UUID, last: date, actor: User) -> Placement:
    """The post is held for the last time on `last`.

    Raises NotAllowed, NotFound, PeriodReversed, PlacementOverlaps, MonthClosed.
    """
    employee = _locked(actor, uid)
    placement = (
        Placement.objects.select_for_update(of=("self",))
        .select_related("position")
        .filter(uid=placement_uid, employee=employee)
        .first()
    )
    if placement is None:
        raise NotFound("placement")
    _end(placement, last, actor)
    return placement


@transaction.atomic
def deactivate_employee(*, uid: UUID, last: date, reason: str, actor: User) -> Employee:
    """Service ends after `last`: every post ends with it, and the account can no longer log in.

    A post that was to begin later is cancelled. Raises NotAllowed, NotFound, OwnRecord, PeriodReversed, MonthClosed.
    """
    employee = _locked(actor, uid)
    after = DateRange(last + ONE_DAY, None)
    for placement in employee.placements.select_related("position").filter(period__overlap=after):
        if placement.period.lower > last:
            _cancel(placement, actor)
        else:
            _end(placement, last, actor)
    employee.is_active = False
    employee.save(update_fields=["is_active"])
    if employee.user is not None:
        accounts.switch_off(employee.user, actor=actor, note=reason)
    record(DEACTIVATED, actor=actor, subject=employee, after={"last": last}, note=reason)
    return employee


@transaction.atomic
def reactivate_employee(*, uid: UUID, actor: User) -> Employee:
    """The person is in service again; posts are given anew. Raises NotAllowed, NotFound, NipTaken."""
    require(actor, MANAGE_EMPLOYEES)
    employee = access.employee_to_see(actor, uid)
    require(actor, MANAGE_EMPLOYEES, opd=_last_opd(employee))
    if employee.is_active:
        return employee
    if Employee.objects.active().filter(nip=employee.nip).exists():
        raise NipTaken(employee.nip)
    employee.is_active = True
    employee.save(update_fields=["is_active"])
    if employee.user is not None:
        accounts.switch_on(employee.user, actor=actor)
    record(REACTIVATED, actor=actor, subject=employee)
    return employee


def _last_opd(employee: Employee) -> UUID | None:
    last = employee.placements.order_by("-period").values_list("position__unit__opd__uid", flat=True).first()
    return last


def _cancel(placement: Placement, actor: User) -> None:
    before: Any = placement.period
    closing.require_open_period(before.lower, before.upper, employees=[placement.employee_id])
    record(
        PLACEMENT_CANCELLED,
        actor=actor,
        subject=placement.employee,
        before={
            "position": placement.position.code,
            "kind": placement.kind,
            "first": before.lower,
            "end": before.upper,
            "letter": placement.letter_number,
        },
    )
    placement.delete()
    placement_changed.send(sender=Placement, employee=placement.employee, first=before.lower)


def _end(placement: Placement, last: date, actor: User) -> None:
    before: Any = placement.period
    if last < before.lower:
        raise PeriodReversed
    end = last + ONE_DAY
    bounds = sorted((end, before.upper)) if before.upper is not None else (end, None)
    if bounds[0] != bounds[1]:
        closing.require_open_period(*bounds, employees=[placement.employee_id])
    if before.upper is not None and before.upper < end:
        _refuse_overlap(placement, DateRange(*bounds))
    placement.period = DateRange(before.lower, end)
    placement.save(update_fields=["period"])
    record(
        PLACEMENT_ENDED,
        actor=actor,
        subject=placement.employee,
        before={"end": before.upper},
        after={"position": placement.position.code, "end": end},
    )
    placement_changed.send(sender=Placement, employee=placement.employee, first=bounds[0])


def _refuse_overlap(placement: Placement, days: DateRange) -> None:
    """Raise PlacementOverlaps when another post of that kind stands on one of these days."""
    others = Placement.objects.select_related("position").filter(
        employee=placement.employee, kind=placement.kind, period__overlap=days
    )
    if placement.kind != Placement.Kind.DEFINITIF:
        others = others.filter(position=placement.position)
    other = others.exclude(pk=placement.pk).order_by("period").first()
    if other is not None:
        starts: date = other.period.lower
        raise PlacementOverlaps(other.position.title, starts)


def _locked(actor: User, uid: UUID) -> Employee:
    """The employee's row, locked, if the person manages it."""
    reached = access.employee_to_manage(actor, uid)
    return Employee.objects.select_for_update(of=("self",)).select_related("user").get(pk=reached.pk)
