"""What a rule would have found in events that are at hand: for the preview, and for rules with several steps."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from control.watch.rules import Hit, Rule, Tally, holds, severity_of, value_of

# Below so many exports nothing is usual yet.
LEAST_USUAL: Final = 5
USUAL_DAYS: Final = 30

Usual = Callable[[tuple[str, ...], datetime], int]


def usual_of(values: Sequence[int]) -> int:
    """The 95th percentile (nearest rank) of what a group did before; 0 when there is too little to say."""
    if len(values) < LEAST_USUAL:
        return 0
    return sorted(values)[ceil(0.95 * len(values)) - 1]


def number_of(event: Any, part: str) -> int:
    """A fact as a whole number; what is none counts 0."""
    text = value_of(event, part)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0


def tally_of(rule: Rule, events: Sequence[Any]) -> Tally:
    """What these events of one group and window add up to, for a rule with one step."""
    main = [event for event in events if rule.counts(event)]
    if not main:
        return Tally(signs=[(False, 0, False, False)] * len(rule.escalations))
    first = main[0].at
    signs = [
        (
            item.followed_by is not None and any(item.followed_by.fits(event) and event.at > first for event in events),
            len({value_of(event, item.distinct_of) for event in main} - {""}) if item.distinct_of else 0,
            any(rule.is_outside_hours(event) for event in main),
            any(all(value_of(event, f"facts.{key}") in ok for key, ok in item.match.items()) for event in main),
        )
        for item in rule.escalations
    ]
    return Tally(
        count=len(main),
        distinct=len({value_of(event, rule.distinct_of) for event in main} - {""}) if rule.distinct_of else 0,
        against=sum(1 for event in events if any(step.fits(event) for step in rule.against)),
        total=sum(number_of(event, rule.sum_of) for event in main) if rule.sum_of else 0,
        first_at=first,
        last_at=main[-1].at,
        signs=signs,
    )


def sequence_in(rule: Rule, events: Sequence[Any]) -> tuple[datetime, datetime] | None:
    """First and last instant of the rule's steps, one after the other, in these events of one group by time."""
    began, reached = None, 0
    for event in events:
        if rule.steps[reached].fits(event):
            began = began or event.at
            reached += 1
            if reached == len(rule.steps):
                return began, event.at
    return None


def hit_in(rule: Rule, group: tuple[str, ...], events: Sequence[Any], usual: Usual) -> Hit | None:
    """Whether the rule holds for this group's events of one window."""
    regions = tuple(sorted({event.region for event in events}))
    if rule.is_sequence:
        # The beginning of a window may hold a step that leads nowhere: look from each first step on.
        found = sequence_in(rule, events)
        return found and Hit(group, rule.severity, *found, len(rule.steps), regions=regions)
    tally = tally_of(rule, events)
    if tally.count < rule.count:
        return None
    if rule.usual_times:
        tally.usual = usual(group, tally.first_at)
    if not holds(rule, tally):
        return None
    level = severity_of(rule, tally)
    return Hit(group, level, tally.first_at, tally.last_at, tally.count, tally.distinct, tally.total, regions)


def replay(rule: Rule, events: Iterable[Any]) -> list[Hit]:
    """Every hit that these events, by time, would have brought about; what falls into the suppress time joins."""
    groups: dict[tuple[str, ...], deque[Any]] = defaultdict(deque)
    quiet_until: dict[tuple[str, ...], datetime] = {}
    past: dict[tuple[str, ...], list[tuple[datetime, int]]] = defaultdict(list)
    hits = []

    def usual(group: tuple[str, ...], before: datetime) -> int:
        since = before - timedelta(days=USUAL_DAYS)
        return usual_of([number for at, number in past[group] if since <= at < before])

    for event in events:
        group = rule.group_of(event)
        if group is None or event.name not in rule.reads:
            continue
        window = groups[group]
        window.append(event)
        if rule.usual_times and rule.counts(event):
            past[group].append((event.at, number_of(event, rule.sum_of)))
        while window[0].at <= event.at - rule.window:
            window.popleft()
        if event.name not in rule.touched_by or event.at < quiet_until.get(group, event.at):
            continue
        if len(window) < (len(rule.steps) if rule.is_sequence else rule.count):
            continue
        hit = hit_in(rule, group, list(window), usual)
        if hit is not None:
            hits.append(hit)
            quiet_until[group] = event.at + rule.suppress
    return hits
