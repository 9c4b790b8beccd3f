"""A region's answer to an incident reaches the desk, by the event alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from control.watch.models import SecurityEvent
from kernel.tenancy.context import control_scope
from kernel.watching import emit, names
from kernel.watching.emitting import gathering
from tests.control.incidents.hits import a_hit


def test_an_answer_goes_on_to_the_desk_and_a_strangers_does_not(
    taken_in: Callable[[], list[SecurityEvent]], in_region: Callable[[str], Any]
) -> None:
    with control_scope():
        incident = a_hit()
        task = incident.tasks.get(asked_of="diskominfo")
    said: dict[str, Any] = {"incident": str(incident.uid), "kind": "done", "text": "Sudah ditanyakan."}
    with in_region("banjarmasin"), gathering():
        emit(names.INCIDENT_ANSWER, subject=str(task.uid), **said)
    with in_region("manado"), gathering():
        emit(names.INCIDENT_ANSWER, subject="bukan-uid", **said)
    taken_in()
    with control_scope():
        task.refresh_from_db()
        assert task.state == "open"
    with in_region("manado"), gathering():
        emit(names.INCIDENT_ANSWER, subject=str(task.uid), **said)
    taken_in()
    with control_scope():
        task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "Sudah ditanyakan.")
