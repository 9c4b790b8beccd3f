"""What happened in a demo month: punches, work, ratings, salaries; chance decides the same way every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from config.demo.chance import draw, happens
from kernel import clock
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.activities.models import Activity, JobKind
from tenants.calendars.working_days import RegionCalendar
from tenants.employees.posts import Post
from tenants.punches.models import Punch
from tenants.skp.models import MonthlyRating

WORK_BEGINS = time(8, 0)
WORK_MINUTES = 375


@dataclass(frozen=True)
class Worker:
    """An employee with the post held all month."""

    employee_id: int
    post: Post


def working_days(worker: Worker, calendar: RegionCalendar, month: Month, until: date) -> list[date]:
    """The worker's working days of the month before `until`."""
    return [day for day in calendar.working_days(worker.post.unit_id, month) if day < until]


def punches_of(worker: Worker, day: date, calendar: RegionCalendar) -> list[Punch]:
    """In and out of one day: mostly in time, sometimes late or early, now and then forgotten or absent."""
    hours = calendar.hours(worker.post.unit_id, day)
    if hours is None or happens(2, worker.employee_id, day, "absent"):
        return []
    begins, ends = hours
    late = 5 + draw(worker.employee_id, day, "late", below=70) if happens(12, worker.employee_id, day, "is-late") else 0
    came = begins + timedelta(minutes=late or -draw(worker.employee_id, day, "in", below=25))
    early = (
        10 + draw(worker.employee_id, day, "early", below=40) if happens(4, worker.employee_id, day, "leaves") else 0
    )
    left = (
        ends - timedelta(minutes=early) if early else ends + timedelta(minutes=draw(worker.employee_id, day, below=40))
    )
    found = [_punch(worker, Punch.Kind.IN, came)]
    if not happens(3, worker.employee_id, day, "forgets"):
        found.append(_punch(worker, Punch.Kind.OUT, left))
    return found


def _punch(worker: Worker, kind: str, at: datetime) -> Punch:
    return Punch(
        id=new_uid(),
        employee_id=worker.employee_id,
        kind=kind,
        source=Punch.Source.PHONE,
        captured_at=at,
        received_at=at,
        latitude=Decimal("1.474830") + Decimal(draw(worker.employee_id, at, "north", below=400)) / 1_000_000,
        longitude=Decimal("124.842079") + Decimal(draw(worker.employee_id, at, "east", below=200)) / 1_000_000,
        accuracy_m=8 + draw(worker.employee_id, at, "accuracy", below=20),
    )


def approved_work(worker: Worker, day: date, kinds: Sequence[JobKind], zone: str) -> Activity:
    """One approved activity that fills most of the day."""
    kind = kinds[draw(worker.employee_id, day, "kind", below=len(kinds))]
    volume = max(1, WORK_MINUTES // kind.norm_minutes)
    begin = clock.at_local(day, WORK_BEGINS, zone)
    return Activity(
        employee_id=worker.employee_id,
        job_kind=kind,
        date=day,
        span=DateTimeTZRange(begin, begin + timedelta(minutes=WORK_MINUTES)),
        minutes=WORK_MINUTES,
        volume=volume,
        description=kind.name,
        state=Activity.State.APPROVED,
        approved_minutes=WORK_MINUTES,
        approved_points=kind.points * kind.weight * volume,
        approved_weight=kind.weight,
        catalogue_version=1,
        created_at=begin,
        submitted_at=begin + timedelta(hours=8),
        decided_at=begin + timedelta(hours=9),
    )


def rating_of(worker: Worker, month: Month) -> MonthlyRating:
    """A month's rating; most are good."""
    chosen = draw(worker.employee_id, month, "rating", below=100)
    predikat = "sangat_baik" if chosen < 15 else "baik" if chosen < 93 else "butuh_perbaikan"
    achieved = Decimal(100) if chosen < 70 else Decimal(80 + chosen % 20)
    return MonthlyRating(
        employee_id=worker.employee_id,
        month=month.first_day,
        predikat=predikat,
        skp_percent=achieved,
        behaviour_sum=679 if chosen < 93 else 560,
        source="contoh",
    )


def salary_of(worker: Worker) -> Decimal:
    """The salary base of the month, in rupiah."""
    return Decimal(
        3_200_000 + 90_000 * (worker.post.kelas or 0) + 1_000 * draw(worker.employee_id, "salary", below=400)
    )
