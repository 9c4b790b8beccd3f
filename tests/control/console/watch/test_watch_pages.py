"""The monitoring pages: what was found, what happened, and detections that are tried before they are changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from control.watch.alerting import follow
from control.watch.models import Alert, Detection, DetectionVersion, SecurityEvent
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope
from kernel.testing.queries import assert_query_count
from kernel.watching.names import KINDS

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def desk(operator: User, signed_in: Callable[..., Client]) -> Client:
    return signed_in(operator, None)


def happened(name: str, count: int = 1, *, ago: timedelta = timedelta(), **columns: Any) -> list[SecurityEvent]:
    """Events of this name, one a second; `subject` may name their number."""
    subject = columns.pop("subject", "")
    rows = [
        SecurityEvent(
            uid=new_uid(),
            at=NOW - ago + timedelta(seconds=number),
            name=name,
            severity=KINDS[name].severity.rank,
            subject=subject.format(n=number),
            **{"region": "manado", "local_hour": 12, "local_weekday": 4, **columns},
        )
        for number in range(count)
    ]
    with control_scope():
        SecurityEvent.objects.bulk_create(rows)
        follow(rows)
    return rows


def detection(code: str) -> Detection:
    with control_scope():
        return Detection.objects.get(code=code)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def wording(code: str, **changed: Any) -> dict[str, Any]:
    """The form of brute_force as the page shows it, with changes."""
    found = detection(code)
    return {
        "title": found.title,
        "status": found.status,
        "severity": "low",
        "window_minutes": 10,
        "count": 8,
        "group_by": ["subject"],
        "suppress_minutes": 60,
        "incident_from": "medium",
        "level_0": "medium",
        "runbook": found.runbook,
        "reason": "Terlalu sering",
        "version": found.version,
        **changed,
    }


def test_one_attack_is_one_line_that_leads_to_its_events_and_incident(desk: Client) -> None:
    happened("authn_login_fail", 25, subject="akun-{n}", ip="203.0.113.7", agent="x")
    page = words(desk.get("/pantauan/"))
    assert page.count("Satu sumber mencoba banyak NIP</a>") == 1
    with control_scope():
        alert = Alert.objects.get(detection__code="password_spray")
    assert f"/insiden/{alert.incident}/" in page
    shown = words(desk.get(f"/pantauan/peringatan/{alert.uid}/"))
    assert shown.count("Gagal masuk<br>") == 25
    assert "Blokir jaringannya bila bukan kantor." in shown


def test_an_alert_shows_what_made_it_graver_and_nothing_of_others(desk: Client) -> None:
    happened("authn_login_fail", 8, subject="korban")
    happened("authn_login_success", subject="korban", ago=timedelta(minutes=-2))
    happened("authn_login_success", subject="penonton", ago=timedelta(minutes=-2))
    with control_scope():
        alert = Alert.objects.get(detection__code="brute_force")
    page = words(desk.get(f"/pantauan/peringatan/{alert.uid}/"))
    assert "Berhasil masuk" in page
    assert page.count("korban") == 10
    assert "penonton" not in page


def test_alerts_are_narrowed_by_region_severity_detection_and_state(desk: Client) -> None:
    happened("cross_tenant_session", ip="203.0.113.7", agent="x")
    happened("session_moved", region="banjarmasin", person=new_uid())
    titles = ("Sesi wilayah lain dipakai", "Sesi berpindah perangkat dan jaringan")
    for query, expected in {
        "": {"Sesi wilayah lain dipakai", "Sesi berpindah perangkat dan jaringan"},
        "?wilayah=banjarmasin": {"Sesi berpindah perangkat dan jaringan"},
        "?tingkat=critical": set(),
        "?deteksi=cross_tenant_session": {"Sesi wilayah lain dipakai"},
        "?simulasi=1": set(),
    }.items():
        shown = words(desk.get(f"/pantauan/{query}"))
        assert {title for title in titles if f"{title}</a>" in shown} == expected, query


def test_events_are_found_by_kind_account_address_and_request(desk: Client) -> None:
    who = new_uid()
    happened("authz_fail", person=who, ip="203.0.113.7", request_id="abc123")
    happened("honeypot_hit", region="", ip="198.51.100.9", facts={"path": "/.env"})
    for query, expected in {
        "": 2,
        "?jenis=authz_fail": 1,
        "?wilayah=-": 1,
        "?wilayah=manado": 1,
        "?tingkat=medium": 0,
        f"?cari={who}": 1,
        "?cari=198.51.100.9": 1,
        "?cari=abc123": 1,
        "?cari=tidak-ada": 0,
    }.items():
        assert words(desk.get(f"/pantauan/peristiwa/{query}")).count('<th scope="row"') == expected, query


def test_an_event_shows_what_happened_around_it(desk: Client) -> None:
    who = new_uid()
    (first,) = happened("authz_fail", person=who, request_id="abc", facts={"permission": "audit.read", "path": "/<b>"})
    happened("export_completed", person=who, ago=timedelta(minutes=30), facts={"rows": 3})
    happened("role_granted", person=who, ago=timedelta(hours=3))
    shown = words(desk.get(f"/pantauan/peristiwa/{first.uid}/"))
    assert "audit.read" in shown
    assert "/&lt;b&gt;" in shown
    assert "Ekspor selesai" in shown
    assert "Peran diberikan" not in shown


def test_an_event_of_a_stranger_is_not_found(desk: Client) -> None:
    assert desk.get(f"/pantauan/peristiwa/{new_uid()}/").status_code == 404
    assert desk.get(f"/pantauan/peringatan/{new_uid()}/").status_code == 404
    assert desk.get(f"/pantauan/deteksi/{new_uid()}/").status_code == 404


def test_the_download_is_one_json_object_a_line_with_the_level_of_other_systems(desk: Client) -> None:
    happened("cross_tenant_session", ip="203.0.113.7", agent="x", facts={"path": "/a\nb"})
    happened("authz_fail")
    answer = desk.get("/pantauan/peristiwa/unduh/?tingkat=high")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (line,) = words(answer).splitlines()
    found = json.loads(line)
    assert (found["event"], found["severity"], found["level"], found["region"]) == (
        "cross_tenant_session",
        "high",
        12,
        "manado",
    )


def test_a_change_is_tried_on_the_last_seven_days_before_it_is_saved(desk: Client) -> None:
    for day in range(1, 4):
        happened("authn_login_fail", 9, subject="akun", ago=timedelta(days=day))
    found = detection("brute_force")
    now = desk.get(f"/pantauan/deteksi/{found.uid}/")
    assert len(now.context["now"].hits) == 3
    assert [count for _, count in now.context["now"].by_day] == [0, 0, 0, 1, 1, 1, 0]
    tried = desk.post(f"/pantauan/deteksi/{found.uid}/", wording("brute_force", count=10, reason="", pratinjau="1"))
    assert tried.status_code == 200
    assert (len(tried.context["wanted"].hits), len(tried.context["now"].hits)) == (0, 3)
    assert detection("brute_force").version == 1


def test_a_saved_change_is_a_version_with_its_reason_and_can_be_taken_back(desk: Client, operator: User) -> None:
    found = detection("brute_force")
    assert desk.post(f"/pantauan/deteksi/{found.uid}/", wording("brute_force", count=12)).status_code == 302
    changed = detection("brute_force")
    assert (changed.version, changed.rule.count) == (2, 12)
    happened("authn_login_fail", 9, subject="akun")
    with control_scope():
        assert not Alert.objects.filter(detection=changed).exists()
        assert AuditEvent.objects.get(action="watch.detection_changed").note == "Terlalu sering"
        assert DetectionVersion.objects.get(detection=changed, version=2).by_name == operator.display_name
    assert desk.post(f"/pantauan/deteksi/{found.uid}/kembalikan/").status_code == 302
    back = detection("brute_force")
    assert (back.version, back.rule.count, back.content) == (3, 8, found.content)


def test_the_first_version_cannot_be_taken_back(desk: Client) -> None:
    found = detection("brute_force")
    answer = desk.post(f"/pantauan/deteksi/{found.uid}/kembalikan/", follow=True)
    assert "masih versi pertamanya" in words(answer)
    assert detection("brute_force").version == 1


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(desk: Client) -> None:
    found = detection("brute_force")
    seen = wording("brute_force", count=20)
    desk.post(f"/pantauan/deteksi/{found.uid}/", wording("brute_force", count=12))
    answer = desk.post(f"/pantauan/deteksi/{found.uid}/", seen)
    assert answer.status_code == 422
    assert "diubah orang lain" in words(answer)
    assert detection("brute_force").rule.count == 12


def test_an_address_alone_cannot_be_held_against_an_office(desk: Client) -> None:
    found = detection("brute_force")
    answer = desk.post(f"/pantauan/deteksi/{found.uid}/", wording("brute_force", group_by=["ip"]))
    assert answer.status_code == 422
    assert "dapat dipakai seluruh kantor" in words(answer)


@pytest.mark.parametrize("code", ["password_spray", "mass_export", "takeover_chain", "judol_text", "unusual_export"])
def test_every_kind_of_rule_has_a_page_with_the_fields_it_needs(desk: Client, code: str) -> None:
    answer = desk.get(f"/pantauan/deteksi/{detection(code).uid}/")
    assert answer.status_code == 200
    fields = set(answer.context["form"].fields)
    rule = detection(code).rule
    assert ("ratio" in fields, "sum" in fields, "count" in fields) == (
        bool(rule.ratio),
        bool(rule.sum_of),
        not rule.is_sequence,
    )


def test_the_lists_cost_the_same_for_one_and_for_many(desk: Client) -> None:
    happened("cross_tenant_session", ip="203.0.113.1", agent="x")
    assert_query_count("watch.alerts", lambda: desk.get("/pantauan/"))
    assert_query_count("watch.events", lambda: desk.get("/pantauan/peristiwa/"))
    for number in range(2, 12):
        happened("cross_tenant_session", ip=f"203.0.113.{number}", agent="x")
    assert_query_count("watch.alerts", lambda: desk.get("/pantauan/"))
    assert_query_count("watch.events", lambda: desk.get("/pantauan/peristiwa/"))
