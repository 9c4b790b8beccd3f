"""Facts that were frozen under one rule set, told in the event codes of another.

A day is frozen with the code and the minutes by which it counted then. A draft with other tiers counts the same
minutes under a code of its own, so the days are classified again from their minutes. What was no event then (an
assembly, a punch that nobody asked for) was never frozen and cannot come back: `unseen_by` says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from tenants.rules.engine import EventDay, MonthFacts, NoRuleFor, RuleSet, count_days, event_codes
from tenants.rules.engine.days import DayRules, band_at, day_rules
from tenants.rules.engine.nodes import EventTier, MissingPunch

Edge = Literal["in", "middle", "out"]


@dataclass(frozen=True, slots=True)
class _Day:
    """What one day came to then, apart from the codes it was called by."""

    late: int = 0
    early: int = 0
    both: int = 0
    both_code: str = ""
    is_no_show: bool = False
    missing: tuple[Edge, ...] = ()
    others: tuple[EventDay, ...] = ()


class Translation:
    """From the codes of one rule set to those of another, prepared once for many people."""

    def __init__(self, old: RuleSet, new: RuleSet) -> None:
        self.old, self.new = day_rules(old), day_rules(new)
        self.is_same = not _differ(self.old, self.new)
        self.known = frozenset(event_codes(new))
        self.measures = frozenset(new.measures)
        self.meanings: dict[str, str] = {
            **_tier_codes(self.old.late, "late"),
            **_tier_codes(self.old.early, "early"),
            **_tier_codes(self.old.combined, "both"),
            **_tier_codes(self.old.both, "both"),
        }
        self.missing: dict[str, Edge] = {}
        for rule in self.old.missing.values():
            if code := rule.as_code or rule.code:
                self.missing[code] = rule.punch

    def of(self, facts: MonthFacts) -> MonthFacts:
        """The facts in the new codes, without figures that only the old rules know.

        Raises NoRuleFor for an event that the new rules have no place for. Figures of others (`related`) are left out:
        they are found again.
        """
        measures = {code: value for code, value in facts.measures.items() if code in self.measures}
        facts = replace(facts, measures=measures, related={})
        if self.is_same or not facts.days:
            return facts
        days: list[EventDay] = []
        for day, seen in self._by_day(facts.days).items():
            days += self._events(day, seen)
        counts = dict(facts.counts)
        for code, number in count_days(facts.days).items():
            counts[code] -= number
        counts = {code: number for code, number in counts.items() if number}
        for code, number in count_days(days).items():
            counts[code] = counts.get(code, 0) + number
        return replace(facts, days=tuple(days), counts=counts)

    def _by_day(self, days: Iterable[EventDay]) -> dict[date, _Day]:
        found: dict[date, _Day] = {}
        for event in sorted(days, key=lambda event: (event.date, event.code)):
            found[event.date] = self._with(found.get(event.date, _Day()), event)
        return found

    def _with(self, seen: _Day, event: EventDay) -> _Day:
        if event.minutes is None:
            if self.old.no_punch is not None and event.code == self.old.no_punch.code:
                return replace(seen, is_no_show=True)
            if event.code in self.missing:
                return replace(seen, missing=(*seen.missing, self.missing[event.code]))
            return replace(seen, others=(*seen.others, event))
        what = self.meanings.get(event.code)
        edge = _stands_for_missing(event, what, self.old.missing.values())
        if edge is not None:
            return replace(seen, missing=(*seen.missing, edge))
        if what == "late":
            return replace(seen, late=seen.late + event.minutes)
        if what == "early":
            return replace(seen, early=seen.early + event.minutes)
        if what == "both":
            return replace(seen, both=seen.both + event.minutes, both_code=event.code)
        return replace(seen, others=(*seen.others, event))

    def _events(self, day: date, seen: _Day) -> list[EventDay]:
        """What the day comes to by the new rules, as `classify_day` would say it."""
        rules = self.new
        events: list[EventDay] = []
        late, early, missing = seen.late, seen.early, seen.missing
        if seen.is_no_show:
            if rules.no_punch is not None:
                events.append(EventDay(day, rules.no_punch.code))
            else:
                missing = ("in", "out")
        for edge in missing:
            rule = rules.missing.get(edge)
            if rule is None:
                continue
            tier = rules.early if edge == "out" else rules.late
            if rule.as_minutes is not None and (tier is not None or rules.combined is not None):
                late, early = (late, early + rule.as_minutes) if edge == "out" else (late + rule.as_minutes, early)
            elif code := rule.as_code or rule.code:
                events.append(EventDay(day, code))
        whole = rules.combined or (rules.both if seen.both or (late and early) else None)
        if seen.both and whole is None:
            # Minutes late and early that were added up cannot be told apart again.
            raise NoRuleFor("counts", seen.both_code, "")
        if whole is not None:
            events += _banded(day, whole, late + early + seen.both)
        else:
            events += [*_banded(day, rules.late, late), *_banded(day, rules.early, early)]
        for event in seen.others:
            # A document or a ceremony keeps its code.
            if event.code not in self.known:
                raise NoRuleFor("counts", event.code, "")
            events.append(event)
        return events


def unseen_by(old: RuleSet, new: RuleSet) -> list[str]:
    """What the new rules count and the frozen facts cannot show, one sentence each."""
    before, after = day_rules(old), day_rules(new)
    sentences = []
    for words, was, now in (
        (_("terlambat"), before.late or before.combined, after.late or after.combined),
        (_("pulang cepat"), before.early or before.combined, after.early or after.combined),
    ):
        if now is None:
            continue
        if was is None:
            sentence = _("Kejadian %(what)s dulu tidak dicatat, jadi tidak ikut terhitung di sini.")
            sentences.append(sentence % {"what": words})
        elif now.tolerance_seconds != was.tolerance_seconds:
            sentence = _("Menit %(what)s dibekukan dengan toleransi %(seconds)s detik yang dulu, bukan yang baru.")
            sentences.append(sentence % {"what": words, "seconds": was.tolerance_seconds})
    if after.has_middle and not before.has_middle:
        sentences.append(_("Absen kembali dari istirahat dulu tidak dicatat, jadi tidak ikut terhitung di sini."))
    known = event_codes(old)
    for code, event in event_codes(new).items():
        if event.source == "ceremony" and code not in known:
            sentence = _("%(event)s dulu tidak dicatat, jadi tidak ikut terhitung di sini.")
            sentences.append(sentence % {"event": event.label})
    return sentences


def _differ(before: DayRules, after: DayRules) -> bool:
    """Whether a day may be called otherwise by the two."""
    return any(
        getattr(before, name) != getattr(after, name)
        for name in ("late", "early", "combined", "both", "has_middle", "missing", "no_punch")
    )


def _tier_codes(tier: EventTier | None, what: str) -> dict[str, str]:
    return {} if tier is None else {band.code: what for band in tier.bands}


def _stands_for_missing(event: EventDay, what: str | None, rules: Iterable[MissingPunch]) -> Edge | None:
    """The punch that is missing where the minutes are those that a rule sets for it."""
    for rule in rules:
        edge_of = "early" if rule.punch == "out" else "late"
        if rule.as_minutes is not None and rule.as_minutes == event.minutes and what in (edge_of, "both"):
            return rule.punch
    return None


def _banded(day: date, tier: EventTier | None, minutes: int) -> list[EventDay]:
    band = None if tier is None or not minutes else band_at(tier, minutes)
    return [EventDay(day, band.code, minutes)] if band is not None else []
