"""Officials record, end and cancel sums by list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import require
from tenants.calendars import closing
from tenants.deductions.errors import AlreadyListed, AlreadyTaken, NotStanding
from tenants.deductions.models import ListedDeduction
from tenants.deductions.permissions import RECORD

RECORDED = declare_action("deductions.recorded", "Potongan menurut daftar dicatat")
ENDED = declare_action("deductions.ended", "Potongan menurut daftar diakhiri")
CANCELLED = declare_action("deductions.cancelled", "Potongan menurut daftar dibatalkan")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: rupiah (`amount`) or percent of `base`; `until_month` is the first without it."""

    employee_id: int
    code: str
    from_month: Month
    letter_number: str
    until_month: Month | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    base: str = ListedDeduction.Base.GROSS
    label: str = ""


@transaction.atomic
def record_deductions(*, entries: Sequence[Entry], source: str, actor: Actor) -> int:
    """Write the lines, in one statement; returns how many. `source` is the sheet or the page.

    Raises closing.MonthClosed (a line would count in a closed month of its person) and AlreadyListed.
    """
    if isinstance(actor, User):
        require(actor, RECORD)
    by_start: dict[Month, set[int]] = {}
    for entry in entries:
        by_start.setdefault(entry.from_month, set()).add(entry.employee_id)
    for first in sorted(by_start):
        _require_open_from(first, by_start[first])
    rows = [
        ListedDeduction(
            employee_id=entry.employee_id,
            code=entry.code,
            label=entry.label,
            amount=entry.amount,
            percent=entry.percent,
            base=entry.base,
            from_month=entry.from_month.first_day,
            until_month=entry.until_month.first_day if entry.until_month else None,
            letter_number=entry.letter_number.strip(),
            recorded_by=actor if isinstance(actor, User) else None,
        )
        for entry in entries
    ]
    try:
        with transaction.atomic():
            ListedDeduction.objects.bulk_create(rows)
    except IntegrityError as error:
        if "deduction_once_per_letter" not in str(error):
            raise
        raise AlreadyListed from error
    codes = sorted({entry.code for entry in entries})
    record(RECORDED, actor=actor, after={"count": len(rows), "codes": codes, "source": source})
    return len(rows)


@transaction.atomic
def end_deduction(*, uid: UUID, until_month: Month, actor: User) -> ListedDeduction:
    """The sum is not taken from `until_month` on. Raises NotFound, NotStanding and closing.MonthClosed."""
    require(actor, RECORD)
    row = _locked(uid)
    before = row.until_month
    too_early = until_month.first_day <= row.from_month
    if row.cancelled_at or too_early or (before is not None and until_month.first_day >= before):
        raise NotStanding(str(uid))
    _require_open_from(until_month, {row.employee_id})
    row.until_month = until_month.first_day
    row.save(update_fields=["until_month"])
    after = {"employee": row.employee.uid, "until": str(until_month)}
    record(ENDED, actor=actor, subject=row, before={"until": before}, after=after)
    return row


@transaction.atomic
def cancel_deduction(*, uid: UUID, why: str, actor: User) -> ListedDeduction:
    """The sum was recorded wrongly and counts in no month. Raises NotFound, NotStanding and AlreadyTaken."""
    require(actor, RECORD)
    row = _locked(uid)
    if row.cancelled_at:
        raise NotStanding(str(uid))
    try:
        _require_open_from(Month.of(row.from_month), {row.employee_id})
    except closing.MonthClosed as error:
        raise AlreadyTaken from error
    row.cancelled_by, row.cancelled_at = actor, clock.now()
    row.save(update_fields=["cancelled_by", "cancelled_at"])
    record(CANCELLED, actor=actor, subject=row, after={"employee": row.employee.uid, "code": row.code}, note=why)
    return row


def _locked(uid: UUID) -> ListedDeduction:
    row = ListedDeduction.objects.select_for_update(of=("self",)).select_related("employee").filter(uid=uid).first()
    if row is None:
        raise NotFound("deduction")
    return row


def _require_open_from(first: Month, employee_ids: set[int]) -> None:
    """Raises closing.MonthClosed when this month or a later one of one of these people is closed."""
    closing.require_open_period(first.first_day, None, employees=employee_ids)
