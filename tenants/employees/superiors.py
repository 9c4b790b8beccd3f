"""A person's superior against the map of posts: writing it, ending it, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import closing
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.tenancy import here
from tenants.employees import access
from tenants.employees.errors import (
    OverrideOverlaps,
    PeriodReversed,
    SuperiorInactive,
    SuperiorIsBelow,
    SuperiorIsSelf,
    WithoutPost,
)
from tenants.employees.models import Employee, Placement, SuperiorOverride
from tenants.employees.posts import Post, Posts
from tenants.employees.querysets import posts_on, reporting_line_of
from tenants.employees.roster_import import grant
from tenants.employees.signals import superior_changed

OVERRIDDEN = declare_action("employees.superior_overridden", "Atasan ditetapkan di luar peta jabatan")
OVERRIDE_ENDED = declare_action("employees.superior_override_ended", "Penetapan atasan diakhiri")

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownOverride:
    """An override with its first and last day as they really count: not longer than either post."""

    override: SuperiorOverride
    first: date
    last: date | None
    is_current: bool
    is_open: bool


def overrides_of(employee: Employee, today: date) -> Sequence[ShownOverride]:
    """All of a person's that ever counted or will, the newest first. One statement."""
    rows = (
        SuperiorOverride.objects.filter(employee=employee)
        .select_related("superior", "placement", "superior_placement")
        .order_by("-period", "-pk")
    )
    return [shown for row in rows if (shown := _shown(row, today)) is not None]


@transaction.atomic
def override_superior(
    *,
    uid: UUID,
    superior_uid: UUID,
    first: date,
    last: date | None,
    reason: str,
    letter_number: str,
    actor: User,
) -> SuperiorOverride:
    """An official says who is the superior from `first` to `last` (both included; None: until further notice).

    Raises NotAllowed, NotFound, OwnRecord, and what `write_override` raises.
    """
    employee = access.employee_to_manage(actor, uid)
    superior = Employee.objects.active().filter(uid=superior_uid).first()
    if superior is None:
        raise NotFound("employee")
    return write_override(
        employee=employee,
        superior=superior,
        first=first,
        last=last,
        reason=reason,
        letter_number=letter_number,
        actor=actor,
    )


@transaction.atomic
def write_override(
    *,
    employee: Employee,
    superior: Employee,
    first: date,
    last: date | None,
    reason: str,
    letter_number: str = "",
    actor: Actor,
) -> SuperiorOverride:
    """Write it for whoever was entitled to say so; one that runs on is ended on the day before `first`.

    Raises PeriodReversed, SuperiorIsSelf, SuperiorInactive, SuperiorIsBelow, WithoutPost, OverrideOverlaps, and
    MonthClosed for days of a closed month.
    """
    if superior.pk == employee.pk:
        raise SuperiorIsSelf
    # Both rows, in one order: two people are not made each other's superior at the same moment.
    rows = Employee.objects.select_for_update().filter(pk__in=(employee.pk, superior.pk)).order_by("pk")
    locked = {row.pk: row for row in rows}
    end = None if last is None else last + ONE_DAY
    if end is not None and end <= first:
        raise PeriodReversed
    closing.require_open_period(first, end, employees=[employee.pk])
    if not locked[superior.pk].is_active:
        raise SuperiorInactive(superior.name)
    posts = posts_on([employee.pk, superior.pk], first)
    own, above = (_post_of(person, posts, first) for person in (employee, superior))
    for day in {first, max(first, here.today())}:
        if employee.pk in reporting_line_of(superior, day).line_of(superior.pk):
            raise SuperiorIsBelow(superior.name, employee.name)
    _end_running(employee, first, end, actor)
    override = SuperiorOverride.objects.create(
        employee=employee,
        superior=superior,
        placement_id=own.placement_id,
        superior_placement_id=above.placement_id,
        period=DateRange(first, end),
        reason=reason,
        letter_number=letter_number,
    )
    record(
        OVERRIDDEN,
        actor=actor,
        subject=employee,
        after={"superior": str(superior.uid), "first": first, "last": last, "letter": letter_number},
        note=reason,
    )
    if superior.user is not None and "atasan" not in superior.user.role_codes:
        grant("atasan", [superior.user.pk])
    superior_changed.send(sender=SuperiorOverride, employee=employee, first=first)
    return override


