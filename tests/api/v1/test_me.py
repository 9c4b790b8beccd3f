"""`GET /api/v1/me`."""

from collections.abc import Callable

from django.test import Client

from tests.cast import Person

SignedIn = Callable[..., Client]


def test_it_says_who_and_where_one_is(ani: Person, signed_in: SignedIn) -> None:
    answer = signed_in(ani.user).get("/api/v1/me")
    assert answer.status_code == 200
    body = answer.json()
    assert body["region"] == {
        "code": "manado",
        "name": "Kota Manado",
        "time_zone": "Asia/Makassar",
        "is_read_only": False,
    }
    assert body["employee"]["post"] == {
        "title": "Pengelola Data",
        "unit": "Bidang Pembinaan",
        "opd": "Dinas Pendidikan",
        "kelas": 7,
    }
    assert body["roles"] == ["asn"]
    assert "punches.punch" in body["permissions"]


def test_nobody_gets_a_problem_document(signed_in: SignedIn) -> None:
    answer = signed_in(None).get("/api/v1/me")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Session"
    assert answer.json()["code"] == "not_authenticated"


def test_a_session_of_another_region_is_nobody_here(ani: Person, eka: Person, signed_in: SignedIn) -> None:
    elsewhere = signed_in(eka.user, "banjarmasin")
    here = signed_in(None, "manado")
    here.cookies = elsewhere.cookies
    assert elsewhere.get("/api/v1/me").status_code == 200
    assert here.get("/api/v1/me").status_code == 401
