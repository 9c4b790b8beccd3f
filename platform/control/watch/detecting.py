"""Which detections hold now, asked only for the groups that the events which just came in belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

import structlog
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, Case, Count, F, Max, Min, Q, QuerySet, Sum, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from control.watch.models import Detection, SecurityEvent
from control.watch.rules import Hit, Rule, RuleUnreadable, Step, Tally, holds, severity_of
from control.watch.windows import USUAL_DAYS, hit_in, number_of, usual_of

log = structlog.get_logger(__name__)

# Of one batch. Whoever makes more groups than that in a second is seen in those.
MOST_GROUPS: Final = 500
# A late bundle may span days: it is looked at in half windows, newest first, this often at most.
MOST_LOOKS: Final = 48
MOST_READ: Final = 5000

Group = tuple[str, ...]


def detect(fresh: Sequence[SecurityEvent]) -> Iterator[tuple[Detection, list[Hit]]]:
    """Each running detection that holds for groups of these new events, with what it saw of each."""
    names = {event.name for event in fresh}
    for detection in Detection.objects.exclude(status=Detection.Status.DRAFT).order_by("code"):
        try:
            rule = detection.rule
        except RuleUnreadable as error:
            # Saved by an older release perhaps; the others go on.
            log.error("detection_unreadable", detection=detection.code, reason=str(error))
            continue
        if names & rule.touched_by and (hits := find(rule, fresh)):
            yield detection, hits


def find(rule: Rule, fresh: Sequence[SecurityEvent]) -> list[Hit]:
    """The groups of these events for which the rule holds, each once, at the newest window in which it does."""
    touched: dict[Group, list[datetime]] = defaultdict(list)
    for event in fresh:
        if _touches(rule, event):
            group = rule.group_of(event)
            if group is not None and (group in touched or len(touched) < MOST_GROUPS):
                touched[group].append(event.at)
    hits: dict[Group, Hit] = {}
    for end in _ends(rule, touched):
        since = end - rule.window
        groups = [group for group, at in touched.items() if group not in hits and any(since < one <= end for one in at)]
        if groups:
            hits |= {hit.group: hit for hit in _hits(rule, groups, since, end)}
    return list(hits.values())


def _touches(rule: Rule, event: SecurityEvent) -> bool:
    if rule.is_sequence:
        return any(step.fits(event) for step in rule.steps)
    return rule.counts(event) or any(
        item.followed_by is not None and item.followed_by.fits(event) for item in rule.escalations
    )


def _ends(rule: Rule, touched: dict[Group, list[datetime]]) -> Iterator[datetime]:
    """Where windows end: at the newest event, then at the newest that is half a window older, and so on."""
    end: datetime | None = None
    looks = 0
    for at in sorted({at for found in touched.values() for at in found}, reverse=True):
        if end is None or at <= end - rule.window / 2:
            end, looks = at, looks + 1
            yield end
            if looks == MOST_LOOKS:
                return


def _hits(rule: Rule, groups: list[Group], since: datetime, end: datetime) -> list[Hit]:
    rows = SecurityEvent.objects.filter(name__in=rule.reads, at__gt=since, at__lte=end).filter(
        of_groups(rule.group_by, groups)
    )
    if rule.is_sequence:
        return _sequences(rule, set(groups), rows)
    found = []
    for row in _tallies(rule, rows):
        group = tuple("" if row[f"g{n}"] is None else str(row[f"g{n}"]) for n in range(len(rule.group_by)))
        if group not in groups:
            continue
        tally = _tally(rule, row)
        if tally.count < rule.count:
            continue
        if rule.usual_times:
            tally.usual = _usual(rule, group, since)
        if holds(rule, tally):
            level = severity_of(rule, tally)
            regions = tuple(sorted(row["regions"]))
            found.append(
                Hit(group, level, tally.first_at, tally.last_at, tally.count, tally.distinct, tally.total, regions)
            )
    return found


def _sequences(rule: Rule, groups: set[Group], rows: QuerySet[SecurityEvent]) -> list[Hit]:
    by_group: dict[Group, list[SecurityEvent]] = defaultdict(list)
    for event in rows.order_by("-at", "-id")[:MOST_READ]:
        group = rule.group_of(event)
        if group in groups:
            by_group[group].append(event)
    hits = [hit_in(rule, group, events[::-1], lambda *_: 0) for group, events in by_group.items()]
    return [hit for hit in hits if hit is not None]


def of_groups(parts: Sequence[str], groups: Sequence[Group]) -> Q:
    """Narrow to these groups part by part: of several, what fits crosswise is left out afterwards."""
    narrowed = Q()
    for place, part in enumerate(parts):
        values: list[Any] = sorted({group[place] for group in groups})
        if part == "person":
            values = [UUID(value) for value in values]
        narrowed &= Q(**{f"{part.replace('facts.', 'facts__')}__in": values})
    return narrowed


def _part(part: str) -> Any:
    return KeyTextTransform(part[6:], "facts") if part.startswith("facts.") else F(part)


def _step(step: Step) -> Q:
    return Q(name__in=step.names) & _match(step.match)


def _match(match: Any) -> Q:
    return Q(**{f"fact_{key}__in": allowed for key, allowed in match.items()})


def _tallies(rule: Rule, rows: QuerySet[SecurityEvent]) -> Any:
    steps = [*rule.steps, *rule.against, *(item.followed_by for item in rule.escalations if item.followed_by)]
    facts = {key for step in steps for key in step.match} | {key for item in rule.escalations for key in item.match}
    outside = Q(local_weekday__gt=4) | Q(local_hour__lt=rule.office_from) | Q(local_hour__gte=rule.office_to)
    main = _step(rule.steps[0])
    if rule.outside_hours:
        main &= outside
    asked: dict[str, Any] = {
        "n": Count("id", filter=main),
        "began": Min("at", filter=main),
        "ended": Max("at", filter=main),
        "regions": ArrayAgg("region", distinct=True),
    }
    if rule.distinct_of:
        asked["d"] = Count(_part(rule.distinct_of), distinct=True, filter=main & _given(rule.distinct_of))
    if rule.against:
        asked["a"] = Count("id", filter=reduce(or_, (_step(step) for step in rule.against)))
    if rule.sum_of:
        text = _part(rule.sum_of)
        # A fact is whatever its sender wrote.
        number = Case(When(summed__regex=r"^[0-9]{1,12}$", then=Cast(text, BigIntegerField())), default=0)
        rows = rows.annotate(summed=text)
        asked["s"] = Sum(number, filter=main)
    for place, item in enumerate(rule.escalations):
        if item.followed_by is not None:
            asked[f"f{place}"] = Max("at", filter=_step(item.followed_by))
        if item.distinct_of:
            asked[f"d{place}"] = Count(_part(item.distinct_of), distinct=True, filter=main & _given(item.distinct_of))
        if item.outside_hours:
            asked[f"o{place}"] = Count("id", filter=main & outside)
        if item.match:
            asked[f"m{place}"] = Count("id", filter=main & _match(item.match))
    groups = {f"g{place}": _part(part) for place, part in enumerate(rule.group_by)}
    return (
        rows.annotate(**{f"fact_{key}": KeyTextTransform(key, "facts") for key in facts})
        .order_by()
        .values(**groups)
        .annotate(**asked)
    )


def _given(part: str) -> Q:
    if part.startswith("facts."):
        return Q(**{f"{part.replace('facts.', 'facts__')}__isnull": False})
    return Q(person__isnull=False) if part == "person" else ~Q(**{part: ""})


def _tally(rule: Rule, row: dict[str, Any]) -> Tally:
    signs = [
        (
            row.get(f"f{place}") is not None and row["began"] is not None and row[f"f{place}"] > row["began"],
            row.get(f"d{place}", 0),
            row.get(f"o{place}", 0) > 0,
            row.get(f"m{place}", 0) > 0,
        )
        for place in range(len(rule.escalations))
    ]
    return Tally(
        count=row["n"],
        distinct=row.get("d", 0),
        against=row.get("a", 0),
        total=row.get("s") or 0,
        first_at=row["began"],
        last_at=row["ended"],
        signs=signs,
    )


def _usual(rule: Rule, group: Group, before: datetime) -> int:
    rows = (
        SecurityEvent.objects.filter(at__gte=before - timedelta(days=USUAL_DAYS), at__lt=before)
        .filter(of_groups(rule.group_by, [group]), name__in=rule.steps[0].names)
        .order_by("-at")[:MOST_READ]
    )
    return usual_of([number_of(event, rule.sum_of) for event in rows if rule.counts(event)])
