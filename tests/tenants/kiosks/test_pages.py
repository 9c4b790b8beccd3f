"""The pages of officials: office codes, tablets and PINs; and what devices ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.testing.queries import assert_query_count
from tenants.kiosks.actions import install_kiosk, make_kiosk, make_screen
from tenants.kiosks.models import Kiosk, Pin, Screen
from tests.cast import Office, Person, make_opd
from tests.tenants.kiosks.phones import Device

SignedIn = Callable[..., Client]
SHELLS = ("/absen/pakai-kode/", "/absen/kode-saya/", "/absen/titip/", "/absen/layar/", "/absen/kios/")


@pytest.fixture
def operator(office: Office, with_role: Callable[..., User]) -> User:
    return with_role("operator_opd", opd=office.opd)


@pytest.mark.parametrize("address", SHELLS)
def test_a_page_that_devices_keep_names_nobody(address: str, ani: Person, signed_in: SignedIn) -> None:
    for client in (signed_in(None), signed_in(ani.user)):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Ani" not in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]


def test_an_operator_makes_a_code_for_the_own_opd_and_no_other(
    office: Office, operator: User, signed_in: SignedIn
) -> None:
    other = make_opd("1.09", "Dinas Lain")
    client = signed_in(operator)
    assert client.post("/kehadiran/kios/layar/baru/", {"unit": other.uid, "label": "Lobi"}).status_code == 422
    assert client.post("/kehadiran/kios/layar/baru/", {"unit": office.opd.uid, "label": "Lobi"}).status_code == 302
    taken = client.post("/kehadiran/kios/layar/baru/", {"unit": office.opd.uid, "label": "Lobi"})
    assert taken.status_code == 422
    assert "sudah punya yang bernama sama" in taken.content.decode()
    listed = assert_query_count("kiosks.devices", lambda: client.get("/kehadiran/kios/")).content.decode()
    assert "Lobi" in listed


def test_a_screen_of_another_opd_is_not_there(operator: User, signed_in: SignedIn) -> None:
    stranger = make_screen(unit=make_opd("1.09", "Dinas Lain"), label="Lobi", actor=operator)
    client = signed_in(operator)
    for what in ("ganti", "henti"):
        assert client.post(f"/kehadiran/kios/layar/{stranger.uid}/{what}/").status_code == 404
    assert client.post(f"/absen/layar/{stranger.uid}/kunci/").status_code == 404


def test_the_secret_of_a_screen_is_handed_over_with_a_trace(
    office: Office, operator: User, signed_in: SignedIn
) -> None:
    screen = make_screen(unit=office.opd, label="Lobi", actor=operator)
    client = signed_in(operator)
    first = client.post(f"/absen/layar/{screen.uid}/kunci/").json()
    assert (first["label"], first["unit"]) == ("Lobi", "Dinas Pendidikan")
    assert AuditEvent.objects.filter(action="kiosks.screen_shown").count() == 1
    client.post(f"/kehadiran/kios/layar/{screen.uid}/ganti/")
    assert client.post(f"/absen/layar/{screen.uid}/kunci/").json()["secret"] != first["secret"]
    client.post(f"/kehadiran/kios/layar/{screen.uid}/henti/")
    assert not Screen.objects.in_use().exists()


def test_a_tablet_gets_its_one_time_code_on_a_page_that_shows_it_once(
    office: Office, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    page = client.post("/kehadiran/kios/baru/", {"unit": office.opd.uid, "label": "Loket"}).content.decode()
    kiosk = Kiosk.objects.get()
    code = page.split('class="code mono">')[1].split("<")[0]
    assert code not in client.get("/kehadiran/kios/").content.decode()
    tablet = Device.fresh()
    answer = signed_in(None).post(
        "/absen/kios/pasang/", {"code": code, "jwk": tablet.jwk}, content_type="application/json"
    )
    assert answer.json()["label"] == "Loket"
    kiosk.refresh_from_db()
    assert kiosk.key is not None
    assert answer.json()["device"] == str(kiosk.key.uid)


def test_the_same_press_twice_makes_one_tablet(office: Office, operator: User, signed_in: SignedIn) -> None:
    client = signed_in(operator)
    client.post("/kehadiran/kios/baru/", {"unit": office.opd.uid, "label": "Loket"})
    again = client.post("/kehadiran/kios/baru/", {"unit": office.opd.uid, "label": "Loket"})
    assert again.status_code == 422
    assert "sudah punya yang bernama sama" in again.context["form"].errors["label"][0]
    assert Kiosk.objects.count() == 1
    client.post(f"/kehadiran/kios/{Kiosk.objects.get().uid}/henti/")
    assert client.post("/kehadiran/kios/baru/", {"unit": office.opd.uid, "label": "Loket"}).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"code": 7}', b'{"code":"x","jwk":[]}'])
def test_an_unreadable_installation_is_refused_in_words(body: bytes, manado: object, signed_in: SignedIn) -> None:
    answer = signed_in(None).post(
        "/absen/kios/pasang/", body, content_type="application/json", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert "Kode pemasangan tidak cocok" in answer.json()["detail"]


def asked(tablet: Device, **more: str) -> dict[str, str]:
    """The question of a tablet for its people."""
    said = {"kind": "roster", "device": tablet.device, "region": "manado", "at": clock.now().isoformat(), **more}
    body = json.dumps(said)
    return {"body": body, "sig": tablet.sign(body)}


def test_a_tablet_learns_who_punches_on_it_and_nobody_else_does(
    office: Office, ani: Person, citra: Person, operator: User, signed_in: SignedIn
) -> None:
    _kiosk, code = make_kiosk(unit=office.unit, label="Loket", actor=operator)
    tablet, stranger = Device.fresh(), Device.fresh()
    kiosk = install_kiosk(code=code, jwk=tablet.jwk)
    assert kiosk.key is not None
    tablet.device = stranger.device = str(kiosk.key.uid)
    client = signed_in(None)

    def answer(question: dict[str, str]) -> int:
        return client.post("/absen/kios/daftar/", question, content_type="application/json").status_code

    good = client.post("/absen/kios/daftar/", asked(tablet), content_type="application/json").json()
    # Ani works in the unit, Citra in the OPD above it.
    assert [name for _uid, _nip, name in good["people"]] == ["Ani"]
    assert answer(asked(stranger)) == 403
    assert answer(asked(tablet, region="banjarmasin")) == 403
    assert answer(asked(tablet, kind="?")) == 403
    assert answer(asked(tablet, at=(clock.now() - timedelta(days=3)).isoformat())) == 403
    assert answer(asked(tablet, at="?")) == 403
    signed_in(operator).post(f"/kehadiran/kios/{kiosk.uid}/henti/")
    assert answer(asked(tablet)) == 403


def test_pins_are_made_for_people_in_charge_and_shown_once(ani: Person, operator: User, signed_in: SignedIn) -> None:
    client = signed_in(operator)
    assert client.post("/kehadiran/kios/pin/", {}).status_code == 422
    page = client.post("/kehadiran/kios/pin/", {"orang": [ani.employee.uid, "?"]}).content.decode()
    assert "Ani" in page
    assert Pin.objects.holders([ani.employee.pk]) == {ani.employee.pk}
    listed = assert_query_count("kiosks.pins", lambda: client.get("/kehadiran/kios/pin/?cari=ani")).content.decode()
    assert "punya PIN" in listed


def test_everybody_chooses_an_own_pin(ani: Person, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    for pin, again, words in (("123456", "123456", "terlalu mudah"), ("271828", "271829", "tidak sama")):
        answer = client.post("/absen/pin/", {"pin": pin, "again": again})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert client.post("/absen/pin/", {"pin": "271828", "again": "271828"}).status_code == 302
    assert Pin.objects.filter(employee=ani.employee).exists()
