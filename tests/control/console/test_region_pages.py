"""The operators' console: list, new region, switches."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from control.regions.models import Region
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope

SignedIn = Callable[..., Client]

FORM = {
    "kind": "kota",
    "name": "Kota Tomohon",
    "short_name": "Tomohon",
    "code": "tomohon",
    "kemendagri_code": "7173",
    "time_zone": "Asia/Makassar",
    "admin_name": "Admin Pertama",
    "admin_nip": "198505052010021001",
}


@pytest.fixture
def console(
    operator: User, signed_in: SignedIn, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Callable[..., Any]:
    """Posts as an operator, and what waits for the commit happens."""
    client = signed_in(operator, None)

    def post(path: str, form: dict[str, str] | None = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, form or {})

    return post


@pytest.fixture(autouse=True)
def _fresh_registry() -> Iterator[None]:
    # A rolled-back region must not live on in the process's snapshot.
    yield
    registry.forget()


def test_the_list_shows_every_region_with_its_state(operator: User, signed_in: SignedIn) -> None:
    page = signed_in(operator, None).get("/").content.decode()
    assert "Kota Manado" in page
    assert "Kota Banjarmasin" in page
    assert "Aktif" in page


def test_a_stranger_is_sent_to_the_log_in(signed_in: SignedIn) -> None:
    answer = signed_in(None, None).get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/masuk/")


def test_an_operator_provisions_a_region_whose_admin_can_sign_in(operator: User, signed_in: SignedIn) -> None:
    answer = signed_in(operator, None).post("/wilayah/baru/", FORM)
    assert answer.status_code == 200
    code = answer.context["code"]
    assert code in answer.content.decode()

    registry.forget()
    with region_scope(registry.region_by_code("tomohon")):
        admin = User.objects.get()
        assert not admin.has_usable_password()
        assert admin.role_codes == {"asn", "bkpsdm", "diskominfo"}

    door = signed_in(None, "tomohon")
    own = "kuda-terbang-di-awan-7"
    door.post("/aktivasi/", {"nip": FORM["admin_nip"], "code": code, "password": own, "again": own})
    assert door.post("/masuk/", {"login": FORM["admin_nip"], "password": own}).status_code == 302
    assert door.get("/jejak/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("code", "manado", "sudah dipakai"),
        ("code", "Kota Tomohon", "huruf kecil"),
        ("admin_nip", "123", "18 angka"),
        ("name", "Tomohon", "diawali"),
        ("kemendagri_code", "71.73", "empat angka"),
    ],
)
def test_a_wrong_application_says_what_to_do_and_makes_nothing(
    operator: User, signed_in: SignedIn, field: str, value: str, says: str
) -> None:
    answer = signed_in(operator, None).post("/wilayah/baru/", {**FORM, field: value})
    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors[field])
    with control_scope():
        assert not Region.objects.filter(name="Kota Tomohon").exists()


def test_figures_are_taken_from_each_region(console: Callable[..., Any], operator: User, signed_in: SignedIn) -> None:
    assert console("/wilayah/angka/").status_code == 302
    page = signed_in(operator, None).get("/wilayah/manado/")
    assert page.context["figures"].failure == ""
    counted = page.context["figures"].figures
    assert counted.keys() >= {"employees", "users", "punches_today", "outbox_waiting", "jobs_failed"}


def test_a_region_answers_by_another_name_from_then_on_and_its_phones_are_told(
    console: Callable[..., Any], operator: User, signed_in: SignedIn
) -> None:
    assert console("/wilayah/manado/alamat/", {"name": " Absen.ManadoKota.example. "})["Location"] == "/wilayah/manado/"
    assert "absen.manadokota.example" in signed_in(operator, None).get("/wilayah/manado/").content.decode()
    assert Client(HTTP_HOST="absen.manadokota.example").get("/masuk/").status_code == 200
    policy = Client(HTTP_HOST="manado.localhost").get("/absen/aplikasi/").headers["Content-Security-Policy"]
    assert "http://absen.manadokota.example" in policy
    console("/wilayah/manado/alamat/hapus/", {"name": "absen.manadokota.example"})
    assert Client(HTTP_HOST="absen.manadokota.example").get("/masuk/").status_code == 404
    with control_scope():
        told = AuditEvent.objects.order_by("id").values_list("action", "note")
        assert list(told)[-2:] == [
            ("regions.name_added", "absen.manadokota.example"),
            ("regions.name_removed", "absen.manadokota.example"),
        ]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("https://absen.manado.example/", "tanpa https"),
        ("manado", "nama host"),
        ("10.0.0.1", "nama host"),
        ("localhost", "nama host"),
        ("tomohon.localhost", "milik platform"),
        ("banjarmasin.example", "wilayah lain"),
    ],
)
def test_a_name_that_cannot_be_the_regions_is_said_beside_the_field(
    console: Callable[..., Any], name: str, says: str
) -> None:
    console("/wilayah/banjarmasin/alamat/", {"name": "banjarmasin.example"})
    answer = console("/wilayah/manado/alamat/", {"name": name})
    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors["name"])


def test_the_name_that_a_region_was_made_with_stays(console: Callable[..., Any], signed_in: SignedIn) -> None:
    assert console("/wilayah/manado/alamat/hapus/", {"name": "manado.localhost"}).status_code == 404
    assert signed_in(None, "manado").get("/masuk/").status_code == 200
