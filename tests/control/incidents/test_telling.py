"""What a region learns of its incident, and what it answers: through the real tasks of both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from control.incidents.fulfilling import add_task, waive_notice
from control.incidents.leading import close_as_false_alarm, merge, move_on, say_breach, write_report
from control.incidents.telling import TAKE
from kernel.accounts.models import User
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import control_scope
from kernel.watching import flood
from kernel.watching.emitting import TAKE_IN, gathering
from tenants.security.actions import answer_ask
from tenants.security.models import Answer, Incident
from tests.control.incidents.hits import NOW, a_hit

InRegion = Callable[[str], Any]


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    flood.forget()
    yield
    flood.forget()


@pytest.fixture
def told(in_region: InRegion) -> Callable[..., list[Incident]]:
    """`told("manado")`: the region takes what its outbox holds of incidents, newest message first; gives its rows."""
    from celery import current_app

    from kernel.tenancy.tasks import REGION_HEADER

    def take(code: str = "manado") -> list[Incident]:
        with in_region(code):
            for message in OutboxMessage.objects.filter(task=TAKE).order_by("-id"):
                current_app.tasks[TAKE].apply(kwargs=message.kwargs, headers={REGION_HEADER: code}, throw=True)
                message.delete()
            return list(Incident.objects.order_by("number"))

    return take


def test_the_region_reads_its_incident_as_it_stands_whatever_comes_first(
    desk: None, operator: User, told: Callable[..., list[Incident]]
) -> None:
    incident = a_hit(severity="high", observables={"address": ["203.0.113.9"]})
    move_on(uid=incident.uid, to="handling", actor=operator)
    write_report(uid=incident.uid, values={"summary": "Tiga teks ditahan."}, actor=operator)
    (row,) = told()
    assert (row.uid, row.number, row.state, row.severity, row.is_open) == (
        incident.uid,
        incident.number,
        "Ditangani",
        "Tinggi",
        True,
    )
    assert (row.summary, row.contact) == ("Tiga teks ditahan.", "Operator, operator@platform.test")
    assert told("banjarmasin") == []


def test_the_region_learns_that_it_is_over(desk: None, operator: User, told: Callable[..., list[Incident]]) -> None:
    incident = a_hit()
    close_as_false_alarm(uid=incident.uid, reason="Razia.", actor=operator)
    (row,) = told()
    assert (row.state, row.is_open, [ask["done"] for ask in row.asks]) == ("Ditutup", False, [True])


def test_a_merged_incident_reaches_the_regions_of_both(
    desk: None, operator: User, told: Callable[..., list[Incident]]
) -> None:
    one, two = a_hit(), a_hit("hit-2", region="banjarmasin")
    merge(uid=two.uid, into=one.number, reason="Pelaku sama.", actor=operator)
    rows = told("banjarmasin")
    assert [(row.number, row.is_open) for row in rows] == [(one.number, True), (two.number, False)]
    # What was written of Manado stays there.
    assert [row.summary for row in rows] == ["", "Satu aktivitas ditahan."]
    assert [row.summary for row in told("manado")] == ["Satu aktivitas ditahan."]


def test_what_the_region_answers_moves_the_task_at_the_desk_and_comes_back(
    desk: None, in_region: InRegion, told: Callable[..., list[Incident]], with_role: Callable[..., User]
) -> None:
    from celery import current_app

    from kernel.tenancy.tasks import REGION_HEADER

    with control_scope():
        incident = a_hit()
        task = incident.tasks.get(asked_of="diskominfo")
    told()
    with in_region("manado"), gathering():
        answer_ask(
            incident=incident.uid,
            ask=task.uid,
            kind=Answer.Kind.DONE,
            text="Pemilik akun sudah ditanya.",
            key=uuid4(),
            actor=with_role("diskominfo"),
        )
    with in_region("manado"):
        messages = list(OutboxMessage.objects.filter(task=TAKE_IN))
    for message in messages:
        current_app.tasks[TAKE_IN].apply(kwargs=message.kwargs, headers={REGION_HEADER: "manado"}, throw=True)
    with control_scope():
        task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "Pemilik akun sudah ditanya.")
    (row,) = told()
    assert [ask["done"] for ask in row.asks] == [True]


def test_the_region_learns_of_a_breach_and_of_each_notice_by_law(
    desk: None, operator: User, told: Callable[..., list[Incident]]
) -> None:
    incident = say_breach(uid=a_hit().uid, known_at=NOW, actor=operator)
    (row,) = told()
    (notice,) = row.notices
    assert (notice["recipient"], notice["state"], notice["due_at"]) == (
        "Subjek data pribadi dan lembaga pelindungan data pribadi",
        "Belum dikirim",
        (NOW + timedelta(hours=72)).isoformat(),
    )
    waive_notice(uid=incident.uid, notice=incident.notices.get().uid, reason="Data tiruan.", actor=operator)
    assert [notice["state"] for notice in told()[0].notices] == ["Tidak perlu"]


def test_what_is_asked_says_of_which_office(desk: None, operator: User, told: Callable[..., list[Incident]]) -> None:
    add_task(uid=a_hit().uid, title="Hubungi pegawai", instruction="", due_at=NOW, asked_of="bkpsdm", actor=operator)
    (row,) = told()
    assert {ask["title"]: ask["of"] for ask in row.asks}["Hubungi pegawai"] == "BKPSDM"
