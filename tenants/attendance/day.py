"""One person's day: from the schedule, the punches and the documents to what the day is judged to be.

Pure: no database, no clock, no settings. The tiers are the rule set's (`tenants.rules.engine.classify_day`); here is
only which punch counts for what. A day of work runs from 03.00 to 03.00 of the next date in the region's zone, so a
check-out after midnight belongs to the evening before. The same facts and rules give the same result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from kernel.clock import zone
from tenants.calendars.work_date import work_date
from tenants.rules.engine import DayObservation, NoRuleFor, RuleSet, classify_day

PRESENT: Final = "hadir"
ABSENT: Final = "tk"
EXCUSED: Final = "dokumen"
FREE: Final = "libur"
OPEN: Final = "berjalan"

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When work begins and ends on the day (aware). `note` names a holiday on a free day."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""

    @property
    def is_working_day(self) -> bool:
        return self.starts_at is not None and self.ends_at is not None


@dataclass(frozen=True, slots=True)
class PunchFact:
    """One punch as stored. `kind` is in, out, undefined or break."""

    id: UUID
    kind: str
    captured_at: datetime
    needs_review: bool = False
    # As the database prints the row (`tenants.attendance.prints`).
    print: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """A document that touches the day. `covers` is day, in or out; an undecided one does not count yet."""

    uid: UUID
    code: str
    covers: str = "day"
    is_approved: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """What the rule set counts for the day; `minutes` late or early where the event has any."""

    code: str
    minutes: int | None
    node_id: str

    def to_json(self) -> dict[str, object]:
        return {"code": self.code, "minutes": self.minutes, "node": self.node_id}


@dataclass(frozen=True, slots=True)
class DayFacts:
    """Everything that the judgement of one day depends on."""

    date: date
    schedule: Schedule
    punches: tuple[PunchFact, ...] = ()
    documents: tuple[DocumentFact, ...] = ()
    unit_category: str = "umum"
    is_finished: bool = True
    # Of all of the above, in the way that the database can follow; nothing is judged by it.
    print: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class JudgedDay:
    """The result of a day. `document` is the code of the document that covers it whole, "" without one.

    `is_undecided`: a document for the day waits for its decision.
    """

    date: date
    presence: str
    schedule: Schedule
    first_in: datetime | None
    last_out: datetime | None
    events: tuple[Event, ...]
    document: str
    is_provisional: bool
    note: str
    inputs_digest: str
    is_undecided: bool = False
    punches: tuple[PunchFact, ...] = field(default=(), compare=False)
    inputs_print: int = field(default=0, compare=False)

    @property
    def is_working_day(self) -> bool:
        return self.schedule.is_working_day

    @property
    def wants_explanation(self) -> bool:
        """A finished working day with a punch missing and no document on its way."""
        missing = self.first_in is None or self.last_out is None
        return self.presence in (PRESENT, ABSENT) and missing and bool(self.events) and not self.is_undecided


def date_of_punch(punch: PunchFact, zone_name: str) -> date:
    """The day that a punch belongs to. Who checks in before 03.00 begins the new date, everything else ends the old."""
    if punch.kind == "in":
        return punch.captured_at.astimezone(zone(zone_name)).date()
    return work_date(punch.captured_at, zone_name)


def direction_of(punch: PunchFact, schedule: Schedule) -> Direction | None:
    """In or out as the punch says; an undefined one is the nearer edge of the schedule; a break is neither.

    Without a schedule an undefined punch has no direction by itself (None).
    """
    if punch.kind in ("in", "out"):
        return "in" if punch.kind == "in" else "out"
    if punch.kind == "break" or schedule.starts_at is None or schedule.ends_at is None:
        return None
    to_start = abs(punch.captured_at - schedule.starts_at)
    to_end = abs(punch.captured_at - schedule.ends_at)
    return "in" if to_start <= to_end else "out"


def edges(punches: Sequence[PunchFact], schedule: Schedule) -> tuple[datetime | None, datetime | None]:
    """The first check-in and the last check-out behind it.

    On a day without schedule undefined punches are the first in and, if there are several, the last out.
    """
    ins: list[datetime] = []
    outs: list[datetime] = []
    for punch in punches:
        direction = direction_of(punch, schedule)
        if direction == "in":
            ins.append(punch.captured_at)
        elif direction == "out":
            outs.append(punch.captured_at)
    if not schedule.is_working_day and not ins and not outs:
        loose = sorted(punch.captured_at for punch in punches if punch.kind == "undefined")
        return (loose[0] if loose else None), (loose[-1] if len(loose) > 1 else None)
    first_in = min(ins, default=None)
    last_out = max((moment for moment in outs if first_in is None or moment > first_in), default=None)
    return first_in, last_out


def next_direction(punches: Sequence[PunchFact], schedule: Schedule, moment: datetime) -> Direction:
    """What the button offers now, from today's punches and shift: a check-out forgotten yesterday flips nothing."""
    first_in, last_out = edges(punches, schedule)
    if first_in is not None or last_out is not None:
        return "out"
    if schedule.ends_at is not None and moment >= schedule.ends_at:
        return "out"
    return "in"


