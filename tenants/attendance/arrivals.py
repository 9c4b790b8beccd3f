"""Which punches have come since the last look, each exactly once, though transactions end in another order than they
begin.

Receipts count up as rows are inserted, but a row becomes visible as its transaction ends. So a look keeps a floor below
which nothing can come any more, and the numbers above it that it has taken. Whoever draws a number holds the lock of a
writer on the table before that and until the end. So every number up to the last one given out is there once the
writers of that moment (`fence`) have ended, and the floor moves up to it (`high`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_NEWS: Final = """
    SELECT s.is_called AND s.last_value > coalesce((SELECT floor FROM attendance_punchfollowing WHERE id = 1), 0)
    FROM punch_receipt s
"""
_GIVEN_OUT: Final = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM punch_receipt"
_WRITERS: Final = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'punches_punch'::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
"""
_NEW: Final = """
    SELECT receipt, employee_id, kind, captured_at FROM punches_punch
    WHERE receipt > %s AND receipt <> ALL (%s::bigint[]) ORDER BY receipt LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class NewPunch:
    """A punch that no look has taken yet."""

    receipt: int
    employee_id: int
    kind: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where a look begins: behind `floor`, without those `taken`."""

    floor: int = 0
    taken: Sequence[int] = ()
    high: int = 0
    fence: Sequence[str] = ()


def has_news(cursor: Any) -> bool:
    """Whether a receipt above the floor has been given out. Two rows are read."""
    cursor.execute(_NEWS)
    return bool(cursor.fetchone()[0])


def look(cursor: Any, before: Position, most: int) -> tuple[list[NewPunch], Position]:
    """At most so many new punches in the order of their receipts, and where the next look begins. Three statements,
    in an order that matters, each of which sees what had ended before it."""
    cursor.execute(_GIVEN_OUT)
    given_out: int = cursor.fetchone()[0]
    cursor.execute(_WRITERS)
    writers = {row[0] for row in cursor.fetchall()}
    cursor.execute(_NEW, (before.floor, list(before.taken), most))
    new = [NewPunch(*row) for row in cursor.fetchall()]
    reached = new[-1].receipt if len(new) == most else given_out
    floor, high, fence = before.floor, before.high, list(before.fence)
    if fence and writers.isdisjoint(fence):
        floor, fence = max(floor, min(high, reached)), []
    if not fence and not writers:
        floor = max(floor, reached)
    elif not fence:
        high, fence = reached, sorted(writers)
    known = {*before.taken, *(punch.receipt for punch in new)}
    return new, Position(floor, sorted(number for number in known if number > floor), high, fence)
