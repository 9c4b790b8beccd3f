"""Password hashes: their cost, and how many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client

from config.settings import base
from kernel.accounts import hashers
from kernel.errors import Overloaded
from tests.cast import PASSWORD, Person

TUNED = "kernel.accounts.hashers.TunedArgon2Hasher"


def test_the_product_hashes_with_the_tuned_parameters_only(settings: Any) -> None:
    assert base.PASSWORD_HASHERS == [TUNED]
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_other_costs_is_made_anew_at_the_next_log_in(settings: Any) -> None:
    cheap = make_password(PASSWORD)
    settings.PASSWORD_HASHERS = [TUNED]
    renewed: list[str] = []
    assert check_password(PASSWORD, cheap, renewed.append)
    assert renewed == [PASSWORD]


def test_no_more_than_so_many_hashes_at_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PASSWORD_HASH_WAIT_SECONDS = 0.01
    monkeypatch.setattr(hashers, "_slots", threading.BoundedSemaphore(1))
    with hashers.hashing_slot(), pytest.raises(Overloaded):
        hashers.TunedArgon2Hasher().encode(PASSWORD, "garam-garam")
    assert hashers.TunedArgon2Hasher().encode(PASSWORD, "garam-garam")


def test_a_failing_hash_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashers, "_slots", threading.BoundedSemaphore(1))
    for _ in range(2):
        with pytest.raises(Exception, match="Salt"):
            hashers.TunedArgon2Hasher().encode(PASSWORD, "x")


def test_a_log_in_beyond_is_told_to_come_back(
    ani: Person, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = [TUNED]
    settings.PASSWORD_HASH_WAIT_SECONDS = 0.01
    monkeypatch.setattr(hashers, "_slots", threading.BoundedSemaphore(1))
    client = signed_in(None)
    ani.user.set_password(PASSWORD)
    ani.user.save(update_fields=["password"])
    with hashers.hashing_slot():
        busy = client.post("/masuk/", {"login": ani.user.login, "password": PASSWORD})
    assert (busy.status_code, busy["Retry-After"]) == (503, "5")
    assert client.post("/masuk/", {"login": ani.user.login, "password": PASSWORD}).status_code == 302
