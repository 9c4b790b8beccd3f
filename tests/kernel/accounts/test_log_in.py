"""Signing in at both hosts, through the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from tests.cast import PASSWORD, Person, make_user

LOG_IN = "/masuk/"


@pytest.fixture
def manado_door(manado: RegionState, signed_in: Callable[..., Client]) -> Client:
    return signed_in(None, "manado")


def knock(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post(LOG_IN, {"login": login, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/sandi/ganti/").status_code == 200


def test_an_employee_signs_in_by_nip(ani: Person, manado_door: Client) -> None:
    assert knock(manado_door, ani.user.login).status_code == 302
    assert is_in(manado_door)
    event = AuditEvent.objects.get(action="accounts.signed_in")
    assert event.actor_uid == ani.user.uid


@pytest.mark.parametrize("typed", ["{0} {1} {2} {3}", "{0}.{1}.{2}.{3}", " {0}-{1}-{2}-{3} "])
def test_a_nip_may_be_typed_as_it_stands_on_paper(ani: Person, manado_door: Client, typed: str) -> None:
    nip = ani.user.login
    assert knock(manado_door, typed.format(nip[:8], nip[8:14], nip[14:15], nip[15:])).status_code == 302


def test_an_operator_signs_in_by_e_mail_at_the_operators_host(operator: User, signed_in: Callable[..., Client]) -> None:
    client = signed_in(None, None)
    assert knock(client, "Operator@Platform.test").status_code == 302
    assert is_in(client)


def test_a_region_s_person_is_unknown_at_the_operators_host_and_in_another_region(
    ani: Person, signed_in: Callable[..., Client], operator: User
) -> None:
    for host in (None, "banjarmasin"):
        client = signed_in(None, host)
        assert knock(client, ani.user.login).status_code == 200
        assert not is_in(client)
    assert knock(signed_in(None, "manado"), operator.login).status_code == 200


def test_a_disabled_account_does_not_get_in(ani: Person, manado_door: Client) -> None:
    ani.user.is_active = False
    ani.user.save(update_fields=["is_active"])
    knock(manado_door, ani.user.login)
    assert not is_in(manado_door)


def test_a_session_ends_when_the_account_is_disabled(ani: Person, manado_door: Client) -> None:
    knock(manado_door, ani.user.login)
    User.objects.filter(pk=ani.user.pk).update(is_active=False)
    assert not is_in(manado_door)


def test_signing_out_ends_the_session(ani: Person, manado_door: Client) -> None:
    knock(manado_door, ani.user.login)
    assert manado_door.post("/keluar/").status_code == 302
    assert not is_in(manado_door)


def test_the_session_key_is_new_after_signing_in(ani: Person, manado_door: Client) -> None:
    manado_door.get(LOG_IN)
    before = manado_door.cookies.get(settings.SESSION_COOKIE_NAME)
    knock(manado_door, ani.user.login)
    after = manado_door.cookies[settings.SESSION_COOKIE_NAME].value
    assert after != (before.value if before else "")


def test_wrong_passwords_in_one_region_do_not_stop_the_same_nip_in_another(
    ani: Person, banjarmasin: RegionState, manado_door: Client, signed_in: Callable[..., Client]
) -> None:
    with region_scope(banjarmasin):
        make_user(ani.user.login, "Ani yang lain")
    for _ in range(6):
        knock(manado_door, ani.user.login, "bukan-kata-sandinya")
    assert knock(signed_in(None, "banjarmasin"), ani.user.login).status_code == 302


def test_nobody_registers(manado_door: Client) -> None:
    assert manado_door.get("/daftar/").status_code == 404


def test_a_region_s_requests_never_ask_djangos_own_auth_tables(ani: Person, manado_door: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        knock(manado_door, ani.user.login)
        manado_door.get("/")
        manado_door.get("/api/v1/me")
    asked = [q["sql"] for q in captured.captured_queries if "auth_" in q["sql"] or "django_content_type" in q["sql"]]
    assert not asked


def test_nobody_at_the_api_costs_no_query(manado_door: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert manado_door.get("/api/v1/me").status_code == 401
    assert [q["sql"] for q in captured.captured_queries] == []


@pytest.mark.parametrize("to", ["https://lain.example/", "//lain.example/", "/\\lain.example/", "javascript:x()"])
def test_nobody_is_sent_to_another_host_after_signing_in(ani: Person, manado_door: Client, to: str) -> None:
    answer: Any = manado_door.post(LOG_IN, {"login": ani.user.login, "password": PASSWORD, "next": to})
    assert (answer.status_code, answer["Location"]) == (302, "/")


# The session


def test_the_cookies_are_of_this_host_only(ani: Person, manado_door: Client) -> None:
    manado_door.get(LOG_IN)
    knock(manado_door, ani.user.login)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = manado_door.cookies[name]
        assert (cookie["domain"], cookie["path"], cookie["samesite"]) == ("", "/", "Lax")
    assert manado_door.cookies[settings.SESSION_COOKIE_NAME]["httponly"]


def test_a_session_is_bound_to_its_region(
    ani: Person, banjarmasin: RegionState, manado_door: Client, signed_in: Callable[..., Client]
) -> None:
    """Same id, same password hash, same session row in both schemas: still nobody's."""
    knock(manado_door, ani.user.login)
    cookie = manado_door.cookies[settings.SESSION_COOKIE_NAME].value
    with region_scope(banjarmasin):
        twin = User(pk=ani.user.pk, uid=ani.user.uid, login=ani.user.login, display_name="Kembar")
        twin.password = ani.user.password
        twin.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO r_banjarmasin.django_session SELECT * FROM r_manado.django_session")
    other = signed_in(None, "banjarmasin")
    other.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not is_in(other)
    with region_scope(banjarmasin):
        assert AuditEvent.objects.filter(action="security.foreign_session").count() == 1
        assert twin.get_session_auth_hash() != ani.user.password
        in_banjarmasin = twin.get_session_auth_hash()
    assert ani.user.get_session_auth_hash() != in_banjarmasin


