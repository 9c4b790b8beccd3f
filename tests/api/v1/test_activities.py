"""`/api/v1/activities`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from tenants.activities.models import Activity, JobKind
from tenants.rules.models import StoredRuleSet
from tests.cast import Person
from tests.tenants.activities.work import THURSDAY, approve, make_kind

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _on_thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.fixture
def kind(manado_rules: StoredRuleSet) -> JobKind:
    return make_kind()


def post(client: Client, key: str | None, **body: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/api/v1/activities", body, content_type="application/json", headers=headers)


def body(kind: JobKind, **changes: Any) -> dict[str, Any]:
    return {
        "job_kind_uid": str(kind.uid),
        "date": "2026-11-19",
        "starts_at": "08:00",
        "description": "Laporan bulanan",
        **changes,
    }


def test_a_draft_takes_its_minutes_from_the_norm(ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn) -> None:
    answer = post(signed_in(ani.user), "a", **body(kind, volume=2))
    assert answer.status_code == 201
    assert answer.json()["minutes"] == 60
    assert answer.json()["state"] == "draft"
    assert answer.json()["starts_at"] == "2026-11-19T08:00:00+08:00"


def test_the_same_key_twice_is_one_activity_with_the_same_answer(
    ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    first = post(client, "a", **body(kind))
    second = post(client, "a", **body(kind))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Activity.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(
    ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    post(client, "a", **body(kind))
    answer = post(client, "a", **body(kind, starts_at="10:00"))
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_mismatch"
    assert Activity.objects.count() == 1


def test_two_people_may_use_the_same_key(ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn) -> None:
    assert post(signed_in(ani.user), "a", **body(kind)).status_code == 201
    assert post(signed_in(budi.user), "a", **body(kind, starts_at="11:00")).status_code == 201
    assert Activity.objects.count() == 2


def test_without_a_key_nothing_is_written(ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn) -> None:
    answer = post(signed_in(ani.user), None, **body(kind))
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_missing"
    assert not Activity.objects.exists()


def test_a_refusal_names_the_field_and_can_be_repaired_with_the_same_key(
    ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    post(client, "a", **body(kind))
    refused = post(client, "b", **body(kind))
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["starts_at"]
    repaired = post(client, "b", **body(kind, starts_at="09:00"))
    assert repaired.status_code == 201


def test_handing_in_sends_it_to_the_superior(ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    uid = post(client, "a", **body(kind)).json()["uid"]
    sent = client.post(f"/api/v1/activities/{uid}/submit", headers={"Idempotency-Key": "s"})
    assert sent.status_code == 200
    assert sent.json()["state"] == "submitted"
    waiting = signed_in(budi.user).get("/api/v1/approvals").json()["results"]
    assert [item["document_uid"] for item in waiting] == [uid]


def test_a_stranger_cannot_tell_that_an_activity_exists(
    ani: Person, budi: Person, citra: Person, kind: JobKind, signed_in: SignedIn
) -> None:
    uid = post(signed_in(ani.user), "a", **body(kind)).json()["uid"]
    assert signed_in(citra.user).get(f"/api/v1/activities/{uid}").status_code == 404


def test_the_list_is_of_the_asked_month(ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    post(client, "a", **body(kind))
    assert len(client.get("/api/v1/activities?month=2026-11").json()["results"]) == 1
    assert client.get("/api/v1/activities?month=2026-10").json()["results"] == []
    wrong = client.get("/api/v1/activities?month=november")
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "month"


def test_an_activity_names_its_letter_and_shows_what_is_frozen(
    ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    answer = post(client, "a", **body(kind, letter_number="800/12/2026", part="Pembuat konsep", submit=True)).json()
    assert (answer["letter_number"], answer["part"], answer["version"], answer["percent"]) == (
        "800/12/2026",
        "Pembuat konsep",
        1,
        "100.00",
    )
    assert answer["catalogue_version"] is None
    approve(budi, Activity.objects.get())
    shown = client.get(f"/api/v1/activities/{answer['uid']}").json()
    assert (shown["approved_points"], shown["approved_weight"], shown["catalogue_version"]) == ("2.00", "1.000", 1)


def test_a_missing_number_is_named_by_its_field(
    ani: Person, budi: Person, manado_rules: StoredRuleSet, signed_in: SignedIn
) -> None:
    asking = make_kind(evidence_rule="any", evidence_kinds=["letter"])
    answer = post(signed_in(ani.user), "a", **body(asking, submit=True))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "letter_number", "message": "Jenis pekerjaan ini perlu bukti: nomor surat."}
    ]
    assert not Activity.objects.exists()


def test_a_held_text_is_said_in_the_answer_and_to_the_person_on_the_next_page(
    ani: Person, budi: Person, kind: JobKind, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    answer = post(client, "a", **body(kind, description="Main di 𝐊𝐎𝐑𝐔𝐒𝟕𝟕 gacor, wd cepat"))
    assert (answer.status_code, answer.headers["X-Text-Held"]) == (201, "1")
    assert "ditahan" in answer.json()["description"]
    assert "Ada kabar tentang tulisan Anda" in client.get("/aktivitas/").content.decode()