@transaction.atomic
def end_override(*, uid: UUID, override_uid: UUID, last: date, actor: User) -> SuperiorOverride:
    """It counts for the last time on `last`; one that has not begun by then never counts.

    Raises NotAllowed, NotFound, OwnRecord, MonthClosed.
    """
    employee = access.employee_to_manage(actor, uid)
    override = SuperiorOverride.objects.select_for_update().filter(uid=override_uid, employee=employee).first()
    if override is None:
        raise NotFound("superior_override")
    _end(override, last + ONE_DAY, actor)
    return override


def end_written_override(override: SuperiorOverride, end: date, *, actor: Actor) -> bool:
    """It does not count from `end` on, for whoever was entitled to say so; whether it still would have. Inside the
    caller's transaction."""
    return _end(override, end, actor)


def resume_override(override: SuperiorOverride, first: date, end: date | None, *, actor: Actor) -> None:
    """What another one had ended counts again from `first` until before `end` (None: until further notice), for whoever
    was entitled to say so; nothing where that is over, or somebody else was named since. Inside the caller's
    transaction."""
    if end is not None and end <= first:
        return
    period = DateRange(first, end)
    if SuperiorOverride.objects.filter(employee=override.employee, period__overlap=period).exists():
        return
    closing.require_open_period(first, end, employees=[override.employee_id])
    SuperiorOverride.objects.create(
        employee=override.employee,
        superior=override.superior,
        placement=override.placement,
        superior_placement=override.superior_placement,
        period=period,
        reason=override.reason,
        letter_number=override.letter_number,
    )
    record(
        OVERRIDDEN,
        actor=actor,
        subject=override.employee,
        after={"superior": str(override.superior.uid), "first": first, "end": end, "letter": override.letter_number},
        note=override.reason,
    )
    superior_changed.send(sender=SuperiorOverride, employee=override.employee, first=first)


def _post_of(person: Employee, posts: Mapping[int, Posts], day: date) -> Post:
    held = posts.get(person.pk)
    own = None if held is None else held.own
    if own is None:
        raise WithoutPost(person.name, day)
    return own


def _end_running(employee: Employee, first: date, end: date | None, actor: Actor) -> None:
    running = SuperiorOverride.objects.select_for_update().filter(
        employee=employee, period__overlap=DateRange(first, end)
    )
    for old in running.order_by("period"):
        starts: date = old.period.lower
        if starts > first:
            raise OverrideOverlaps(starts)
        _end(old, first, actor)


def _end(override: SuperiorOverride, end: date, actor: Actor) -> bool:
    before: Any = override.period
    if before.isempty or (before.upper is not None and before.upper <= end):
        return False
    closing.require_open_period(max(end, before.lower), before.upper, employees=[override.employee_id])
    # What never counted keeps its row, so that a document can still name it.
    override.period = DateRange(empty=True) if end <= before.lower else DateRange(before.lower, end)
    override.save(update_fields=["period"])
    record(
        OVERRIDE_ENDED,
        actor=actor,
        subject=override.employee,
        before={"superior": str(override.superior.uid), "first": before.lower, "end": before.upper},
        after={"end": max(end, before.lower)},
    )
    superior_changed.send(sender=SuperiorOverride, employee=override.employee, first=max(end, before.lower))
    return True


def _shown(row: SuperiorOverride, today: date) -> ShownOverride | None:
    period: Any = row.period
    if period.isempty:
        return None
    placements: tuple[Placement, ...] = (row.placement, row.superior_placement)
    uppers = [p.upper for p in (period, *(placement.period for placement in placements)) if p.upper is not None]
    end: date | None = min(uppers, default=None)
    if end is not None and end <= period.lower:
        return None
    return ShownOverride(
        override=row,
        first=period.lower,
        last=None if end is None else end - ONE_DAY,
        is_current=period.lower <= today and (end is None or today < end),
        is_open=end is None or end > today,
    )
