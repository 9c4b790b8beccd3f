"""How often a wording of a detection would have fired in the last seven days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from control.watch.models import SecurityEvent
from control.watch.rules import Hit, Rule
from control.watch.windows import replay
from kernel import clock
from kernel.watching.names import Severity
from kernel.web import zones

DAYS: Final = 7
# A page is waiting: more events than that are looked at from the newest back, and the page says so.
MOST_EVENTS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Preview:
    """What it would have brought about."""

    hits: list[Hit]
    events: int
    is_cut: bool

    @property
    def by_day(self) -> list[tuple[date, int]]:
        """How many on each day of the operators' zone, oldest first, also where there was none."""
        today = clock.today(zones.OPERATORS)
        count = Counter(clock.local_date(hit.first_at, zones.OPERATORS) for hit in self.hits)
        return [(day, count[day]) for day in (today - timedelta(days=n) for n in range(DAYS - 1, -1, -1))]

    @property
    def by_severity(self) -> list[tuple[Severity, int]]:
        """How many of each severity, gravest first."""
        count = Counter(hit.severity for hit in self.hits)
        return [(level, count[level]) for level in reversed(Severity) if count[level]]


def preview(rule: Rule) -> Preview:
    """Replay the events of the last seven days."""
    since = clock.now() - timedelta(days=DAYS)
    rows = SecurityEvent.objects.filter(name__in=rule.reads, at__gte=since).order_by("-at", "-id")
    events = list(rows[: MOST_EVENTS + 1])
    is_cut = len(events) > MOST_EVENTS
    events = events[:MOST_EVENTS][::-1]
    return Preview(replay(rule, events), len(events), is_cut)
