"""Incident numbers: INS-2026-0001, without a gap within a year."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kernel import clock
from kernel.web import zones


def take_number(moment: datetime) -> str:
    """The next number of the year. Others wait until the transaction ends; rolled back, the number is given again."""
    year = clock.local_date(moment, zones.OPERATORS).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_incidentnumber (year, last) VALUES (%s, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = incidents_incidentnumber.last + 1 RETURNING last",
            [year],
        )
        (last,) = cursor.fetchone()
    return f"INS-{year}-{last:04d}"
