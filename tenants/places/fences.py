"""For whom which places count, kept in the process: a check-in asks without a statement.

A person's places on a day are those of the unit, or of the nearest unit above it that has some, and with them the
person's own and those of letters of assignment. Nothing assigned: no places, and nothing is judged.

What a region says is read in two statements and kept until it changes: a version in the shared cache, looked at no more
than once a second for all regions together, says so. Without a word from there (Redis is away) it is kept for
`TTL_SECONDS`, and in any case it is read again after half an hour. Who is in which unit is kept for each day in two
arrays, 16 bytes for a person.
"""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver

from kernel.tenancy.context import control_scope, current_region
from tenants.employees.models import Placement
from tenants.employees.signals import placement_changed
from tenants.organisation.models import Unit
from tenants.organisation.unit_tree import UnitTree
from tenants.places.judging import Fence
from tenants.places.models import DutyLetterPerson, PlaceAssignment

TTL_SECONDS: Final = 300
# A change that was made while Redis was away is never announced. Hundreds of regions that were all met in the same
# minute are not all read again in one: each has its own moment in the time behind.
LONGEST_SECONDS: Final = 1800
SPREAD_SECONDS: Final = 600
LOOK_SECONDS: Final = 1
# Late check-ins ask for days that are over; a week of them for the region that sends most.
DAYS_KEPT: Final = 8
REGIONS_KEPT: Final = 600
_ANY_KEY: Final = "places.version-of-any"
_OWN_KEY: Final = "places.version"


@dataclass(frozen=True, slots=True)
class _Counts:
    """A fence from `first` up to but without `end` (None: until further notice)."""

    fence: Fence
    first: date
    end: date | None

    def on(self, day: date) -> bool:
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(slots=True)
class _Region:
    """What one region says. `any_version` is the version of all regions under which it was found to be current, and
    `asked_at` is when the shared cache last named its own."""

    read_at: float
    asked_at: float
    version: object
    any_version: object
    tree: UnitTree
    of_unit: Mapping[int, list[_Counts]]
    of_person: Mapping[int, list[_Counts]]
    unit_fences: dict[tuple[int, date], tuple[Fence, ...]] = field(default_factory=dict)
    people: OrderedDict[date, tuple[array[int], array[int]]] = field(default_factory=OrderedDict)

    def of_unit_on(self, unit_id: int, day: date) -> tuple[Fence, ...]:
        """Those of the nearest unit upward that has some on the day."""
        known = self.unit_fences.get((unit_id, day))
        if known is None:
            above = (
                tuple(counts.fence for counts in self.of_unit.get(unit, ()) if counts.on(day))
                for unit in self.tree.upward(unit_id)
            )
            known = next((fences for fences in above if fences), ())
            if len(self.unit_fences) > 50_000:
                self.unit_fences.clear()
            self.unit_fences[(unit_id, day)] = known
        return known


_lock = threading.Lock()
_regions: OrderedDict[int, _Region] = OrderedDict()
_looked_at = 0.0
_any_version: object = None


def fences_of(employee_id: int, day: date) -> tuple[Fence, ...]:
    """The places that count for this person on the day; none at all: nothing is judged. Usually without a statement."""
    region = _current()
    if not region.of_unit and not region.of_person:
        return ()
    own = tuple(counts.fence for counts in region.of_person.get(employee_id, ()) if counts.on(day))
    if not region.of_unit:
        return own
    unit_id = _unit_of(region, employee_id, day)
    fences = () if unit_id is None else region.of_unit_on(unit_id, day)
    return (*own, *(fence for fence in fences if fence not in own))


def announce_change() -> None:
    """Let every process read this region's places again; call it in the transaction of a change.

    This process reads them at once, the others within a second of the commit.
    """
    _forget_region()
    transaction.on_commit(_move_versions)


def forget() -> None:
    """Drop what this process keeps of all regions."""
    _regions.clear()


def _move_versions() -> None:
    _forget_region()
    stamp = time.time_ns()
    cache.set(_OWN_KEY, stamp, timeout=None)
    with control_scope():
        cache.set(_ANY_KEY, stamp, timeout=None)


def _forget_region() -> None:
    _regions.pop(current_region().number, None)


