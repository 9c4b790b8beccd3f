"""How far a punch can be trusted: when it was made by our clock, grade A, B or C, and every reason.

Pure: no database, no clock, no settings. The same facts give the same answer. Worked examples:
docs/algorithms/punches.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Grade = Literal["A", "B", "C"]
KeyState = Literal["active", "pending", "unconfirmed", "replaced", "revoked", "none"]
PlaceState = Literal["inside", "within_error", "outside", "unknown", "unjudged"]
ChainState = Literal["whole", "gap", "reordered", "unknown"]

# A phone's clock that differs by less is taken as it is (K2), and an event that took less to arrive was sent at once.
TRUSTED: Final = timedelta(minutes=2)
# A running clock is believed this long; the phone changes `boot` whenever it may have stood still.
LONGEST_RUN: Final = timedelta(hours=24)
# Wall clock and running clock that part by more were not of one start, whatever the phone says.
SAME_START: Final = timedelta(hours=12)
# An event that comes later is looked at by a person; nothing is too old to be kept. Seventy-two hours without signal
# (K3) are ordinary here.
LATE: Final = timedelta(hours=72)

# The grade to which each reason lowers a punch; those of A only tell what happened.
REASONS: Final[dict[str, Grade]] = {
    "offline": "A",
    "clock_corrected": "A",
    "clock_unproven": "B",
    "clock_skew": "C",
    "clock_only": "C",
    "clock_inconsistent": "C",
    "before_mark": "C",
    "future": "C",
    "late": "C",
    "month_closed": "C",
    "key_none": "B",
    "key_pending": "B",
    "key_replaced": "B",
    "key_unconfirmed": "C",
    "key_revoked": "C",
    "place_within_error": "B",
    "place_unknown": "B",
    "place_outside": "C",
    "chain_gap": "C",
    "chain_reordered": "C",
    "not_employed": "C",
    "carried": "A",
    # What witnesses say (`witnesses`): codes of an office, of an assembly, a tablet.
    "office_code": "B",
    "office_code_other_time": "C",
    "office_code_wrong": "C",
    "roll_call": "A",
    "roll_call_other_time": "C",
    "roll_call_wrong": "C",
    "roll_call_ticked": "A",
    "roll_call_paired": "A",
    "kiosk_qr": "A",
    "kiosk_pin": "B",
    "kiosk_pin_tries": "C",
    "kiosk_other_time": "C",
    "kiosk_revoked": "C",
    "person_key_pending": "B",
    # Of attendance machines: known by the serial alone, a wrong clock, a PIN that was paired after the line came.
    "machine_open": "B",
    "machine_clock": "C",
    "machine_shifted": "C",
    "machine_paired_late": "B",
}
_KEY_REASONS: Final[dict[KeyState, str]] = {
    "pending": "key_pending",
    "unconfirmed": "key_unconfirmed",
    "replaced": "key_replaced",
    "revoked": "key_revoked",
    "none": "key_none",
}
_PLACE_REASONS: Final[dict[PlaceState, str]] = {
    "within_error": "place_within_error",
    "unknown": "place_unknown",
    "outside": "place_outside",
}
_CHAIN_REASONS: Final[dict[ChainState, str]] = {"gap": "chain_gap", "reordered": "chain_reordered"}


@dataclass(frozen=True, slots=True)
class Clocks:
    """What is known about the time of one event.

    `claimed_at` is the phone's wall clock at the press, `sent_at` at the sending (None: not said, or said by another
    phone); `received_at` is ours. `mono_ms` and `boot` are the running clock of one start of the page at the press,
    `sent_mono_ms` and `sent_boot` at the sending. `mark_at` is the server's time in the last time mark that this phone
    held (None: no mark of ours), `mark_mono_ms` and `mark_boot` the running clock when it came. All instants are aware.
    """

    claimed_at: datetime
    received_at: datetime
    mono_ms: int | None = None
    boot: str = ""
    mark_at: datetime | None = None
    mark_mono_ms: int | None = None
    mark_boot: str = ""
    sent_at: datetime | None = None
    sent_mono_ms: int | None = None
    sent_boot: str = ""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The instant that counts, never behind the arrival, and what was found out on the way.

    `skew` is how far the phone's clock is behind ours (negative: ahead), as far as it is known.
    """

    at: datetime
    skew: timedelta | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Grade and every reason, in the order in which they were found. Grade C counts for the time being."""

    grade: Grade
    reasons: tuple[str, ...]

    @property
    def wants_review(self) -> bool:
        """Whether a person looks at it."""
        return self.grade == "C"


def reckon(clocks: Clocks) -> Reckoning:
    """When the button was pressed by our clock.

    1. A mark of the same start: the mark's time and what the running clock counted since, whatever the wall clock says.
    2. Sent at once, or sent within the same start: the arrival less what the running clock counted since the press.
    3. Else the wall clock, corrected by what it said at the sending against ours.

    Where 1 and 2 part, the running clock stood still in between: the truth lies between them, and a wall clock that
    says so counts. A wall clock within two minutes of what is proven counts as it is. Nothing is dropped for its time.
    """
    skew = None if clocks.sent_at is None else clocks.received_at - clocks.sent_at
    since, before = _since_mark(clocks), _before_arrival(clocks)
    if since is not None and before is not None and before - since > TRUSTED:
        return _between(clocks, since, before, skew)
    proven = since if since is not None else before
    if proven is not None:
        return _against(clocks, proven)
    return _by_wall_clock(clocks, skew)


def judge(
    clocks: Clocks,
    reckoning: Reckoning,
    *,
    key: KeyState,
    place: PlaceState,
    chain: ChainState,
    more: Iterable[str] = (),
) -> Judgement:
    """The grade of a punch: the worst that any reason allows. `more` are reasons that others found."""
    reasons = list(reckoning.reasons)
    took = clocks.received_at - reckoning.at
    if took > LATE:
        reasons.append("late")
    elif took > TRUSTED and "offline" not in reasons:
        reasons.append("offline")
    for found in (_KEY_REASONS.get(key), _PLACE_REASONS.get(place), _CHAIN_REASONS.get(chain)):
        if found is not None:
            reasons.append(found)
    reasons += [reason for reason in more if reason not in reasons]
    return Judgement(grade_of(reasons), tuple(reasons))


def grade_of(reasons: Iterable[str]) -> Grade:
    """The worst grade among the reasons; A without any. A reason that is not known here is one to look at."""
    return max((REASONS.get(reason, "C") for reason in reasons), default="A")


def _since_mark(clocks: Clocks) -> datetime | None:
    """The mark's time plus the running clock since; None when they are not of one start."""
    if clocks.mark_at is None or clocks.mono_ms is None or clocks.mark_mono_ms is None:
        return None
    if not clocks.boot or clocks.boot != clocks.mark_boot:
        return None
    ran = timedelta(milliseconds=clocks.mono_ms - clocks.mark_mono_ms)
    if not timedelta() <= ran <= LONGEST_RUN:
        return None
    found = clocks.mark_at + ran
    # The running clock cannot have counted beyond the arrival.
    return found if found <= clocks.received_at + TRUSTED else None


