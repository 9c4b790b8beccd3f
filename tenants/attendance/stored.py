"""A judged day as it is stored, and a stored one as it was judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tenants.attendance.day import Event, JudgedDay, PunchFact, Schedule, Window
from tenants.attendance.models import DayResult
from tenants.calendars.plans import Shift


def details_of(day: JudgedDay) -> dict[str, Any]:
    """What a stored day keeps beside its columns; empty for a plain shift that is judged for good."""
    found: dict[str, Any] = {}
    if not _is_plain(day.schedule):
        found["shifts"] = [_shift_to_json(shift) for shift in day.schedule.shifts]
    if day.pending:
        found["pending"] = list(day.pending)
    if day.neutral:
        found["neutral"] = [
            [str(window.uid), window.starts_at.isoformat(), window.ends_at.isoformat(), window.cause]
            for window in day.neutral
        ]
    return found


def schedule_of(
    starts_at: datetime | None, ends_at: datetime | None, note: str, details: Mapping[str, Any]
) -> Schedule:
    """The schedule that a stored day was judged by."""
    if "shifts" in details:
        return Schedule(tuple(_shift_of_json(shift) for shift in details["shifts"]), note)
    return Schedule.between(starts_at, ends_at, note)


def judged_of(row: DayResult, punches: Sequence[PunchFact]) -> JudgedDay:
    """The day as it was judged when it was stored, with the punches that are there now."""
    return JudgedDay(
        date=row.date,
        presence=row.presence,
        schedule=schedule_of(row.scheduled_in, row.scheduled_out, row.note, row.details),
        first_in=row.first_in,
        last_out=row.last_out,
        events=tuple(Event(event["code"], event["minutes"], event["node"]) for event in row.events),
        document=row.document,
        pending=tuple(row.details.get("pending", ())),
        note=row.note,
        inputs_digest=row.inputs_digest,
        neutral=tuple(
            Window(UUID(uid), datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), cause)
            for uid, starts_at, ends_at, cause in row.details.get("neutral", ())
        ),
        misses_punch=row.first_in is None or row.last_out is None,
        punches=tuple(punches),
    )


def _is_plain(schedule: Schedule) -> bool:
    if not schedule.shifts:
        return True
    first, *more = schedule.shifts
    return not more and not first.on_call and first.break_ends_at is None


def _shift_to_json(shift: Shift) -> list[Any]:
    """Code, name, the instants in seconds since 1970 and whether on call: short, as each day of an office has one."""
    moments = (shift.starts_at, shift.ends_at, shift.break_starts_at, shift.break_ends_at)
    return [shift.code, shift.name, *(None if at is None else int(at.timestamp()) for at in moments), shift.on_call]


def _shift_of_json(found: Sequence[Any]) -> Shift:
    code, name, starts_at, ends_at, break_starts_at, break_ends_at, on_call = found
    return Shift(
        code,
        name,
        datetime.fromtimestamp(starts_at, UTC),
        datetime.fromtimestamp(ends_at, UTC),
        None if break_starts_at is None else datetime.fromtimestamp(break_starts_at, UTC),
        None if break_ends_at is None else datetime.fromtimestamp(break_ends_at, UTC),
        on_call,
    )
