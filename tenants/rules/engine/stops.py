"""Which share of a month is paid to a person who is out of paid service for a part of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from .errors import MissingFact, NoRuleFor
from .facts import MonthFacts
from .nodes import ServiceStopRule, StopRow
from .records import ServiceStop

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class ServiceShare:
    """``paid`` of ``days`` days (a day may be paid in part, at most 1). ``is_all_out``: no day was in service, so
    there is nothing to score."""

    paid: Decimal
    days: int
    is_all_out: bool = False


@dataclass(frozen=True, slots=True)
class _Effect:
    """What one stop pays: ``factor`` on the days within it (``None``: the month is not cut), or on every day."""

    stop: ServiceStop
    factor: Decimal | None
    is_every_day: bool

    def on(self, day: date) -> Decimal:
        if self.factor is None:
            return _ONE
        return self.factor if self.is_every_day or self.stop.holds(day) else _ONE


def service_share(rule: ServiceStopRule, facts: MonthFacts) -> ServiceShare:
    """The days paid of the days that count. The least of several stops holds on a day.

    Raises ``NoRuleFor`` for a kind of stop that the rule does not name, ``MissingFact`` where working days are
    counted and those within the stops are not known.
    """
    first, last = facts.period()
    effects = [
        _effect(rule, facts, stop, first, last)
        for stop in facts.stops
        # A stop of the month may lie behind the days that count.
        if stop.first <= last and (stop.last is None or stop.last >= first)
    ]
    days = list(_days(first, last))
    on_days = [min((effect.on(day) for effect in effects), default=_ONE) for day in days]
    if all(any(stop.holds(day) for stop in facts.stops) for day in days):
        return ServiceShare(sum(on_days, _ZERO), len(on_days), is_all_out=True)
    if rule.days == "calendar" or len(set(on_days)) == 1:
        return ServiceShare(sum(on_days, _ZERO), len(on_days))
    if facts.stop_working_days is None:
        raise MissingFact("stop_working_days", rule.id)
    in_service = min((effect.factor or _ZERO for effect in effects if effect.is_every_day), default=_ONE)
    within = [min(effect.on(day) for effect in effects) for day in facts.stop_working_days]
    working_days = facts.working_days + len(within)
    if not working_days:
        return ServiceShare(sum(on_days, _ZERO), len(on_days))
    return ServiceShare(in_service * facts.working_days + sum(within, _ZERO), working_days)


def row_of(rule: ServiceStopRule, facts: MonthFacts, stop: ServiceStop) -> StopRow:
    """The first row that fits the stop and the person. Raises ``NoRuleFor``."""
    for row in rule.rows:
        if stop.kind in row.kinds and (not row.flag or row.flag in facts.flags):
            return row
    raise NoRuleFor("stops", stop.kind, rule.id)


def _effect(rule: ServiceStopRule, facts: MonthFacts, stop: ServiceStop, first: date, last: date) -> _Effect:
    row = row_of(rule, facts, stop)
    if stop.first > first or (stop.kind == "death" and stop.first == first):
        # Who dies on the first has lived in the month; any other stop from its first day on takes all of it.
        how = row.at_start
    elif stop.last is not None and stop.last < last:
        how = row.at_return
    else:
        how = "by_days"
    factor = None if how == "whole_month" else _factor(row, stop, facts.month)
    return _Effect(stop, factor, how == "nothing")


def _factor(row: StopRow, stop: ServiceStop, month: str) -> Decimal:
    """What a day within the stop pays in this month."""
    number = (int(month[:4]) - stop.first.year) * 12 + int(month[5:]) - stop.first.month + 1
    return next((step.factor for step in reversed(row.steps) if number >= step.from_month), row.factor)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
