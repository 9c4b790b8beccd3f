"""Leading an incident from new to closed, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from control.incidents.actions import open_or_join
from control.incidents.errors import CannotMerge, IsClosed, NotReadyToClose, NoWay, OpenOneExists, ReasonMissing
from control.incidents.fulfilling import waive_notice, work_on_task
from control.incidents.leading import (
    assign,
    close_as_false_alarm,
    mark_key_event,
    merge,
    move_on,
    rate,
    say_breach,
    step_back,
    withdraw_breach,
    write_report,
)
from control.incidents.models import Incident, Kind, Severity, Task
from control.incidents.timeline import entries_of
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotFound
from kernel.ids import new_uid
from tests.control.incidents.hits import NOW, a_hit, texts

WAY = ("handling", "contained", "recovered")


def led_to(incident: Incident, state: str, actor: User) -> Incident:
    """Moved on, an hour for each step."""
    for hours, step in enumerate(WAY[: WAY.index(state) + 1], 1):
        with clock.at(NOW + timedelta(hours=hours)):
            incident = move_on(uid=incident.uid, to=step, actor=actor)
    return incident


def learnt(incident: Incident, actor: User) -> None:
    task = incident.tasks.get(is_lessons=True)
    work_on_task(
        uid=incident.uid, task=task.uid, state="done", outcome="Kata sandi bawaan diganti.", owner=actor, actor=actor
    )


def test_whoever_takes_it_up_owns_it_and_each_step_has_its_time(desk: None, operator: User) -> None:
    incident = led_to(a_hit(), "recovered", operator)
    assert incident.owner == operator
    assert (incident.acknowledged_at, incident.contained_at, incident.recovered_at) == tuple(
        NOW + timedelta(hours=hours) for hours in (1, 2, 3)
    )
    assert texts(incident)[1:] == [
        "Insiden mulai ditangani.",
        "Insiden dinyatakan terkendali.",
        "Layanan dinyatakan pulih.",
    ]
    assert AuditEvent.objects.filter(action="incidents.moved").count() == 3


@pytest.mark.parametrize("to", ["contained", "recovered", "closed", "new"])
def test_no_step_is_left_out(desk: None, operator: User, to: str) -> None:
    with pytest.raises(NoWay):
        move_on(uid=a_hit().uid, to=to, actor=operator)


def test_a_step_back_takes_its_time_with_it_and_says_why(desk: None, operator: User) -> None:
    incident = led_to(a_hit(), "contained", operator)
    with pytest.raises(ReasonMissing):
        step_back(uid=incident.uid, reason=" ", actor=operator)
    incident = step_back(uid=incident.uid, reason="Unggahan baru masuk lagi.", actor=operator)
    assert (incident.state, incident.contained_at) == ("handling", None)
    assert texts(incident)[-1] == "Keadaan dikembalikan dari Terkendali ke Ditangani. Unggahan baru masuk lagi."


def test_it_is_not_closed_before_something_was_learnt(desk: None, operator: User) -> None:
    incident = led_to(a_hit(), "recovered", operator)
    with pytest.raises(NotReadyToClose) as refused:
        move_on(uid=incident.uid, to="closed", actor=operator)
    assert refused.value.reason == "lessons"
    learnt(incident, operator)
    assert move_on(uid=incident.uid, to="closed", actor=operator).outcome == "real"


def test_what_was_learnt_is_said_in_words_and_cannot_be_dropped_silently(desk: None, operator: User) -> None:
    incident = led_to(a_hit(), "recovered", operator)
    task = incident.tasks.get(is_lessons=True)
    with pytest.raises(ReasonMissing):
        work_on_task(uid=incident.uid, task=task.uid, state="done", outcome="", owner=None, actor=operator)
    work_on_task(uid=incident.uid, task=task.uid, state="dropped", outcome="Tidak ada.", owner=None, actor=operator)
    with pytest.raises(NotReadyToClose):
        move_on(uid=incident.uid, to="closed", actor=operator)


def test_it_is_not_closed_while_somebody_must_still_be_told(desk: None, operator: User) -> None:
    incident = led_to(a_hit(severity="high"), "recovered", operator)
    learnt(incident, operator)
    with pytest.raises(NotReadyToClose) as refused:
        move_on(uid=incident.uid, to="closed", actor=operator)
    assert refused.value.reason == "notices"
    waive_notice(uid=incident.uid, notice=incident.notices.get().uid, reason="Bukan IIV, arahan TTIS.", actor=operator)
    assert not move_on(uid=incident.uid, to="closed", actor=operator).is_open


def test_a_false_alarm_closes_from_anywhere_and_leaves_nothing_to_do(desk: None, operator: User) -> None:
    incident = a_hit(severity="critical")
    with pytest.raises(ReasonMissing):
        close_as_false_alarm(uid=incident.uid, reason="", actor=operator)
    incident = close_as_false_alarm(uid=incident.uid, reason="Laporan razia Satpol PP.", actor=operator)
    assert (incident.state, incident.outcome) == ("closed", "false_alarm")
    assert set(incident.tasks.values_list("state", flat=True)) == {"dropped"}
    assert set(incident.notices.values_list("state", "note")) == {("not_needed", "Laporan razia Satpol PP.")}
    with pytest.raises(NoWay):
        close_as_false_alarm(uid=incident.uid, reason="Lagi", actor=operator)


def test_it_can_be_opened_again_unless_the_same_was_opened_anew(desk: None, operator: User) -> None:
    first = close_as_false_alarm(uid=a_hit().uid, reason="Razia.", actor=operator)
    reopened = step_back(uid=first.uid, reason="Ternyata benar.", actor=operator)
    assert (reopened.state, reopened.outcome, reopened.closed_at) == ("handling", "", None)
    close_as_false_alarm(uid=first.uid, reason="Razia.", actor=operator)
    newer = a_hit("hit-2")
    with pytest.raises(OpenOneExists) as refused:
        step_back(uid=first.uid, reason="Ternyata benar.", actor=operator)
    assert newer.number in refused.value.message()


def test_a_closed_incident_is_not_changed(desk: None, operator: User) -> None:
    incident = close_as_false_alarm(uid=a_hit().uid, reason="Razia.", actor=operator)
    changes: list[Callable[[], object]] = [
        lambda: rate(uid=incident.uid, severity=4, reason="x", actor=operator),
        lambda: assign(uid=incident.uid, owner=operator, actor=operator),
        lambda: say_breach(uid=incident.uid, known_at=NOW, actor=operator),
        lambda: write_report(uid=incident.uid, values={"impact": "x"}, actor=operator),
    ]
    for change in changes:
        with pytest.raises(IsClosed):
            change()


def test_a_severity_set_by_hand_starts_the_clock_and_a_lower_one_does_not_stop_it(desk: None, operator: User) -> None:
    incident = rate(uid=a_hit().uid, severity=Severity.HIGH, reason="Tiga akun.", actor=operator)
    rate(uid=incident.uid, severity=Severity.LOW, reason="Satu akun saja.", actor=operator)
    assert list(incident.notices.values_list("clock__code", "state")) == [("bssn", "waiting")]


def test_three_times_24_hours_run_from_when_the_breach_was_known(desk: None, operator: User) -> None:
    known = NOW - timedelta(hours=1)
    incident = say_breach(uid=a_hit(kind=Kind.DATA_LEAK).uid, known_at=known, actor=operator)
    notice = incident.notices.get(clock__code="pdp")
    assert notice.due_at == known + timedelta(hours=72)
    withdraw_breach(uid=incident.uid, reason="Hanya data uji.", actor=operator)
    notice.refresh_from_db()
    assert (notice.state, notice.note) == ("not_needed", "Hanya data uji.")
    say_breach(uid=incident.uid, known_at=NOW, actor=operator)
    assert incident.notices.get(state="waiting").due_at == NOW + timedelta(hours=72)


def test_two_become_one_with_both_timelines_regions_and_observables(desk: None, operator: User) -> None:
    one = a_hit(observables={"domain": ["contoh.example"]})
    two = a_hit(
        "hit-2", region="banjarmasin", severity="high", observables={"domain": ["contoh.example", "lain.example"]}
    )
    merged = merge(uid=two.uid, into=one.number, reason="Pelaku yang sama.", actor=operator)
    two.refresh_from_db()
    assert (merged, two.state, two.outcome, two.merged_into) == (one, "closed", "merged", one)
    assert sorted(region.code for region in merged.regions.all()) == ["banjarmasin", "manado"]
    assert sorted(merged.observables.values_list("value", flat=True)) == ["contoh.example", "lain.example"]
    assert merged.severity == Severity.HIGH
    assert merged.notices.filter(state="waiting").count() == 1
    assert {entry.incident_id for entry in entries_of(merged)} == {one.pk, two.pk}
    # A further event of the merged one's key joins the one that is left.
    assert a_hit("hit-3", region="banjarmasin") == one
    assert a_hit("hit-2") == one


@pytest.mark.parametrize(("into", "reason"), [("INS-2026-0001", "same"), ("INS-1999-0001", "unknown")])
def test_what_cannot_be_merged(desk: None, operator: User, into: str, reason: str) -> None:
    incident = a_hit()
    with pytest.raises(CannotMerge) as refused:
        merge(uid=incident.uid, into=into, reason="x", actor=operator)
    assert refused.value.reason == reason


def test_an_entry_is_flagged_as_a_key_event_and_the_flag_taken_back(desk: None, operator: User) -> None:
    incident = a_hit()
    a_hit("hit-2", summary="Aktivitas kedua.")
    second = incident.entries.get(text="Aktivitas kedua.")
    assert [entry.key for entry in entries_of(incident)] == [True, False]  # type: ignore[attr-defined]
    mark_key_event(uid=incident.uid, entry=second.uid, is_key=True)
    assert [entry.key for entry in entries_of(incident)] == [True, True]  # type: ignore[attr-defined]
    mark_key_event(uid=incident.uid, entry=second.uid, is_key=False)
    assert [entry.key for entry in entries_of(incident)] == [True, False]  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        mark_key_event(uid=incident.uid, entry=new_uid(), is_key=True)


def test_the_words_of_the_report_are_kept_with_what_they_were(desk: None, operator: User) -> None:
    incident = write_report(uid=a_hit().uid, values={"impact": "12 pegawai", "cause": ""}, actor=operator)
    event = AuditEvent.objects.get(action="incidents.report_written")
    assert (incident.impact, event.before, event.after) == ("12 pegawai", {"impact": ""}, {"impact": "12 pegawai"})


def test_an_incident_that_an_operator_opens_never_joins_another(desk: None, operator: User) -> None:
    said = {
        "kind": Kind.OUTAGE,
        "severity": "low",
        "region": None,
        "key": "",
        "title": "Listrik padam",
        "summary": "",
        "at": NOW,
        "source": "",
        "actor": operator,
    }
    assert open_or_join(**said) != open_or_join(**said)  # type: ignore[arg-type]
    assert not Task.objects.exclude(asked_of="").exists()
