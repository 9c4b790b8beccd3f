"""A person's status and golongan over time: recording a change, correcting one, and what is shown of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import closing, timeline
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.timeline import Edit, Span
from tenants.employees import access
from tenants.employees.models import Employee, Standing
from tenants.employees.posts import StandingFacts

CHANGED = declare_action("employees.standing_changed", "Status atau golongan berubah")
CORRECTED = declare_action("employees.standing_corrected", "Status atau golongan dibetulkan")

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownStanding:
    """A standing with its first and last day, as the page shows it."""

    standing: Standing
    first: date | None
    last: date | None
    is_current: bool
    is_future: bool


def history_of(employee: Employee, today: date) -> Sequence[ShownStanding]:
    """All standings of a person, the newest first. One statement."""
    rows = Standing.objects.filter(employee=employee).select_related("recorded_by").order_by("-period")
    return [_shown(row, today) for row in rows]


@transaction.atomic
def change_standing(
    *, uid: UUID, status: str, golongan: str, first: date, letter_number: str = "", actor: User
) -> Standing:
    """Record the status and golongan from `first` on, up to the next change that is recorded already.

    What counted already stays as it is. Raises NotAllowed, NotFound, OwnRecord, DayTaken, MonthClosed.
    """
    employee, rows = _locked(actor, uid)
    before = _spans(rows)
    edit = timeline.edit(before, timeline.change(before, first, StandingFacts(status, golongan)))
    if edit.is_empty:
        return next(row for row in rows if first in row.period)
    closing.require_open_period(edit.first, edit.end)
    earlier = timeline.in_force(before, first)
    made = _written(employee, rows, edit, letter_number, actor)[0]
    record(
        CHANGED,
        actor=actor,
        subject=employee,
        before={} if earlier is None else earlier.value._asdict(),
        after={"status": status, "golongan": golongan, "first": first, "letter": letter_number},
    )
    return made


@transaction.atomic
def correct_standing(
    *,
    uid: UUID,
    standing_uid: UUID,
    status: str,
    golongan: str,
    first: date | None,
    letter_number: str,
    reason: str,
    actor: User,
) -> None:
    """Put a wrong record right: its values, its beginning (None only for the first), its letter.

    Corrected to what counted before it, it was no change, and the two become one. Raises NotAllowed, NotFound,
    OwnRecord, OutOfPlace, and MonthClosed when a closed month would read otherwise.
    """
    employee, rows = _locked(actor, uid)
    wrong = next((row for row in rows if row.uid == standing_uid), None)
    if wrong is None:
        raise NotFound("standing")
    was: Any = wrong.period
    before = {
        "status": wrong.status,
        "golongan": wrong.golongan,
        "first": was.lower,
        "letter": wrong.letter_number,
    }
    after = {"status": status, "golongan": golongan, "first": first, "letter": letter_number}
    if after == before:
        return
    spans = _spans(rows)
    edit = timeline.edit(spans, timeline.correct(spans, wrong.pk, first, StandingFacts(status, golongan)))
    if not edit.is_empty:
        closing.require_open_period(edit.first, edit.end)
    if letter_number != wrong.letter_number:
        wrong.letter_number = letter_number
        wrong.save(update_fields=["letter_number"])
    _written(employee, rows, edit, letter_number, actor)
    record(CORRECTED, actor=actor, subject=employee, before=before, after=after, note=reason)


def _locked(actor: User, uid: UUID) -> tuple[Employee, list[Standing]]:
    """The person, locked, if the actor manages them, with the standings in order of time."""
    reached = access.employee_to_manage(actor, uid)
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=reached.pk)
    return employee, list(Standing.objects.filter(employee=employee).order_by("period"))


def _spans(rows: Sequence[Standing]) -> list[Span[StandingFacts]]:
    return [Span(row.period.lower, row.period.upper, StandingFacts(row.status, row.golongan), row.pk) for row in rows]


def _written(
    employee: Employee, rows: Sequence[Standing], edit: Edit[StandingFacts], letter_number: str, actor: User
) -> list[Standing]:
    """Write the edit; returns what was added."""
    known = {row.pk: row for row in rows}
    for span in edit.removed:
        known[span.key or 0].delete()
    for span in edit.moved:
        row = known[span.key or 0]
        row.status, row.golongan = span.value
        row.period = DateRange(span.since, span.until)
        row.save(update_fields=["status", "golongan", "period"])
    return [
        Standing.objects.create(
            employee=employee,
            status=span.value.status,
            golongan=span.value.golongan,
            period=DateRange(span.since, span.until),
            letter_number=letter_number,
            recorded_by=actor,
        )
        for span in edit.added
    ]


def _shown(row: Standing, today: date) -> ShownStanding:
    period: Any = row.period
    is_future = period.lower is not None and period.lower > today
    return ShownStanding(
        standing=row,
        first=period.lower,
        last=None if period.upper is None else period.upper - ONE_DAY,
        is_current=not is_future and (period.upper is None or today < period.upper),
        is_future=is_future,
    )
