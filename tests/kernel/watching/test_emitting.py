"""Security events are kept although the action was refused, say nothing that they must not, and disturb nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from kernel.delivery import outbox
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from kernel.watching import Severity, account_print, emit, emit_on_commit, flood, gathering, names, password_bucket
from kernel.watching.emitting import MOST_AT_ONCE
from kernel.watching.middleware import Watching
from kernel.watching.names import GROUPS, KINDS
from tests.cast import Person
from tests.told import told


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    flood.forget()


def facts_of(**facts: Any) -> dict[str, Any]:
    emit(names.INPUT_VALIDATION_FAIL, **facts)
    (event,) = told()
    kept: dict[str, Any] = event["facts"]
    return kept


def test_every_name_has_a_group_a_severity_and_words() -> None:
    assert {kind.group for kind in KINDS.values()} == set(GROUPS)
    assert all(str(kind.label) and len(name) <= 40 for name, kind in KINDS.items())
    constants = {
        value for name, value in vars(names).items() if name[0].isalpha() and name.isupper() and isinstance(value, str)
    }
    assert constants == set(KINDS)


def test_the_levels_have_the_numbers_of_other_monitoring_systems() -> None:
    assert [level.wazuh_level for level in Severity] == [3, 5, 8, 12, 15]


def test_the_events_of_a_request_leave_in_one_message_with_where_they_come_from(manado: RegionState) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        emit(names.UPLOAD_VALIDATION, subject="a", verdict="clean")
        emit(names.AUTHZ_FAIL, severity=Severity.HIGH, permission="x.y")
        assert told() == []
        return HttpResponse()

    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile"
    Watching(view)(RequestFactory().post("/", headers={"user-agent": agent}, REMOTE_ADDR="203.0.113.7"))
    assert OutboxMessage.objects.count() == 1
    first, second = told()
    assert (first["name"], first["severity"], first["facts"]) == (
        "upload_validation",
        "informational",
        {"verdict": "clean"},
    )
    assert (second["name"], second["severity"]) == ("authz_fail", "high")
    for event in (first, second):
        assert (event["ip"], event["agent_family"], event["method"]) == ("203.0.113.7", "Android, Chrome", "POST")
        assert len(event["agent"]) == 16
        assert agent not in json.dumps(event)


def test_a_request_without_events_costs_no_statement(
    manado: RegionState, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(0):
        Watching(lambda request: HttpResponse())(RequestFactory().get("/"))


def test_an_event_of_an_action_that_was_rolled_back_is_kept(fresh_region: RegionState) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            emit(names.AUTHZ_FAIL)
            raise RuntimeError("refused")

    with pytest.raises(RuntimeError):
        Watching(view)(RequestFactory().post("/"))
    assert [event["name"] for event in told()] == ["authz_fail"]


def test_what_is_told_as_done_is_not_told_when_it_was_rolled_back(fresh_region: RegionState) -> None:
    with gathering():
        for undone in (True, False):
            with transaction.atomic():
                emit_on_commit(names.ROLE_REVOKED, subject=f"undone {undone}")
                transaction.set_rollback(undone)
    assert [event["subject"] for event in told()] == ["undone False"]


def test_an_outbox_that_cannot_be_written_is_no_error_to_the_person(
    manado: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    def view(request: HttpRequest) -> HttpResponse:
        emit(names.JUDOL_TEXT_HELD)
        return HttpResponse("saved")

    monkeypatch.setattr(outbox, "send", away)
    assert Watching(view)(RequestFactory().post("/")).status_code == 200


def test_an_event_outside_of_a_request_is_written_at_once(manado: RegionState) -> None:
    emit(names.BACKUP_RESULT, ok=True)
    assert [event["facts"] for event in told()] == [{"ok": True}]


def test_an_event_of_another_region_goes_to_its_own_outbox(manado: RegionState, banjarmasin: RegionState) -> None:
    with gathering(work="sweep"):
        emit(names.AUTHZ_FAIL)
        with region_scope(banjarmasin):
            emit(names.DNS_DRIFT)
    assert [event["name"] for event in told()] == ["authz_fail"]
    with region_scope(banjarmasin):
        assert [(event["name"], event["work"]) for event in told()] == [("dns_drift", "sweep")]


def test_a_region_cannot_speak_for_another(manado: RegionState) -> None:
    emit(names.AUTHZ_FAIL, region="banjarmasin")
    assert "region" not in told()[0]


def test_control_characters_are_written_out(manado: RegionState) -> None:
    assert facts_of(path="/a\r\nSet-Cookie: x\x1b[2J") == {"path": "/a\\u000d\\u000aSet-Cookie: x\\u001b[2J"}


@pytest.mark.parametrize("name", ["password", "new_password", "api_token", "Cookie", "kata_sandi", "client_secret"])
def test_what_is_named_like_a_secret_is_hidden(manado: RegionState, name: str) -> None:
    assert facts_of(**{name: "hunter2"}) == {name: "[disembunyikan]"}


def test_nobodys_number_is_kept(manado: RegionState, ani: Person) -> None:
    emit(names.AUTHN_LOGIN_FAIL, subject=ani.user.login, login=ani.user.login, number=int(ani.user.login))
    assert ani.user.login not in json.dumps(told())


def test_facts_are_bounded_and_flat(manado: RegionState) -> None:
    kept = facts_of(**{f"f{n}": "x" * 5000 for n in range(40)})
    assert kept["cut"] is True
    assert len(json.dumps(kept)) < 2200
    assert all(isinstance(value, str | bool) for value in kept.values())


def test_a_fact_that_is_no_json_does_not_raise(manado: RegionState) -> None:
    assert facts_of(score=float("nan"), who={"a": 1}, which={"b", "a"}) == {
        "score": None,
        "who": "{'a': 1}",
        "which": ["a", "b"],
    }


def test_an_unknown_name_does_not_raise_and_is_not_kept(manado: RegionState) -> None:
    emit("no_such_name")
    assert told() == []


def test_one_request_tells_so_many_and_counts_the_rest(manado: RegionState) -> None:
    with gathering():
        for _ in range(MOST_AT_ONCE + 7):
            emit(names.INPUT_VALIDATION_FAIL)
    events = told()
    assert len(events) == MOST_AT_ONCE + 1
    assert (events[-1]["name"], events[-1]["facts"]) == ("events_left_out", {"count": 7})


def test_a_flood_is_counted_and_the_count_is_told_when_its_minute_is_over(
    manado: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flood, "MOST_IN_A_WINDOW", 3)
    moment = [1000.0]
    monkeypatch.setattr("kernel.watching.flood.time.monotonic", lambda: moment[0])
    for _ in range(5):
        with gathering():
            emit(names.HONEYPOT_HIT)
    with gathering():
        emit(names.AUTHZ_FAIL)
    assert [event["name"] for event in told()] == ["honeypot_hit"] * 3 + ["authz_fail"]
    moment[0] += 61
    with gathering():
        pass
    assert (told()[-1]["subject"], told()[-1]["facts"]) == ("honeypot_hit", {"count": 2})
    with gathering():
        emit(names.HONEYPOT_HIT)
    assert [event["name"] for event in told()][-1] == "honeypot_hit"


def test_the_person_who_is_signed_in_is_named_by_uid(ani: Person, signed_in: Callable[..., Client]) -> None:
    signed_in(ani.user).get("/karyawan/019336ac-0000-7000-8000-000000000000/")
    with_person = [event for event in told() if "person" in event]
    assert {event["person"] for event in with_person} <= {str(ani.user.uid)}


def test_prints_tell_the_same_from_another_and_nothing_else() -> None:
    assert account_print(" Operator@Platform.test ") == account_print("operator@platform.test")
    assert account_print("199001012015011001") != account_print("199001012015011002")
    assert len(password_bucket("rahasia-sekali")) == 5
