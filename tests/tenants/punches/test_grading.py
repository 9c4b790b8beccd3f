"""When a punch counts and which grade it gets, case by case (tests/golden/punches/grades.yaml)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenants.punches.grading import REASONS, Clocks, grade_of, judge, reckon
from tenants.punches.words import REFUSALS, WORDS

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "golden" / "punches" / "grades.yaml").read_text()
)
MOMENT = re.compile(r"(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d)")
RUN = re.compile(r" ([a-z])(\d+)$")
ARRIVED = datetime.fromisoformat("2026-10-05T07:25:00+00:00")


def moments(text: str) -> list[datetime]:
    """Every instant in a case's line, in order."""
    return [datetime.fromisoformat(f"{day or '2026-10-05'}T{time}+00:00") for day, time in MOMENT.findall(text)]


def run(text: str) -> tuple[str, int | None]:
    """Start and milliseconds of the running clock in a case's line."""
    found = RUN.search(text)
    return (found[1], int(found[2]) * 1000) if found else ("", None)


def clocks_of(case: dict[str, Any]) -> Clocks:
    boot, mono = run(case["press"])
    (claimed,) = moments(case["press"])
    more: dict[str, Any] = {}
    if "mark" in case:
        (more["mark_at"],) = moments(case["mark"])
        more["mark_boot"], more["mark_mono_ms"] = run(case["mark"])
    if "sent" in case:
        received, more["sent_at"] = moments(case["sent"])
        more["sent_boot"], more["sent_mono_ms"] = run(case["sent"])
    else:
        (received,) = moments(case["received"])
    return Clocks(claimed_at=claimed, received_at=received, mono_ms=mono, boot=boot, **more)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_instant_and_the_grade_with_its_reasons(case: dict[str, Any]) -> None:
    clocks = clocks_of(case)
    reckoning = reckon(clocks)
    judgement = judge(
        clocks,
        reckoning,
        key=case.get("key", "active"),
        place=case.get("place", "unjudged"),
        chain=case.get("chain", "whole"),
    )
    (at,) = moments(case["expect"])
    grade, *reasons = MOMENT.sub("", case["expect"]).split()
    assert (reckoning.at, judgement.grade, list(judgement.reasons)) == (at, grade, reasons)


seconds = st.integers(-400_000, 400_000).map(lambda value: timedelta(seconds=value))
runs = st.one_of(st.none(), st.integers(-(10**9), 10**9))
boots = st.sampled_from(["", "a", "b"])


@given(
    claimed=seconds,
    sent=st.one_of(st.none(), seconds),
    mark=st.one_of(st.none(), seconds),
    mono=runs,
    sent_mono=runs,
    mark_mono=runs,
    boot=boots,
    sent_boot=boots,
    mark_boot=boots,
)
def test_whatever_the_clocks_say_it_never_counts_behind_the_arrival_and_is_never_lost(
    claimed: timedelta,
    sent: timedelta | None,
    mark: timedelta | None,
    mono: int | None,
    sent_mono: int | None,
    mark_mono: int | None,
    boot: str,
    sent_boot: str,
    mark_boot: str,
) -> None:
    mark_at = None if mark is None else min(ARRIVED + mark, ARRIVED)
    clocks = Clocks(
        claimed_at=ARRIVED + claimed,
        received_at=ARRIVED,
        mono_ms=mono,
        boot=boot,
        mark_at=mark_at,
        mark_mono_ms=mark_mono,
        mark_boot=mark_boot,
        sent_at=None if sent is None else ARRIVED + sent,
        sent_mono_ms=sent_mono,
        sent_boot=sent_boot,
    )
    found = reckon(clocks)
    assert found.at <= ARRIVED
    if mark_at is not None:
        assert found.at >= mark_at - timedelta(minutes=2)


def test_every_reason_has_words_and_a_refusal_is_no_reason() -> None:
    assert set(WORDS) == set(REASONS)
    assert not set(WORDS) & set(REFUSALS)


def test_a_reason_that_is_not_known_is_one_to_look_at() -> None:
    assert grade_of(["offline", "of_a_later_release"]) == "C"
