"""Records of a subject that count from a day on: recording a change, correcting a wrong one, showing them all.

Which record counts when is `kernel.timeline`; here is what becomes of the rows, of the audit log and of closed months.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock, closing, timeline
from kernel.accounts.models import User
from kernel.audit.record import record
from kernel.errors import NotFound
from kernel.ids import Addressed
from kernel.timeline import Edit, Span

ONE_DAY = timedelta(days=1)
# Rows of one statement: an UPDATE names each of its rows in a condition of its own.
BATCH: Final = 2000
CHANGE_BATCH: Final = 500


class DatedRecord(Addressed):
    """Values of one subject for a half-open period, with the letter that says so and who recorded it.

    The first of a subject begins on no day when it counts for as long as anybody knows.
    """

    period = DateRangeField()
    letter_number = models.CharField(max_length=100, blank=True)
    # None: by an import that nobody waited for.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


R = TypeVar("R", bound=DatedRecord)
V = TypeVar("V", bound=NamedTuple)


@dataclass(frozen=True, slots=True)
class Shown(Generic[R]):
    """A record with its first and last day, as a page shows it."""

    record: R
    first: date | None
    last: date | None
    is_current: bool
    is_future: bool


def _anybody(subject: Any) -> Mapping[str, Collection[int]]:
    return {}


@dataclass(frozen=True, slots=True)
class Chronicle(Generic[R, V]):
    """All that one model records of a kind of subject.

    `subject` is its foreign key to the subject, the fields of `values` are the columns that are dated, `changed` and
    `corrected` the declared audit actions. `read_by` gives whose closed months read the subject, as
    `closing.require_open_period` takes it (employees, opds); by default anybody's. The methods that write want the
    subject's row locked and the actor's right checked by the action that calls them, in its transaction.
    """

    model: type[R]
    subject: str
    values: type[V]
    changed: str
    corrected: str
    read_by: Callable[[Any], Mapping[str, Collection[int]]] = _anybody

    def shown(self, subject: models.Model, today: date) -> Sequence[Shown[R]]:
        """All records of a subject, the newest first. One statement."""
        return [_shown(row, today) for row in self._rows(subject).select_related("recorded_by").order_by("-period")]

    def change(self, subject: models.Model, first: date, value: V, letter_number: str, actor: User) -> R:
        """Record `value` from `first` on, up to the next change that is recorded already.

        What counted already stays as it is. Raises DayTaken, MonthClosed.
        """
        rows = list(self._rows(subject).order_by("period"))
        before = self._spans(rows)
        edit = timeline.edit(before, timeline.change(before, first, value))
        if edit.is_empty:
            return next(row for row in rows if first in row.period)
        closing.require_open_period(edit.first, edit.end, **self.read_by(subject))
        earlier = timeline.in_force(before, first)
        made = self._write(subject, rows, edit, letter_number, actor)[0]
        record(
            self.changed,
            actor=actor,
            subject=subject,
            before={} if earlier is None else earlier.value._asdict(),
            after={**value._asdict(), "first": first, "letter": letter_number},
        )
        return made

    def correct(
        self,
        subject: models.Model,
        uid: UUID,
        *,
        first: date | None,
        value: V,
        letter_number: str,
        reason: str,
        actor: User,
    ) -> None:
        """Put a wrong record right: its values, its beginning (None only for the first), its letter.

        Corrected to what counted before it, it was no change, and the two become one. Raises NotFound, OutOfPlace, and
        MonthClosed when a closed month would read otherwise.
        """
        rows = list(self._rows(subject).order_by("period"))
        wrong = next((row for row in rows if row.uid == uid), None)
        if wrong is None:
            raise NotFound(str(self.model._meta.model_name))
        was: Any = wrong.period
        before = {**self._value(wrong)._asdict(), "first": was.lower, "letter": wrong.letter_number}
        after = {**value._asdict(), "first": first, "letter": letter_number}
        if after == before:
            return
        spans = self._spans(rows)
        edit = timeline.edit(spans, timeline.correct(spans, wrong.pk, first, value))
        if not edit.is_empty:
            closing.require_open_period(edit.first, edit.end, **self.read_by(subject))
        if letter_number != wrong.letter_number:
            wrong.letter_number = letter_number
            wrong.save(update_fields=["letter_number"])
        self._write(subject, rows, edit, letter_number, actor)
        record(self.corrected, actor=actor, subject=subject, before=before, after=after, note=reason)

    def write_many(self, edits: Mapping[int, Edit[Any]], *, author: User | None) -> None:
        """Write the edits of many subjects, by their keys: what ends first, because the database refuses an overlap.

        For an import that has checked closed months and tells the audit log itself; its edits only end and add, and
        their values have the fields of `values`. The number of statements does not depend on the number of subjects,
        apart from batches.
        """
        ended = {span.key: span for edit in edits.values() for span in edit.moved if span.key is not None}
        rows = list(self.model._default_manager.select_for_update().filter(pk__in=ended)) if ended else []
        for row in rows:
            row.period = DateRange(ended[row.pk].since, ended[row.pk].until)
        self.model._default_manager.bulk_update(rows, ["period"], batch_size=CHANGE_BATCH)
        self.model._default_manager.bulk_create(
            [
                self.model(
                    **{f"{self.subject}_id": key},
                    **span.value._asdict(),
                    period=DateRange(span.since, span.until),
                    recorded_by=author,
                )
                for key, edit in edits.items()
                for span in edit.added
            ],
            batch_size=BATCH,
        )

    def _rows(self, subject: models.Model) -> models.QuerySet[R]:
        return self.model._default_manager.filter(**{self.subject: subject})

    def _value(self, row: R) -> V:
        return self.values(*(getattr(row, name) for name in self.values._fields))

    def _spans(self, rows: Sequence[R]) -> list[Span[V]]:
        return [Span(row.period.lower, row.period.upper, self._value(row), row.pk) for row in rows]

    def _write(
        self, subject: models.Model, rows: Sequence[R], edit: Edit[V], letter_number: str, actor: User
    ) -> list[R]:
        """Write the edit; returns what was added."""
        known = {row.pk: row for row in rows}
        for span in edit.removed:
            known[span.key or 0].delete()
        for span in edit.moved:
            row = known[span.key or 0]
            for name, value in span.value._asdict().items():
                setattr(row, name, value)
            row.period = DateRange(span.since, span.until)
            row.save(update_fields=[*self.values._fields, "period"])
        return [
            self.model._default_manager.create(
                **{self.subject: subject},
                **span.value._asdict(),
                period=DateRange(span.since, span.until),
                letter_number=letter_number,
                recorded_by=actor,
            )
            for span in edit.added
        ]


def _shown(row: R, today: date) -> Shown[R]:
    period: Any = row.period
    is_future = period.lower is not None and period.lower > today
    return Shown(
        record=row,
        first=period.lower,
        last=None if period.upper is None else period.upper - ONE_DAY,
        is_current=not is_future and (period.upper is None or today < period.upper),
        is_future=is_future,
    )
