"""Code apps and recovery codes: adding one, signing in with it, and who must have one from when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from kernel import clock
from kernel.accounts import sealing
from kernel.accounts.models import Role, RoleGrant, User
from kernel.accounts.second_factor import HOME, SHOWN
from kernel.audit.models import AuditEvent
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from kernel.watching import account_print
from tests.cast import PASSWORD, Office, Person, make_user
from tests.containment import stand
from tests.told import told

MORNING = datetime(2026, 11, 23, 1, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


def shown_by_app(secret: str, moment: datetime) -> str:
    """What a code app that holds the secret shows at that moment."""
    return str(format_hotp_value(hotp_value(secret, int(moment.timestamp()) // 30)))


def add_app(client: Client, moment: datetime = MORNING) -> str:
    """Add a code app the way a person does; the secret that the app has learnt."""
    with clock.at(moment):
        page = client.get("/akun/keamanan/aplikasi/").content.decode()
        secret = str(re.findall(r"\b[A-Z2-7]{32}\b", page)[0])
        answer = client.post("/akun/keamanan/aplikasi/", {"code": shown_by_app(secret, moment)})
    assert answer["Location"] == "/akun/keamanan/kode/"
    return secret


def codes_on(page: str) -> list[str]:
    return re.findall(r">(\d{8})<", page)


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with clock.at(MORNING):
        yield


@pytest.fixture
def at_home(ani: Person, signed_in: Callable[..., Client]) -> Client:
    return signed_in(ani.user)


@pytest.fixture
def secret(at_home: Client) -> str:
    return add_app(at_home)


@pytest.fixture
def door(signed_in: Callable[..., Client]) -> Client:
    return signed_in(None)


def give_password(client: Client, user: User) -> Any:
    return client.post("/masuk/", {"login": user.login, "password": PASSWORD})


def is_in(client: Client) -> bool:
    return client.get("/sandi/ganti/").status_code == 200


# Adding and using


def test_the_page_shows_the_secret_as_a_picture_and_as_text(at_home: Client) -> None:
    page = at_home.get("/akun/keamanan/aplikasi/").content.decode()
    assert page.count('<svg viewBox="0 0 ') == 1
    assert re.search(r"\b[A-Z2-7]{32}\b", page)


def test_with_an_app_the_password_alone_opens_nothing(ani: Person, secret: str, door: Client) -> None:
    assert give_password(door, ani.user)["Location"] == "/masuk/kode/"
    assert not is_in(door)
    moment = MORNING + 2 * STEP
    with clock.at(moment):
        answer = door.post("/masuk/kode/", {"code": shown_by_app(secret, moment)})
    assert answer["Location"] == "/"
    assert is_in(door)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_clock_that_is_half_a_minute_off_is_forgiven(ani: Person, secret: str, door: Client, late: int) -> None:
    moment = MORNING + 10 * STEP
    give_password(door, ani.user)
    with clock.at(moment):
        door.post("/masuk/kode/", {"code": shown_by_app(secret, moment + late * STEP)})
    assert is_in(door)


@pytest.mark.parametrize("late", [-2, 2])
def test_a_code_of_another_minute_is_refused(ani: Person, secret: str, door: Client, late: int) -> None:
    moment = MORNING + 10 * STEP
    give_password(door, ani.user)
    with clock.at(moment):
        page = door.post("/masuk/kode/", {"code": shown_by_app(secret, moment + late * STEP)}).content.decode()
    assert "tidak cocok" in page
    assert not is_in(door)


def test_a_code_works_once_also_within_its_time(
    ani: Person, secret: str, door: Client, signed_in: Callable[..., Client]
) -> None:
    moment = MORNING + 10 * STEP
    overlooker = signed_in(None)
    for client in (door, overlooker):
        give_password(client, ani.user)
        with clock.at(moment):
            client.post("/masuk/kode/", {"code": shown_by_app(secret, moment)})
    assert is_in(door)
    assert not is_in(overlooker)
    (reused,) = told("authn_token_reuse")
    assert (reused["person"], reused["facts"]) == (str(ani.user.uid), {"what": "app code"})


def test_guessing_codes_ends_after_five(ani: Person, secret: str, door: Client) -> None:
    moment = MORNING + 10 * STEP
    right = shown_by_app(secret, moment)
    give_password(door, ani.user)
    with clock.at(moment):
        for _ in range(5):
            door.post("/masuk/kode/", {"code": f"{(int(right) + 1) % 1_000_000:06d}"})
        door.post("/masuk/kode/", {"code": right})
    assert not is_in(door)


def test_a_recovery_code_stands_in_for_the_app_once(
    ani: Person, at_home: Client, secret: str, door: Client, signed_in: Callable[..., Client]
) -> None:
    code = codes_on(at_home.get("/akun/keamanan/kode/").content.decode())[0]
    finder = signed_in(None)
    for client in (door, finder):
        give_password(client, ani.user)
        client.post("/masuk/kode/", {"code": code})
    assert is_in(door)
    assert not is_in(finder)
    (reused,) = told("authn_token_reuse")
    assert (reused["subject"], reused["facts"]) == (account_print(ani.user.login), {"what": "backup code"})
    assert code not in str(reused)


def test_a_code_that_never_was_one_is_no_reuse(ani: Person, secret: str, door: Client) -> None:
    moment = MORNING + 10 * STEP
    wrong = (int(shown_by_app(secret, moment)) + 1) % 1_000_000
    give_password(door, ani.user)
    with clock.at(moment):
        door.post("/masuk/kode/", {"code": f"{wrong:06d}"})
    assert len(told("mfa_fail")) == 1
    assert told("authn_token_reuse") == []


def test_recovery_codes_are_shown_once(at_home: Client, secret: str) -> None:
    assert len(codes_on(at_home.get("/akun/keamanan/kode/").content.decode())) == 10
    again = at_home.get("/akun/keamanan/kode/").content.decode()
    assert codes_on(again) == []
    assert "sudah pernah ditampilkan" in again


def test_new_recovery_codes_end_the_old_ones(ani: Person, at_home: Client, secret: str, door: Client) -> None:
    old = codes_on(at_home.get("/akun/keamanan/kode/").content.decode())
    at_home.post("/akun/keamanan/kode/baru/")
    new = codes_on(at_home.get("/akun/keamanan/kode/").content.decode())
    assert not set(old) & set(new)
    give_password(door, ani.user)
    door.post("/masuk/kode/", {"code": old[0]})
    assert not is_in(door)
    door.post("/masuk/kode/", {"code": new[0]})
    assert is_in(door)


def test_the_seed_lies_encrypted_and_opens_in_no_other_region(secret: str, banjarmasin: RegionState) -> None:
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept
    assert sealing.open_again(kept) == secret
    with region_scope(banjarmasin), pytest.raises(sealing.NotOurs):
        sealing.open_again(kept)


def test_a_new_secret_key_still_opens_what_the_former_one_closed(manado: RegionState, settings: Any) -> None:
    closed = sealing.close("rahasia")
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "b" * 60
    with pytest.raises(sealing.NotOurs):
        sealing.open_again(closed)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert sealing.open_again(closed) == "rahasia"


def test_factors_of_one_region_are_nothing_in_another(
    ani: Person, secret: str, banjarmasin: RegionState, signed_in: Callable[..., Client]
) -> None:
    with region_scope(banjarmasin):
        make_user(ani.user.login, "Ani yang lain")
    assert give_password(signed_in(None, "banjarmasin"), ani.user)["Location"] == "/"


def test_adding_and_removing_stand_in_the_audit_log(at_home: Client, secret: str, ani: Person) -> None:
    assert at_home.post("/akun/keamanan/aplikasi/hapus/")["Location"] == HOME
    assert not Authenticator.objects.exists()
    actions = AuditEvent.objects.filter(subject_uid=ani.user.uid).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["accounts.factor_added", "accounts.factor_removed"]


def test_whoever_signed_in_long_ago_gives_the_password_before_a_change(at_home: Client) -> None:
    with clock.at(MORNING + timedelta(hours=1)):
        answer = at_home.get("/akun/keamanan/aplikasi/")
    assert answer["Location"] == "/masuk/ulang/?next=%2Fakun%2Fkeamanan%2Faplikasi%2F"


def test_an_operator_adds_an_app_at_the_operators_host(operator: User, signed_in: Callable[..., Client]) -> None:
    add_app(signed_in(operator, None))
    with control_scope():
        assert Authenticator.objects.get(type=Authenticator.Type.TOTP).user_id == operator.pk


# Who must


@pytest.fixture
def treasurer(citra: Person) -> User:
    """Citra of BPKAD, whose role was granted at MORNING."""
    RoleGrant.objects.filter(user=citra.user).update(granted_at=MORNING)
    return citra.user


def open_page(client: Client, at: datetime) -> Any:
    with clock.at(at):
        return client.get("/absen/")


def without_factor(user: User, signed_in: Callable[..., Client], at: datetime, region: str | None = "manado") -> Client:
    with clock.at(at):
        client = signed_in(user, region)
    with region_scope(registry.region_by_code(region)) if region else control_scope():
        session = client.session
        del session[SHOWN]
        session.save()
    return client


def test_a_finance_role_has_a_week_and_then_adds_a_factor_before_anything_else(
    treasurer: User, signed_in: Callable[..., Client]
) -> None:
    week = timedelta(days=7)
    almost = MORNING + week - timedelta(minutes=1)
    client = without_factor(treasurer, signed_in, almost)
    assert open_page(client, almost).status_code == 200
    assert open_page(client, MORNING + week)["Location"] == HOME
    with clock.at(MORNING + week):
        assert "Pasang faktor kedua dahulu" in client.get(HOME).content.decode()
    add_app(client, MORNING + week)
    assert open_page(client, MORNING + week).status_code == 200


@pytest.mark.parametrize(
    ("role", "days"),
    [("bkpsdm", 7), ("diskominfo", 7), ("bpkad", 7), ("bendahara", 7), ("inspektorat", 7), ("asn", None)],
)
def test_administrators_finance_and_inspectorate_must_have_one(manado: RegionState, role: str, days: int) -> None:
    assert Role.objects.get(code=role).second_factor_days == days


def test_the_program_interface_refuses_as_well(treasurer: User, signed_in: Callable[..., Client]) -> None:
    late = MORNING + timedelta(days=8)
    client = without_factor(treasurer, signed_in, late)
    with clock.at(late):
        assert client.get("/api/v1/me").status_code == 403


def test_a_region_may_begin_later(treasurer: User, signed_in: Callable[..., Client]) -> None:
    beginning = MORNING + timedelta(days=60)
    Role.objects.filter(code="bpkad").update(second_factor_from=beginning)
    client = without_factor(treasurer, signed_in, beginning - timedelta(hours=1))
    assert open_page(client, beginning - timedelta(hours=1)).status_code == 200
    assert open_page(client, beginning)["Location"] == HOME


def test_ordinary_employees_may_and_need_not(ani: Person, signed_in: Callable[..., Client]) -> None:
    later = MORNING + timedelta(days=365)
    client = without_factor(ani.user, signed_in, later)
    assert open_page(client, later).status_code == 200


def test_an_operator_must_at_once(operator: User, signed_in: Callable[..., Client]) -> None:
    client = without_factor(operator, signed_in, clock.now(), region=None)
    assert client.get("/")["Location"] == HOME


def test_a_session_from_before_the_factor_shows_it_first(treasurer: User, signed_in: Callable[..., Client]) -> None:
    late = MORNING + timedelta(days=8)
    old = without_factor(treasurer, signed_in, late)
    with clock.at(late):
        other = signed_in(treasurer)
    add_app(other, late)
    assert open_page(old, late)["Location"] == "/masuk/ulang/kode/?next=%2Fabsen%2F"


def test_the_factor_of_one_person_is_not_anothers_in_the_same_browser(
    ani: Person, treasurer: User, signed_in: Callable[..., Client]
) -> None:
    late = MORNING + timedelta(days=8)
    with clock.at(late):
        client = signed_in(ani.user)
        shown = client.session[SHOWN]
    client = without_factor(treasurer, signed_in, late)
    session = client.session
    session[SHOWN] = shown
    session.save()
    assert open_page(client, late)["Location"] == HOME


def test_the_last_factor_of_such_a_role_stays(treasurer: User, signed_in: Callable[..., Client]) -> None:
    late = MORNING + timedelta(days=8)
    with clock.at(late):
        client = signed_in(treasurer)
        add_app(client, late)
        page = client.post("/akun/keamanan/aplikasi/hapus/").content.decode()
    assert "wajib memakai faktor kedua" in page
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_who_will_have_to_is_told_at_the_log_in(treasurer: User, door: Client) -> None:
    give_password(door, treasurer)
    assert "faktor kedua mulai" in door.get("/absen/").content.decode()


@pytest.mark.parametrize("measure", ["read_only", "fallback"])
def test_a_contained_region_still_lets_people_in_with_their_factor(
    treasurer: User, signed_in: Callable[..., Client], door: Client, measure: str
) -> None:
    late = MORNING + timedelta(days=8)
    stand("manado", measure, reason="Latihan")
    client = without_factor(treasurer, signed_in, late)
    assert open_page(client, late)["Location"] == HOME
    with clock.at(late):
        assert client.get(HOME).status_code == 200
    secret = add_app(client, late)
    with clock.at(late + 4 * STEP):
        give_password(door, treasurer)
        door.post("/masuk/kode/", {"code": shown_by_app(secret, late + 4 * STEP)})
        assert is_in(door)


# Showing it again


def test_giving_a_role_asks_for_the_code_again_after_ten_minutes(
    ani: Person, office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    admin = signed_in(with_role("bkpsdm"))
    secret = add_app(admin)
    role = Role.objects.get(code="atasan")
    url = f"/akun/{ani.user.uid}/peran/beri/"
    later = MORNING + timedelta(minutes=11)
    page = f"http://manado.localhost/akun/{ani.user.uid}/"
    with clock.at(later):
        asked = admin.post(url, {"role": role.code}, headers={"referer": page})
        assert asked["Location"].startswith("/masuk/ulang/kode/?next=%2Fakun%2F")
        assert not RoleGrant.objects.filter(user=ani.user, role=role).exists()
        back = admin.post(asked["Location"], {"code": shown_by_app(secret, later)})
        assert back["Location"] == f"/akun/{ani.user.uid}/"
        admin.post(url, {"role": role.code})
    assert RoleGrant.objects.filter(user=ani.user, role=role).exists()
