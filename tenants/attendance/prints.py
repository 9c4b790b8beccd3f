"""Whose days must be judged again, without judging them: prints of 64 bits over what a day is judged by.

A day's print is the exclusive or of the prints of its punches (made by the database, of the stored row), of its
documents and of its frame: schedule, category of the unit, rules, whether the day is over. The print of several days is
the exclusive or of theirs, so that one statement compares all punches of a month with all stored days, whoever judged
them and when. Two different months agree by chance once in 2^64; who wants to be sure has the days computed
(`results.recompute_days`), which compares the SHA-256 of each day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Any, Final, LiteralString

from django.db import connection
from django.db.models import BigIntegerField, Func

from kernel import clock
from tenants.attendance.day import DocumentFact, Schedule, instant_text
from tenants.calendars.work_date import DAY_BEGINS

# A punch as stored; nobody can change one, but a new column of it that a day is judged by belongs here.
PUNCH_PRINT: Final = Func(
    "id",
    "kind",
    "captured_at",
    "state",
    template="hash_record_extended(ROW(%(expressions)s), 0)",
    output_field=BigIntegerField(),
)
# A check-in before 03.00 begins its date, everything else ends the date before (`day.date_of_punch`).
_DIFFERENCES: Final[LiteralString] = """
    SELECT employee_id, bit_xor(print) FROM (
        SELECT employee_id, bit_xor(hash_record_extended(ROW(id, kind, captured_at, state), 0)) AS print
        FROM punches_punch
        WHERE employee_id = ANY(%(people)s) AND captured_at >= %(first)s AND captured_at < %(late_end)s
            AND CASE WHEN kind = 'in' THEN captured_at < %(end)s ELSE captured_at >= %(late_first)s END
        GROUP BY employee_id
        UNION ALL
        SELECT employee_id, bit_xor(inputs_print) FROM attendance_dayresult
        WHERE employee_id = ANY(%(people)s) AND date >= %(first_day)s AND date < %(last_end)s
        GROUP BY employee_id
    ) AS both_sides GROUP BY employee_id
"""


def frame_print(day: date, schedule: Schedule, unit_category: str, *, is_finished: bool, rules_digest: str) -> int:
    """Of everything that a day is judged by and that is not the person's own."""
    return _print(
        day.isoformat(),
        instant_text(schedule.starts_at),
        instant_text(schedule.ends_at),
        schedule.note,
        unit_category,
        is_finished,
        rules_digest,
    )


def document_print(document: DocumentFact, day: date) -> int:
    """Of a document on one of its days."""
    return _print(str(document.uid), document.code, document.covers, document.is_approved, day.isoformat())


def _print(*content: object) -> int:
    text = json.dumps(content, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def differences(employee_ids: Collection[int], first: date, judged_end: date, end: date, zone: str) -> dict[int, int]:
    """By person, in one statement: the print of the punches of the days up to `judged_end`, and that of the days stored
    up to `end`, by exclusive or. Where all days are judged by what is there now, it is the print of their documents and
    frames; who has neither punch nor stored day is left out."""
    values: dict[str, Any] = {
        "people": list(employee_ids),
        "first": clock.at_local(first, time(), zone),
        "late_first": clock.at_local(first, DAY_BEGINS, zone),
        "end": clock.at_local(judged_end, time(), zone),
        "late_end": clock.at_local(judged_end, DAY_BEGINS, zone),
        "first_day": first,
        "last_end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, values)
        return dict(cursor.fetchall())


def days_between(first: date, end: date) -> list[date]:
    """The days of the half-open period; none when it is empty."""
    return [first + timedelta(days=offset) for offset in range((end - first).days)]