@receiver(placement_changed, dispatch_uid="places.placement")
def _follow_placement(sender: Any, **kwargs: Any) -> None:
    announce_change()


def _current() -> _Region:
    """What the open region says, read anew when it changed or is old."""
    number = current_region().number
    known = _regions.get(number)
    moment = time.monotonic()
    if known is not None and moment - known.read_at < LONGEST_SECONDS + number % SPREAD_SECONDS:
        is_young = moment - known.asked_at < TTL_SECONDS
        seen = _version_of_any(moment)
        if is_young and known.any_version == seen:
            return known
        version = cache.get(_OWN_KEY)
        if version == known.version and (is_young or version is not None):
            known.any_version = seen
            known.asked_at = known.asked_at if version is None else moment
            return known
    # Before the rows: what changes while they are read is read again.
    seen, version = _version_of_any(moment), _own_version()
    of_unit, of_person = _read()
    tree = Unit.objects.tree() if of_unit else UnitTree.of(())
    found = _Region(moment, moment, version, seen, tree, of_unit, of_person)
    with _lock:
        _regions[number] = found
        _regions.move_to_end(number)
        while len(_regions) > REGIONS_KEPT:
            _regions.popitem(last=False)
    return found


def _own_version() -> object:
    """The version of this region's places, a new one where the shared cache has forgotten it."""
    version = cache.get(_OWN_KEY)
    if version is not None:
        return version
    # While the cache is away this is nobody's: it is never found there again.
    stamp = time.time_ns()
    return stamp if cache.add(_OWN_KEY, stamp, timeout=None) else None


def _version_of_any(moment: float) -> object:
    """Moves when any region's places change; asked for no more than once a second."""
    global _looked_at, _any_version
    if moment - _looked_at >= LOOK_SECONDS:
        _looked_at = moment
        with control_scope():
            _any_version = cache.get(_ANY_KEY)
    return _any_version


def _read() -> tuple[dict[int, list[_Counts]], dict[int, list[_Counts]]]:
    """For which units and people which places count, in one statement, and one more where there are letters."""
    of_unit: dict[int, list[_Counts]] = {}
    of_person: dict[int, list[_Counts]] = {}
    of_letter: dict[int, list[_Counts]] = {}
    rows = PlaceAssignment.objects.select_related("place", "letter").order_by("place_id", "pk")
    for row in rows:
        if row.letter is not None and row.letter.withdrawn_at is not None:
            continue
        counts = _both(row, row.place.fence)
        if counts is None:
            continue
        if row.unit_id is not None:
            of_unit.setdefault(row.unit_id, []).append(counts)
        elif row.employee_id is not None:
            of_person.setdefault(row.employee_id, []).append(counts)
        elif row.letter_id is not None:
            of_letter.setdefault(row.letter_id, []).append(counts)
    if of_letter:
        sent = DutyLetterPerson.objects.filter(letter_id__in=of_letter).order_by("pk")
        for letter_id, employee_id in sent.values_list("letter_id", "employee_id"):
            of_person.setdefault(employee_id, []).extend(of_letter[letter_id])
    return of_unit, of_person


def _both(row: PlaceAssignment, fence: Fence) -> _Counts | None:
    """The days of which both the assignment and its place speak."""
    ends = [end for end in (row.period.upper, row.place.period.upper) if end is not None]
    first, end = max(row.period.lower, row.place.period.lower), min(ends, default=None)
    return None if end is not None and end <= first else _Counts(fence, first, end)


def _unit_of(region: _Region, employee_id: int, day: date) -> int | None:
    """The unit of the person's definitive post on the day."""
    known = region.people.get(day)
    if known is None:
        people, units = array("q"), array("q")
        placed = Placement.objects.definitive().on(day).order_by("employee_id")
        for person, unit in placed.values_list("employee_id", "position__unit_id").iterator():
            people.append(person)
            units.append(unit)
        known = people, units
        with _lock:
            region.people[day] = known
            while len(region.people) > DAYS_KEPT:
                region.people.popitem(last=False)
    people, units = known
    place = bisect_left(people, employee_id)
    return units[place] if place < len(people) and people[place] == employee_id else None
