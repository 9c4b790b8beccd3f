"""One after the other: work of a region (or of the operators) that two may not do at the same time."""

from __future__ import annotations

from typing import Final
from zlib import crc32

from django.db import connection

from kernel.tenancy.context import scope_number

# PostgreSQL's two-part advisory locks take signed 32-bit numbers.
_SIGN: Final = 1 << 31


def take_turns(work: str) -> None:
    """Until the transaction ends nobody else does `work` (any fixed name) on this side; waits for who came before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (crc32(work.encode()) - _SIGN, scope_number()))
