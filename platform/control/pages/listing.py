"""What the console shows of watched names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import Case, IntegerField, Prefetch, Value, When

from control.pages.models import Capture, Scan, WatchedName
from control.pages.visitors import PERSON


@dataclass(frozen=True, slots=True)
class Pair:
    """One page as the person saw it, and as the visitor saw it whose page was the worst."""

    url: str
    person: Capture
    other: Capture


def names_of(region: str = "") -> Sequence[tuple[WatchedName, Scan | None]]:
    """The names of one region or of all with their newest scans, those with an alarm first."""
    names = WatchedName.objects.select_related("region").order_by(
        Case(When(alarm_since__isnull=False, then=Value(0)), default=Value(1), output_field=IntegerField()),
        Case(When(state=WatchedName.State.STOPPED, then=Value(1)), default=Value(0), output_field=IntegerField()),
        "region__code",
        "name",
    )
    if region:
        names = names.filter(region__code=region)
    newest = Scan.objects.order_by("name_id", "-at", "-id").distinct("name_id")
    found = names.prefetch_related(Prefetch("scans", queryset=newest, to_attr="newest"))
    return [(name, name.newest[0] if name.newest else None) for name in found]


def alarms(region: str) -> list[Scan]:
    """The newest confirmed scan of each name of the region whose alarm stands."""
    standing = WatchedName.objects.filter(region__code=region, alarm_since__isnull=False)
    scans = Scan.objects.filter(name__in=standing, is_confirmed=True).select_related("name")
    return list(scans.order_by("name_id", "-at", "-id").distinct("name_id"))


def side_by_side(scan: UUID) -> list[Pair]:
    """Each page of a scan as person and as the visitor who got the worst, worst pages first."""
    captures = Capture.objects.filter(scan__uid=scan).select_related("body").order_by("url", "visitor")
    pairs = []
    for url, group in groupby(captures, key=lambda capture: capture.url):
        of_page = list(group)
        person = next((capture for capture in of_page if capture.visitor == PERSON.code), None)
        others = [capture for capture in of_page if capture.visitor != PERSON.code]
        if person is not None and others:
            pairs.append(Pair(url, person, max(others, key=lambda capture: (capture.score, -(capture.likeness or 0)))))
    return sorted(pairs, key=lambda pair: -max(pair.person.score, pair.other.score))
