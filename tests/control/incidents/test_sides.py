"""The page as a person and as a robot, side by side, in words only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from control.incidents.models import Incident
from control.incidents.sides import Piece, before_and_after, difference, scans_of
from tests.control.incidents.hits import NOW, a_hit
from tests.control.incidents.seen_pages import SPAM, a_capture, a_cloaked_page, a_scan


def pieces(person: str, other: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.words) for piece in difference(person, other)]


@pytest.mark.parametrize(
    ("person", "other", "expected"),
    [
        ("satu dua", "satu dua", [("same", "satu dua")]),
        ("", "", []),
        ("satu dua tiga", "satu tiga", [("same", "satu"), ("person", "dua"), ("same", "tiga")]),
        ("satu tiga", "satu dua tiga", [("same", "satu"), ("other", "dua"), ("same", "tiga")]),
        ("satu dua", "satu lain", [("same", "satu"), ("person", "dua"), ("other", "lain")]),
    ],
)
def test_words_are_compared(person: str, other: str, expected: list[tuple[str, str]]) -> None:
    assert pieces(person, other) == expected


def test_long_equal_stretches_are_cut_to_what_stands_around_a_difference() -> None:
    long = [f"kata{number}" for number in range(100)]
    found = difference(" ".join(long), " ".join([*long[:50], "sisipan", *long[50:]]))
    assert found == [
        Piece("gap", "42"),
        Piece("same", " ".join(long[42:50])),
        Piece("other", "sisipan"),
        Piece("same", " ".join(long[50:58])),
        Piece("gap", "42"),
    ]


def test_an_incident_shows_what_only_the_robot_got(desk: None) -> None:
    scan = a_cloaked_page(NOW - timedelta(minutes=10))
    (seen,) = scans_of(a_hit(kind="judol_page", key="page:x"))
    (page,) = seen.pages
    assert seen.scan == scan
    assert [piece.words for piece in page.pieces if piece.kind == "other"] == [SPAM]
    assert (page.only_other, page.person.title) == (["jauh.example"], "Situs resmi dinas")


@pytest.mark.parametrize("case", ["another region", "not confirmed", "long before", "after it was closed"])
def test_what_does_not_belong_to_it_is_not_shown(desk: None, case: str) -> None:
    incident = a_hit(region="banjarmasin" if case == "another region" else "manado")
    at = {"long before": NOW - timedelta(hours=3), "after it was closed": NOW + timedelta(hours=2)}.get(case, NOW)
    scan = a_cloaked_page(at)
    if case == "not confirmed":
        scan.is_confirmed = False
        scan.save()
    if case == "after it was closed":
        Incident.objects.filter(pk=incident.pk).update(state="closed", closed_at=NOW + timedelta(hours=1))
        incident.refresh_from_db()
    assert scans_of(incident) == []


@pytest.mark.parametrize(("verdict", "is_clean"), [("clean", True), ("unreachable", False)])
def test_after_is_the_newest_scan_and_only_when_it_is_clean(desk: None, verdict: str, is_clean: bool) -> None:
    bad = a_cloaked_page(NOW - timedelta(minutes=10))
    later: Any = a_scan(bad.name, NOW + timedelta(hours=1), verdict=verdict, is_confirmed=False)
    a_capture(later, "A")
    (pair,) = before_and_after(a_hit())
    assert (pair.before, pair.after) == (bad, later if is_clean else None)
