"""What a person sees of today: the button, the shift, the punches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kernel import clock
from kernel.ids import new_uid
from tenants.attendance.belonging import date_of
from tenants.attendance.day import JudgedDay, PunchFact, next_direction
from tenants.attendance.frames import frame_of, placed_units
from tenants.attendance.results import judged_days
from tenants.calendars.work_date import running_day
from tenants.punches.models import Punch

# Of the punches of a day the newest stand on the card; a machine may have brought dozens.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Proof:
    """A punch of today with its receipt number; `state` is accepted or review."""

    number: int
    kind: str
    label: str
    source: str
    captured_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class TodayCard:
    """Today for one person. `day` is None without a post, `place` is the unit of the post.

    `uid` names the next punch when there is no script.
    """

    date: date
    now: datetime
    place: str
    day: JudgedDay | None
    direction: str
    other: str
    proofs: tuple[Proof, ...]
    uid: UUID

    @property
    def newest(self) -> Proof | None:
        """The newest punch from the phone: the receipt to show."""
        return next((proof for proof in self.proofs if proof.source == Punch.Source.PHONE), None)


def today_card(employee_id: int) -> TodayCard:
    """Today's card, judged from the facts of this moment; a fixed number of statements."""
    around = running_day()
    tomorrow = around + timedelta(days=1)
    frame = frame_of(around - timedelta(days=1), tomorrow + timedelta(days=1), [employee_id], running=tomorrow)
    units = placed_units([employee_id], frame.first, frame.end).get(employee_id, [])
    judged = {day.date: day for _, days in judged_days(frame, [employee_id], {employee_id: units}) for day in days}
    running = date_of("undefined", frame.now, frame.zone, frame.course(employee_id, units).cuts)
    place = next((unit.name for unit in units if unit.covers(running)), "")
    return card_of(running, judged.get(running), place)


def card_of(running: date, day: JudgedDay | None, place: str) -> TodayCard:
    """The card of the person's running day as it was judged, None without a post; `place` names the unit. One
    statement."""
    now = clock.now()
    punches: tuple[PunchFact, ...] = () if day is None else day.punches
    direction = "in" if day is None else next_direction(punches, day.schedule, now)
    return TodayCard(
        date=running,
        now=now,
        place=place,
        day=day,
        direction=direction,
        other="out" if direction == "in" else "in",
        proofs=_proofs(punches),
        uid=new_uid(),
    )


def _proofs(punches: tuple[PunchFact, ...]) -> tuple[Proof, ...]:
    newest = sorted(punches, key=lambda punch: punch.captured_at, reverse=True)[:SHOWN]
    if not newest:
        return ()
    stored = Punch.objects.in_bulk([punch.id for punch in newest])
    return tuple(
        Proof(
            number=row.receipt,
            kind=row.kind,
            label=row.get_kind_display(),
            source=row.source,
            captured_at=row.captured_at,
            state=row.state,
        )
        for row in (stored[punch.id] for punch in newest)
    )
