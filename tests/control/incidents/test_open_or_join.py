"""Opening an incident, and what joins it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError

from control.incidents.actions import attach, note
from control.incidents.models import Custody, Incident, IncidentNumber, Observable, Severity, TimelineEntry
from control.incidents.telling import TAKE
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from kernel.errors import NotFound
from kernel.files.actions import discard, store_made
from kernel.files.models import StoredFile
from kernel.tenancy.context import control_scope
from kernel.tenancy.state import RegionState
from tests.control.incidents.hits import NOW, a_hit, texts


def test_a_first_hit_opens_an_incident_with_a_number_its_tasks_and_an_audit_event(desk: None) -> None:
    incident = a_hit()
    assert (incident.number, incident.state, incident.severity) == ("INS-2026-0001", "new", Severity.MEDIUM)
    assert (incident.began_at, incident.detected_at) == (NOW - timedelta(minutes=4), NOW)
    assert [region.code for region in incident.regions.all()] == ["manado"]
    titles = list(incident.tasks.values_list("title", flat=True))
    assert "Periksa teks yang ditahan dan akun pengirimnya" in titles
    assert titles[-1] == "Pelajaran dari insiden"
    assert "Hentikan ekspor dan tutup jalan keluar data" not in titles
    assert texts(incident) == ["Satu aktivitas ditahan."]
    assert AuditEvent.objects.filter(action="incidents.opened", subject_uid=incident.uid).count() == 1


def test_a_second_hit_of_the_same_region_and_key_joins(desk: None) -> None:
    first = a_hit()
    second = a_hit("hit-2", summary="Aktivitas kedua ditahan.")
    assert second == first
    assert texts(first) == ["Satu aktivitas ditahan.", "Aktivitas kedua ditahan."]
    assert Incident.objects.count() == 1


def test_the_same_source_twice_changes_nothing(desk: None) -> None:
    incident = a_hit()
    assert a_hit(severity="critical", key="another") == incident
    incident.refresh_from_db()
    assert (texts(incident), incident.severity) == (["Satu aktivitas ditahan."], Severity.MEDIUM)


@pytest.mark.parametrize(
    "changed", [{"region": "banjarmasin"}, {"region": None}, {"key": "upload"}], ids=["region", "platform", "key"]
)
def test_another_region_or_key_is_another_incident(desk: None, changed: dict[str, Any]) -> None:
    a_hit()
    assert a_hit("hit-2", **changed).number == "INS-2026-0002"


def test_a_closed_incident_takes_no_more_and_a_new_one_opens(desk: None) -> None:
    old = a_hit()
    Incident.objects.filter(pk=old.pk).update(state="closed", closed_at=NOW)
    assert a_hit("hit-2").number == "INS-2026-0002"


def test_a_worse_hit_raises_the_severity_a_milder_one_does_not_lower_it(desk: None) -> None:
    incident = a_hit()
    a_hit("hit-2", severity="critical")
    a_hit("hit-3", severity="low")
    incident.refresh_from_db()
    assert incident.severity == Severity.CRITICAL
    assert "Tingkat naik dari Sedang menjadi Kritis." in texts(incident)


def test_the_24_hours_run_from_the_finding_once_it_is_severe(desk: None) -> None:
    incident = a_hit()
    assert not incident.notices.exists()
    with clock.at(NOW + timedelta(hours=3)):
        a_hit("hit-2", severity="high")
        a_hit("hit-3", severity="critical")
    (notice,) = incident.notices.select_related("clock")
    assert (notice.clock.code, notice.starts_at, notice.due_at) == ("bssn", NOW, NOW + timedelta(hours=24))


def test_observables_are_kept_once_each(desk: None) -> None:
    seen = {"account": ["0199-a", "0199-a"], "print": ["00ff00ff00ff00ff"]}
    incident = a_hit(observables=seen)
    a_hit("hit-2", observables=seen | {"address": ["203.0.113.9"]})
    assert sorted(incident.observables.values_list("kind", "value")) == [
        ("account", "0199-a"),
        ("address", "203.0.113.9"),
        ("print", "00ff00ff00ff00ff"),
    ]
    with pytest.raises(ValueError, match="shoe_size"):
        a_hit("hit-3", observables={"shoe_size": ["43"]})


def test_an_attacker_does_not_fill_the_table(desk: None) -> None:
    incident = a_hit(observables={"address": [f"198.51.100.{n % 256}/{n}" for n in range(600)]})
    assert Observable.objects.filter(incident=incident).count() == 500


def test_an_unknown_region_is_refused(desk: None) -> None:
    with pytest.raises(NotFound):
        a_hit(region="atlantis")


def test_the_region_is_told_without_the_observables(desk: None, in_region: Callable[[str], Any]) -> None:
    incident = a_hit(observables={"address": ["203.0.113.9"]})
    with in_region("manado"):
        (message,) = OutboxMessage.objects.filter(task=TAKE)
    with in_region("banjarmasin"):
        assert not OutboxMessage.objects.filter(task=TAKE).exists()
    assert message.kwargs["number"] == incident.number
    assert [ask["title"] for ask in message.kwargs["asks"]] == [
        "Pastikan kepada pemilik akun apakah ia menulis teks itu"
    ]
    assert "203.0.113.9" not in str(message.kwargs)


@pytest.mark.parametrize("statement", ["UPDATE incidents_timelineentry SET text = ''", "DELETE FROM incidents_custody"])
def test_neither_timeline_nor_custody_is_ever_changed(desk: None, statement: str) -> None:
    attach(a_hit(), "halaman.txt", b"isi", "Salinan halaman")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_evidence_keeps_its_digest_and_its_first_holder(desk: None, operator: User) -> None:
    incident = a_hit()
    evidence = attach(incident, "halaman.txt", b"isi", "Salinan halaman", actor=operator)
    assert (evidence.sha256, evidence.size) == (hashlib.sha256(b"isi").hexdigest(), 3)
    held = Custody.objects.get(evidence=evidence)
    assert (held.deed, held.actor_name, held.sha256) == ("attached", "Operator", evidence.sha256)
    with default_storage.open(evidence.file.path) as kept:
        assert kept.read() == b"isi"
    assert texts(incident)[-1] == f"Bukti dilampirkan: halaman.txt, SHA-256 {evidence.sha256}."


def test_a_note_stands_on_the_timeline(desk: None, operator: User) -> None:
    incident = a_hit()
    entry = note(incident, "Diskominfo ditelepon.", key_event=True, actor=operator)
    assert (entry.origin, entry.is_key, entry.actor_name) == (TimelineEntry.Origin.OPERATOR, True, "Operator")


def test_many_at_once_are_one_incident_and_numbers_have_no_gap(committed: None) -> None:
    """Eight detections see the same thing in eight processes; a ninth about something else fails half-way."""
    ready = threading.Barrier(8)
    numbers: list[str] = []

    def hit(number: int) -> None:
        ready.wait()
        try:
            numbers.append(a_hit(f"storm-{number}", key="storm", region=None).number)
        finally:
            connections.close_all()

    try:
        with pytest.raises(ZeroDivisionError):
            fail_half_way()
        run_together(hit, 8)
        with control_scope():
            assert len(numbers) == 8
            assert set(numbers) == {"INS-2026-0001"}
            assert Incident.objects.get().entries.count() == 8
            assert a_hit("after", key="after", region=None).number == "INS-2026-0002"
    finally:
        empty_the_desk()


def fail_half_way() -> None:
    with control_scope(), transaction.atomic():
        a_hit("lost", key="lost", region=None)
        _ = 1 // 0


def run_together(work: Callable[[int], None], many: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def empty_the_desk() -> None:
    """What a committed test wrote; the triggers stand aside for the one who owns the tables."""
    with control_scope(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE incidents_incident, incidents_incidentnumber CASCADE")
        cursor.execute("DELETE FROM delivery_outboxmessage")
    with control_scope():
        assert not IncidentNumber.objects.exists()


def test_a_region_throws_its_own_files_away_as_ever(manado: RegionState, settings: Any, tmp_path: Path) -> None:
    """Files stand on both sides, incidents on one: removing a region's file asks no table that it has not got."""
    settings.FILES_DIR = tmp_path
    stored = store_made(content=ContentFile(b"isi", name="kit.txt"), purpose="uji", owner=None, kind="text/plain")
    discard(stored)
    assert not StoredFile.objects.exists()
