"""Events arrive with the region whose outbox sent them, once, and in bundles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from control.watch.models import SecurityEvent
from control.watch.tasks import take_in
from kernel import clock
from kernel.delivery import outbox
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from kernel.tenancy.tasks import REGION_HEADER, ControlTask
from kernel.watching import Severity, emit, names
from kernel.watching.emitting import TAKE_IN

TakenIn = Callable[[], list[SecurityEvent]]


def test_an_event_of_one_region_never_shows_under_another(
    manado: RegionState, banjarmasin: RegionState, taken_in: TakenIn
) -> None:
    emit(names.AUTHZ_FAIL, subject="a")
    with region_scope(banjarmasin):
        emit(names.AUTHZ_FAIL, subject="b")
    with control_scope():
        emit(names.CONTAINMENT_APPLIED, region="banjarmasin", subject="c")
        emit(names.CONFIG_CHANGE, subject="d")
    found = {event.subject: event.region for event in taken_in()}
    assert found == {"a": "manado", "b": "banjarmasin", "c": "banjarmasin", "d": ""}


def test_what_a_region_s_message_says_about_its_region_does_not_count(manado: RegionState, taken_in: TakenIn) -> None:
    emit(names.AUTHZ_FAIL)
    message = OutboxMessage.objects.get(task=TAKE_IN)
    message.kwargs["events"][0]["region"] = "banjarmasin"
    message.save()
    assert [event.region for event in taken_in()] == ["manado"]


def test_a_bundle_that_comes_twice_is_kept_once(manado: RegionState, taken_in: TakenIn) -> None:
    emit(names.AUTHZ_FAIL)
    kwargs = OutboxMessage.objects.get(task=TAKE_IN).kwargs
    taken_in()
    for _ in range(2):
        take_in.apply(kwargs=kwargs, headers={REGION_HEADER: "manado"}, throw=True)
    assert len(taken_in()) == 1


def test_an_event_that_cannot_be_read_does_not_hold_up_the_others(manado: RegionState, taken_in: TakenIn) -> None:
    emit(names.AUTHZ_FAIL)
    message = OutboxMessage.objects.get(task=TAKE_IN)
    good = message.kwargs["events"][0]
    message.kwargs["events"] = [{}, {**good, "name": "x"}, {**good, "at": "noon"}, {**good, "severity": "huge"}, good]
    message.save()
    assert [event.name for event in taken_in()] == ["authz_fail"]


def test_the_hour_is_the_region_s_own_and_the_future_is_not_believed(manado: RegionState, taken_in: TakenIn) -> None:
    with clock.at(datetime(2026, 11, 20, 23, 30, tzinfo=UTC)):
        emit(names.ROLE_GRANTED)
    with clock.at(datetime(2026, 11, 21, 0, 0, tzinfo=UTC)):
        (event,) = taken_in()
    # Saturday, 07.30 WITA
    assert (event.local_hour, event.local_weekday) == (7, 5)
    with clock.at(datetime(2026, 12, 25, tzinfo=UTC)):
        emit(names.ROLE_GRANTED)
    with clock.at(datetime(2026, 11, 21, 1, 0, tzinfo=UTC)):
        assert taken_in()[-1].at <= clock.now() + timedelta(minutes=1)


def test_messages_leave_the_outbox_in_one_bundle_and_are_removed(
    manado: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[dict[str, Any]] = []
    monkeypatch.setattr(
        ControlTask, "apply_async", lambda self, kwargs, headers, **options: reached.append({**kwargs, **headers})
    )
    for number in range(30):
        emit(names.AUTHN_LOGIN_FAIL, subject=str(number))
    assert outbox.relay() == 30
    (bundle,) = reached
    assert [event["subject"] for event in bundle["events"]] == [str(number) for number in range(30)]
    assert bundle[REGION_HEADER] == "manado"
    assert not OutboxMessage.objects.exists()


def test_what_is_grave_is_handed_over_at_once_and_the_rest_waits_for_the_sweep(
    fresh_region: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[list[Any]] = []
    monkeypatch.setattr(ControlTask, "apply_async", lambda self, kwargs, **options: reached.append(kwargs["events"]))
    emit(names.AUTHN_LOGIN_SUCCESS)
    assert reached == []
    emit(names.CROSS_TENANT_SESSION, severity=Severity.HIGH)
    assert [event["name"] for event in reached[0]] == ["authn_login_success", "cross_tenant_session"]