def test_a_made_up_session_key_is_nobodys_and_no_event(manado_door: Client) -> None:
    manado_door.cookies[settings.SESSION_COOKIE_NAME] = "x" * 38
    assert not is_in(manado_door)
    assert not AuditEvent.objects.filter(action="security.foreign_session").exists()


@pytest.mark.parametrize(("away", "still_in"), [(timedelta(days=3), True), (timedelta(days=4, hours=1), False)])
def test_an_unused_session_of_a_region_ends(ani: Person, manado_door: Client, away: timedelta, still_in: bool) -> None:
    start = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
    with clock.at(start):
        knock(manado_door, ani.user.login)
    with clock.at(start + away):
        assert is_in(manado_door) is still_in


def test_a_used_session_of_a_region_ends_in_the_end(ani: Person, manado_door: Client) -> None:
    start = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
    with clock.at(start):
        knock(manado_door, ani.user.login)
    seen = []
    for day in range(1, 17):
        with clock.at(start + timedelta(days=day)):
            seen.append(is_in(manado_door))
    assert seen == [True] * 14 + [False] * 2


def test_an_operators_session_ends_after_half_an_hour_unused(operator: User, signed_in: Callable[..., Client]) -> None:
    client = signed_in(None, None)
    start = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
    with clock.at(start):
        knock(client, operator.login)
    with clock.at(start + timedelta(minutes=29)):
        assert is_in(client)
    with clock.at(start + timedelta(minutes=29 + 31)):
        assert not is_in(client)


def test_reading_a_page_again_writes_nothing(ani: Person, manado_door: Client) -> None:
    knock(manado_door, ani.user.login)
    manado_door.get("/sandi/ganti/")
    with CaptureQueriesContext(connection) as captured:
        manado_door.get("/sandi/ganti/")
    writes = [q["sql"] for q in captured.captured_queries if not q["sql"].lstrip().startswith("SELECT")]
    assert not writes


# The first password


@pytest.mark.parametrize("path", ["/", "/berkas/018f0000-0000-7000-8000-000000000000/"])
def test_a_first_password_opens_nothing_but_its_own_change(ani: Person, manado_door: Client, path: str) -> None:
    User.objects.filter(pk=ani.user.pk).update(must_change_password=True)
    knock(manado_door, ani.user.login)
    for method in (manado_door.get, manado_door.post):
        assert method(path)["Location"] == "/sandi/ganti/"
    assert manado_door.get("/api/v1/me").status_code == 403


def test_a_password_that_is_too_simple_is_not_taken(ani: Person, manado_door: Client) -> None:
    knock(manado_door, ani.user.login)
    for simple in ("12345678901", "password123", ani.user.login, "pendek"):
        form = {"oldpassword": PASSWORD, "password1": simple, "password2": simple}
        assert manado_door.post("/sandi/ganti/", form).status_code == 200
    ani.user.refresh_from_db()
    assert ani.user.check_password(PASSWORD)


def test_changing_the_password_ends_the_other_sessions(
    ani: Person, manado_door: Client, signed_in: Callable[..., Client]
) -> None:
    knock(manado_door, ani.user.login)
    phone = signed_in(ani.user)
    form = {"oldpassword": PASSWORD, "password1": "kuda-terbang-di-awan-7", "password2": "kuda-terbang-di-awan-7"}
    assert manado_door.post("/sandi/ganti/", form).status_code == 302
    assert is_in(manado_door)
    assert not is_in(phone)


def test_the_operators_log_in_is_recorded_on_their_side(operator: User, signed_in: Callable[..., Client]) -> None:
    knock(signed_in(None, None), operator.login)
    with control_scope():
        assert AuditEvent.objects.filter(action="accounts.signed_in", actor_uid=operator.uid).exists()
