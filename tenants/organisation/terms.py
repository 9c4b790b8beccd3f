"""A position's class and category over time: recording a change, correcting one, and what is shown of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import closing, timeline
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.timeline import Edit, Span
from tenants.organisation import access
from tenants.organisation.models import Position, PositionTerms
from tenants.organisation.permissions import CLASSIFY_ORGANISATION

CHANGED = declare_action("organisation.terms_changed", "Kelas atau kategori jabatan berubah")
CORRECTED = declare_action("organisation.terms_corrected", "Kelas atau kategori jabatan dibetulkan")

ONE_DAY = timedelta(days=1)


class Terms(NamedTuple):
    """What decides the amount of a post."""

    kelas: int
    category: str


@dataclass(frozen=True, slots=True)
class ShownTerms:
    """Terms with their first and last day, as the page shows them."""

    terms: PositionTerms
    first: date | None
    last: date | None
    is_current: bool
    is_future: bool


def history_of(position: Position, today: date) -> Sequence[ShownTerms]:
    """All terms of a position, the newest first. One statement."""
    rows = PositionTerms.objects.filter(position=position).select_related("recorded_by").order_by("-period")
    return [_shown(row, today) for row in rows]


@transaction.atomic
def change_terms(
    *, uid: UUID, kelas: int, category: str, first: date, letter_number: str = "", actor: User
) -> PositionTerms:
    """Record class and category from `first` on, up to the next change that is recorded already.

    What counted already stays as it is. Raises NotAllowed, NotFound, DayTaken, MonthClosed.
    """
    position, rows = _locked(actor, uid)
    before = _spans(rows)
    edit = timeline.edit(before, timeline.change(before, first, Terms(kelas, category)))
    if edit.is_empty:
        return next(row for row in rows if first in row.period)
    closing.require_open_period(edit.first, edit.end)
    earlier = timeline.in_force(before, first)
    made = _written(position, rows, edit, letter_number, actor)[0]
    record(
        CHANGED,
        actor=actor,
        subject=position,
        before={} if earlier is None else earlier.value._asdict(),
        after={"kelas": kelas, "category": category, "first": first, "letter": letter_number},
    )
    return made


@transaction.atomic
def correct_terms(
    *,
    uid: UUID,
    terms_uid: UUID,
    kelas: int,
    category: str,
    first: date | None,
    letter_number: str,
    reason: str,
    actor: User,
) -> None:
    """Put a wrong record right: its values, its beginning (None only for the first), its letter.

    Corrected to what counted before it, it was no change, and the two become one. Raises NotAllowed, NotFound,
    OutOfPlace, and MonthClosed when a closed month would read otherwise.
    """
    position, rows = _locked(actor, uid)
    wrong = next((row for row in rows if row.uid == terms_uid), None)
    if wrong is None:
        raise NotFound("terms")
    was: Any = wrong.period
    before = {
        "kelas": wrong.kelas,
        "category": wrong.category,
        "first": was.lower,
        "letter": wrong.letter_number,
    }
    after = {"kelas": kelas, "category": category, "first": first, "letter": letter_number}
    if after == before:
        return
    spans = _spans(rows)
    edit = timeline.edit(spans, timeline.correct(spans, wrong.pk, first, Terms(kelas, category)))
    if not edit.is_empty:
        closing.require_open_period(edit.first, edit.end)
    if letter_number != wrong.letter_number:
        wrong.letter_number = letter_number
        wrong.save(update_fields=["letter_number"])
    _written(position, rows, edit, letter_number, actor)
    record(CORRECTED, actor=actor, subject=position, before=before, after=after, note=reason)


def _locked(actor: User, uid: UUID) -> tuple[Position, list[PositionTerms]]:
    """The position, locked, if the actor may classify it, with its terms in order of time."""
    reached = access.position_for(actor, CLASSIFY_ORGANISATION, uid)
    position = Position.objects.select_for_update().get(pk=reached.pk)
    return position, list(PositionTerms.objects.filter(position=position).order_by("period"))


def _spans(rows: Sequence[PositionTerms]) -> list[Span[Terms]]:
    return [Span(row.period.lower, row.period.upper, Terms(row.kelas, row.category), row.pk) for row in rows]


def _written(
    position: Position, rows: Sequence[PositionTerms], edit: Edit[Terms], letter_number: str, actor: User
) -> list[PositionTerms]:
    """Write the edit; returns what was added."""
    known = {row.pk: row for row in rows}
    for span in edit.removed:
        known[span.key or 0].delete()
    for span in edit.moved:
        row = known[span.key or 0]
        row.kelas, row.category = span.value
        row.period = DateRange(span.since, span.until)
        row.save(update_fields=["kelas", "category", "period"])
    return [
        PositionTerms.objects.create(
            position=position,
            kelas=span.value.kelas,
            category=span.value.category,
            period=DateRange(span.since, span.until),
            letter_number=letter_number,
            recorded_by=actor,
        )
        for span in edit.added
    ]


def _shown(row: PositionTerms, today: date) -> ShownTerms:
    period: Any = row.period
    is_future = period.lower is not None and period.lower > today
    return ShownTerms(
        terms=row,
        first=period.lower,
        last=None if period.upper is None else period.upper - ONE_DAY,
        is_current=not is_future and (period.upper is None or today < period.upper),
        is_future=is_future,
    )