def _before_arrival(clocks: Clocks) -> datetime | None:
    """The arrival less the running clock between press and sending; None when they are not of one start."""
    if clocks.sent_mono_ms is None or clocks.mono_ms is None or not clocks.boot or clocks.boot != clocks.sent_boot:
        return None
    ran = timedelta(milliseconds=clocks.sent_mono_ms - clocks.mono_ms)
    if not timedelta() <= ran <= LONGEST_RUN:
        return None
    if clocks.sent_at is not None and abs((clocks.sent_at - clocks.claimed_at) - ran) > SAME_START:
        return None
    found = clocks.received_at - ran
    # What was pressed before the mark that it carries was not pressed then.
    return found if clocks.mark_at is None or found >= clocks.mark_at - TRUSTED else None


def _against(clocks: Clocks, proven: datetime) -> Reckoning:
    """The wall clock held against what is proven."""
    skew = proven - clocks.claimed_at
    if abs(skew) <= TRUSTED:
        return Reckoning(min(clocks.claimed_at, clocks.received_at), skew)
    return Reckoning(min(proven, clocks.received_at), skew, ("clock_corrected",))


def _between(clocks: Clocks, since: datetime, before: datetime, skew: timedelta | None) -> Reckoning:
    """The running clock stood still: only the wall clock can say when between these two."""
    corrected = clocks.claimed_at if skew is None or abs(skew) <= TRUSTED else clocks.claimed_at + skew
    if since - TRUSTED <= corrected <= before + TRUSTED:
        return Reckoning(min(corrected, clocks.received_at), skew, ("clock_unproven",))
    return Reckoning(min(before, clocks.received_at), skew, ("clock_inconsistent",))


def _by_wall_clock(clocks: Clocks, skew: timedelta | None) -> Reckoning:
    """Only the wall clock is left, and what it says at the sending."""
    claimed, received, mark = clocks.claimed_at, clocks.received_at, clocks.mark_at
    if abs(received - claimed) <= TRUSTED:
        return Reckoning(min(claimed, received), skew)
    if skew is None:
        at, reasons = claimed, ["clock_only"]
    elif abs(skew) <= TRUSTED:
        at, reasons = claimed, ["clock_unproven" if mark is not None else "clock_only"]
    else:
        at, reasons = claimed + skew, ["clock_skew"]
    if at > received:
        # A claim beyond the arrival counts from the arrival; two minutes of it are the clock's own error.
        if at > received + TRUSTED:
            reasons.append("future")
        at = received
    if mark is not None and at < mark - TRUSTED:
        reasons.append("before_mark")
        at = mark
    return Reckoning(at, skew, tuple(reasons))
