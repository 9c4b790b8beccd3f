"""From what was observed on a day to the events that the rule set counts: tiers are rule data too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from .errors import NoRuleFor
from .nodes import AbsenceDay, Ceremony, EventTier, MissingPunch, Node, TierBand
from .rule_sets import RuleSet


@dataclass(frozen=True, slots=True)
class DayObservation:
    """One person's finished day. ``starts_at`` and ``ends_at`` are the schedule (both ``None``: no working day),
    ``first_in`` and ``last_out`` the presence that counts; all aware. ``document`` is the code of an approved
    document for the whole day; ``excused_in`` and ``excused_out`` say that an approved document covers the check-in
    or the check-out. ``ceremonies_missed`` are codes of called events without presence and without document."""

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
    nothing = observation.first_in is None and observation.last_out is None
    if nothing and not (observation.excused_in or observation.excused_out) and rules.no_punch is not None:
        events.append(DayEvent(observation.date, rules.no_punch.code, None, rules.no_punch.id))
    else:
        if not observation.excused_in:
            events += _edge(rules, "in", observation, observation.first_in, rules.late)
        if not observation.excused_out:
            events += _edge(rules, "out", observation, observation.last_out, rules.early)
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


def _edge(
    rules: DayRules,
    punch: Literal["in", "out"],
    observation: DayObservation,
    moment: datetime | None,
    tier: EventTier | None,
) -> list[DayEvent]:
    if moment is None:
        rule = rules.missing.get(punch)
        if rule is None:
            return []
        if rule.as_minutes is not None and tier is not None:
            band = band_at(tier, rule.as_minutes)
            return [DayEvent(observation.date, band.code, rule.as_minutes, rule.id)] if band else []
        code = rule.as_code or rule.code
        return [DayEvent(observation.date, code, None, rule.id)] if code else []
    if tier is None or observation.starts_at is None or observation.ends_at is None:
        return []
    gap = moment - observation.starts_at if punch == "in" else observation.ends_at - moment
    minutes = counted_minutes(gap, tier.tolerance_seconds)
    band = band_at(tier, minutes)
    return [DayEvent(observation.date, band.code, minutes, tier.id)] if band else []


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
    tiers = {node.event: node for node in nodes if isinstance(node, EventTier)}
    absences = [node for node in nodes if isinstance(node, AbsenceDay)]
    return DayRules(
        rule_set=rule_set,
        late=tiers.get("late"),
        early=tiers.get("early_leave"),
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
