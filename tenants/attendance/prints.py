"""Whose days must be judged again, without judging them: prints of 64 bits over what a day is judged by.

A day's print is the exclusive or of the prints of its punches and of the verdicts about them (made by the database, of
the stored rows), of its documents and assemblies, and of its frame: schedule, where the day begins and ends, category
of the unit, disturbances, rules, whether the day is over. The print of several days is the exclusive or of theirs, so
that one statement compares all punches of a month with all stored days, whoever judged them and when; a second one does
for those whose month begins or ends within a shift. Two different months agree by chance once in 2^64; who wants to be
sure has the days computed (`results.recompute_days`), which compares the SHA-256 of each day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, LiteralString

from django.db import connection
from django.db.models import BigIntegerField, Func

from tenants.attendance.belonging import Cut
from tenants.attendance.day import (
    Called,
    DocumentFact,
    Schedule,
    Window,
    document_content,
    instant_text,
    schedule_content,
)

# A punch as stored; nobody can change one, but a new column of it that a day is judged by belongs here.
PUNCH_PRINT: Final = Func(
    "id",
    "kind",
    "captured_at",
    "state",
    template="hash_record_extended(ROW(%(expressions)s), 0)",
    output_field=BigIntegerField(),
)
# A verdict as stored, for the day of its punch, and for the day of the time that counts in the place of the punch's.
VERDICT_PRINT: Final = Func(
    "id",
    "counts",
    "counted_at",
    "is_undoing",
    template="hash_record_extended(ROW(%(expressions)s), 0)",
    output_field=BigIntegerField(),
)
COUNTED_PRINT: Final = Func(
    "id",
    "counts",
    "counted_at",
    "is_undoing",
    template="hash_record_extended(ROW(%(expressions)s), 1)",
    output_field=BigIntegerField(),
)

# The punches of the days between two cuts (`belonging.Cut`), each kind by its own instants, the verdicts about them,
# and the stored days.
_DIFFERENCES: Final[LiteralString] = """
    SELECT employee_id, bit_xor(print) FROM (
        SELECT employee_id, bit_xor(hash_record_extended(ROW(id, kind, captured_at, state), 0)) AS print
        FROM punches_punch
        WHERE employee_id = ANY(%(people)s) AND captured_at >= %(lowest)s AND captured_at < %(highest)s
            AND CASE kind WHEN 'in' THEN captured_at >= %(ins)s AND captured_at < %(ins_end)s
                WHEN 'out' THEN captured_at >= %(outs)s AND captured_at < %(outs_end)s
                ELSE captured_at >= %(others)s AND captured_at < %(others_end)s END
        GROUP BY employee_id
        UNION ALL
        SELECT v.employee_id, bit_xor(
            CASE WHEN CASE p.kind WHEN 'in' THEN v.captured_at >= %(ins)s AND v.captured_at < %(ins_end)s
                WHEN 'out' THEN v.captured_at >= %(outs)s AND v.captured_at < %(outs_end)s
                ELSE v.captured_at >= %(others)s AND v.captured_at < %(others_end)s END THEN
                hash_record_extended(ROW(v.id, v.counts, v.counted_at, v.is_undoing), 0) ELSE 0 END
            # CASE WHEN CASE p.kind WHEN 'in' THEN v.counted_at >= %(ins)s AND v.counted_at < %(ins_end)s
                WHEN 'out' THEN v.counted_at >= %(outs)s AND v.counted_at < %(outs_end)s
                ELSE v.counted_at >= %(others)s AND v.counted_at < %(others_end)s END THEN
                hash_record_extended(ROW(v.id, v.counts, v.counted_at, v.is_undoing), 1) ELSE 0 END)
        FROM punch_review_punchverdict v JOIN punches_punch p ON p.id = v.punch_id
        WHERE v.employee_id = ANY(%(people)s)
            AND (v.captured_at >= %(lowest)s AND v.captured_at < %(highest)s
                OR v.counted_at >= %(lowest)s AND v.counted_at < %(highest)s)
        GROUP BY v.employee_id
        UNION ALL
        SELECT employee_id, bit_xor(inputs_print) FROM attendance_dayresult
        WHERE employee_id = ANY(%(people)s) AND date >= %(first_day)s AND date < %(last_end)s
        GROUP BY employee_id
    ) AS both_sides GROUP BY employee_id
