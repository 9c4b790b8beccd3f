"""The security events behind an incident, as its report pack has them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from control.console.desk.events import events_of
from control.watch.models import Alert, Detection, SecurityEvent
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope
from tests.control.incidents.hits import NOW, a_hit


@pytest.fixture(autouse=True)
def _control(db: None) -> Any:
    with control_scope():
        yield


def an_event(**changed: Any) -> SecurityEvent:
    values: dict[str, Any] = {
        "uid": new_uid(),
        "at": NOW,
        "name": "honeypot_hit",
        "severity": 1,
        "region": "manado",
        "ip": "203.0.113.9",
    }
    return SecurityEvent.objects.create(**{**values, **changed})


def test_the_events_of_an_alert_are_those_of_its_time_and_group(db: None) -> None:
    incident = a_hit()
    detection = next(
        row
        for row in Detection.objects.order_by("code")
        if not row.rule.is_sequence and "ip" in row.rule.group_by and "honeypot_hit" in row.rule.steps[0].names
    )
    Alert.objects.create(
        detection=detection,
        version=detection.version,
        group_key="x",
        group={"ip": "203.0.113.9"},
        region="manado",
        severity=1,
        first_at=NOW - timedelta(minutes=5),
        last_at=NOW,
        events=2,
        incident=incident.uid,
    )
    inside = an_event()
    an_event(ip="203.0.113.10")
    an_event(region="banjarmasin")
    an_event(at=NOW - timedelta(minutes=6))
    alert, event = events_of(incident)
    assert (alert["what"], alert["group"]) == ("alert", {"ip": "203.0.113.9"})
    assert (event["what"], event["uid"]) == ("event", str(inside.uid))


def test_an_incident_without_alerts_has_no_events(db: None) -> None:
    an_event()
    assert list(events_of(a_hit())) == []
