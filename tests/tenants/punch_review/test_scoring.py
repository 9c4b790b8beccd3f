"""What is odd about a punch: golden cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from kernel.ids import new_uid
from tenants.punch_review.scoring import SIGNALS, Seen, findings_of

GOLDEN: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "golden/places/signals.yaml").read_text())
MOMENT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def seen(at: Any, moment: datetime, accuracy: int | None, source: str = "phone", reasons: Any = ()) -> Seen:
    latitude, longitude = (None, None) if at is None else map(Decimal, at)
    return Seen(new_uid(), 1, moment, latitude, longitude, accuracy, source, tuple(reasons))


def ago(said: Any) -> timedelta:
    """`24` are hours, `0:02` two minutes."""
    hours, _, minutes = str(said).partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes or 0))


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_golden(case: dict[str, Any]) -> None:
    said = case["punch"]
    punch = seen(said["at"], MOMENT, said["accuracy"], said.get("source", "phone"), said.get("reasons", ()))
    earlier = [seen(where, MOMENT - ago(hours), 20) for hours, *where in case["before"]]
    found = {
        finding.code: {name: value for name, value in finding.evidence.items() if name != "other"}
        for finding in findings_of(punch, earlier, case.get("crowd", 0))
    }
    assert found == case["expect"]


def test_what_comes_later_is_not_held_against_a_punch() -> None:
    punch = seen(["1.4748312", "124.8420794"], MOMENT, 12)
    later = seen(["1.5748312", "124.8420794"], MOMENT + timedelta(minutes=2), 12)
    assert findings_of(punch, [later]) == []


def test_a_leap_names_the_punch_before() -> None:
    before = seen(["1.4748312", "124.8420794"], MOMENT - timedelta(minutes=2), 12)
    (leap,) = findings_of(seen(["1.5748312", "124.8420794"], MOMENT, 12), [before])
    assert leap.evidence["other"] == str(before.id)


def test_every_signal_weighs_something() -> None:
    assert all(0 < points <= 100 for points in SIGNALS.values())
