"""Days to the minute: what the plans, punches, documents and disturbances of `tests/golden/days` are judged to be."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from kernel import clock
from tenants.attendance.belonging import day_cut
from tenants.attendance.day import (
    Called,
    DayFacts,
    DocumentFact,
    JudgedDay,
    PunchFact,
    Schedule,
    Window,
    by_day,
    judge,
)
from tenants.calendars.plans import Shift
from tenants.rules.engine import RuleSet, load_rule_set, ready_rule_sets

FILES: Final = Path(__file__).resolve().parents[2] / "golden" / "days"
_DAY: Final = timedelta(days=1)
_KINDS: Final = {"?": "undefined"}
_EXPECTED: Final = {"is", "in", "out", "events", "pending", "live", "document", "neutral"}


class _Clocks(yaml.SafeLoader):
    """07.30 is a time of day here, not a number."""


_Clocks.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:float"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def rules_of(code: str) -> RuleSet:
    return load_rule_set(ready_rule_sets()[code])


def on_the_wall(text: str) -> time:
    """`07.30` or `07.30.59`."""
    return time.fromisoformat(text.replace(".", ":"))


class Case:
    """One case with the defaults of its file."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        self.zone: str = found["zone"]
        self.day: date = found["day"]

    def instant(self, text: str) -> datetime:
        """`07.30`, `07.30.59`, `+1 07.00`, or an instant in UTC."""
        if "T" in text:
            return datetime.fromisoformat(text).astimezone(UTC)
        *offset, clock_time = text.split()
        return clock.at_local(self.day + _DAY * int(offset[0] if offset else 0), on_the_wall(clock_time), self.zone)

    def span(self, text: str, day: date) -> Shift:
        hours, *more = text.split(" ", 1)
        starts_at, ends_at = self._between(hours, day)
        break_at = self._between(more[0].split()[1], day) if more and more[0].startswith("break") else (None, None)
        return Shift("", "", starts_at, ends_at, break_at[0], break_at[1], bool(more) and more[0] == "oncall")

    def _between(self, hours: str, day: date) -> tuple[datetime, datetime]:
        first, last = (on_the_wall(text) for text in hours.split("-"))
        return clock.at_local(day, first, self.zone), clock.at_local(day + _DAY * (last <= first), last, self.zone)

    def shifts(self, key: str, day: date) -> tuple[Shift, ...]:
        return tuple(self.span(text, day) for text in self.found.get(key, ()))

    def punches(self) -> Iterator[PunchFact]:
        for text in self.found.get("punches", ()):
            match = re.fullmatch(r"(\S+) ((?:[+-]\d )?\S+)(?: (.*))?", text)
            assert match is not None, text
            kind, moment, words = match.groups(default="")
            if words.startswith("counted "):
                moment = words.removeprefix("counted ")
            yield PunchFact(
                uuid.uuid5(uuid.NAMESPACE_OID, text),
                _KINDS.get(kind, kind),
                self.instant(moment),
                needs_review=words == "review",
                is_dropped=words == "false",
                source=words if words in ("phone", "machine", "kiosk", "manual") else "",
            )

    def documents(self) -> Iterator[DocumentFact]:
        for text in self.found.get("documents", ()):
            code, *words = text.split()
            is_approved = "waiting" not in words
            begins = ends = corrected = None
            covers = words[0] if words and words[0] in ("in", "out", "hours") else "day"
            if covers == "hours":
                begins, ends = (self.instant(part) for part in words[1].split("-"))
            if "at" in words:
                corrected = self.instant(words[words.index("at") + 1])
            yield DocumentFact(uuid.uuid5(uuid.NAMESPACE_OID, text), code, covers, is_approved, begins, ends, corrected)

    def windows(self) -> Iterator[Window]:
        for text in self.found.get("windows", ()):
            first, last = re.split(r"(?<=\d)-(?=[\d+])", text)
            yield Window(uuid.uuid5(uuid.NAMESPACE_OID, text), self.instant(first), self.instant(last), text)

    def judged(self) -> JudgedDay:
        before, work, after = (
            self.shifts(key, self.day + _DAY * place) for key, place in (("before", -1), ("work", 0), ("after", 1))
        )
        cuts = {}
        for place, (earlier, later) in enumerate(((before, work), (work, after))):
            day = self.day + _DAY * place
            duties = [tuple(shift for shift in shifts if not shift.on_call) for shifts in (earlier, later)]
            cuts[day] = day_cut(day, self.zone, *duties)
        facts = DayFacts(
            date=self.day,
            schedule=Schedule(work, self.found.get("note", "")),
            punches=tuple(by_day(self.punches(), self.zone, cuts).get(self.day, ())),
            documents=tuple(self.documents()),
            is_finished=self.found.get("finished", True),
            windows=tuple(self.windows()),
            called=tuple(Called(text.split()[0], text.endswith("attended")) for text in self.found.get("called", ())),
            is_settled=self.found.get("settled", True),
        )
        return judge(facts, rules_of(self.found["rules"]) if self.found["rules"] else None, "digest")


def cases() -> Iterator[Any]:
    for path in sorted(FILES.glob("*.yaml")):
        content = yaml.load(path.read_text(), _Clocks)  # noqa: S506  # a safe loader without one of its kinds
        defaults = {key: value for key, value in content.items() if key != "cases"}
        for found in content["cases"]:
            yield pytest.param(defaults | found, id=f"{path.stem}: {found['name']}")


def test_the_cases_are_many_and_each_has_its_own_name() -> None:
    names = [case.id for case in cases()]
    assert len(names) >= 60
    assert len(names) == len(set(names))


@pytest.mark.parametrize("found", list(cases()))
def test_a_day_is_judged_exactly_so(found: dict[str, Any]) -> None:
    case, expect = Case(found), found["expect"]
    assert set(expect) <= _EXPECTED
    day = case.judged()
    assert day.presence == expect["is"]
    assert [[event.code, event.minutes] for event in day.events] == expect.get("events", [])
    assert list(day.pending) == expect.get("pending", [])
    assert day.live == expect["live"]
    assert day.document == expect.get("document", "")
    assert [window.cause for window in day.neutral] == expect.get("neutral", [])
    for key, moment in (("in", day.first_in), ("out", day.last_out)):
        if key in expect:
            assert moment == case.instant(str(expect[key])), key
