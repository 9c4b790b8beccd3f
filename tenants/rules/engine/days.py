"""From what was observed on a day to the events that the rule set counts: tiers are rule data too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from .errors import NoRuleFor
from .fields import Node
from .nodes import AbsenceDay, Ceremony, EventTier, MissingPunch, TierBand
from .rule_sets import RuleSet


@dataclass(frozen=True, slots=True)
class SpanObservation:
    """A further span of a split day: its schedule and presence, named as in ``DayObservation``."""

    starts_at: datetime
    ends_at: datetime
    first_in: datetime | None = None
    last_out: datetime | None = None
    excused_in: bool = False
    excused_out: bool = False
    break_ends_at: datetime | None = None
    back_from_break: datetime | None = None
    excused_middle: bool = False


@dataclass(frozen=True, slots=True)
class DayObservation:
    """One person's finished day. ``starts_at`` and ``ends_at`` are the schedule (both ``None``: no working day),
    ``first_in`` and ``last_out`` the presence that counts; all aware. ``document`` is the code of an approved
    document for the whole day; ``excused_in``, ``excused_middle`` and ``excused_out`` say that an approved document
    covers the check-in, the return from the break or the check-out. ``break_ends_at`` is the end of the scheduled
    break and ``back_from_break`` the punch behind it; only a tier with three checkpoints asks for it.
    ``ceremonies_missed`` are codes of called events without presence and without document. ``further`` are the later
    spans of a split day: each of their edges is judged as one more edge of the day."""

    date: date
    starts_at: datetime | None
    ends_at: datetime | None
    first_in: datetime | None = None
    last_out: datetime | None = None
    document: str | None = None
    excused_in: bool = False
    excused_out: bool = False
    ceremonies_missed: tuple[str, ...] = ()
    unit_category: str = "umum"
    flags: frozenset[str] = frozenset()
    break_ends_at: datetime | None = None
    back_from_break: datetime | None = None
    excused_middle: bool = False
    further: tuple[SpanObservation, ...] = ()

    @property
    def spans(self) -> "tuple[DayObservation | SpanObservation, ...]":
        """The spans of the day in order; the observation itself is the first."""
        return (self, *self.further)


@dataclass(frozen=True, slots=True)
class DayEvent:
    """An event to count. ``minutes`` late or early, ``None`` where the event has none."""

    date: date
    code: str
    minutes: int | None
    node_id: str


@dataclass(frozen=True, slots=True)
class EventCode:
    """A code that the rule set counts, for forms and legends. ``present``: the day counts as attended."""

    code: str
    label: str
    node_id: str
    source: Literal["tier", "missing_punch", "absence", "ceremony"]
    trigger: Literal["", "document", "no_punch"] = ""
    present: bool = True
    credit_minutes: int = 0


@dataclass(frozen=True, slots=True)
class DayRules:
    """The nodes of a rule set that speak about days, found once."""

    rule_set: RuleSet
    late: EventTier | None
    early: EventTier | None
    combined: EventTier | None
    both: EventTier | None
    has_middle: bool
    missing: Mapping[str, MissingPunch]
    absences: Mapping[str, AbsenceDay]
    no_punch: AbsenceDay | None
    ceremonies: Mapping[str, Ceremony]


def classify_day(rule_set: RuleSet, observation: DayObservation) -> tuple[DayEvent, ...]:
    """The events of the day, in the order in, out, ceremonies; empty for an ordinary day or no working day.

    Raises ``NoRuleFor`` for a document or ceremony code that the rule set does not know.
    """
    rules = day_rules(rule_set)
    if observation.starts_at is None or observation.ends_at is None:
        return ()
    if observation.document is not None:
        absence = rules.absences.get(observation.document)
        if absence is None or absence.trigger != "document":
            raise NoRuleFor("document", observation.document, "")
        return (DayEvent(observation.date, absence.code, None, absence.id),)
    events: list[DayEvent] = []
    if rules.no_punch is not None and not any(_shows_something(rules, span) for span in observation.spans):
        events.append(DayEvent(observation.date, rules.no_punch.code, None, rules.no_punch.id))
    else:
        events += _attended(rules, observation)
    for code in observation.ceremonies_missed:
        ceremony = rules.ceremonies.get(code)
        if ceremony is None:
            raise NoRuleFor("ceremony", code, "")
        if observation.unit_category in ceremony.exclude_unit_categories or observation.flags & set(
            ceremony.exclude_flags
        ):
            continue
        events.append(DayEvent(observation.date, code, None, ceremony.id))
    return tuple(events)


Edge = Literal["in", "middle", "out"]


@dataclass(frozen=True, slots=True)
class _AtEdge:
    """What one punch of the day, or its absence, comes to: minutes, and an event of its own where there is one."""

    edge: Edge
    minutes: int
    node_id: str
    event: DayEvent | None


def _asks_middle(rules: DayRules, span: DayObservation | SpanObservation) -> bool:
    return rules.has_middle and span.break_ends_at is not None


def _shows_something(rules: DayRules, span: DayObservation | SpanObservation) -> bool:
    """Whether there is a punch in the span, or a document for an edge of it."""
    if span.first_in is not None or span.last_out is not None or span.excused_in or span.excused_out:
        return True
    return _asks_middle(rules, span) and (span.back_from_break is not None or span.excused_middle)


def _attended(rules: DayRules, observation: DayObservation) -> list[DayEvent]:
    """The events of a day with a punch: at each edge, or of the day as a whole where the rule set adds it up."""
    found = [entry for span in observation.spans for entry in _at_edges(rules, observation.date, span)]
    whole = _whole_day(rules, found)
    if whole is None:
        return [entry.event for entry in found if entry.event is not None]
    minutes = sum(entry.minutes for entry in found)
    band = band_at(whole, minutes)
    counted = [entry for entry in found if entry.minutes]
    # A day whose only minutes stand for a missing punch is that rule's.
    node_id = counted[0].node_id if len(counted) == 1 else whole.id
    events = [DayEvent(observation.date, band.code, minutes, node_id)] if band else []
    return events + [entry.event for entry in found if entry.event is not None and not entry.minutes]


def _whole_day(rules: DayRules, found: list[_AtEdge]) -> EventTier | None:
    """The tier that counts the minutes of the day together, ``None`` when each edge counts for itself."""
    if rules.combined is not None:
        return rules.combined
    late = sum(entry.minutes for entry in found if entry.edge != "out")
    early = sum(entry.minutes for entry in found if entry.edge == "out")
    return rules.both if late and early else None


def _at_edges(rules: DayRules, day: date, span: DayObservation | SpanObservation) -> list[_AtEdge]:
    """The edges of the span that no document excuses."""
    found: list[_AtEdge] = []
    starts_at, ends_at = span.starts_at, span.ends_at
    if not span.excused_in:
        came = span.first_in
        found.append(_at_edge(rules, "in", day, came - starts_at if came and starts_at else None))
    if _asks_middle(rules, span) and not span.excused_middle:
        back, due = span.back_from_break, span.break_ends_at
        found.append(_at_edge(rules, "middle", day, back - due if back and due else None))
    if not span.excused_out:
        left = span.last_out
        found.append(_at_edge(rules, "out", day, ends_at - left if left and ends_at else None))
    return found


def _at_edge(rules: DayRules, edge: Edge, day: date, gap: timedelta | None) -> _AtEdge:
    own = rules.early if edge == "out" else rules.late
    if gap is None:
        rule = rules.missing.get(edge)
        if rule is None:
            return _AtEdge(edge, 0, "", None)
        code = rule.as_code or rule.code
        if rule.as_minutes is None or (own is None and rules.combined is None):
            return _AtEdge(edge, 0, rule.id, DayEvent(day, code, None, rule.id) if code else None)
        minutes, node_id = rule.as_minutes, rule.id
    else:
        ruler = own or rules.combined or rules.both
        if ruler is None:
            return _AtEdge(edge, 0, "", None)
        minutes, node_id = counted_minutes(gap, ruler.tolerance_seconds), ruler.id
    band = band_at(own, minutes) if own is not None else None
    return _AtEdge(edge, minutes, node_id, DayEvent(day, band.code, minutes, node_id) if band is not None else None)


def counted_minutes(gap: timedelta, tolerance_seconds: int) -> int:
    """Minutes late or early: each minute counts once ``tolerance_seconds`` of it have passed.

    With 59 seconds tolerance 60 to 119 seconds are 1 minute; without tolerance the first second is.
    """
    seconds = gap.days * 86_400 + gap.seconds - tolerance_seconds
    return 0 if seconds <= 0 else (seconds + 59) // 60


def band_at(tier: EventTier, minutes: int) -> TierBand | None:
    """The band that holds so many minutes, ``None`` below the first."""
    for band in tier.bands:
        if band.from_minute <= minutes and (band.to_minute is None or minutes <= band.to_minute):
            return band
    return None


def day_rules(rule_set: RuleSet) -> DayRules:
    """The nodes about days, found once per rule set object."""
    known = rule_set._day_rules
    # A copy of the model carries the private attributes of its original along.
    if isinstance(known, DayRules) and known.rule_set is rule_set:
        return known
    found = _find(rule_set)
    rule_set._day_rules = found
    return found


def _find(rule_set: RuleSet) -> DayRules:
    nodes = [node for _, node in rule_set.walk()]
    tiers: dict[str, EventTier] = {node.event: node for node in nodes if isinstance(node, EventTier)}
    absences = [node for node in nodes if isinstance(node, AbsenceDay)]
    return DayRules(
        rule_set=rule_set,
        late=tiers.get("late"),
        early=tiers.get("early_leave"),
        combined=tiers.get("combined_day"),
        both=tiers.get("late_and_early"),
        has_middle=any(tier.checkpoints == 3 for tier in tiers.values()),
        missing={node.punch: node for node in nodes if isinstance(node, MissingPunch)},
        absences={node.code: node for node in absences},
        no_punch=next((node for node in absences if node.trigger == "no_punch"), None),
        ceremonies={node.code: node for node in nodes if isinstance(node, Ceremony)},
    )


def event_codes(rule_set: RuleSet) -> dict[str, EventCode]:
    """Every event code that the rule set counts, in the order of the tree."""
    codes: dict[str, EventCode] = {}
    for _, node in rule_set.walk():
        for entry in _codes_of(node):
            codes[entry.code] = entry
    return codes


def _codes_of(node: Node) -> list[EventCode]:
    if isinstance(node, EventTier):
        # The sum of a month is no event of any day: nobody counts its codes.
        if node.event == "month_total":
            return []
        return [EventCode(band.code, band.label, node.id, "tier") for band in node.bands]
    if isinstance(node, MissingPunch) and node.code is not None:
        return [EventCode(node.code, node.label, node.id, "missing_punch")]
    if isinstance(node, AbsenceDay):
        return [
            EventCode(node.code, node.label, node.id, "absence", node.trigger, node.present, node.credit_minutes),
        ]
    if isinstance(node, Ceremony):
        return [EventCode(node.code, node.label, node.id, "ceremony")]
    return []
