"""Looking through new punches for what is odd, behind the lane and never in its way.

It follows the receipts, which count up at insertion. A punch whose transaction is younger than `SETTLED` may still have
lower ones beside it that are not to be seen yet, so it is left for the next time. Done twice, nothing is added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min

from kernel import clock
from kernel.among import among_keys
from kernel.tenancy.context import current_region
from kernel.watching import emit_on_commit, names
from tenants.employees.models import Employee
from tenants.punch_review.models import PunchSignal, ScoredUpTo, SignalWeight
from tenants.punch_review.scoring import (
    CROWD,
    FINE_M,
    QUEUE_FROM,
    REPEATED_WITHIN,
    SIGNALS,
    USUAL_QUEUE_FROM,
    Finding,
    Seen,
    findings_of,
    is_beyond_planes,
)
from tenants.punches.grading import REASONS
from tenants.punches.models import Punch

# The punches of the days in question are read once for each batch.
BATCH: Final = 2_000
# A punch is put away in one short transaction; after this nothing with a lower receipt comes.
SETTLED: Final = timedelta(seconds=30)
_COLUMNS: Final = (
    "id",
    "employee_id",
    "captured_at",
    "latitude",
    "longitude",
    "accuracy_m",
    "source",
    "state",
    "reasons",
)

_QUEUE: Final = """
    INSERT INTO punch_review_reviewitem (punch_id, region_id, employee_id, captured_at, score)
    SELECT p.id, %(region)s, p.employee_id, p.captured_at, coalesce(sum(s.points), 0)
    FROM punches_punch p LEFT JOIN punch_review_punchsignal s ON s.punch_id = p.id
    WHERE p.id = ANY(%(punches)s)
    GROUP BY p.id
    HAVING p.state = 'review' OR coalesce(sum(s.points), 0) >= %(queue_from)s
    ON CONFLICT (punch_id) DO UPDATE SET score = EXCLUDED.score
"""
# Everybody who stood on these coordinates within the span, one row for each punch; also on one's latitude and another's
# longitude, which whoever asks leaves out. No join: the planner takes a morning's punches, newer than all it has seen,
# for one row, and would compare each of them with each of the coordinates.
_CROWDS: Final = """
    SELECT latitude, longitude, id, employee_id, captured_at
    FROM punches_punch
    WHERE captured_at >= %(first)s AND captured_at < %(end)s AND source = 'phone'
          AND coalesce(accuracy_m, 0) <= %(fine)s
          AND latitude = ANY(%(latitudes)s::numeric[]) AND longitude = ANY(%(longitudes)s::numeric[])
