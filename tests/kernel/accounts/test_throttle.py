"""Trying passwords: slower with each failure of an account, refused for a source that fails with many, never a lock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as installed
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as NoRedis

from kernel import clock
from kernel.accounts.models import User
from tests.cast import PASSWORD, Person, make_nip, make_user

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WRONG = "bukan-kata-sandinya"


@pytest.fixture
def door(manado: object, signed_in: Callable[..., Client]) -> Client:
    return signed_in(None)


def knock(client: Client, login: str, password: str, second: float = 0, **headers: str) -> Any:
    with clock.at(NOON + timedelta(seconds=second)):
        return client.post("/masuk/", {"login": login, "password": password}, headers=headers)


def said(answer: Any) -> str:
    (words,) = answer.context["form"].non_field_errors()
    return str(words)


def test_each_failure_doubles_the_wait_up_to_a_minute(ani: Person, door: Client) -> None:
    second, waits = 0.0, []
    for _ in range(8):
        assert "keliru. Periksa" in said(knock(door, ani.user.login, WRONG, second))
        told = re.search(r"Tunggu (\d+) detik", said(knock(door, ani.user.login, PASSWORD, second)))
        assert told is not None
        waits.append(int(told[1]))
        second += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert knock(door, ani.user.login, PASSWORD, second).status_code == 302


def test_what_is_tried_while_waiting_is_not_looked_at(ani: Person, door: Client) -> None:
    knock(door, ani.user.login, WRONG)
    for _ in range(5):
        assert knock(door, ani.user.login, PASSWORD, 0.5).status_code == 200
    assert knock(door, ani.user.login, PASSWORD, 1).status_code == 302


def test_the_wait_of_one_account_is_not_anothers(ani: Person, budi: Person, door: Client) -> None:
    knock(door, ani.user.login, WRONG)
    assert knock(door, budi.user.login, PASSWORD, 0.5).status_code == 302


def test_signing_in_forgets_the_failures(ani: Person, door: Client, signed_in: Callable[..., Client]) -> None:
    for second in (0, 1, 3):
        knock(door, ani.user.login, WRONG, second)
    assert knock(door, ani.user.login, PASSWORD, 7).status_code == 302
    stranger = signed_in(None)
    knock(stranger, ani.user.login, WRONG, 8)
    assert knock(stranger, ani.user.login, PASSWORD, 9).status_code == 302


def test_the_device_of_before_is_not_slowed_down_by_strangers(
    ani: Person, door: Client, signed_in: Callable[..., Client]
) -> None:
    knock(door, ani.user.login, PASSWORD)
    door.post("/keluar/")
    stranger = signed_in(None)
    for second in (1, 2, 4, 8):
        knock(stranger, ani.user.login, WRONG, second)
    assert knock(stranger, ani.user.login, PASSWORD, 9).status_code == 200
    assert knock(door, ani.user.login, PASSWORD, 9).status_code == 302


def test_the_device_of_one_person_is_not_known_for_another(ani: Person, budi: Person, door: Client) -> None:
    knock(door, ani.user.login, PASSWORD)
    door.post("/keluar/")
    knock(door, budi.user.login, WRONG, 1)
    knock(door, budi.user.login, WRONG, 2)
    assert knock(door, budi.user.login, PASSWORD, 3).status_code == 200


def test_a_forged_device_is_no_known_one(ani: Person, door: Client) -> None:
    door.cookies[installed.KNOWN_DEVICE_COOKIE_NAME] = "x:y:z"
    knock(door, ani.user.login, WRONG)
    assert knock(door, ani.user.login, PASSWORD, 0.5).status_code == 200


def test_the_device_cookie_is_of_this_host_alone_and_names_nobody(ani: Person, door: Client) -> None:
    knock(door, ani.user.login, PASSWORD)
    cookie = door.cookies[installed.KNOWN_DEVICE_COOKIE_NAME]
    assert (cookie["domain"], cookie["path"], cookie["samesite"], cookie["httponly"]) == ("", "/", "Lax", True)
    assert ani.user.login not in cookie.value


def spray(client: Client, accounts: int) -> None:
    for number in range(accounts):
        knock(client, make_nip(700 + number), WRONG, number)


def test_a_source_that_fails_with_many_accounts_is_refused(
    ani: Person, door: Client, signed_in: Callable[..., Client]
) -> None:
    spray(door, 20)
    assert knock(door, ani.user.login, PASSWORD, 30).status_code == 200
    # Another browser behind the same address goes on, and so does everybody in the next ten minutes.
    assert knock(signed_in(None), ani.user.login, PASSWORD, 30, **{"user-agent": "Lain/1.0"}).status_code == 302
    assert knock(signed_in(None), ani.user.login, PASSWORD, 600).status_code == 302


def test_fewer_accounts_are_not_a_spray(ani: Person, door: Client) -> None:
    spray(door, 19)
    assert knock(door, ani.user.login, PASSWORD, 30).status_code == 302


def test_an_office_behind_one_address_is_no_spray(ani: Person, door: Client, signed_in: Callable[..., Client]) -> None:
    """Twenty mistype, fourteen and more come in: under 60 % fail."""
    for number in range(14):
        nip = make_nip(800 + number)
        make_user(nip, f"Orang {number}")
        assert knock(signed_in(None), nip, PASSWORD, number).status_code == 302
    spray(door, 20)
    assert knock(door, ani.user.login, PASSWORD, 60).status_code == 302


def test_a_known_device_comes_in_beside_a_spray(ani: Person, door: Client) -> None:
    knock(door, ani.user.login, PASSWORD)
    door.post("/keluar/")
    spray(door, 21)
    assert knock(door, ani.user.login, PASSWORD, 60).status_code == 302


def test_without_the_cache_people_still_come_in(ani: Person, door: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise NoRedis

    with monkeypatch.context() as patched:
        patched.setattr(type(cache._cache), "get_client", away)  # type: ignore[attr-defined]
        assert knock(door, ani.user.login, WRONG).status_code == 200
        assert knock(door, ani.user.login, PASSWORD).status_code == 302


# The same answer for whoever is known and unknown


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which hashes were computed."""
    computed: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def encoding(self: Any, password: str, salt: str) -> str:
        computed.append("encode")
        return str(encode(self, password, salt))

    def verifying(self: Any, password: str, encoded: str) -> bool:
        computed.append("verify")
        return bool(verify(self, password, encoded))

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encoding)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verifying)
    return computed