def judge(facts: DayFacts, rules: RuleSet | None, rules_digest: str) -> JudgedDay:
    """The result of one day. Without a rule set there are no events, and the result is provisional.

    A document whose code the rule set does not know is kept as an event with that code, so that the month's run says
    so loudly instead of paying as if it were nothing.
    """
    first_in, last_out = edges(facts.punches, facts.schedule)
    whole = next((d for d in facts.documents if d.is_approved and d.covers == "day"), None)
    approved = {d.covers for d in facts.documents if d.is_approved}
    undecided = any(not d.is_approved for d in facts.documents)
    doubtful = any(punch.needs_review for punch in facts.punches)
    events: tuple[Event, ...] = ()
    note = facts.schedule.note
    if not facts.schedule.is_working_day:
        presence = FREE
    elif whole is not None:
        presence = EXCUSED
    elif not facts.is_finished:
        presence = OPEN
    elif first_in is None and last_out is None and not approved:
        presence = ABSENT
    else:
        presence = PRESENT
    without_rules = False
    if presence in (PRESENT, ABSENT, EXCUSED):
        if rules is None:
            without_rules = True
        else:
            events = _events(facts, rules, first_in, last_out, whole, approved)
    return JudgedDay(
        date=facts.date,
        presence=presence,
        schedule=facts.schedule,
        first_in=first_in,
        last_out=last_out,
        events=events,
        document="" if whole is None else whole.code,
        is_provisional=presence == OPEN or undecided or doubtful or without_rules,
        note=note,
        inputs_digest=inputs_digest(facts, rules_digest),
        is_undecided=undecided,
        punches=facts.punches,
        inputs_print=facts.print,
    )


def _events(
    facts: DayFacts,
    rules: RuleSet,
    first_in: datetime | None,
    last_out: datetime | None,
    whole: DocumentFact | None,
    approved: set[str],
) -> tuple[Event, ...]:
    observation = DayObservation(
        date=facts.date,
        starts_at=facts.schedule.starts_at,
        ends_at=facts.schedule.ends_at,
        first_in=first_in,
        last_out=last_out,
        document=None if whole is None else whole.code,
        excused_in="in" in approved,
        excused_out="out" in approved,
        unit_category=facts.unit_category,
    )
    try:
        found = classify_day(rules, observation)
    except NoRuleFor:
        return (Event(whole.code, None, ""),) if whole is not None else ()
    return tuple(Event(event.code, event.minutes, event.node_id) for event in found)


def inputs_digest(facts: DayFacts, rules_digest: str) -> str:
    """SHA-256 over everything that the result depends on; equal digests mean an equal result."""
    schedule = facts.schedule
    content = [
        facts.date.isoformat(),
        instant_text(schedule.starts_at),
        instant_text(schedule.ends_at),
        schedule.note,
        sorted([str(p.id), p.kind, instant_text(p.captured_at), p.needs_review] for p in facts.punches),
        sorted([str(d.uid), d.code, d.covers, d.is_approved] for d in facts.documents),
        facts.unit_category,
        facts.is_finished,
        rules_digest,
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def instant_text(moment: datetime | None) -> str | None:
    """An instant as digests write it."""
    return None if moment is None else f"{moment.timestamp():.6f}"


def by_day(punches: Iterable[PunchFact], zone_name: str) -> dict[date, list[PunchFact]]:
    """Punches by the day that they belong to, in the order of time."""
    days: dict[date, list[PunchFact]] = {}
    for punch in sorted(punches, key=lambda p: (p.captured_at, str(p.id))):
        days.setdefault(date_of_punch(punch, zone_name), []).append(punch)
    return days
