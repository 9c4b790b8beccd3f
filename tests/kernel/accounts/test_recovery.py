"""Two officers let in somebody who lost their second factors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client

from kernel import clock
from kernel.accounts.codes import use_code
from kernel.accounts.errors import CodeRefused, RecoveryRefused
from kernel.accounts.models import AccountRecovery, EntryCode, User
from kernel.accounts.recovery import CODE_FOR, WAITS_FOR, begin_recovery, confirm_recovery, withdraw_recovery
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed, NotFound
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope
from tests.cast import PASSWORD, Person, make_user

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NEW = "kuda-terbang-di-awan-7"
REASON = "HP dicuri, kode cadangan ikut hilang"


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with clock.at(MORNING):
        yield


@pytest.fixture
def lost(ani: Person) -> User:
    """Ani, whose code app is gone with her phone."""
    Authenticator.objects.create(user=ani.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=ani.user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    return ani.user


@pytest.fixture
def first(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def second(with_role: Callable[..., User]) -> User:
    return with_role("diskominfo")


@pytest.fixture
def begun(lost: User, first: User) -> AccountRecovery:
    return begin_recovery(login=lost.login, reason=REASON, actor=first)


def factors(user: User) -> int:
    return int(Authenticator.objects.filter(user=user).count())


def test_the_whole_way_through_the_pages(
    lost: User, first: User, second: User, signed_in: Callable[..., Client]
) -> None:
    own = signed_in(lost)
    signed_in(first).post("/akun/pemulihan/", {"login": lost.login, "reason": REASON})
    recovery = AccountRecovery.objects.get()
    page = signed_in(second).post(f"/akun/pemulihan/{recovery.uid}/setuju/").content.decode()
    (code,) = re.findall(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{3}\b", page)
    assert factors(lost) == 2
    door = signed_in(None)
    with clock.at(MORNING + timedelta(minutes=5)):
        answer = door.post("/aktivasi/", {"nip": lost.login, "code": code, "password": NEW, "again": NEW})
        assert answer.status_code == 302
        assert own.get("/absen/")["Location"].startswith("/masuk/")
        assert door.post("/masuk/", {"login": lost.login, "password": NEW})["Location"] == "/"
    assert factors(lost) == 0
    actions = AuditEvent.objects.filter(subject_uid=lost.uid).order_by("id").values_list("action", flat=True)
    assert list(actions) == [
        "accounts.recovery_begun",
        "accounts.recovery_confirmed",
        "accounts.recovered",
        "accounts.signed_in",
    ]


def test_nothing_changes_until_the_code_is_used(begun: AccountRecovery, lost: User, second: User) -> None:
    confirm_recovery(uid=begun.uid, actor=second)
    assert factors(lost) == 2
    lost.refresh_from_db()
    assert lost.check_password(PASSWORD)
    assert lost.signed_out_before is None


def test_who_began_does_not_confirm(begun: AccountRecovery, first: User) -> None:
    with pytest.raises(RecoveryRefused, match="same"):
        confirm_recovery(uid=begun.uid, actor=first)
    assert not EntryCode.objects.exists()


def test_nobody_begins_or_confirms_for_oneself(begun: AccountRecovery, first: User, second: User) -> None:
    with pytest.raises(RecoveryRefused, match="own"):
        begin_recovery(login=first.login, reason=REASON, actor=first)
    of_second = begin_recovery(login=second.login, reason=REASON, actor=first)
    with pytest.raises(RecoveryRefused, match="own"):
        confirm_recovery(uid=of_second.uid, actor=second)


def test_the_database_itself_refuses_one_officer_for_two(begun: AccountRecovery, first: User, lost: User) -> None:
    for officer in (first, lost):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountRecovery.objects.filter(pk=begun.pk).update(confirmed_by=officer)


def test_without_the_permission_nobody_does(begun: AccountRecovery, lost: User, with_role: Callable[..., User]) -> None:
    stranger = with_role("bpkad")
    with pytest.raises(NotAllowed):
        begin_recovery(login=lost.login, reason=REASON, actor=stranger)
    with pytest.raises(NotAllowed):
        confirm_recovery(uid=begun.uid, actor=stranger)
    with pytest.raises(NotAllowed):
        withdraw_recovery(uid=begun.uid, actor=stranger)


def test_one_recovery_of_a_person_at_a_time(begun: AccountRecovery, lost: User, second: User) -> None:
    with pytest.raises(RecoveryRefused, match="under_way"):
        begin_recovery(login=lost.login, reason=REASON, actor=second)


def test_who_is_unknown_or_disabled_is_not_recovered(lost: User, first: User) -> None:
    User.objects.filter(pk=lost.pk).update(is_active=False)
    for login in (lost.login, "000000000000000000"):
        with pytest.raises(RecoveryRefused, match="unknown"):
            begin_recovery(login=login, reason=REASON, actor=first)
    with pytest.raises(NotFound):
        confirm_recovery(uid=new_uid(), actor=first)


def test_it_can_be_taken_back_while_the_code_is_not_used(begun: AccountRecovery, lost: User, second: User) -> None:
    _recovery, code = confirm_recovery(uid=begun.uid, actor=second)
    withdraw_recovery(uid=begun.uid, actor=second)
    with pytest.raises(CodeRefused):
        use_code(login=lost.login, code=code, password=NEW)
    assert factors(lost) == 2
    with pytest.raises(RecoveryRefused, match="over"):
        confirm_recovery(uid=begun.uid, actor=second)


def test_a_used_recovery_is_over(begun: AccountRecovery, lost: User, first: User, second: User) -> None:
    _recovery, code = confirm_recovery(uid=begun.uid, actor=second)
    use_code(login=lost.login, code=code, password=NEW)
    with pytest.raises(CodeRefused):
        use_code(login=lost.login, code=code, password=NEW + "x")
    with pytest.raises(RecoveryRefused, match="over"):
        withdraw_recovery(uid=begun.uid, actor=first)


def test_it_waits_two_days_and_its_code_one(begun: AccountRecovery, lost: User, first: User, second: User) -> None:
    with clock.at(MORNING + WAITS_FOR):
        with pytest.raises(RecoveryRefused, match="over"):
            confirm_recovery(uid=begun.uid, actor=second)
        again = begin_recovery(login=lost.login, reason=REASON, actor=first)
        _recovery, code = confirm_recovery(uid=again.uid, actor=second)
    begun.refresh_from_db()
    assert begun.state == AccountRecovery.State.EXPIRED
    with clock.at(MORNING + WAITS_FOR + CODE_FOR), pytest.raises(CodeRefused):
        use_code(login=lost.login, code=code, password=NEW)


def test_an_ordinary_code_leaves_the_factors(lost: User, first: User, ani: Person) -> None:
    from tenants.employees.activation import make_codes

    (issued,) = make_codes(employees=[ani.employee], actor=first)
    use_code(login=lost.login, code=issued.code, password=NEW)
    assert factors(lost) == 2


def test_operators_are_recovered_by_two_operators(operator: User, signed_in: Callable[..., Client]) -> None:
    with control_scope():
        lost, other = (make_user(f"{name}@platform.test", name, "operator") for name in ("lima", "enam"))
    signed_in(operator, None).post("/akun/pemulihan/", {"login": lost.login, "reason": REASON})
    with control_scope():
        uid = AccountRecovery.objects.get().uid
    assert signed_in(operator, None).post(f"/akun/pemulihan/{uid}/setuju/").status_code == 409
    page = signed_in(other, None).post(f"/akun/pemulihan/{uid}/setuju/").content.decode()
    (code,) = re.findall(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{3}\b", page)
    typed = {"nip": lost.login.upper(), "code": code.lower(), "password": NEW, "again": NEW}
    assert signed_in(None, None).post("/aktivasi/", typed).status_code == 302
