"""The golden plans: patterns over nights, Ramadan, split days, holidays, layers, zones, people and cells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from kernel.clock import zone
from tenants.calendars.patterns import RAMADAN, Pattern, Version
from tenants.calendars.plans import DayPlan, Shift
from tenants.calendars.working_days import Assigned, CalendarDay, Cell, Personal, RegionCalendar
from tenants.organisation.unit_tree import UnitTree
from tests.tenants.calendars.making import rotation, span, week

BOOK: Final[Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_name("plans.yaml").read_text(encoding="utf-8"))
OPD, UNIT, NEIGHBOUR, PERSON = 1, 2, 3, 7
PLACES: Final = {"region": None, "opd": OPD, "unit": UNIT, "neighbour": NEIGHBOUR}
FIRST, END = date(2026, 9, 1), date(2026, 11, 1)


def pattern(name: str) -> Pattern:
    tree = BOOK["patterns"][name]
    if "week" in tree:
        made = week(name, tree["week"])
        if "ramadan" not in tree:
            return made
        fasting = week(name, tree["ramadan"]).versions[0]
        return Pattern(name, name, (*made.versions, Version(fasting.spans, fasting.slots, variant=RAMADAN)))
    night = tree.get("night_ends_at")
    made = rotation(
        name,
        {},
        tree["cycle"],
        tree["anchor"],
        works_on_holidays=tree.get("works_on_holidays", False),
        night_ends_at=None if night is None else time.fromisoformat(night),
    )
    spans = tuple(span(text.rstrip("*"), code, on_call=text.endswith("*")) for code, text in tree["spans"].items())
    return Pattern(
        made.code,
        made.name,
        (Version(spans, made.versions[0].slots),),
        made.kind,
        made.anchor,
        made.works_on_holidays,
        made.night_ends_at,
    )


def entry(said: Any) -> CalendarDay:
    if said == "holiday":
        return CalendarDay("Libur")
    return CalendarDay("Ganti", is_working=True, like_weekday=said["works"])


def planned(case: Mapping[str, Any]) -> DayPlan:
    day: date = case["day"]
    own = Personal(
        (Assigned(FIRST, None, pattern(case["person"])),) if "person" in case else (),
        {day: cell(case["cell"])} if "cell" in case else {},
    )
    calendar = RegionCalendar(
        first=FIRST,
        end=END,
        zone="Asia/Makassar",
        tree=UnitTree.of([(OPD, None), (UNIT, OPD), (NEIGHBOUR, OPD)]),
        assigned={OPD: (Assigned(FIRST, None, pattern(case["pattern"]), case.get("offset", 0)),)},
        default=None,
        days={day: {key: entry(case[place]) for place, key in PLACES.items() if place in case}},
        ramadan=((day, END),) if case.get("ramadan") else (),
        zones={UNIT: case["zone"]} if "zone" in case else {},
        people={PERSON: own},
        loaded_people=None,
    )
    return calendar.plan(UNIT, day, PERSON)


def cell(text: str) -> Cell:
    if text == "-":
        return Cell("")
    name, _, code = text.partition(" ")
    return Cell(code, pattern(name))


def told(shift: Shift, plan: DayPlan) -> str:
    hours = f"{shift.code} {wall(shift.starts_at, plan)}-{wall(shift.ends_at, plan)}"
    rest = (
        ""
        if shift.break_starts_at is None
        else f"/{wall(shift.break_starts_at, plan)}-{wall(shift.break_ends_at, plan)}"
    )
    return f"{hours}{rest}{'*' if shift.on_call else ''}"


def wall(moment: datetime | None, plan: DayPlan) -> str:
    assert moment is not None
    local = moment.astimezone(zone(plan.zone))
    return f"{'+' if local.date() > plan.date else ''}{local:%H.%M}"


def test_there_are_cases_enough() -> None:
    names = [case["name"] for case in BOOK["cases"]]
    assert len(names) == len(set(names)) >= 50


@pytest.mark.parametrize("case", BOOK["cases"], ids=lambda case: case["name"].replace(" ", "_"))
def test_the_plan_of_a_day(case: Mapping[str, Any]) -> None:
    plan = planned(case)
    assert [told(shift, plan) for shift in plan.shifts] == case["expect"]
    assert plan.note == case.get("note", "")
    assert plan.source == case.get("source", "unit")
    assert plan.is_working_day == case.get("working", bool(case["expect"]))
    assert plan.zone == case.get("zone", "Asia/Makassar")
    if "night_until" in case:
        local = None if plan.night_until is None else f"{plan.night_until.astimezone(zone(plan.zone)):%Y-%m-%d %H.%M}"
        assert local == case["night_until"]
    if "starts_utc" in case:
        assert f"{plan.shifts[0].starts_at.astimezone(UTC):%Y-%m-%d %H.%M}" == case["starts_utc"]
