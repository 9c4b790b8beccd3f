"""`/api/v1/approvals`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from tenants.activities.models import Activity
from tenants.approvals.delegations import delegate
from tenants.rules.models import StoredRuleSet
from tests.cast import Person
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _on_thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.fixture
def waiting(ani: Person, budi: Person, manado_rules: StoredRuleSet, signed_in: SignedIn) -> list[str]:
    """Three activities of Ani that wait for Budi, as uids of their requests."""
    make_sent(ani.employee, make_kind(), 3)
    return [item["uid"] for item in signed_in(budi.user).get("/api/v1/approvals").json()["results"]]


def decide(client: Client, key: str, **body: Any) -> Any:
    return client.post(
        "/api/v1/approvals/decisions", body, content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_many_are_decided_in_one_go(waiting: list[str], budi: Person, signed_in: SignedIn) -> None:
    answer = decide(signed_in(budi.user), "a", request_uids=waiting, verdict="approved")
    assert answer.status_code == 200
    assert sorted(answer.json()["decided"]) == sorted(waiting)
    assert Activity.objects.filter(state="approved").count() == 3


def test_deciding_again_changes_nothing(waiting: list[str], budi: Person, signed_in: SignedIn) -> None:
    client = signed_in(budi.user)
    decide(client, "a", request_uids=waiting, verdict="approved")
    again = decide(client, "b", request_uids=waiting, verdict="approved")
    assert again.json()["decided"] == []
    assert sorted(again.json()["unchanged"]) == sorted(waiting)


def test_a_return_needs_a_reason(waiting: list[str], budi: Person, signed_in: SignedIn) -> None:
    answer = decide(signed_in(budi.user), "a", request_uids=waiting[:1], verdict="returned")
    assert answer.status_code == 422
    assert Activity.objects.filter(state="submitted").count() == 3


def test_the_owner_may_not_decide_and_a_stranger_finds_nothing(
    waiting: list[str], ani: Person, citra: Person, signed_in: SignedIn
) -> None:
    for person, status in ((ani, 403), (citra, 404)):
        answer = decide(signed_in(person.user), "a", request_uids=waiting, verdict="approved")
        assert answer.status_code == status
    assert Activity.objects.filter(state="submitted").count() == 3


def test_one_that_is_not_theirs_keeps_the_others_undecided(
    waiting: list[str], budi: Person, signed_in: SignedIn
) -> None:
    stranger = "01a200c5-297e-761c-8ce5-98343208b69c"
    answer = decide(signed_in(budi.user), "a", request_uids=[*waiting, stranger], verdict="approved")
    assert answer.status_code == 404
    assert Activity.objects.filter(state="submitted").count() == 3


def test_a_document_that_changed_since_it_was_read_is_not_decided(
    waiting: list[str], budi: Person, signed_in: SignedIn
) -> None:
    client = signed_in(budi.user)
    (first, *_rest) = client.get("/api/v1/approvals").json()["results"]
    stale = decide(client, "a", request_uids=[first["uid"]], verdict="approved", seen={first["uid"]: "another"})
    assert stale.status_code == 412
    fresh = {first["uid"]: first["document_version"]}
    answer = decide(client, "b", request_uids=[first["uid"]], verdict="approved", seen=fresh)
    assert answer.json()["decided"] == [first["uid"]]
    wrong = decide(client, "c", request_uids=[first["uid"]], verdict="approved", seen={"x": "1"})
    assert wrong.status_code == 422


def test_a_delegate_reads_on_whose_behalf(waiting: list[str], budi: Person, citra: Person, signed_in: SignedIn) -> None:
    day = THURSDAY.date()
    delegate(receiver_uid=citra.employee.uid, first=day, last=day, actor=budi.user)
    rows = signed_in(citra.user).get("/api/v1/approvals").json()["results"]
    assert {row["on_behalf_of"] for row in rows} == {"Budi"}
    own = signed_in(budi.user).get("/api/v1/approvals").json()["results"]
    assert {(row["owner"], row["on_behalf_of"]) for row in own} == {("Ani", None)}
