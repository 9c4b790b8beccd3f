"""The detections on their worked examples, as they hold on what comes in and as the preview replays them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest
import yaml

from control.watch.catalogue import CATALOGUE
from control.watch.detecting import find
from control.watch.models import Detection, SecurityEvent
from control.watch.rules import Hit, RuleUnreadable, read_rule
from control.watch.windows import replay
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope
from kernel.watching.names import KINDS, Severity

GOLDEN: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "golden/watching/detections.yaml").read_text()
)
START = "2026-11-20T02:00:00+00:00"
WITA = timedelta(hours=8)


def person(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, name)


def event(spec: Mapping[str, Any], at: datetime, n: int) -> SecurityEvent:
    local = at + WITA
    return SecurityEvent(
        uid=new_uid(),
        at=at,
        name=spec["name"],
        severity=KINDS[spec["name"]].severity.rank,
        region=spec.get("region", "manado"),
        person=person(str(spec.get("person", "p")).format(n=n)),
        subject=str(spec.get("subject", "")).format(n=n),
        ip=str(spec.get("ip", "")).format(n=n),
        agent=str(spec.get("agent", "")),
        local_hour=local.hour,
        local_weekday=local.weekday(),
        facts={
            key: value.format(n=n) if isinstance(value, str) else value for key, value in spec.get("facts", {}).items()
        },
    )


def events_of(case: Mapping[str, Any]) -> list[SecurityEvent]:
    """The case's events by time."""
    found = []
    for spec in case["events"]:
        began = datetime.fromisoformat(spec.get("start", case.get("start", START)))
        began += timedelta(seconds=spec.get("after", 0))
        for n in range(spec.get("times", 1)):
            found.append(event(spec, began + timedelta(seconds=n * spec.get("every", 0)), n))
    return sorted(found, key=lambda item: item.at)


def said(hits: list[Hit]) -> list[dict[str, Any]]:
    return [
        {"group": list(hit.group), "severity": str(hit.severity), "count": hit.count}
        | ({"total": hit.total} if hit.total else {})
        for hit in hits
    ]


def expected_of(case: Mapping[str, Any], detection: str) -> list[dict[str, Any]]:
    parts = CATALOGUE[detection][2]["group_by"]
    return [
        {
            **hit,
            "group": [
                str(person(value)) if part == "person" else value
                for part, value in zip(parts, hit["group"], strict=True)
            ],
        }
        for hit in case["expected"]
    ]


def test_every_detection_has_an_example_that_brings_it_about() -> None:
    assert {case["detection"] for case in GOLDEN if case["expected"]} == set(CATALOGUE)


@pytest.mark.parametrize("case", GOLDEN, ids=[f"{case['detection']}: {case['what']}" for case in GOLDEN])
def test_golden(db: None, case: dict[str, Any]) -> None:
    events = events_of(case)
    rule = read_rule(CATALOGUE[case["detection"]][2])
    with control_scope():
        SecurityEvent.objects.bulk_create(events)
        assert said(find(rule, events[-1:])) == expected_of(case, case["detection"])


@pytest.mark.parametrize("case", GOLDEN, ids=[f"{case['detection']}: {case['what']}" for case in GOLDEN])
def test_the_preview_fires_where_the_detection_does(case: dict[str, Any]) -> None:
    rule = read_rule(CATALOGUE[case["detection"]][2])
    assert [hit.group for hit in replay(rule, events_of(case))] == [
        tuple(hit["group"]) for hit in expected_of(case, case["detection"])
    ]


def test_an_installation_begins_with_all_of_them(db: None) -> None:
    with control_scope():
        assert set(Detection.objects.values_list("code", flat=True)) == set(CATALOGUE)


def test_a_late_bundle_is_looked_at_where_it_belongs(db: None) -> None:
    """Eight failures at two o'clock are seen although the newest event of the bundle is from noon."""
    case = {
        "events": [
            {"name": "authn_login_fail", "subject": "a", "times": 8, "every": 10},
            {"name": "authn_login_fail", "subject": "b", "after": 36000},
        ]
    }
    events = events_of(case)
    with control_scope():
        SecurityEvent.objects.bulk_create(events)
        hits = find(read_rule(CATALOGUE["brute_force"][2]), events)
    assert [hit.group for hit in hits] == [("a",)]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [{"names": ["no_such_event"]}]}, "steps"),
        ({"group_by": []}, "group_by"),
        ({"group_by": ["password"]}, "group_by"),
        ({"window": 0}, "window"),
        ({"window": 8 * 86400}, "window"),
        ({"count": 0}, "count"),
        ({"severity": "huge"}, ""),
        ({"distinct": {"of": "subject"}}, "distinct"),
        ({"ratio": {"least": 101}}, "ratio"),
        ({"office_from": 17, "office_to": 7}, "office_from"),
    ],
)
def test_data_that_say_no_rule_are_refused(change: dict[str, Any], part: str) -> None:
    with pytest.raises(RuleUnreadable) as refused:
        read_rule({**CATALOGUE["brute_force"][2], **change})
    assert refused.value.part == part


@pytest.mark.parametrize("group_by", [["ip"], ["ip", "agent"], ["region", "ip"]])
def test_failing_sign_ins_are_never_held_against_an_address_alone(group_by: list[str]) -> None:
    with pytest.raises(RuleUnreadable) as refused:
        read_rule({**CATALOGUE["brute_force"][2], "group_by": group_by})
    assert refused.value.part == "group_by"


def test_the_severities_are_ordered() -> None:
    assert [level.rank for level in Severity] == [0, 1, 2, 3, 4]
