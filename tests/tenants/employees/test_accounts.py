"""Roles given and taken, accounts switched off, sessions ended, what a role may do."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client

from kernel.accounts.models import Role, RoleGrant, User
from kernel.audit.models import AuditEvent
from kernel.permissions import user_may
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from kernel.testing.queries import assert_query_count
from tenants.employees import accounts
from tests.cast import Office, Person, make_user


@pytest.fixture
def admin(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def client(admin: User, signed_in: Callable[..., Client]) -> Client:
    return signed_in(admin)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_role_is_given_in_one_opd_and_taken_again(client: Client, dedi: Person, office: Office) -> None:
    url = f"/akun/{dedi.user.uid}/"
    fields = {"role": "operator_opd", "opd": str(office.opd.uid)}
    assert client.post(f"{url}peran/beri/", fields).status_code == 302
    assert client.post(f"{url}peran/beri/", fields).status_code == 302
    assert [(g.role, g.opd_uid) for g in fresh(dedi.user).effective_grants] == [("operator_opd", office.opd.uid)]
    assert "Dinas Pendidikan" in client.get(url).content.decode()
    assert client.post(f"{url}peran/cabut/", fields).status_code == 302
    assert fresh(dedi.user).effective_grants == ()
    events = AuditEvent.objects.filter(action__startswith="accounts.").order_by("id")
    assert list(events.values_list("action", flat=True)) == ["accounts.role_granted", "accounts.role_revoked"]


def test_nobody_gives_themselves_a_role(client: Client, admin: User) -> None:
    answer = client.post(f"/akun/{admin.uid}/peran/beri/", {"role": "bpkad", "opd": ""})
    assert answer.status_code == 409
    assert fresh(admin).role_codes == {"bkpsdm"}


def test_one_who_manages_accounts_of_an_opd_gives_roles_only_there(
    office: Office, dedi: Person, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    manager = signed_in(with_role("diskominfo", opd=office.opd))
    url = f"/akun/{dedi.user.uid}/peran/beri/"
    assert manager.post(url, {"role": "operator_opd", "opd": ""}).status_code == 422
    assert manager.post(url, {"role": "operator_opd", "opd": str(office.opd.uid)}).status_code == 302
    RoleGrant.objects.create(user=dedi.user, role=Role.objects.get(code="bpkad"))
    assert manager.post(f"/akun/{dedi.user.uid}/peran/cabut/", {"role": "bpkad", "opd": ""}).status_code == 403


def test_a_switched_off_account_is_out_at_once(client: Client, ani: Person, signed_in: Callable[..., Client]) -> None:
    own = signed_in(ani.user)
    assert client.post(f"/akun/{ani.user.uid}/keadaan/", {"active": "no"}).status_code == 302
    assert own.get("/pegawai/").headers["Location"].startswith("/masuk/")
    assert client.post(f"/akun/{ani.user.uid}/keadaan/", {"active": "yes"}).status_code == 302
    assert fresh(ani.user).is_active


def test_sessions_end_and_those_of_others_stay(
    client: Client, ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    phone, desk, other = signed_in(ani.user), signed_in(ani.user), signed_in(budi.user)
    page = client.post(f"/akun/{ani.user.uid}/sesi/", follow=True)
    assert "2 sesi diakhiri" in page.content.decode()
    for gone in (phone, desk):
        assert gone.get("/pegawai/").headers["Location"].startswith("/masuk/")
    assert other.get("/pegawai/").status_code == 403


def test_what_a_role_may_do_is_ticked(client: Client, with_role: Callable[..., User]) -> None:
    inspector = with_role("inspektorat")
    page = client.get("/akun/peran/inspektorat/").content.decode()
    assert "Membaca jejak audit" in page
    assert client.post("/akun/peran/inspektorat/", {"permissions": ["employees.view"]}).status_code == 302
    assert Role.objects.get(code="inspektorat").permissions == ["employees.view"]
    assert not user_may(fresh(inspector), "audit.read")
    event = AuditEvent.objects.get(action="accounts.role_changed")
    assert "audit.read" in event.before["removed"]
    assert client.post("/akun/peran/inspektorat/", {"permissions": ["nothing.real"]}).status_code == 422
    assert client.get("/akun/peran/tidak-ada/").status_code == 404


def test_somebody_must_be_left_who_manages_accounts(client: Client, admin: User) -> None:
    answer = client.post("/akun/peran/bkpsdm/", {"permissions": ["employees.view"]})
    assert answer.status_code == 422
    assert "paling sedikit satu akun" in answer.content.decode()
    assert "accounts.manage" in Role.objects.get(code="bkpsdm").permissions


def test_the_list_is_searched_and_costs_a_fixed_number_of_queries(
    client: Client, ani: Person, budi: Person, citra: Person
) -> None:
    page = assert_query_count("accounts.users", lambda: client.get("/akun/")).content.decode()
    assert "Budi" in page
    found = client.get("/akun/?peran=bpkad").content.decode()
    assert "Citra" in found
    assert ">Ani<" not in found
    assert ">Ani<" in client.get("/akun/?cari=ani").content.decode()


def test_one_opds_manager_switches_off_nobody_and_changes_no_role(
    office: Office, dedi: Person, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    manager = signed_in(with_role("diskominfo", opd=office.opd))
    assert manager.post(f"/akun/{dedi.user.uid}/keadaan/", {"active": "no"}).status_code == 403
    assert manager.post(f"/akun/{dedi.user.uid}/sesi/").status_code == 403
    assert manager.post("/akun/peran/asn/", {"permissions": ["audit.read"]}).status_code == 403
    assert fresh(dedi.user).is_active


def test_nobody_adds_to_a_role_of_their_own(client: Client, with_role: Callable[..., User]) -> None:
    held = Role.objects.get(code="bkpsdm").permissions
    answer = client.post("/akun/peran/bkpsdm/", {"permissions": [*held, "tpp.read_opd"]})
    assert answer.status_code == 422
    assert "Peran sendiri tidak dapat diubah sendiri" in answer.content.decode()
    assert Role.objects.get(code="bkpsdm").permissions == held
    # Giving something up is no gain, and somebody else may add.
    assert client.post("/akun/peran/bkpsdm/", {"permissions": [n for n in held if n != "tpp.lock"]}).status_code == 302


def test_two_managers_who_switch_each_other_off_at_once_leave_one(fresh_region: RegionState) -> None:
    first, second = make_user("1", "Satu", "bkpsdm"), make_user("2", "Dua", "bkpsdm")
    raised: list[Exception] = []

    def switch_the_first_off() -> None:
        try:
            with region_scope(fresh_region):
                accounts.deactivate_user(user_uid=first.uid, actor=second)
        except accounts.NobodyManages as error:
            raised.append(error)
        finally:
            connection.close()

    RoleGrant.objects.exclude(user__in=[first, second]).delete()
    other = threading.Thread(target=switch_the_first_off)
    with transaction.atomic():
        accounts.deactivate_user(user_uid=second.uid, actor=first)
        other.start()
        other.join(timeout=1)
    other.join(timeout=60)
    assert len(raised) == 1
    assert list(User.objects.filter(pk__in=[first.pk, second.pk], is_active=True)) == [first]


# The second factor of a role


def test_a_region_sets_from_when_a_role_requires_a_second_factor(
    with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    admin = signed_in(with_role("diskominfo"))
    answer = admin.post("/akun/peran/bpkad/faktor-kedua/", {"days": "3", "begins": "2027-01-04"})
    assert answer["Location"] == "/akun/peran/bpkad/"
    role = Role.objects.get(code="bpkad")
    # Midnight of that day in Manado.
    assert (role.second_factor_days, str(role.second_factor_from)) == (3, "2027-01-03 16:00:00+00:00")
    assert 'value="2027-01-04"' in admin.get("/akun/peran/bpkad/").content.decode()
    assert AuditEvent.objects.filter(action="accounts.factor_changed").exists()


def test_what_the_platform_requires_a_region_does_not_drop(
    with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    admin = signed_in(with_role("diskominfo"))
    page = admin.post("/akun/peran/bpkad/faktor-kedua/", {"days": ""})
    assert page.status_code == 422
    assert "faktor kedua tetap wajib" in page.content.decode()
    assert Role.objects.get(code="bpkad").second_factor_days == 7
    assert admin.post("/akun/peran/atasan/faktor-kedua/", {"days": "14"}).status_code == 302
    assert Role.objects.get(code="atasan").second_factor_days == 14


def test_nobody_loosens_it_for_a_role_of_their_own(
    with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    admin = signed_in(with_role("bkpsdm"))
    assert admin.post("/akun/peran/bkpsdm/faktor-kedua/", {"days": "90"}).status_code == 422
    assert Role.objects.get(code="bkpsdm").second_factor_days == 7
