"""Months of punches behind a region's phones, written past the application: 21 million of them in a few minutes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier

from tests.benchmarks.fixture_file import FilledRegion

DAYS_OF_A_MONTH: Final = 22
HOURS: Final = (0, 9)
# The digest of each of these events: the next one names it as the one before, as a real phone does.
LAST: Final = "A" * 43
_ONE_MOMENT: Final = SQL("""
    INSERT INTO {table} (id, region_id, employee_id, kind, source, captured_at, received_at, place_error, device, state,
                         key_id, digest)
    SELECT uuidv7(), k.region_id, k.employee_id, %(kind)s, 'phone', at, at, 'denied', 'bench', 'accepted',
           k.id, %(last)s
    FROM {keys} k,
         LATERAL (SELECT date_trunc('day', now()) - %(days)s * interval '1 day' + %(hours)s * interval '1 hour' AS at) m
""")


def write_history(connection: psycopg.Connection[Any], region: FilledRegion, months: int) -> FilledRegion:
    """Two punches a day of every phone for so many months of 22 days; gives the region whose phones know the newest.

    `connection` is a superuser's: foreign keys are not asked and indexes are built afterwards.
    """
    if not months:
        return region
    table, keys = Identifier(region.schema, "punches_punch"), Identifier(region.schema, "punches_phonekey")
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        indexes = connection.execute(
            "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = %s::regclass"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
            [table.as_string(connection)],
        ).fetchall()
        for name, _ in indexes:
            connection.execute(SQL("DROP INDEX {}").format(Identifier(region.schema, name)))
        for days in range(months * DAYS_OF_A_MONTH, 0, -1):
            for kind, hours in zip(("in", "out"), HOURS, strict=True):
                connection.execute(
                    _ONE_MOMENT.format(table=table, keys=keys),
                    {"kind": kind, "last": LAST, "days": days, "hours": hours},
                )
        for _, definition in indexes:
            connection.execute(definition.encode())
    return replace(region, phones=[replace(phone, last=LAST) for phone in region.phones])
