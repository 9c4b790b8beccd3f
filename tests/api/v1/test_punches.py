"""`/api/v1/punches`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from kernel.ids import new_uid
from tests.cast import Person

SignedIn = Callable[..., Client]
MORNING = datetime(2026, 11, 23, 23, 25, tzinfo=UTC)


def post(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/punches", body, content_type="application/json")


def test_a_punch_is_answered_with_a_receipt(ani: Person, signed_in: SignedIn) -> None:
    uid = str(new_uid())
    with clock.at(MORNING):
        answer = post(signed_in(ani.user), uid=uid, kind="in", captured_at="2026-11-24T07:25:00+08:00")
    assert answer.status_code == 201
    assert answer.json()["uid"] == uid
    assert answer.json()["state"] == "accepted"
    assert answer.json()["number"] > 0


def test_the_same_punch_twice_is_one_with_one_receipt(ani: Person, signed_in: SignedIn) -> None:
    client, uid = signed_in(ani.user), str(new_uid())
    first = post(client, uid=uid, kind="in")
    second = post(client, uid=uid, kind="in")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert second.json()["is_repeat"]
    assert len(client.get("/api/v1/punches").json()["results"]) == 1


def test_another_persons_punch_id_is_refused(ani: Person, budi: Person, signed_in: SignedIn) -> None:
    uid = str(new_uid())
    post(signed_in(ani.user), uid=uid, kind="in")
    answer = post(signed_in(budi.user), uid=uid, kind="in")
    assert answer.status_code in (409, 422)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"uid": "bukan-uid", "kind": "in"}, "uid"),
        ({"uid": str(new_uid()), "kind": "lunch"}, "kind"),
        ({"uid": str(new_uid()), "kind": "in", "captured_at": "2026-11-24T07:25:00"}, "captured_at"),
        ({"uid": str(new_uid()), "kind": "in", "accuracy_m": -1}, "accuracy_m"),
    ],
)
def test_bad_input_is_named_beside_its_field(
    ani: Person, signed_in: SignedIn, body: dict[str, Any], field: str
) -> None:
    answer = post(signed_in(ani.user), **body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_own_punches_come_in_pages_behind_a_cursor(ani: Person, budi: Person, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    for kind in ("in", "out", "in"):
        post(client, uid=str(new_uid()), kind=kind)
    post(signed_in(budi.user), uid=str(new_uid()), kind="in")
    first = client.get("/api/v1/punches?limit=2").json()
    assert len(first["results"]) == 2
    second = client.get(first["next"].removeprefix("http://manado.localhost")).json()
    assert len(second["results"]) == 1
    assert second["next"] is None


def test_without_the_csrf_token_nothing_is_taken(ani: Person, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    client.handler.enforce_csrf_checks = True
    answer = post(client, uid=str(new_uid()), kind="in")
    assert answer.status_code == 403
    client.handler.enforce_csrf_checks = False
    assert client.get("/api/v1/punches").json()["results"] == []
