"""The tree of OPD and units, and one position."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.testing.queries import assert_query_count
from tenants.organisation.models import Position
from tenants.organisation.unit_tree import UnitTree
from tests.cast import Office, Person, make_opd, make_position, make_unit

POSITION = {
    "title": "Pengelola Data",
    "kind": "pelaksana",
    "superior_code": "P-2",
    "is_active": "on",
}


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


@pytest.fixture
def opd_operator(office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("operator_opd", opd=office.opd))


def test_the_tree_lists_opds_with_their_size(admin: Client, office: Office) -> None:
    make_opd("1.02", "Dinas Kesehatan")
    page = assert_query_count("organisation.tree", lambda: admin.get("/organisasi/")).content.decode()
    assert "Dinas Pendidikan" in page
    assert "Dinas Kesehatan" in page
    assert "Dinas Kesehatan" not in admin.get("/organisasi/?cari=pendidikan").content.decode()


def test_a_unit_shows_what_is_below_and_who_holds_its_posts(
    admin: Client, office: Office, ani: Person, budi: Person
) -> None:
    make_unit(office.opd, "1.01.02", "Bidang Lain")
    assert "Bidang Lain" in admin.get(f"/organisasi/unit/{office.opd.uid}/").content.decode()
    page = assert_query_count(
        "organisation.unit", lambda: admin.get(f"/organisasi/unit/{office.unit.uid}/")
    ).content.decode()
    for words in ("Pengelola Data", "Ani", "Budi", "Kepala Seksi"):
        assert words in page


def test_the_superior_of_a_position_is_changed_with_audit(admin: Client, office: Office) -> None:
    url = f"/organisasi/jabatan/{office.staff.uid}/"
    assert admin.get(url).status_code == 200
    assert admin.post(url, {**POSITION, "superior_code": "P-1"}).status_code == 302
    office.staff.refresh_from_db()
    assert office.staff.superior == office.head
    event = AuditEvent.objects.get(action="organisation.position_changed")
    assert (event.before, event.after) == ({"superior": "P-2"}, {"superior": "P-1"})


def test_a_position_cannot_stand_above_itself(admin: Client, office: Office) -> None:
    url = f"/organisasi/jabatan/{office.head.uid}/"
    for code in ("P-3", "P-1"):
        answer = admin.post(url, {**POSITION, "title": "Kepala", "kind": "jpt", "superior_code": code})
        assert answer.status_code == 422
        assert "berada di bawah jabatan ini" in answer.content.decode()
    assert admin.post(url, {**POSITION, "superior_code": "tidak-ada"}).status_code == 422


def test_an_office_is_marked_once_and_at_its_own_place(admin: Client, office: Office) -> None:
    head, staff = f"/organisasi/jabatan/{office.head.uid}/", f"/organisasi/jabatan/{office.staff.uid}/"
    as_head = {**POSITION, "title": "Kepala", "kind": "jpt", "superior_code": "", "office": "kepala_opd"}
    assert admin.post(head, as_head).status_code == 302
    below = admin.post(staff, {**POSITION, "office": "kepala_opd"})
    assert below.status_code == 422
    assert "bukan di unit di bawahnya" in below.content.decode()
    second = make_position(office.opd, "P-9", "Kepala Kedua", kind="jpt", kelas=14)
    taken = admin.post(f"/organisasi/jabatan/{second.uid}/", as_head)
    assert taken.status_code == 422
    assert "Kepala sudah ditandai sebagai pejabat itu" in taken.content.decode()
    with pytest.raises(IntegrityError, match="position_one_head_of_an_opd"), transaction.atomic():
        Position.objects.filter(pk=second.pk).update(office="kepala_opd")
    assert "Kepala OPD" in admin.get(head).content.decode()


def test_a_region_has_one_sekda(office: Office) -> None:
    Position.objects.filter(pk=office.head.pk).update(office="sekda")
    with pytest.raises(IntegrityError, match="position_one_holder_of_an_office"), transaction.atomic():
        Position.objects.filter(pk=office.staff.pk).update(office="sekda")


def test_the_opd_operator_changes_names_but_not_classes_and_not_elsewhere(opd_operator: Client, office: Office) -> None:
    url = f"/organisasi/jabatan/{office.staff.uid}/"
    assert f"{url}kelas/" not in opd_operator.get(url).content.decode()
    assert opd_operator.post(url, {**POSITION, "title": "Pengelola", "superior_code": "P-1"}).status_code == 302
    position = Position.objects.get(pk=office.staff.pk)
    assert (position.title, position.superior) == ("Pengelola", office.section_head)
    raise_ = {"kelas": "17", "category": "umum", "first": "2026-11-01"}
    assert opd_operator.post(f"{url}kelas/", raise_).status_code == 403
    assert [row.kelas for row in position.terms.all()] == [7]
    other = make_opd("1.02", "Dinas Kesehatan")
    assert opd_operator.get(f"/organisasi/unit/{other.uid}/").status_code == 404
    assert "Dinas Kesehatan" not in opd_operator.get("/organisasi/").content.decode()
    unit = f"/organisasi/unit/{office.unit.uid}/"
    assert opd_operator.post(unit, {"name": "Bidang Baru", "is_active": "on"}).status_code == 302
    office.unit.refresh_from_db()
    assert office.unit.name == "Bidang Baru"


def test_a_broken_tree_is_walked_only_once() -> None:
    tree = UnitTree.of([(1, 3), (2, 1), (3, 2), (4, 2)])
    assert list(tree.upward(4)) == [4, 2, 1, 3]
    assert sorted(tree.subtree(1)) == [1, 2, 3, 4]
