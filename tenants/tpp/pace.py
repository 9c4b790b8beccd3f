"""How fast a run works, and how long it still takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from kernel.jobs.models import Job

# What a worker found done when it took the work up: `Job.result`.
DONE_BEFORE: Final = "done_before"
_TENTH: Final = Decimal("0.1")
_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """People in a second, to a tenth, and the seconds that are left at that pace."""

    per_second: Decimal
    seconds_left: int

    @property
    def minutes_left(self) -> int:
        """Whole minutes, rounded up; 0 below one minute."""
        return -(-self.seconds_left // _MINUTE) if self.seconds_left >= _MINUTE else 0


def pace_of(job: Job, now: datetime) -> Pace | None:
    """The pace since the worker took the job up; None as long as nothing can be told."""
    done = job.done - int(job.result.get(DONE_BEFORE, 0))
    if job.started_at is None or done <= 0 or job.is_finished:
        return None
    elapsed = Decimal(max(int((now - job.started_at).total_seconds()), 1))
    per_second = Decimal(done) / elapsed
    left = int(Decimal(max(job.total - job.done, 0)) / per_second)
    return Pace(max(per_second.quantize(_TENTH, ROUND_HALF_UP), _TENTH), left)
