"""Where one is signed in, ending it, new keys, and the shorter sessions of wide roles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from kernel import clock
from kernel.accounts.models import SignIn, User
from kernel.audit.models import AuditEvent
from tests.cast import PASSWORD, Person

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with clock.at(MORNING):
        yield


Enter = Callable[..., Client]


@pytest.fixture
def enter(signed_in: Callable[..., Client]) -> Enter:
    """`enter(user, agent)`: a browser that signed in through the page."""

    def make(user: User, agent: str = "") -> Client:
        client = signed_in(None)
        client.defaults["HTTP_USER_AGENT"] = agent
        answer = client.post("/masuk/", {"login": user.login, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return make


def is_in(client: Client) -> bool:
    return client.get("/sandi/ganti/").status_code == 200


def page_of(client: Client) -> str:
    return str(client.get("/akun/keamanan/").content.decode())


def test_one_sees_where_one_is_signed_in(ani: Person, enter: Enter) -> None:
    desk = enter(ani.user)
    enter(ani.user, PHONE)
    page = page_of(desk)
    assert "Android, Chrome" in page
    assert page.count("Perangkat ini</") == 1
    assert len(re.findall(r"/akun/keamanan/sesi/[0-9a-f-]{36}/akhiri/", page)) == 1


def test_one_ends_a_session_and_keeps_the_own(ani: Person, enter: Enter) -> None:
    desk, phone = enter(ani.user), enter(ani.user, PHONE)
    (path,) = re.findall(r"/akun/keamanan/sesi/[0-9a-f-]{36}/akhiri/", page_of(desk))
    assert desk.post(path)["Location"] == "/akun/keamanan/"
    assert is_in(desk)
    assert not is_in(phone)
    assert AuditEvent.objects.filter(action="accounts.own_session_ended", actor_uid=ani.user.uid).count() == 1


def test_one_ends_all_others_at_once(ani: Person, enter: Enter) -> None:
    desk, *others = (enter(ani.user) for _ in range(3))
    desk.post("/akun/keamanan/sesi/akhiri/")
    assert is_in(desk)
    assert not any(is_in(other) for other in others)


def test_nobody_ends_or_sees_the_sessions_of_somebody_else(ani: Person, budi: Person, enter: Enter) -> None:
    phone, desk = enter(ani.user, PHONE), enter(budi.user)
    assert "Android, Chrome" not in page_of(desk)
    row = SignIn.objects.get(user=ani.user)
    assert desk.post(f"/akun/keamanan/sesi/{row.uid}/akhiri/").status_code == 404
    assert is_in(phone)


def test_ending_asks_for_the_password_when_the_sign_in_is_long_ago(ani: Person, enter: Enter) -> None:
    desk, phone = enter(ani.user), enter(ani.user)
    with clock.at(MORNING + timedelta(hours=1)):
        asked = desk.post("/akun/keamanan/sesi/akhiri/")
        assert asked["Location"].startswith("/masuk/ulang/?next=")
        assert is_in(phone)
        assert desk.post(asked["Location"], {"password": PASSWORD})["Location"] == "/akun/keamanan/"
        assert not is_in(phone)


def test_showing_the_password_again_gives_the_session_a_new_key(ani: Person, enter: Enter) -> None:
    desk = enter(ani.user)
    before = desk.cookies[settings.SESSION_COOKIE_NAME].value
    with clock.at(MORNING + timedelta(hours=1)):
        desk.post("/masuk/ulang/?next=/akun/keamanan/", {"password": PASSWORD})
        after = desk.cookies[settings.SESSION_COOKIE_NAME].value
        assert after != before
        assert not Session.objects.filter(session_key=before).exists()
        assert page_of(desk).count("Perangkat ini</") == 1


def test_a_session_that_ended_is_no_longer_listed_and_old_rows_go(ani: Person, enter: Enter) -> None:
    desk, phone = enter(ani.user), enter(ani.user, PHONE)
    phone.post("/keluar/")
    assert "Android, Chrome" not in page_of(desk)
    with clock.at(MORNING + timedelta(days=15)):
        enter(ani.user)
    assert SignIn.objects.filter(user=ani.user).count() == 1


@pytest.mark.parametrize(("hours", "still_in"), [(7.9, True), (8.1, False)])
def test_an_unused_session_of_a_wide_role_ends_after_a_working_day(
    citra: Person, enter: Enter, hours: float, still_in: bool
) -> None:
    desk = enter(citra.user)
    with clock.at(MORNING + timedelta(hours=hours)):
        assert is_in(desk) is still_in


def test_a_used_session_of_a_wide_role_ends_after_twelve_hours(citra: Person, enter: Enter) -> None:
    desk = enter(citra.user)
    for hour in (4, 8, 11.9):
        with clock.at(MORNING + timedelta(hours=hour)):
            assert is_in(desk)
    with clock.at(MORNING + timedelta(hours=12.1)):
        assert not is_in(desk)


def test_everybody_else_stays_in_for_days(ani: Person, enter: Enter) -> None:
    phone = enter(ani.user)
    with clock.at(MORNING + timedelta(days=3)):
        assert is_in(phone)