def without_what_differs(answer: Any, login: str) -> str:
    text = str(answer.content.decode()).replace(login, "LOGIN")
    for changing in (r'name="csrfmiddlewaretoken" value="[^"]*"', r'nonce="[^"]*"', r"\b[0-9a-f]{32}\b"):
        text = re.sub(changing, "", text)
    return text


@pytest.mark.parametrize("state", ["known", "disabled", "never activated"])
def test_an_unknown_nip_is_answered_like_one_that_exists(
    ani: Person, signed_in: Callable[..., Client], hashes: list[str], state: str
) -> None:
    """In every letter of the page, and with one hash each: what an observer could measure."""
    if state == "disabled":
        User.objects.filter(pk=ani.user.pk).update(is_active=False)
    if state == "never activated":
        User.objects.filter(pk=ani.user.pk).update(password=make_password(None))
    hashes.clear()
    pages, counts = [], []
    for login in (ani.user.login, make_nip(999)):
        for second in (0, 0.5):
            answer = knock(signed_in(None), login, WRONG, second)
            pages.append((answer.status_code, without_what_differs(answer, login)))
            counts.append(len(hashes))
            hashes.clear()
    assert counts == [1, 0, 1, 0]
    assert pages[:2] == pages[2:]


def test_a_hash_of_other_costs_is_made_anew_by_signing_in(ani: Person, door: Client, settings: Any) -> None:
    assert "m=19456,t=2,p=1" not in ani.user.password
    settings.PASSWORD_HASHERS = ["kernel.accounts.hashers.TunedArgon2Hasher"]
    assert knock(door, ani.user.login, PASSWORD).status_code == 302
    ani.user.refresh_from_db()
    assert "m=19456,t=2,p=1" in ani.user.password