"""


def weights() -> dict[str, int]:
    """What each signal weighs in the region, and `queue_from`. One statement."""
    own = dict(SignalWeight.objects.values_list("code", "points"))
    return {**SIGNALS, QUEUE_FROM: USUAL_QUEUE_FROM, **own}


def score_new_punches() -> int:
    """Look through what has come since the last time; returns how many punches were looked at."""
    looked_at = 0
    while batch := _next_batch():
        looked_at += batch
    return looked_at


@transaction.atomic
def _next_batch() -> int:
    ScoredUpTo.objects.bulk_create([ScoredUpTo(id=1)], ignore_conflicts=True)
    # Another worker is at it already.
    cursor = ScoredUpTo.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if cursor is None:
        return 0
    behind = Punch.objects.filter(receipt__gt=cursor.receipt)
    unsettled = behind.filter(received_at__gt=clock.now() - SETTLED).aggregate(first=Min("receipt"))["first"]
    if unsettled is not None:
        behind = behind.filter(receipt__lt=unsettled)
    rows = list(behind.order_by("receipt").values_list("receipt", *_COLUMNS)[:BATCH])
    if not rows:
        return 0
    score_punches([_seen(row[1:]) for row in rows], in_review=[row[1] for row in rows if row[8] == Punch.State.REVIEW])
    cursor.receipt = rows[-1][0]
    cursor.save(update_fields=["receipt"])
    return len(rows)


def score_punches(punches: Sequence[Seen], *, in_review: Collection[UUID] = ()) -> None:
    """Keep the signals of these punches, and queue those that somebody should look at. Five statements for all."""
    weighed = weights()
    earlier = _earlier(punches)
    crowds = _crowds(punches)
    signals: dict[tuple[UUID, str], PunchSignal] = {}
    leaps: list[tuple[Seen, Finding]] = []
    for punch in punches:
        crowd = crowds.get(_crowd_key(punch), {}) if punch.point is not None else {}
        for finding in findings_of(punch, earlier.get(punch.employee_id, ()), len(set(crowd.values()))):
            _note(signals, punch.id, finding, weighed)
            if is_beyond_planes(finding):
                leaps.append((punch, finding))
            if finding.code == "crowd":
                # Those who stood there before it was a crowd are part of it.
                for other in crowd:
                    _note(signals, other, finding, weighed)
    keep(signals.values())
    queue({*in_review, *(punch for punch, _code in signals)})
    if leaps:
        _tell_travel(leaps)


def _tell_travel(leaps: Sequence[tuple[Seen, Finding]]) -> None:
    """To the watch: one account was in two places between which nobody travels. Says how far, and never where."""
    people = Employee.objects.filter(among_keys("pk", {punch.employee_id for punch, _finding in leaps}))
    accounts = dict(people.values_list("pk", "user__uid"))
    for punch, finding in leaps:
        emit_on_commit(
            names.AUTHN_IMPOSSIBLE_TRAVEL,
            subject=str(punch.id),
            person=accounts.get(punch.employee_id),
            km=finding.evidence["metres"] // 1000,
            minutes=finding.evidence["seconds"] // 60,
            other=finding.evidence["other"],
        )


def add_signal(punch_id: UUID, finding: Finding) -> None:
    """A signal that was found in another way, later."""
    noted: dict[tuple[UUID, str], PunchSignal] = {}
    _note(noted, punch_id, finding, weights())
    keep(noted.values())
    queue([punch_id])


def keep(signals: Iterable[PunchSignal]) -> None:
    """Those that are not there yet. One statement."""
    PunchSignal.objects.bulk_create(signals, ignore_conflicts=True)


def queue(punch_ids: Collection[UUID]) -> None:
    """Rank these punches by their signals; who was looked at stays settled. Two statements."""
    if not punch_ids:
        return
    values: dict[str, Any] = {
        "region": current_region().number,
        "punches": list(punch_ids),
        "queue_from": weights()[QUEUE_FROM],
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, values)


def _note(
    signals: dict[tuple[UUID, str], PunchSignal], punch: UUID, finding: Finding, weighed: Mapping[str, int]
) -> None:
    points = weighed[finding.code]
    if points:
        signals[(punch, finding.code)] = PunchSignal(
            punch_id=punch, code=finding.code, points=points, evidence=dict(finding.evidence)
        )


def _seen(row: Sequence[Any]) -> Seen:
    *facts, state, reasons = row
    is_doubtful = state == Punch.State.REVIEW
    doubts = tuple(reason for reason in reasons if is_doubtful and REASONS.get(reason, "C") == "C")
    return replace(Seen(*facts), reasons=doubts)


def _earlier(punches: Sequence[Seen]) -> dict[int, list[Seen]]:
    """What the same people punched in the weeks before."""
    first = min(punch.at for punch in punches) - REPEATED_WITHIN
    last = max(punch.at for punch in punches)
    rows = Punch.objects.filter(
        among_keys("employee_id", {punch.employee_id for punch in punches}),
        captured_at__gte=first,
        captured_at__lt=last,
    )
    found: dict[int, list[Seen]] = defaultdict(list)
    for row in rows.filter(latitude__isnull=False).values_list(*_COLUMNS[:-2]):
        found[row[1]].append(Seen(*row))
    return found


def _crowd_key(punch: Seen) -> tuple[Any, ...]:
    return punch.latitude, punch.longitude, clock.local_date(punch.at, current_region().time_zone)


def _crowds(punches: Sequence[Seen]) -> dict[tuple[Any, ...], dict[UUID, int]]:
    """Punch to person, for each of the punches' spots and days on which there may be a crowd."""
    spots = {(punch.latitude, punch.longitude) for punch in punches if punch.is_fine and punch.source == "phone"}
    if not spots:
        return {}
    zone = current_region().time_zone
    days = [clock.local_date(punch.at, zone) for punch in punches]
    values: dict[str, Any] = {
        "latitudes": list({latitude for latitude, _longitude in spots}),
        "longitudes": list({longitude for _latitude, longitude in spots}),
        "first": clock.day_bounds(min(days), zone)[0],
        "end": clock.day_bounds(max(days), zone)[1],
        "fine": FINE_M,
    }
    found: dict[tuple[Any, ...], dict[UUID, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_CROWDS, values)
        for latitude, longitude, punch, employee, at in cursor.fetchall():
            if (latitude, longitude) not in spots:
                continue
            found[(latitude, longitude, clock.local_date(at, zone))][punch] = employee
    return {spot: people for spot, people in found.items() if len(set(people.values())) >= CROWD}
