"""One kind of work added, changed and ended on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from tenants.activities.models import CatalogueVersion, JobKind
from tests.cast import Office, Person
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.fixture
def admin(office: Office, signed_in: Callable[..., Client], with_role: Callable[..., User]) -> Client:
    """A browser of BKPSDM, beside an office with posts."""
    return signed_in(with_role("bkpsdm"))


def form(**values: object) -> dict[str, object]:
    return {
        "code": "H-1",
        "name": "Membuat peta",
        "output_unit": "lembar",
        "norm_minutes": "60",
        "points": "2.5",
        "weight": "1.2",
        "evidence_rule": "any",
        "valid_from": "2026-11-19",
        **values,
    }


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    return dict(answer.context["form"].errors)


def test_a_kind_is_added_with_everything_that_can_be_said(admin: Client) -> None:
    answer = admin.post(
        "/katalog/jenis/baru/",
        form(
            evidence_kinds=["pdf", "letter"],
            evidence_rule="all",
            daily_cap="3",
            daily_minutes="120",
            position_kinds=["pelaksana"],
            position_titles="pengelola  data\n",
        ),
    )
    kind = JobKind.objects.get(code="H-1")
    assert answer["Location"] == f"/katalog/jenis/{kind.uid}/"
    assert (kind.points, kind.weight, kind.daily_cap, kind.daily_minutes) == (Decimal("2.5"), Decimal("1.2"), 3, 120)
    assert (kind.evidence_rule, kind.evidence_kinds) == ("all", ["pdf", "letter"])
    assert (kind.position_kinds, kind.position_titles) == (["pelaksana"], ["Pengelola Data"])
    page = admin.get(answer["Location"]).content.decode()
    assert "PDF + Nomor surat" in page
    assert "3 lembar, 2 jam" in page
    assert "Pengelola Data" in page
    assert CatalogueVersion.objects.count() == 2
    assert AuditEvent.objects.get(action="activities.catalogue_added").after["catalogue_version"] == 2


def test_a_change_lays_down_a_version_beside_the_used_one(ani: Person, budi: Person, admin: Client) -> None:
    kind = make_kind()
    make_sent(ani.employee, kind)
    start = admin.get(f"/katalog/jenis/{kind.uid}/ubah/")
    assert start.context["form"]["norm_minutes"].value() == 30
    admin.post(f"/katalog/jenis/{kind.uid}/ubah/", form(norm_minutes="45", valid_from="2026-12-01"))
    versions = JobKind.objects.filter(code=kind.code).order_by("valid_from")
    assert list(versions.values_list("norm_minutes", "valid_to")) == [(30, date(2026, 12, 1)), (45, None)]
    assert [version.norm_minutes for version in admin.get(f"/katalog/jenis/{kind.uid}/").context["versions"]] == [
        45,
        30,
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"norm_minutes": "0"}, {"norm_minutes": ["Pastikan nilai ini lebih besar dari atau sama dengan 1."]}),
        ({"position_titles": "Arsiparis"}, {"position_titles": ["Tidak ada di peta jabatan: Arsiparis."]}),
        (
            {"code": "UM-01"},
            {"code": ["Kode ini sudah ada di katalog. Pakai kode lain, atau ubah yang ada."]},
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(
    admin: Client, values: dict[str, str], expected: dict[str, list[str]]
) -> None:
    before = JobKind.objects.count()
    answer = admin.post("/katalog/jenis/baru/", form(name="Peta wilayah", **values))
    assert errors(answer) == expected
    assert "Peta wilayah" in answer.content.decode()
    assert (JobKind.objects.count(), CatalogueVersion.objects.count()) == (before, 1)


def test_a_used_version_is_not_changed_where_it_stands(ani: Person, budi: Person, admin: Client) -> None:
    kind = make_kind(valid_from=date(2026, 11, 19))
    make_sent(ani.employee, kind)
    answer = admin.post(f"/katalog/jenis/{kind.uid}/ubah/", form(norm_minutes="45", valid_from="2026-11-19"))
    assert errors(answer) == {"valid_from": ["Versi ini sudah dipakai. Beri tanggal mulai yang baru untuk perubahan."]}
    older = admin.post(f"/katalog/jenis/{kind.uid}/ubah/", form(valid_from="2026-01-01"))
    assert errors(older) == {"valid_from": ["Sudah ada versi yang lebih baru, berlaku mulai 19 Nov 2026."]}
    kind.refresh_from_db()
    assert kind.norm_minutes == 30


def test_an_ended_kind_is_no_longer_offered(ani: Person, budi: Person, admin: Client, signed_in: Any) -> None:
    kind = make_kind()
    admin.post(f"/katalog/jenis/{kind.uid}/akhiri/", {"ends_on": "2026-11-19"})
    kind.refresh_from_db()
    assert kind.valid_to == date(2026, 11, 19)
    assert kind not in signed_in(ani.user).get("/aktivitas/baru/").context["kinds"]
    assert AuditEvent.objects.filter(action="activities.catalogue_ended").count() == 1


def test_a_kind_does_not_end_below_what_was_entered(ani: Person, budi: Person, admin: Client) -> None:
    kind = make_kind()
    make_sent(ani.employee, kind)
    address = f"/katalog/jenis/{kind.uid}/akhiri/"
    assert errors(admin.post(address, {"ends_on": "2026-11-19"})) == {
        "ends_on": ["Sudah ada aktivitas pada atau sesudah tanggal itu. Pilih tanggal sesudahnya."]
    }
    assert errors(admin.post(address, {"ends_on": "2024-01-01"})) == {
        "ends_on": ["Harus sesudah tanggal mulai versi ini."]
    }
    kind.refresh_from_db()
    assert kind.valid_to is None


def test_a_star_puts_a_kind_first(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> None:
    often, starred = make_kind("T-1"), make_kind("T-2", name="Mengolah data")
    make_sent(ani.employee, often, 2)
    client = signed_in(ani.user)
    for _ in range(2):
        client.post("/aktivitas/favorit/", {"bintang": "T-2"})
    choices = client.get("/aktivitas/baru/").context["choices"]
    assert (choices.favourites, choices.starred) == ([starred, often], {"T-2"})
    client.post("/aktivitas/favorit/", {"lepas": "T-2"})
    assert client.get("/aktivitas/baru/").context["choices"].favourites == [often]
    assert client.post("/aktivitas/favorit/", {"bintang": "tidak-ada"}).status_code == 404
