"""The synthetic punch: each minute of the morning a real request to the lane's public address, and what follows.

It goes the way a phone's punch goes (name, network, lane process, signature, one insert) with a key that counts for
nobody. Three minutes in a row without an answer raise the alarm and propose a disturbance for the whole region; minutes
that nobody asked, because the monitor itself was away, are found by their absence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog
from django.utils.translation import gettext as _

from kernel import clock
from kernel.audit.record import declare_action, record
from kernel.tenancy.context import control_scope, current_region
from tenants.disturbances.actions import MONITOR, propose_gap
from tenants.disturbances.gaps import MINUTE, Gap, gaps_between, watch_span, whole_minute
from tenants.disturbances.models import Disturbance, SyntheticPunch
from tenants.machines.contact import units_gone_silent
from tenants.machines.models import SILENT_AFTER
from tenants.punches.models import Probe

ALARM: Final = declare_action("disturbances.alarm", "Absen sintetis tidak dijawab")
KEPT_FOR: Final = timedelta(days=30)
# A machine that was heard so long before the watched minutes was on this morning.
HEARD_BEFORE: Final = timedelta(hours=1)
log = structlog.get_logger(__name__)

# Sends one synthetic punch of the open region; raises OSError or ValueError with what went wrong.
Send = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """A morning as it was watched: minutes asked, answered, the slowest answer in milliseconds, the last problem."""

    asked: int
    answered: int
    slowest: int
    problem: str
    problem_at: datetime | None


def punch_and_keep(send: Send) -> SyntheticPunch:
    """Send the synthetic punch of this minute and keep what came of it; a minute is asked once."""
    minute = whole_minute(clock.now())
    known = SyntheticPunch.objects.filter(minute=minute).first()
    if known is not None:
        return known
    began, problem = time.monotonic(), ""
    try:
        send()
    except (OSError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"[:200]
    took = int((time.monotonic() - began) * 1000)
    kept, _is_new = SyntheticPunch.objects.get_or_create(
        minute=minute, defaults={"is_answered": not problem, "milliseconds": took, "problem": problem}
    )
    return kept


def look_for_gaps() -> list[Disturbance]:
    """Propose a disturbance for every gap of today's watched minutes so far; raises the alarm for a new one.

    Nothing before the first day on which the region was watched at all.
    """
    region, now = current_region(), clock.now()
    first, end = watch_span(now, region.time_zone)
    until = min(end, whole_minute(now))
    if until <= first or not SyntheticPunch.objects.filter(minute__lt=first).exists():
        return []
    asked = dict(
        SyntheticPunch.objects.filter(minute__gte=first, minute__lt=until).values_list("minute", "is_answered")
    )
    found = []
    for gap in gaps_between(asked, first, until):
        known = Disturbance.objects.filter(
            origin=Disturbance.Origin.DETECTED, starts_at=gap.starts_at, is_everywhere=True
        )
        is_new = not known.exists()
        found.append(propose_gap(starts_at=gap.starts_at, ends_at=gap.ends_at, evidence=_evidence(gap)))
        if is_new:
            _alarm(gap)
    return found


def look_for_silence() -> list[Disturbance]:
    """Propose a disturbance for every unit whose attendance machines were heard this morning and then all went silent
    in the watched minutes. None while the region itself has a proposed gap: then the machines had nobody to speak to.
    """
    region, now = current_region(), clock.now()
    first, end = watch_span(now, region.time_zone)
    until = min(end, whole_minute(now))
    gone = units_gone_silent(heard_from=first - HEARD_BEFORE, silent_from=until - SILENT_AFTER)
    if not gone:
        return []
    gaps = Disturbance.objects.filter(origin=Disturbance.Origin.DETECTED, is_everywhere=True)
    if gaps.filter(starts_at__lt=until, ends_at__gt=first).exists():
        return []
    found = []
    for unit, newest in gone.items():
        starts_at = max(first, whole_minute(newest) + MINUTE)
        if starts_at < until:
            text = _("Semua mesin absen unit ini tidak terdengar sejak %(since)s.")
            evidence = text % {"since": f"{newest.astimezone(clock.zone(region.time_zone)):%H.%M}"}
            found.append(propose_gap(starts_at=starts_at, ends_at=until, evidence=evidence, unit_id=unit))
    return found


def watch_of(day: date) -> Watch:
    """What the monitor found on this date."""
    zone = current_region().time_zone
    first, end = watch_span(clock.day_bounds(day, zone)[0], zone)
    rows = list(SyntheticPunch.objects.filter(minute__gte=first, minute__lt=end).order_by("minute"))
    bad = [row for row in rows if not row.is_answered]
    return Watch(
        asked=len(rows),
        answered=len(rows) - len(bad),
        slowest=max((row.milliseconds for row in rows if row.is_answered), default=0),
        problem=bad[-1].problem if bad else "",
        problem_at=bad[-1].minute if bad else None,
    )


def prune() -> int:
    """Remove what is older than thirty days; returns how many rows."""
    before = clock.now() - KEPT_FOR
    removed, _by_kind = SyntheticPunch.objects.filter(minute__lt=before).delete()
    return removed + Probe.objects.filter(received_at__lt=before).delete()[0]


def zone_here() -> str:
    """The open region's own zone: its morning is watched."""
    return current_region().time_zone


def _evidence(gap: Gap) -> str:
    text = _("Absen sintetis tidak dijawab selama %(minutes)d menit (%(failed)d kali ditanya).")
    return text % {"minutes": gap.minutes, "failed": gap.failed}


def _alarm(gap: Gap) -> None:
    """An event for the operators, on their side, and in the log that is watched."""
    region = current_region()
    log.error("synthetic_punch_unanswered", since=gap.starts_at.isoformat(), minutes=gap.minutes)
    told = {"region": region.code, "since": gap.starts_at, "minutes": gap.minutes, "failed": gap.failed}
    with control_scope():
        record(ALARM, actor=MONITOR, after=told)
