"""Deciding about punches: accepting, rejecting with a reason, correcting the time, and taking a decision back.

Each decision is a new row; the newest of a punch counts. Nobody decides about an own punch, and nothing is decided
without the owner being able to read why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.delivery import outbox
from kernel.errors import NotFound
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.calendars import closing
from tenants.calendars.work_date import work_date
from tenants.employees.models import Employee
from tenants.machines.signals import lines_restored, lines_withdrawn
from tenants.punch_review import access
from tenants.punch_review.errors import AlreadyDecided, NothingToUndo, OwnPunch, ReasonNeeded, TimeOutOfReach
from tenants.punch_review.following import queue
from tenants.punch_review.models import PunchExplanation, PunchVerdict, ReviewItem
from tenants.punch_review.permissions import REVIEW
from tenants.punches.lane import COMPUTE_DAYS_TASK

ACCEPTED = declare_action("punch_review.accepted", "Absen diterima setelah ditinjau")
REJECTED = declare_action("punch_review.rejected", "Absen tidak dihitung setelah ditinjau")
CORRECTED = declare_action("punch_review.corrected", "Jam absen dibetulkan setelah ditinjau")
UNDONE = declare_action("punch_review.undone", "Keputusan tinjauan absen dibatalkan")
EXPLAINED = declare_action("punch_review.explained", "Absen dijelaskan pemiliknya")

MOST_AT_ONCE: Final = 500
_FURTHEST: Final = timedelta(hours=24)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a bulk acceptance did; `left` were settled meanwhile, are one's own, or not in one's charge."""

    done: int
    left: int


@transaction.atomic
def accept_punches(*, uids: Collection[UUID], actor: User) -> Accepted:
    """These punches count as they are. Raises NotAllowed."""
    require(actor, REVIEW)
    wanted = list(dict.fromkeys(uids))[:MOST_AT_ONCE]
    mine = access.items_for(actor).waiting().filter(punch_id__in=wanted).values("punch_id")
    items = list(ReviewItem.objects.select_for_update().filter(punch_id__in=mine).waiting().order_by("punch_id"))
    _write(items, [_verdict(item, actor, counts=True) for item in items])
    record_many(ACCEPTED, actor=actor, deeds=[Deed(item.punch) for item in _with_punches(items)])
    return Accepted(len(items), len(set(uids)) - len(items))


@transaction.atomic
def reject_punch(*, uid: UUID, reason: str, actor: User) -> PunchVerdict:
    """The punch does not count. Raises NotAllowed, NotFound, OwnPunch, AlreadyDecided, ReasonNeeded, MonthClosed."""
    item = _waiting(uid, actor)
    verdict = _verdict(item, actor, counts=False, reason=_said(reason))
    return _decided(REJECTED, item, verdict, actor)


@transaction.atomic
def correct_punch(*, uid: UUID, counted_at: datetime, reason: str, actor: User) -> PunchVerdict:
    """The punch counts at another time. Raises NotAllowed, NotFound, OwnPunch, AlreadyDecided, ReasonNeeded,
    TimeOutOfReach, MonthClosed.
    """
    item = _waiting(uid, actor)
    if abs(counted_at - item.captured_at) > _FURTHEST or counted_at > clock.now():
        raise TimeOutOfReach
    _require_open(item, counted_at)
    verdict = _verdict(item, actor, counts=True, counted_at=counted_at, reason=_said(reason))
    return _decided(CORRECTED, item, verdict, actor)


@transaction.atomic
def undo_verdict(*, uid: UUID, reason: str, actor: User) -> PunchVerdict:
    """The newest decision is taken back: the punch counts as it was captured, and waits again.

    Raises NotAllowed, NotFound, OwnPunch, NothingToUndo, MonthClosed.
    """
    item = _to_decide(uid, actor)
    if item.settled_at is None:
        raise NothingToUndo
    verdict = _verdict(item, actor, counts=True, reason=reason.strip()[:300], is_undoing=True)
    made = _decided(UNDONE, item, verdict, actor)
    item.settled_at = None
    item.save(update_fields=["settled_at"])
    return made


@receiver(lines_withdrawn, dispatch_uid="punch_review.lines_withdrawn")
def _withdraw(sender: Any, punch_ids: Collection[UUID], reason: str, actor: User, **kwargs: Any) -> None:
    """What a machine's line became does not count any more. Raises MonthClosed."""
    items = _items_of(punch_ids)
    _write(items, [_verdict(item, actor, counts=False, reason=_said(reason)) for item in items])


@receiver(lines_restored, dispatch_uid="punch_review.lines_restored")
def _restore(sender: Any, punch_ids: Collection[UUID], reason: str, actor: User, **kwargs: Any) -> None:
    """What a machine's line became counts again, and waits to be looked at. Raises MonthClosed."""
    items = _items_of(punch_ids)
    _write(items, [_verdict(item, actor, counts=True, reason=_said(reason), is_undoing=True) for item in items])
    ReviewItem.objects.filter(pk__in=[item.pk for item in items]).update(settled_at=None)


