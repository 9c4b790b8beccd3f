"""How fast the desk is: medians from one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

WINDOW: Final = timedelta(days=90)

# Medians, not means: one incident that was forgotten over a weekend says nothing of the others. An interval that is
# not known yet is left out by the aggregate itself.
_MEDIANS: Final = """
    SELECT count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY detected_at - began_at),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY acknowledged_at - detected_at),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY contained_at - detected_at),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY recovered_at - detected_at)
    FROM incidents_incident WHERE detected_at >= %s AND outcome NOT IN ('false_alarm', 'merged')
"""


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians over the real incidents of a window; None while there is none to measure."""

    incidents: int
    detect: timedelta | None
    acknowledge: timedelta | None
    contain: timedelta | None
    recover: timedelta | None


def speed(now: datetime) -> Speed:
    """From happening to finding, and from finding to acknowledged, contained and recovered, in the last 90 days."""
    with connection.cursor() as cursor:
        cursor.execute(_MEDIANS, [now - WINDOW])
        return Speed(*cursor.fetchone())
