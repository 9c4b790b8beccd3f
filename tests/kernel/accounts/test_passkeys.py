"""Passkeys: bound to one host and one origin, a second factor, and a way in without the password."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from kernel.accounts.models import RoleGrant, User
from kernel.audit.models import AuditEvent
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tests.cast import PASSWORD, Person, make_user
from tests.kernel.accounts.soft_key import PRESENT, SoftKey

MANADO = "http://manado.localhost"


def asked_on(page: str, name: str) -> Any:
    (text,) = re.findall(r'<script id="passkey-options" type="application/json">(.*?)</script>', page)
    return json.loads(unescape(text))[name]


def add_key(client: Client, key: SoftKey, origin: str = MANADO, **kwargs: Any) -> Any:
    options = asked_on(client.get("/akun/keamanan/kunci/baru/").content.decode(), "creation_options")
    answer = key.make(options, origin, **kwargs)
    return client.post("/akun/keamanan/kunci/baru/", {"name": "Laptop kantor", "credential": json.dumps(answer)})


def log_in_by_key(client: Client, key: SoftKey, origin: str, **kwargs: Any) -> Any:
    options = asked_on(client.get("/masuk/kunci/").content.decode(), "request_options")
    return client.post("/masuk/kunci/", {"credential": json.dumps(key.sign(options, origin, **kwargs))})


def is_in(client: Client) -> bool:
    return client.get("/sandi/ganti/").status_code == 200


@pytest.fixture
def key(ani: Person, signed_in: Callable[..., Client]) -> SoftKey:
    """Ani's passkey of Manado."""
    made = SoftKey()
    assert add_key(signed_in(ani.user), made)["Location"] == "/akun/keamanan/kode/"
    return made


@pytest.fixture
def door(signed_in: Callable[..., Client]) -> Client:
    return signed_in(None)


def test_the_relying_party_is_the_host_itself(ani: Person, signed_in: Callable[..., Client]) -> None:
    page = signed_in(ani.user).get("/akun/keamanan/kunci/baru/").content.decode()
    options = asked_on(page, "creation_options")["publicKey"]
    assert options["rp"]["id"] == "manado.localhost"
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")


def test_a_passkey_signs_in_without_a_password(ani: Person, key: SoftKey, door: Client) -> None:
    assert log_in_by_key(door, key, MANADO)["Location"] == "/"
    assert is_in(door)
    assert AuditEvent.objects.filter(action="accounts.signed_in", actor_uid=ani.user.uid).exists()


def test_a_passkey_is_the_second_factor_after_the_password(ani: Person, key: SoftKey, door: Client) -> None:
    assert door.post("/masuk/", {"login": ani.user.login, "password": PASSWORD})["Location"] == "/masuk/kode/"
    options = asked_on(door.get("/masuk/kode/").content.decode(), "request_options")
    door.post("/masuk/kode/", {"credential": json.dumps(key.sign(options, MANADO))})
    assert is_in(door)


def test_the_page_may_be_read_once_more_before_the_key_is_used(ani: Person, key: SoftKey, door: Client) -> None:
    door.post("/masuk/", {"login": ani.user.login, "password": PASSWORD})
    old = asked_on(door.get("/masuk/kode/").content.decode(), "request_options")
    asked_on(door.get("/masuk/kode/").content.decode(), "request_options")
    door.post("/masuk/kode/", {"credential": json.dumps(key.sign(old, MANADO))})
    # A challenge is good for the page that showed it last.
    assert not is_in(door)


@pytest.mark.parametrize(
    "origin",
    ["http://banjarmasin.localhost", "http://phish.manado.localhost", "https://manado.localhost", "null", "x"],
)
def test_an_answer_made_for_another_origin_is_refused(key: SoftKey, door: Client, origin: str) -> None:
    assert log_in_by_key(door, key, origin)["Location"] == "/masuk/kunci/"
    assert not is_in(door)


def test_a_key_of_one_region_means_nothing_in_another(
    ani: Person, key: SoftKey, banjarmasin: RegionState, signed_in: Callable[..., Client]
) -> None:
    """Not even to somebody there with the same id, and with the row of the key copied."""
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    there = signed_in(None, "banjarmasin")
    origin = "http://banjarmasin.localhost"
    with region_scope(banjarmasin):
        twin = make_user(ani.user.login, "Kembar")
        User.objects.filter(pk=twin.pk).update(id=ani.user.pk)
    log_in_by_key(there, key, origin)
    assert not is_in(there)
    with region_scope(banjarmasin):
        Authenticator.objects.create(user_id=ani.user.pk, type=row.type, data=row.data)
    log_in_by_key(there, key, origin)
    assert not is_in(there)


def test_the_operators_host_takes_no_answer_from_a_region_below_it(
    operator: User, signed_in: Callable[..., Client]
) -> None:
    key = SoftKey()
    add_key(signed_in(operator, None), key, "http://localhost")
    door = signed_in(None, None)
    log_in_by_key(door, key, MANADO)
    assert not is_in(door)
    log_in_by_key(door, key, "http://localhost")
    assert is_in(door)


def test_a_key_that_did_not_check_who_holds_it_is_not_taken(ani: Person, signed_in: Callable[..., Client]) -> None:
    add_key(signed_in(ani.user), SoftKey(), flags=PRESENT)
    assert not Authenticator.objects.exists()


def test_a_stranger_s_key_and_broken_answers_are_refused_alike(key: SoftKey, door: Client) -> None:
    stranger = SoftKey()
    stranger.host, stranger.handle = key.host, key.handle
    log_in_by_key(door, stranger, MANADO)
    assert not is_in(door)
    for broken in ("", "[]", "{}", '{"response": {"clientDataJSON": "x"}}', '{"response": 7}'):
        assert door.post("/masuk/kunci/", {"credential": broken})["Location"] == "/masuk/kunci/"


def test_wrong_codes_never_keep_a_passkey_out(ani: Person, key: SoftKey, door: Client) -> None:
    door.post("/masuk/", {"login": ani.user.login, "password": PASSWORD})
    for _ in range(7):
        door.post("/masuk/kode/", {"code": "000000"})
    options = asked_on(door.get("/masuk/kode/").content.decode(), "request_options")
    door.post("/masuk/kode/", {"credential": json.dumps(key.sign(options, MANADO))})
    assert is_in(door)


def test_a_disabled_account_does_not_get_in_by_passkey(ani: Person, key: SoftKey, door: Client) -> None:
    User.objects.filter(pk=ani.user.pk).update(is_active=False)
    log_in_by_key(door, key, MANADO)
    assert not is_in(door)


def test_the_last_key_of_a_role_that_requires_one_stays(citra: Person, signed_in: Callable[..., Client]) -> None:
    RoleGrant.objects.filter(user=citra.user).update(granted_at="2020-01-01T00:00:00Z")
    client = signed_in(citra.user)
    add_key(client, SoftKey())
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    client.post(f"/akun/keamanan/kunci/{row.pk}/hapus/")
    assert Authenticator.objects.filter(pk=row.pk).exists()
    add_key(client, SoftKey())
    client.post(f"/akun/keamanan/kunci/{row.pk}/hapus/")
    assert not Authenticator.objects.filter(pk=row.pk).exists()


def test_nobody_removes_the_key_of_somebody_else(
    ani: Person, key: SoftKey, budi: Person, signed_in: Callable[..., Client]
) -> None:
    row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert signed_in(budi.user).post(f"/akun/keamanan/kunci/{row.pk}/hapus/").status_code == 404
    assert Authenticator.objects.filter(pk=row.pk).exists()
