"""Phones on pages: confirmed, rejected, lost, and back."""

from __future__ import annotations

from typing import Any

from kernel.audit.models import AuditEvent
from tenants.punches.actions import register_phone
from tenants.punches.models import PhoneKey
from tests.cast import Office, Person, make_user
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.punches.conftest import PhoneOf, of
from tests.tenants.punches.signing import SigningPhone


def registered(person: Person, name: str = "Chrome di Android") -> PhoneKey:
    jwk = SigningPhone("manado", at(MONDAY, "07:00")).jwk
    return register_phone(employee=of(person), jwk=jwk, name=name, actor=person.user)


def states(person: Person) -> list[tuple[str, str]]:
    return list(PhoneKey.objects.filter(employee=of(person)).order_by("id").values_list("state", "end"))


def test_the_operator_confirms_a_new_phone_and_it_takes_the_place_of_the_old_one(
    ani: Person, office: Office, signed_in: Any
) -> None:
    operator = signed_in(make_user("operator-1", "Operator", "operator_opd", opd=office.opd))
    with on(MONDAY, "07:00"):
        registered(ani)
        new = registered(ani, "Firefox di Android")
        page = operator.get("/kehadiran/hp/").content.decode()
        assert "Firefox di Android" in page
        assert "Chrome di Android" not in page
        answer = operator.post(f"/kehadiran/hp/{new.uid}/konfirmasi/", follow=True)
    assert f"HP {of(ani).name} dikonfirmasi." in answer.content.decode()
    assert states(ani) == [("ended", "replaced"), ("active", "")]
    assert AuditEvent.objects.filter(action="punches.phone_confirmed").count() == 1


def test_the_old_phone_stays_when_the_operator_says_so(ani: Person, office: Office, signed_in: Any) -> None:
    operator = signed_in(make_user("operator-1", "Operator", "operator_opd", opd=office.opd))
    with on(MONDAY, "07:00"):
        registered(ani)
        new = registered(ani)
        operator.post(f"/kehadiran/hp/{new.uid}/konfirmasi/", {"keeps_others": "1"})
    assert states(ani) == [("active", ""), ("active", "")]


def test_a_phone_that_nobody_knows_is_rejected_and_one_ended_by_mistake_is_restored(
    ani: Person, office: Office, signed_in: Any
) -> None:
    operator = signed_in(make_user("operator-1", "Operator", "operator_opd", opd=office.opd))
    with on(MONDAY, "07:00"):
        registered(ani)
        new = registered(ani)
        operator.post(f"/kehadiran/hp/{new.uid}/tolak/")
        assert states(ani) == [("active", ""), ("ended", "rejected")]
        again = operator.post(f"/kehadiran/hp/{new.uid}/tolak/", follow=True).content.decode()
        operator.post(f"/kehadiran/hp/{new.uid}/pulihkan/")
    assert "Keadaan HP ini sudah berubah" in again
    assert states(ani) == [("active", ""), ("active", "")]


def test_somebody_reports_the_own_phone_as_lost_and_the_operator_sees_it(
    ani: Person, office: Office, signed_in: Any
) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "07:00"):
        key = registered(ani)
        assert "Chrome di Android" in client.get("/absen/hp/").content.decode()
        answer = client.post(f"/absen/hp/{key.uid}/hilang/", follow=True)
        assert "Ditemukan kembali?" in answer.content.decode()
        again = client.post(f"/absen/hp/{key.uid}/hilang/", follow=True)
        assert "Keadaan HP ini sudah berubah" in again.content.decode()
        operator = signed_in(make_user("operator-1", "Operator", "operator_opd", opd=office.opd))
        lost = operator.get("/kehadiran/hp/?daftar=hilang").content.decode()
    assert of(ani).nip in lost
    assert states(ani) == [("ended", "lost")]


def test_an_operator_does_not_confirm_the_own_phone(ani: Person, office: Office, signed_in: Any) -> None:
    from kernel.accounts.models import Role, RoleGrant

    RoleGrant.objects.create(user=ani.user, role=Role.objects.get(code="operator_opd"), opd_uid=office.opd.uid)
    with on(MONDAY, "07:00"):
        registered(ani)
        new = registered(ani)
        client = signed_in(ani.user)
        assert "HP Anda sendiri" in client.get("/kehadiran/hp/").content.decode()
        answer = client.post(f"/kehadiran/hp/{new.uid}/konfirmasi/", follow=True)
    assert "HP Anda sendiri dikonfirmasi operator lain" in answer.content.decode()
    assert states(ani)[1] == ("pending", "")


def test_a_phone_of_another_opd_is_not_found(ani: Person, signed_in: Any) -> None:
    from tests.cast import make_opd

    other = make_opd("2.02", "Dinas Lain")
    operator = signed_in(make_user("operator-2", "Operator", "operator_opd", opd=other))
    with on(MONDAY, "07:00"):
        registered(ani)
        new = registered(ani)
        assert operator.post(f"/kehadiran/hp/{new.uid}/konfirmasi/").status_code == 404
        assert of(ani).nip not in operator.get("/kehadiran/hp/?daftar=semua").content.decode()


def test_an_empty_list_says_what_will_stand_there(office: Office, signed_in: Any) -> None:
    operator = signed_in(make_user("operator-1", "Operator", "operator_opd", opd=office.opd))
    assert "Tidak ada HP yang menunggu" in operator.get("/kehadiran/hp/").content.decode()


def test_phones_are_found_by_name_and_nip(ani: Person, budi: Person, phone_of: PhoneOf, signed_in: Any) -> None:
    operator = signed_in(make_user("bkpsdm-1", "BKPSDM", "bkpsdm"))
    with on(MONDAY, "07:00"):
        phone_of(ani)
        phone_of(budi)
        by_name = operator.get("/kehadiran/hp/", {"daftar": "semua", "cari": of(budi).name}).content.decode()
        by_nip = operator.get("/kehadiran/hp/", {"daftar": "semua", "cari": of(ani).nip}).content.decode()
    assert of(budi).nip in by_name
    assert of(ani).nip not in by_name
    assert of(ani).nip in by_nip