def _items_of(punch_ids: Collection[UUID]) -> list[ReviewItem]:
    """The items of these punches, queued if they were not yet; their months are open and stay so."""
    queue(punch_ids)
    items = list(ReviewItem.objects.select_for_update().filter(punch_id__in=list(punch_ids)).order_by("punch_id"))
    people: dict[date, set[int]] = defaultdict(set)
    for item in items:
        people[day_of(item.captured_at)].add(item.employee_id)
    for day, own in sorted(people.items()):
        closing.require_open(day, employees=own)
    return items


@transaction.atomic
def explain_punch(*, uid: UUID, text: str, actor: User) -> PunchExplanation:
    """The owner says how the punch came about; who decides reads it. Raises NotFound, ReasonNeeded."""
    punch = access.own_punch(actor, uid)
    made = PunchExplanation.objects.create(punch=punch, text=_said(text, most=500), written_by=actor)
    record(EXPLAINED, actor=actor, subject=punch, note=made.text)
    return made


def newest_verdicts(punch_ids: Collection[UUID]) -> dict[UUID, PunchVerdict]:
    """The verdict that counts for each of these punches. One statement."""
    rows = PunchVerdict.objects.filter(punch_id__in=list(punch_ids)).select_related("decided_by")
    return {row.punch_id: row for row in rows.order_by("pk")}


def _to_decide(uid: UUID, actor: User) -> ReviewItem:
    """The item, locked. Its month is open and stays so."""
    require(actor, REVIEW)
    if Employee.objects.filter(user=actor, punches=uid).exists():
        raise OwnPunch
    mine = access.items_for(actor).filter(punch_id=uid).values("punch_id")
    item = ReviewItem.objects.select_for_update(of=("self",)).select_related("punch").filter(punch_id__in=mine).first()
    if item is None:
        raise NotFound("punch")
    _require_open(item, item.captured_at)
    return item


def _waiting(uid: UUID, actor: User) -> ReviewItem:
    """The item, locked, of which nobody has decided yet."""
    item = _to_decide(uid, actor)
    if item.settled_at is not None:
        raise AlreadyDecided
    return item


def _require_open(item: ReviewItem, instant: datetime) -> None:
    closing.require_open(day_of(instant), employees=[item.employee_id])


def _verdict(
    item: ReviewItem,
    actor: User,
    *,
    counts: bool,
    counted_at: datetime | None = None,
    reason: str = "",
    is_undoing: bool = False,
) -> PunchVerdict:
    return PunchVerdict(
        punch_id=item.punch_id,
        employee_id=item.employee_id,
        captured_at=item.captured_at,
        counts=counts,
        counted_at=counted_at,
        reason=reason,
        is_undoing=is_undoing,
        decided_by=actor,
    )


def _decided(action: str, item: ReviewItem, verdict: PunchVerdict, actor: User) -> PunchVerdict:
    _write([item], [verdict])
    record(
        action,
        actor=actor,
        subject=item.punch,
        after={"counts": verdict.counts, "counted_at": verdict.counted_at},
        note=verdict.reason,
    )
    return verdict


def _write(items: Sequence[ReviewItem], verdicts: Sequence[PunchVerdict]) -> None:
    """Keep the verdicts, settle their items, and have the days that they touch computed again."""
    PunchVerdict.objects.bulk_create(verdicts)
    for item in items:
        item.settled_at = clock.now()
    ReviewItem.objects.bulk_update(items, ["settled_at"])
    touched: dict[date, set[int]] = defaultdict(set)
    for verdict in verdicts:
        touched[day_of(verdict.captured_at)].add(verdict.employee_id)
        if verdict.counted_at is not None:
            touched[day_of(verdict.counted_at)].add(verdict.employee_id)
    for day, people in sorted(touched.items()):
        # An overnight shift's punch belongs to the day before or after.
        outbox.send(
            COMPUTE_DAYS_TASK,
            employee_ids=sorted(people),
            first=(day - _ONE_DAY).isoformat(),
            last=(day + _ONE_DAY).isoformat(),
        )


def _with_punches(items: Sequence[ReviewItem]) -> Sequence[ReviewItem]:
    return list(ReviewItem.objects.select_related("punch").filter(punch_id__in=[item.punch_id for item in items]))


def day_of(instant: datetime) -> date:
    """The day of work on which an instant falls."""
    return work_date(instant, current_region().time_zone)


def _said(text: str, most: int = 300) -> str:
    if not text.strip():
        raise ReasonNeeded
    return text.strip()[:most]
