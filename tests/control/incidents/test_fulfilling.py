"""Tasks and notices: what is asked, until when, and the proof that it was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from control.incidents.errors import ProofMissing, ReasonMissing, SettledAlready
from control.incidents.fulfilling import (
    add_task,
    change_clock,
    change_template,
    reopen_notice,
    send_notice,
    take_answer,
    waive_notice,
    work_on_task,
)
from control.incidents.models import Incident, LegalClock, Task, TaskTemplate
from control.incidents.telling import TAKE
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from kernel.errors import NotFound
from kernel.ids import new_uid
from tests.control.incidents.hits import NOW, a_hit, texts


def test_a_notice_is_sent_with_its_proof_as_evidence(desk: None, operator: User) -> None:
    incident = a_hit(severity="high")
    notice = incident.notices.get()
    sent = send_notice(
        uid=incident.uid,
        notice=notice.uid,
        sent_at=NOW + timedelta(hours=2),
        receipt="TT-77",
        proof=("surel.txt", b"terkirim"),
        actor=operator,
    )
    assert (sent.state, sent.settled_by, sent.note) == ("sent", "Operator", "TT-77")
    assert sent.proof == incident.evidence.get()
    assert texts(incident)[-1] == (
        "Laporan insiden siber kepada TTIS dikirim kepada TTIS sektor, tembusan TTIS nasional (BSSN), "
        "dalam tenggat. TT-77"
    )
    with pytest.raises(SettledAlready):
        waive_notice(uid=incident.uid, notice=notice.uid, reason="x", actor=operator)


def test_sending_is_proven(desk: None, operator: User) -> None:
    incident = a_hit(severity="high")
    with pytest.raises(ProofMissing):
        send_notice(
            uid=incident.uid, notice=incident.notices.get().uid, sent_at=NOW, receipt=" ", proof=None, actor=operator
        )


def test_what_was_sent_late_says_so(desk: None, operator: User) -> None:
    incident = a_hit(severity="high")
    send_notice(
        uid=incident.uid,
        notice=incident.notices.get().uid,
        sent_at=NOW + timedelta(hours=24, minutes=1),
        receipt="TT-1",
        proof=None,
        actor=operator,
    )
    assert "melewati tenggat" in texts(incident)[-1]


def test_a_settled_notice_can_be_opened_again_and_its_end_stays(desk: None, operator: User) -> None:
    incident = a_hit(severity="high")
    notice = incident.notices.get()
    waive_notice(uid=incident.uid, notice=notice.uid, reason="Keliru.", actor=operator)
    with pytest.raises(ReasonMissing):
        reopen_notice(uid=incident.uid, notice=notice.uid, reason="", actor=operator)
    again = reopen_notice(uid=incident.uid, notice=notice.uid, reason="Diminta TTIS.", actor=operator)
    assert (again.state, again.due_at, again.settled_at) == ("waiting", notice.due_at, None)


def test_a_task_for_the_region_is_told_there(desk: None, operator: User, in_region: Callable[[str], Any]) -> None:
    incident = a_hit()
    task = add_task(
        uid=incident.uid, title="Hubungi OPD", instruction="", due_at=NOW, asked_of="bkpsdm", actor=operator
    )
    work_on_task(uid=incident.uid, task=task.uid, state="done", outcome="Sudah.", owner=None, actor=operator)
    with in_region("manado"):
        *_, last = OutboxMessage.objects.filter(task=TAKE).order_by("id")
    asked = {ask["title"]: ask["done"] for ask in last.kwargs["asks"]}
    assert asked == {"Pastikan kepada pemilik akun apakah ia menulis teks itu": False, "Hubungi OPD": True}
    assert list(task.log.values_list("text", flat=True)) == [
        "Tugas ditambah: Hubungi OPD.",
        "Tugas “Hubungi OPD”: selesai. Sudah.",
    ]


def test_a_task_that_is_not_needed_says_why(desk: None, operator: User) -> None:
    incident = a_hit()
    task = incident.tasks.first()
    assert task is not None
    with pytest.raises(ReasonMissing):
        work_on_task(uid=incident.uid, task=task.uid, state="dropped", outcome="", owner=None, actor=operator)
    with pytest.raises(NotFound):
        work_on_task(uid=incident.uid, task=new_uid(), state="done", outcome="", owner=None, actor=operator)


def test_a_changed_clock_is_a_new_version_and_what_runs_keeps_its_own(desk: None, operator: User) -> None:
    running = a_hit(severity="high").notices.get()
    made = change_clock(
        code="bssn",
        hours=12,
        recipient="TTIS provinsi",
        sender="TTIS penyelenggara",
        source="Surat edaran",
        source_checked_on=date(2026, 11, 20),
        note="",
        actor=operator,
    )
    assert (made.version, made.parts) == (2, ["Kontak pelapor", "Deskripsi insiden", "Kronologi", "Dampak"])
    running.refresh_from_db()
    assert running.due_at == NOW + timedelta(hours=24)
    assert LegalClock.objects.get(code="bssn", version=1).hours == 24
    newer = a_hit("hit-2", key="other", severity="high").notices.get()
    assert (newer.clock, newer.due_at) == (made, NOW + timedelta(hours=12))
    assert AuditEvent.objects.get(action="incidents.clock_changed").after["version"] == 2


def test_a_changed_template_counts_for_incidents_from_then_on(desk: None, operator: User) -> None:
    template = TaskTemplate.objects.get(kind="", order=1)
    old = a_hit()
    change_template(
        key=template.pk,
        title="Tunjuk penanggung jawab",
        instruction="",
        due_minutes=15,
        asked_of="",
        is_active=True,
        actor=operator,
    )
    assert not old.tasks.filter(title="Tunjuk penanggung jawab").exists()
    task = a_hit("hit-2", key="other").tasks.get(title="Tunjuk penanggung jawab")
    assert task.due_at == NOW + timedelta(minutes=15)


def test_what_was_learnt_cannot_be_switched_off(desk: None, operator: User) -> None:
    template = TaskTemplate.objects.get(is_lessons=True)
    kept = change_template(
        key=template.pk,
        title=template.title,
        instruction="",
        due_minutes=60,
        asked_of="diskominfo",
        is_active=False,
        actor=operator,
    )
    assert (kept.is_active, kept.asked_of) == (True, "")


def an_answer(incident: Incident, task: Task, **changed: Any) -> Task | None:
    said: dict[str, Any] = {
        "incident": incident.uid,
        "ask": task.uid,
        "region": "manado",
        "kind": "done",
        "text": "Pemilik akun tidak menulisnya.",
        "at": NOW + timedelta(minutes=20),
        "source": "event:1",
    }
    return take_answer(**{**said, **changed})


def test_a_regions_answer_moves_its_task_and_stands_on_the_timeline(desk: None) -> None:
    incident = a_hit()
    task = incident.tasks.get(asked_of="diskominfo")
    an_answer(incident, task, kind="acknowledged", text="", source="event:0")
    task.refresh_from_db()
    assert task.state == "doing"
    for _ in range(2):
        an_answer(incident, task)
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "Pemilik akun tidak menulisnya.")
    *_, last = incident.entries.order_by("id")
    assert (last.origin, last.actor_name) == ("region", "Kota Manado")
    assert last.text == (
        "Jawaban atas “Pastikan kepada pemilik akun apakah ia menulis teks itu”: selesai. "
        "Pemilik akun tidak menulisnya."
    )
    assert task.log.count() == 2


def test_words_alone_change_no_task(desk: None) -> None:
    incident = a_hit()
    task = incident.tasks.get(asked_of="diskominfo")
    an_answer(incident, task, kind="answer", text="Sedang kami cari.")
    task.refresh_from_db()
    assert (task.state, texts(incident)[-1].endswith("keterangan. Sedang kami cari.")) == ("open", True)


def test_what_a_region_was_not_asked_it_does_not_answer(desk: None) -> None:
    incident = a_hit()
    asked, own = incident.tasks.get(asked_of="diskominfo"), incident.tasks.filter(asked_of="").first()
    assert own is not None
    before = texts(incident)
    assert an_answer(incident, asked, region="banjarmasin") is None
    assert an_answer(incident, own) is None
    assert an_answer(a_hit("hit-2", key="other"), asked) is None
    assert texts(incident) == before
