"""What visitors saw of a region's pages, side by side: the page as a person got it and as a search engine got it.

Only words, titles and names of hosts: a foreign page is never shown as a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal

from django.db.models import QuerySet

from control.incidents.models import Incident
from control.pages.listing import side_by_side
from control.pages.models import Capture, Scan

# A scan may have seen it before the incident was opened by it.
_BEFORE: Final = timedelta(hours=1)
_MOST_SCANS: Final = 3
_MOST_PAGES: Final = 3
_MOST_WORDS: Final = 1500
# Equal words between two differences that are shown around them.
_AROUND: Final = 8

Kind = Literal["same", "person", "other", "gap"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both saw, only the person, only the other one, or a gap of words that both saw."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Sides:
    """One page: what the person and the other visitor got, how their words differ, the hosts only one was led to."""

    url: str
    person: Capture
    other: Capture
    pieces: list[Piece]
    only_other: list[str]


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """A name when it was found bad, and since then when its newest scan is clean (None: not yet)."""

    before: Scan
    after: Scan | None


@dataclass(frozen=True, slots=True)
class SeenScan:
    """A scan of one of the region's names, with its worst pages."""

    scan: Scan
    pages: list[Sides]


def scans_of(incident: Incident) -> list[SeenScan]:
    """The confirmed scans of the concerned regions' names since the incident began, newest first, at most three."""
    found = _scans(incident).filter(is_confirmed=True).select_related("name").order_by("-at", "-id")
    return [
        SeenScan(scan, [_sides(pair.url, pair.person, pair.other) for pair in side_by_side(scan.uid)[:_MOST_PAGES]])
        for scan in found[:_MOST_SCANS]
    ]


def before_and_after(incident: Incident) -> list[BeforeAndAfter]:
    """For each name that was found bad: the first confirmed scan, and the newest one when it is clean."""
    rows = _scans(incident).select_related("name").order_by("name__name", "at", "id")
    pairs: list[BeforeAndAfter] = []
    for _name, group in groupby(rows, key=lambda scan: scan.name_id):
        scans = list(group)
        first = next((scan for scan in scans if scan.is_confirmed), None)
        if first is not None:
            pairs.append(BeforeAndAfter(first, scans[-1] if scans[-1].verdict == Scan.Verdict.CLEAN else None))
    return pairs


def captures_of(scan: Scan) -> list[Capture]:
    """What every visitor got, page by page."""
    return list(Capture.objects.filter(scan=scan).select_related("body").order_by("url", "visitor", "id"))


def _scans(incident: Incident) -> QuerySet[Scan]:
    since = (incident.began_at or incident.detected_at) - _BEFORE
    found = Scan.objects.filter(name__region__in=incident.regions.all(), at__gte=since)
    return found if incident.closed_at is None else found.filter(at__lte=incident.closed_at)


def _sides(url: str, person: Capture, other: Capture) -> Sides:
    return Sides(
        url=url,
        person=person,
        other=other,
        pieces=difference(person.text, other.text),
        only_other=sorted(set(other.outbound) - set(person.outbound)),
    )


def difference(person: str, other: str) -> list[Piece]:
    """The words of two pages compared, long equal stretches cut to what stands around a difference. Pure."""
    left, right = person.split()[:_MOST_WORDS], other.split()[:_MOST_WORDS]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    pieces: list[Piece] = []
    for tag, from_left, to_left, from_right, to_right in matcher.get_opcodes():
        if tag == "equal":
            pieces += _equal(left[from_left:to_left], is_first=from_left == 0, is_last=to_left == len(left))
            continue
        if to_left > from_left:
            pieces.append(Piece("person", " ".join(left[from_left:to_left])))
        if to_right > from_right:
            pieces.append(Piece("other", " ".join(right[from_right:to_right])))
    return pieces


def _equal(words: Sequence[str], *, is_first: bool, is_last: bool) -> list[Piece]:
    if len(words) <= 2 * _AROUND + 1:
        return [Piece("same", " ".join(words))]
    head = [] if is_first else [Piece("same", " ".join(words[:_AROUND]))]
    tail = [] if is_last else [Piece("same", " ".join(words[-_AROUND:]))]
    hidden = len(words) - _AROUND * (len(head) + len(tail))
    return [*head, Piece("gap", str(hidden)), *tail]
