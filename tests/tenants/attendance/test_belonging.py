"""Cuts between days follow each other, whatever the plans around them are."""

from __future__ import annotations

from datetime import date, time, timedelta
from random import Random

import pytest

from kernel import clock
from tenants.attendance.belonging import date_of, day_cut, ordinary_cut, shift_of
from tenants.calendars.plans import Shift

ZONE = "Asia/Makassar"
FIRST = date(2026, 10, 1)
KINDS = ("in", "out", "undefined")
PLANS = (
    (),
    ((7, 30, 8.5),),
    ((21, 0, 10),),
    ((7, 0, 24),),
    ((14, 0, 7),),
    ((0, 0, 8),),
    ((16, 0, 8),),
    ((7, 0, 4), (15, 0, 4)),
    ((5, 0, 3), (20, 0, 9)),
)


def shifts(day: date, plan: tuple[tuple[int, int, float], ...]) -> tuple[Shift, ...]:
    found = []
    for hour, minute, hours in plan:
        starts_at = clock.at_local(day, time(hour, minute), ZONE)
        found.append(Shift("", "", starts_at, starts_at + timedelta(hours=hours)))
    return tuple(found)


@pytest.mark.parametrize("seed", range(20))
def test_every_instant_belongs_to_one_day_and_days_never_turn_back(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    days = [FIRST + timedelta(days=offset) for offset in range(20)]
    plans = {day: shifts(day, chance.choice(PLANS)) for day in days}
    cuts = {day: day_cut(day, ZONE, plans[day - timedelta(days=1)], plans[day]) for day in days[1:]}
    special = {day: cut for day, cut in cuts.items() if cut != ordinary_cut(day, ZONE)}
    for kind in KINDS:
        borders = [cuts[day].of(kind) for day in days[1:]]
        assert borders == sorted(borders)
        moment = clock.at_local(days[2], time(), ZONE)
        while moment < clock.at_local(days[-2], time(), ZONE):
            day = date_of(kind, moment, ZONE, special)
            assert cuts[day].of(kind) <= moment < cuts[day + timedelta(days=1)].of(kind)
            moment += timedelta(minutes=17)


def test_what_is_due_of_a_shift_belongs_to_its_day_and_place() -> None:
    for before in PLANS:
        for today in PLANS[1:]:
            for after in PLANS:
                day = FIRST + timedelta(days=1)
                tomorrow = day + timedelta(days=1)
                work = shifts(day, today)
                plans = (shifts(FIRST, before), work, shifts(tomorrow, after))
                if max((s.ends_at for s in plans[0]), default=work[0].starts_at) > work[0].starts_at:
                    continue
                if plans[2] and plans[2][0].starts_at < work[-1].ends_at:
                    continue
                cuts = {day: day_cut(day, ZONE, plans[0], work), tomorrow: day_cut(tomorrow, ZONE, work, plans[2])}
                for place, shift in enumerate(work):
                    for kind, moment in (("in", shift.starts_at), ("out", shift.ends_at)):
                        assert date_of(kind, moment, ZONE, cuts) == day, (before, today, after, kind)
                        assert shift_of(kind, moment, work) == place
