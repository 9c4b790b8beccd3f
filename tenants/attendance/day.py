"""One person's day: from the schedule, the punches and the documents to what the day is judged to be.

Pure: no database, no clock, no settings. The tiers are the rule set's (`tenants.rules.engine.classify_day`); here is
only which punch counts for what, and which edge of a shift is excused. Which punch belongs to which day and shift is
`tenants.attendance.belonging`. The same facts and rules give the same result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from tenants.attendance.belonging import Cut, date_of, shift_of
from tenants.calendars.plans import Shift
from tenants.rules.engine import DayObservation, NoRuleFor, RuleSet, SpanObservation, classify_day
from tenants.rules.engine.days import counted_minutes, day_rules

PRESENT: Final = "hadir"
ABSENT: Final = "tk"
EXCUSED: Final = "dokumen"
FREE: Final = "libur"
OPEN: Final = "berjalan"

Direction = Literal["in", "out"]
Edge = Literal["in", "middle", "out"]
# Why a result may still change. running: the day is not over; document: one waits for its decision; review: a punch
# is looked at; rules: no rule set is in force; contact: a machine or the phone of the person has not been heard since.
Pending = Literal["running", "document", "review", "rules", "contact"]
# Where somebody is, for the live board: there, late, not there yet, on duty elsewhere, on leave, on call, off.
Live = Literal["in", "late", "none", "duty", "leave", "oncall", "off"]

# Leave (cuti) is leave also where a rule set counts its days as present.
_LEAVE_PREFIX: Final = "C"
_DUTY_WITHOUT_RULES: Final = frozenset({"TL"})
# Sickness and permits are no duty where a rule set counts them as present.
_NEVER_DUTY: Final = frozenset({"S", "I"})


@dataclass(frozen=True, slots=True)
class Schedule:
    """The shifts of the day (aware instants). `note` names a holiday or the event of the day."""

    shifts: tuple[Shift, ...] = ()
    note: str = ""

    @classmethod
    def between(cls, starts_at: datetime | None, ends_at: datetime | None, note: str = "") -> Schedule:
        """One shift without a break; a free day when an end is missing."""
        if starts_at is None or ends_at is None:
            return cls(note=note)
        return cls((Shift("", "", starts_at, ends_at),), note)

    @property
    def duties(self) -> tuple[Shift, ...]:
        """The shifts at which the person has to be there."""
        return tuple(shift for shift in self.shifts if not shift.on_call)

    @property
    def is_working_day(self) -> bool:
        return any(not shift.on_call for shift in self.shifts)

    @property
    def is_on_call(self) -> bool:
        """Somebody at home who can be called, and nothing else."""
        return bool(self.shifts) and not self.is_working_day

    @property
    def starts_at(self) -> datetime | None:
        return min((shift.starts_at for shift in self.duties), default=None)

    @property
    def ends_at(self) -> datetime | None:
        return max((shift.ends_at for shift in self.duties), default=None)


@dataclass(frozen=True, slots=True)
class PunchFact:
    """One punch as it counts. `kind` is in, out, undefined, break, checkpoint or roll_call.

    `captured_at` is the instant that counts, after a verdict has corrected it. A punch that a verdict has taken out
    (`is_dropped`) is shown and counts for nothing. `grade` and `source` are for the reader.
    """

    id: UUID
    kind: str
    captured_at: datetime
    needs_review: bool = False
    is_dropped: bool = False
    grade: str = field(default="", compare=False)
    source: str = field(default="", compare=False)
    # As the database prints the row (`tenants.attendance.prints`).
    print: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """A document that touches the day. `covers` is day, in, out or hours; an undecided one does not count yet.

    `begins_at` and `ends_at` bound a permit for hours; `corrected_at` is the time of a check-in or check-out that a
    correction puts in the place of the missing one (None: the edge is excused instead).
    """

    uid: UUID
    code: str
    covers: str = "day"
    is_approved: bool = True
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """An approved disturbance of the unit: what is due in it, or done in it, costs nobody anything. Half-open."""

    uid: UUID
    starts_at: datetime
    ends_at: datetime
    cause: str = ""

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class Called:
    """An assembly that the person was called to, by the code of its ceremony."""

    code: str
    attended: bool


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
    """Everything that the judgement of one day depends on.

    `is_settled`: everything that could still bring a punch of the day (machines of the unit, the person's phone) has
    been heard since the day was over, or the region's grace for it has passed.
    """

    date: date
    schedule: Schedule
    punches: tuple[PunchFact, ...] = ()
    documents: tuple[DocumentFact, ...] = ()
    unit_category: str = "umum"
    is_finished: bool = True
    windows: tuple[Window, ...] = ()
    called: tuple[Called, ...] = ()
    is_settled: bool = True
    # Of all of the above, in the way that the database can follow; nothing is judged by it.
    print: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class JudgedDay:
    """The result of a day. `document` is the code of the document that covers it whole, "" without one.

    `pending` says why it may still change; `neutral` are the disturbances by which an edge of it costs nothing.
    """

    date: date
    presence: str
    schedule: Schedule
    first_in: datetime | None
    last_out: datetime | None
    events: tuple[Event, ...]
    document: str
    pending: tuple[Pending, ...]
    note: str
    inputs_digest: str
    neutral: tuple[Window, ...] = ()
    live: Live = "none"
    misses_punch: bool = False
    punches: tuple[PunchFact, ...] = field(default=(), compare=False)
    inputs_print: int = field(default=0, compare=False)

    @property
    def is_working_day(self) -> bool:
        return self.schedule.is_working_day

    @property
    def is_provisional(self) -> bool:
        return bool(self.pending)

    @property
    def is_undecided(self) -> bool:
        """A document for the day waits for its decision."""
        return "document" in self.pending

    @property
    def wants_explanation(self) -> bool:
        """A finished working day with a punch missing and no document on its way."""
        return self.presence in (PRESENT, ABSENT) and self.misses_punch and bool(self.events) and not self.is_undecided


@dataclass(frozen=True, slots=True)
class _Span:
    """One shift of the day with the punches that count for it. `starts_at` and `ends_at` are what is due, which a
    permit for hours moves; `excused` are the edges that cost nothing."""

    shift: Shift
    starts_at: datetime
    ends_at: datetime
    first_in: datetime | None
    back: datetime | None
    last_out: datetime | None
    excused: frozenset[Edge]

    @property
    def has_punch(self) -> bool:
        return self.first_in is not None or self.last_out is not None or self.back is not None


def direction_of(punch: PunchFact, schedule: Schedule) -> Direction | None:
    """In or out as the punch says; an undefined one or a roll call is the nearer edge of its shift; a break or
    checkpoint is neither. Without a schedule an undefined punch has no direction by itself (None)."""
    if punch.kind in ("in", "out"):
        return "in" if punch.kind == "in" else "out"
    duties = schedule.duties
    if punch.kind in ("break", "checkpoint") or not duties:
        return None
    shift = duties[shift_of(punch.kind, punch.captured_at, duties)]
    to_start = abs(punch.captured_at - shift.starts_at)
    to_end = abs(punch.captured_at - shift.ends_at)
    return "in" if to_start <= to_end else "out"


def edges(
    punches: Iterable[PunchFact], schedule: Schedule, *, asks_middle: bool = False
) -> tuple[datetime | None, datetime | None]:
    """The first check-in of the day and the last check-out behind the check-in of its shift.

    On a day without schedule undefined punches are the first in and, if there are several, the last out.
    """
    counting = [punch for punch in punches if not punch.is_dropped]
    if not schedule.is_working_day:
        return _loose_edges(counting)
    spans = [_edges_of(shift, own, asks_middle) for shift, own in _by_shift(counting, schedule)]
    return (
        min((first for first, _, _ in spans if first is not None), default=None),
        max((last for _, _, last in spans if last is not None), default=None),
    )


def _loose_edges(punches: Sequence[PunchFact]) -> tuple[datetime | None, datetime | None]:
    ins = [punch.captured_at for punch in punches if punch.kind == "in"]
    outs = [punch.captured_at for punch in punches if punch.kind == "out"]
    if not ins and not outs:
        loose = sorted(punch.captured_at for punch in punches if punch.kind == "undefined")
        return (loose[0] if loose else None), (loose[-1] if len(loose) > 1 else None)
    first_in = min(ins, default=None)
    return first_in, max((moment for moment in outs if first_in is None or moment > first_in), default=None)


def _by_shift(punches: Iterable[PunchFact], schedule: Schedule) -> list[tuple[Shift, list[PunchFact]]]:
    duties = schedule.duties
    found: list[tuple[Shift, list[PunchFact]]] = [(shift, []) for shift in duties]
    for punch in punches:
        found[shift_of(punch.kind, punch.captured_at, duties)][1].append(punch)
    return found


def _edges_of(
    shift: Shift, punches: Sequence[PunchFact], asks_middle: bool
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Check-in, return from the break and check-out of one shift."""
    ins: list[datetime] = []
    outs: list[datetime] = []
    backs: list[datetime] = []
    half_break = None
    if asks_middle and shift.break_starts_at is not None and shift.break_ends_at is not None:
        half_break = shift.break_starts_at + (shift.break_ends_at - shift.break_starts_at) / 2
    for punch in punches:
        moment = punch.captured_at
        if punch.kind in ("in", "out"):
            (ins if punch.kind == "in" else outs).append(moment)
        elif punch.kind in ("break", "checkpoint"):
            backs.append(moment)
        else:
            to_start, to_end = abs(moment - shift.starts_at), abs(moment - shift.ends_at)
            if shift.break_ends_at is not None and half_break is not None:
                to_back = abs(moment - shift.break_ends_at)
                if to_back < to_start and to_back < to_end:
                    backs.append(moment)
                    continue
            (ins if to_start <= to_end else outs).append(moment)
    first_in = min(ins, default=None)
    last_out = max((moment for moment in outs if first_in is None or moment > first_in), default=None)
    back = None
    if half_break is not None:
        # Who checks in a second time behind the break says the same as who presses the checkpoint.
        again = [moment for moment in ins if moment != first_in]
        back = min((moment for moment in (*backs, *again) if half_break <= moment < shift.ends_at), default=None)
    return first_in, back, last_out


def next_direction(punches: Sequence[PunchFact], schedule: Schedule, moment: datetime) -> Direction:
    """What the button offers now, from the punches and the shift that the moment belongs to: a check-out forgotten
    yesterday, or in the shift before, flips nothing."""
    duties = schedule.duties
    counting = [punch for punch in punches if not punch.is_dropped]
    if not duties:
        first_in, last_out = _loose_edges(counting)
        return "in" if first_in is None and last_out is None else "out"
    place = shift_of("undefined", moment, duties)
    shift, own = _by_shift(counting, schedule)[place]
    first_in, _, last_out = _edges_of(shift, own, asks_middle=False)
    if first_in is not None or last_out is not None or moment >= shift.ends_at:
        return "out"
    return "in"


def judge(facts: DayFacts, rules: RuleSet | None, rules_digest: str) -> JudgedDay:
    """The result of one day. Without a rule set there are no events, and the result is provisional.

    A document whose code the rule set does not know is kept as an event with that code, so that the month's run says
    so loudly instead of paying as if it were nothing. An assembly that the rule set does not count costs nothing.
    """
    asks_middle = rules is not None and day_rules(rules).has_middle
    approved = [document for document in facts.documents if document.is_approved]
    whole = next((document for document in approved if document.covers == "day"), None)
    punches = _counting(facts.punches, approved)
    schedule = facts.schedule
    spans: list[_Span] = []
    neutral: tuple[Window, ...] = ()
    if schedule.is_working_day:
        plain = [_span(shift, own, approved, asks_middle) for shift, own in _by_shift(punches, schedule)]
        spans, neutral = _with_windows(plain, facts.windows, asks_middle)
        first_in = min((span.first_in for span in spans if span.first_in is not None), default=None)
        last_out = max((span.last_out for span in spans if span.last_out is not None), default=None)
    else:
        first_in, last_out = _loose_edges(punches)
    presence = _presence(facts, whole, spans)
    events: tuple[Event, ...] = ()
    if presence in (PRESENT, ABSENT, EXCUSED) and rules is not None:
        events = _events(facts, rules, spans, whole)
    misses = any(
        (span.first_in is None and "in" not in span.excused) or (span.last_out is None and "out" not in span.excused)
        for span in spans
    )
    return JudgedDay(
        date=facts.date,
        presence=presence,
        schedule=schedule,
        first_in=first_in,
        last_out=last_out,
        events=events,
        document="" if whole is None else whole.code,
        pending=tuple(_pending(facts, presence, rules, misses=misses)),
        note=schedule.note,
        inputs_digest=inputs_digest(facts, rules_digest),
        neutral=neutral if presence == PRESENT else (),
        live=_live(schedule, spans, whole, rules, came=first_in is not None or last_out is not None),
        misses_punch=misses,
        punches=facts.punches,
        inputs_print=facts.print,
    )


def _counting(punches: Sequence[PunchFact], approved: Sequence[DocumentFact]) -> list[PunchFact]:
    """The punches that no verdict took out, and the check-ins and check-outs that a correction put in their place."""
    found = [punch for punch in punches if not punch.is_dropped]
    for document in approved:
        if document.corrected_at is not None and document.covers in ("in", "out"):
            found.append(PunchFact(document.uid, document.covers, document.corrected_at))
    return found


def _span(shift: Shift, punches: Sequence[PunchFact], approved: Sequence[DocumentFact], asks_middle: bool) -> _Span:
    """The shift with its punches, and what approved documents excuse of it."""
    first_in, back, last_out = _edges_of(shift, punches, asks_middle)
    starts_at, ends_at = shift.starts_at, shift.ends_at
    excused: set[Edge] = set()
    for document in approved:
        if document.covers == "in" and document.corrected_at is None:
            excused.add("in")
        elif document.covers == "out" and document.corrected_at is None:
            excused.add("out")
        elif document.covers == "hours" and document.begins_at is not None and document.ends_at is not None:
            if document.begins_at <= starts_at < document.ends_at:
                starts_at = min(document.ends_at, ends_at)
            if document.begins_at < ends_at <= document.ends_at:
                ends_at = max(document.begins_at, starts_at)
            if shift.break_ends_at is not None and document.begins_at <= shift.break_ends_at < document.ends_at:
                excused.add("middle")
    if starts_at >= ends_at:
        excused |= {"in", "middle", "out"}
    return _Span(shift, starts_at, ends_at, first_in, back, last_out, frozenset(excused))


def _with_windows(
    spans: Sequence[_Span], windows: Sequence[Window], asks_middle: bool
) -> tuple[list[_Span], tuple[Window, ...]]:
    """The spans with what the disturbances excuse, and the disturbances that did.

    Somebody of whom there is no sign all day was not kept from punching by a disturbance of a few minutes: then it
    counts only where disturbances cover everything that was due.
    """
    if not windows:
        return list(spans), ()
    found: list[_Span] = []
    used: list[Window] = []
    is_covered = True
    for span in spans:
        excused = set(span.excused)
        for edge, due, moment in _due(span, asks_middle):
            if edge in excused:
                continue
            window = next((w for w in windows if w.covers(due) or (moment is not None and w.covers(moment))), None)
            if window is None:
                is_covered = False
            else:
                excused.add(edge)
                if _costs(edge, due, moment) and window not in used:
                    used.append(window)
        found.append(replace(span, excused=frozenset(excused)))
    has_sign = any(span.has_punch or span.excused for span in spans)
    return (found, tuple(used)) if has_sign or is_covered else (list(spans), ())


def _due(span: _Span, asks_middle: bool) -> list[tuple[Edge, datetime, datetime | None]]:
    due: list[tuple[Edge, datetime, datetime | None]] = [("in", span.starts_at, span.first_in)]
    if asks_middle and span.shift.break_ends_at is not None:
        due.append(("middle", span.shift.break_ends_at, span.back))
    due.append(("out", span.ends_at, span.last_out))
    return due


def _costs(edge: Edge, due: datetime, moment: datetime | None) -> bool:
    return moment is None or (moment < due if edge == "out" else moment > due)


def _presence(facts: DayFacts, whole: DocumentFact | None, spans: Sequence[_Span]) -> str:
    if not facts.schedule.is_working_day:
        return FREE
    if whole is not None:
        return EXCUSED
    if not facts.is_finished:
        return OPEN
    return PRESENT if any(span.has_punch or span.excused for span in spans) else ABSENT


def _pending(facts: DayFacts, presence: str, rules: RuleSet | None, *, misses: bool) -> Iterable[Pending]:
    if presence == OPEN:
        yield "running"
    if any(not document.is_approved for document in facts.documents):
        yield "document"
    if any(punch.needs_review and not punch.is_dropped for punch in facts.punches):
        yield "review"
    if rules is None and presence in (PRESENT, ABSENT, EXCUSED):
        yield "rules"
    if not facts.is_settled and misses and presence in (PRESENT, ABSENT):
        yield "contact"


def _live(
    schedule: Schedule, spans: Sequence[_Span], whole: DocumentFact | None, rules: RuleSet | None, *, came: bool
) -> Live:
    if whole is not None and (schedule.is_working_day or schedule.is_on_call):
        return "duty" if is_duty(whole.code, rules) else "leave"
    if not schedule.is_working_day:
        return "oncall" if schedule.is_on_call else "off"
    if not came:
        return "none"
    ruler = None
    if rules is not None:
        known = day_rules(rules)
        ruler = known.late or known.combined or known.both
    tolerance = 0 if ruler is None else ruler.tolerance_seconds
    for span in spans:
        came_at = None if "in" in span.excused else span.first_in
        if came_at is not None and counted_minutes(came_at - span.starts_at, tolerance):
            return "late"
    return "in"


def is_duty(code: str, rules: RuleSet | None) -> bool:
    """Whether a document of this code is a duty elsewhere: what the rule set counts as present, except leave,
    sickness and permits."""
    if rules is None:
        return code in _DUTY_WITHOUT_RULES
    known = day_rules(rules).absences.get(code)
    return known is not None and known.present and code not in _NEVER_DUTY and not code.startswith(_LEAVE_PREFIX)


def _events(facts: DayFacts, rules: RuleSet, spans: Sequence[_Span], whole: DocumentFact | None) -> tuple[Event, ...]:
    known = day_rules(rules).ceremonies
    first, *further = spans
    observation = DayObservation(
        date=facts.date,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        first_in=first.first_in,
        last_out=first.last_out,
        document=None if whole is None else whole.code,
        excused_in="in" in first.excused,
        excused_out="out" in first.excused,
        ceremonies_missed=tuple(one.code for one in facts.called if not one.attended and one.code in known),
        unit_category=facts.unit_category,
        break_ends_at=first.shift.break_ends_at,
        back_from_break=first.back,
        excused_middle="middle" in first.excused,
        further=tuple(
            SpanObservation(
                starts_at=span.starts_at,
                ends_at=span.ends_at,
                first_in=span.first_in,
                last_out=span.last_out,
                excused_in="in" in span.excused,
                excused_out="out" in span.excused,
                break_ends_at=span.shift.break_ends_at,
                back_from_break=span.back,
                excused_middle="middle" in span.excused,
            )
            for span in further
        ),
    )
    try:
        found = classify_day(rules, observation)
    except NoRuleFor:
        return (Event(whole.code, None, ""),) if whole is not None else ()
    return tuple(Event(event.code, event.minutes, event.node_id) for event in found)


def inputs_digest(facts: DayFacts, rules_digest: str) -> str:
    """SHA-256 over everything that the result depends on; equal digests mean an equal result."""
    content = [
        facts.date.isoformat(),
        schedule_content(facts.schedule),
        sorted([str(p.id), p.kind, instant_text(p.captured_at), p.needs_review, p.is_dropped] for p in facts.punches),
        sorted(document_content(document) for document in facts.documents),
        [[str(w.uid), instant_text(w.starts_at), instant_text(w.ends_at), w.cause] for w in facts.windows],
        sorted([one.code, one.attended] for one in facts.called),
        facts.unit_category,
        facts.is_finished,
        facts.is_settled,
        rules_digest,
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def schedule_content(schedule: Schedule) -> list[object]:
    """A schedule as digests write it: what is due when. The names of shifts change nothing."""
    return [schedule.note, [shift_content(shift) for shift in schedule.shifts]]


def shift_content(shift: Shift) -> list[object]:
    return [
        instant_text(shift.starts_at),
        instant_text(shift.ends_at),
        instant_text(shift.break_starts_at),
        instant_text(shift.break_ends_at),
        shift.on_call,
    ]


def document_content(document: DocumentFact) -> list[object]:
    """A document as digests write it."""
    return [
        str(document.uid),
        document.code,
        document.covers,
        document.is_approved,
        instant_text(document.begins_at) or "",
        instant_text(document.ends_at) or "",
        instant_text(document.corrected_at) or "",
    ]


def instant_text(moment: datetime | None) -> str | None:
    """An instant as digests write it."""
    return None if moment is None else f"{moment.timestamp():.6f}"


def by_day(
    punches: Iterable[PunchFact], zone_name: str, cuts: Mapping[date, Cut] | None = None
) -> dict[date, list[PunchFact]]:
    """Punches by the day that they belong to, in the order of time; `cuts` are those that are not ordinary."""
    days: dict[date, list[PunchFact]] = {}
    special = cuts or {}
    for punch in sorted(punches, key=lambda p: (p.captured_at, str(p.id))):
        days.setdefault(date_of(punch.kind, punch.captured_at, zone_name, special), []).append(punch)
    return days