"""
# The same for people whose cuts are their own.
_DIFFERENCES_BY_CUT: Final[LiteralString] = """
    WITH cut AS (
        SELECT * FROM unnest(%(people)s::bigint[], %(ins)s::timestamptz[], %(ins_end)s::timestamptz[],
            %(outs)s::timestamptz[], %(outs_end)s::timestamptz[], %(others)s::timestamptz[],
            %(others_end)s::timestamptz[]) AS row(employee_id, ins, ins_end, outs, outs_end, others, others_end)
    )
    SELECT employee_id, bit_xor(print) FROM (
        SELECT p.employee_id, bit_xor(hash_record_extended(ROW(p.id, p.kind, p.captured_at, p.state), 0)) AS print
        FROM cut JOIN punches_punch p ON p.employee_id = cut.employee_id
            AND p.captured_at >= least(cut.ins, cut.outs, cut.others)
            AND p.captured_at < greatest(cut.ins_end, cut.outs_end, cut.others_end)
            AND CASE p.kind WHEN 'in' THEN p.captured_at >= cut.ins AND p.captured_at < cut.ins_end
                WHEN 'out' THEN p.captured_at >= cut.outs AND p.captured_at < cut.outs_end
                ELSE p.captured_at >= cut.others AND p.captured_at < cut.others_end END
        GROUP BY p.employee_id
        UNION ALL
        SELECT v.employee_id, bit_xor(
            CASE WHEN CASE p.kind WHEN 'in' THEN v.captured_at >= cut.ins AND v.captured_at < cut.ins_end
                WHEN 'out' THEN v.captured_at >= cut.outs AND v.captured_at < cut.outs_end
                ELSE v.captured_at >= cut.others AND v.captured_at < cut.others_end END THEN
                hash_record_extended(ROW(v.id, v.counts, v.counted_at, v.is_undoing), 0) ELSE 0 END
            # CASE WHEN CASE p.kind WHEN 'in' THEN v.counted_at >= cut.ins AND v.counted_at < cut.ins_end
                WHEN 'out' THEN v.counted_at >= cut.outs AND v.counted_at < cut.outs_end
                ELSE v.counted_at >= cut.others AND v.counted_at < cut.others_end END THEN
                hash_record_extended(ROW(v.id, v.counts, v.counted_at, v.is_undoing), 1) ELSE 0 END)
        FROM cut JOIN punch_review_punchverdict v ON v.employee_id = cut.employee_id
        JOIN punches_punch p ON p.id = v.punch_id
        GROUP BY v.employee_id
        UNION ALL
        SELECT employee_id, bit_xor(inputs_print) FROM attendance_dayresult
        WHERE employee_id = ANY(%(people)s) AND date >= %(first_day)s AND date < %(last_end)s
        GROUP BY employee_id
    ) AS both_sides GROUP BY employee_id
"""


def frame_print(
    day: date,
    schedule: Schedule,
    unit_category: str,
    cuts: tuple[Cut, Cut],
    windows: Sequence[Window],
    *,
    is_finished: bool,
    rules_digest: str,
) -> int:
    """Of everything that a day is judged by and that is not the person's own."""
    return _print(
        day.isoformat(),
        schedule_content(schedule),
        [[instant_text(moment) for moment in (cut.ins, cut.outs, cut.others)] for cut in cuts],
        [[str(window.uid), instant_text(window.starts_at), instant_text(window.ends_at)] for window in windows],
        unit_category,
        is_finished,
        rules_digest,
    )


def document_print(document: DocumentFact, day: date) -> int:
    """Of a document on one of its days."""
    return _print(*document_content(document), day.isoformat())


def called_print(called: Called, day: date) -> int:
    """Of an assembly that the person was called to on the day."""
    return _print("called", called.code, called.attended, day.isoformat())


def unsettled_print(day: date) -> int:
    """Of a day that is over while something that may bring its punches has not been heard since."""
    return _print("unsettled", day.isoformat())


def _print(*content: object) -> int:
    text = json.dumps(content, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def differences(employee_ids: Collection[int], first: date, end: date, begin: Cut, until: Cut) -> dict[int, int]:
    """By person, in one statement: the print of the punches between the two cuts, and that of the days stored in the
    half-open period, by exclusive or. Where all days are judged by what is there now, it is the print of all the rest;
    who has neither punch nor stored day is left out."""
    values: dict[str, Any] = {
        "people": list(employee_ids),
        "lowest": begin.earliest,
        "highest": until.latest,
        "ins": begin.ins,
        "ins_end": until.ins,
        "outs": begin.outs,
        "outs_end": until.outs,
        "others": begin.others,
        "others_end": until.others,
        "first_day": first,
        "last_end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, values)
        return dict(cursor.fetchall())


def differences_by_cut(cuts: Mapping[int, tuple[Cut, Cut]], first: date, end: date) -> dict[int, int]:
    """As `differences`, with the two cuts of each person. No statement for nobody."""
    if not cuts:
        return {}
    pairs = list(cuts.values())
    values: dict[str, Any] = {
        "people": list(cuts),
        "ins": [begin.ins for begin, _ in pairs],
        "ins_end": [until.ins for _, until in pairs],
        "outs": [begin.outs for begin, _ in pairs],
        "outs_end": [until.outs for _, until in pairs],
        "others": [begin.others for begin, _ in pairs],
        "others_end": [until.others for _, until in pairs],
        "first_day": first,
        "last_end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES_BY_CUT, values)
        return dict(cursor.fetchall())


def days_between(first: date, end: date) -> list[date]:
    """The days of the half-open period; none when it is empty."""
    return [first + timedelta(days=offset) for offset in range((end - first).days)]
