"""The monitoring pages of the operators' console."""

from control.watch.models import Alert, Detection, SecurityEvent
from kernel import clock
from kernel.ids import new_uid
from tests.architecture.permission_table import Cast, operators


def an_alert(cast: Cast) -> dict[str, object]:
    alert, _ = Alert.objects.get_or_create(
        detection=Detection.objects.get(code="brute_force"),
        group_key="uji",
        defaults={
            "version": 1,
            "group": {"subject": "uji"},
            "severity": 1,
            "first_at": clock.now(),
            "last_at": clock.now(),
            "events": 8,
        },
    )
    return {"uid": alert.uid}


def an_event(cast: Cast) -> dict[str, object]:
    event = SecurityEvent.objects.filter(name="authz_fail", subject="uji").first()
    event = event or SecurityEvent.objects.create(
        uid=new_uid(), at=clock.now(), name="authz_fail", severity=1, subject="uji", region="manado"
    )
    return {"uid": event.uid}


def a_detection(cast: Cast) -> dict[str, object]:
    return {"uid": Detection.objects.get(code="cross_tenant_session").uid}


def a_wording(cast: Cast) -> dict[str, object]:
    detection = Detection.objects.get(code="cross_tenant_session")
    return {
        "title": detection.title,
        "status": "active",
        "severity": "high",
        "window_minutes": "10",
        "count": "1",
        "group_by": ["region", "ip", "agent"],
        "suppress_minutes": "60",
        "incident_from": "high",
        "level_0": "critical",
        "bound_0": "3",
        "runbook": "Uji",
        "reason": "Uji",
        "version": str(detection.version),
    }


ROWS = [
    operators("watch-alerts", "GET", "operator"),
    operators("watch-alert", "GET", "operator", args=an_alert),
    operators("watch-events", "GET", "operator"),
    operators("watch-download", "GET", "operator"),
    operators("watch-event", "GET", "operator", args=an_event),
    operators("watch-detections", "GET", "operator"),
    operators("watch-detection", "GET", "operator", args=a_detection),
    operators("watch-detection", "POST", "operator", ok=302, args=a_detection, data=a_wording),
    operators("watch-take-back", "POST", "operator", ok=302, args=a_detection),
]
