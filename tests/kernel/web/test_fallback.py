"""A region in the fallback mode: punches and the kit work, everything else leads there; the others notice nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from control.containment.actions import impose, lift_measure
from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope
from tenants.machines import iclock_urls
from tenants.punches.models import Punch
from tests.cast import Office, Person
from tests.tenants.punches.signing import SigningPhone

SignedIn = Callable[..., Client]

# What must stay open for attendance to go on; a view that is added here is said in docs/algorithms/continuity.md.
OPEN = {
    "api-punches",
    "assemblies-lead",
    "assemblies-led",
    "assemblies-secret",
    "attendance-punch",
    "continuity-emergency",
    "continuity-kits",
    "continuity-kit",
    "continuity-make",
    "continuity-password",
    "continuity-new-password",
    "continuity-sheets",
    "continuity-sheet",
    "continuity-upload",
    "continuity-approve",
    "continuity-withdraw",
    "jobs-job",
    "jobs-rows",
    "jobs-cancel",
    "files-read",
    "web-icon",
    "web-manifest",
    "kiosks-carry",
    "kiosks-install",
    "kiosks-kiosk",
    "kiosks-own-code",
    "kiosks-own-pin",
    "kiosks-roster",
    "kiosks-screen",
    "kiosks-screen-secret",
    "kiosks-with-code",
    "punch-review-selfie",
    "punch-review-selfies",
    "punches-mark",
    "punches-phone",
    "punches-send",
    "punches-shell",
    "punches-worker",
    "guests-enter",
    "guests-finish",
    "security-answer",
    "security-home",
    "security-incident",
    "security-stop-visit",
    "security-visit",
}


def switch(on: bool) -> None:
    with control_scope():
        if on:
            impose(region="manado", measure="fallback", reason="Situs diserang sejak pagi", actor=System("tests"))
        else:
            lift_measure(region="manado", measure="fallback", actor=System("tests"))
    registry.forget()


@pytest.fixture
def fallback(office: Office) -> Iterator[None]:
    switch(True)
    yield
    registry.forget()


def test_pages_lead_to_the_emergency_page_with_the_reason(
    office: Office, ani: Person, signed_in: SignedIn, fallback: None
) -> None:
    client = signed_in(ani.user)
    for path in ("/", "/kehadiran/", "/tpp/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/darurat/")
    page = client.get("/darurat/").content.decode()
    assert "Situs diserang sejak pagi" in page
    assert "/absen/" in page


def test_the_punch_works_as_ever(office: Office, ani: Person, signed_in: SignedIn, fallback: None) -> None:
    client = signed_in(ani.user)
    assert client.get("/absen/").status_code == 200
    assert client.post("/absen/", {"kind": "in", "uid": "01890a5d-ac96-774b-bcce-b302099a8057"}).status_code == 302


def test_a_phone_registers_and_its_signed_punch_gets_a_receipt(
    office: Office, ani: Person, signed_in: SignedIn, fallback: None
) -> None:
    client = signed_in(ani.user)
    phone = SigningPhone("manado", clock.now())
    phone.hold(client.get("/absen/tanda/").json()["mark"])
    told = client.post("/absen/hp/", {"jwk": phone.jwk, "label": "Chrome"}, content_type="application/json").json()
    phone.device = told["device"]
    lane = signed_in(None, "manado")
    answer = lane.post("/absen/kirim/", phone.envelope(phone.event()), content_type="application/json")
    (taken,) = answer.json()["answers"]
    assert (taken["state"], taken["receipt"]) == ("accepted", Punch.objects.get().receipt)


def test_a_machine_is_answered(office: Office, signed_in: SignedIn, fallback: None) -> None:
    answer = signed_in(None, "manado").get("/iclock/ping?SN=ABC123")
    assert "Location" not in answer
    assert answer.status_code != 503


def test_the_operator_reaches_the_kit(
    office: Office, with_role: Callable[..., User], signed_in: SignedIn, fallback: None
) -> None:
    client = signed_in(with_role("operator_opd", opd=office.opd))
    assert "/cadangan/" in client.get("/darurat/").content.decode()
    assert client.get("/cadangan/").status_code == 200
    assert client.get("/cadangan/isian/baru/").status_code == 200


def test_a_visitor_is_told_without_signing_in_and_can_sign_in(signed_in: SignedIn, fallback: None) -> None:
    visitor = signed_in(None, "manado")
    assert visitor.get("/darurat/").status_code == 200
    assert visitor.get("/masuk/").status_code == 200


def test_a_program_gets_the_time_to_ask_again(ani: Person, signed_in: SignedIn, fallback: None) -> None:
    answer = signed_in(ani.user).get("/api/v1/me")
    assert (answer.status_code, answer["Retry-After"]) == (503, "600")
    assert answer.json()["code"] == "fallback"


def test_a_form_that_was_open_is_led_there_too(ani: Person, signed_in: SignedIn, fallback: None) -> None:
    answer = signed_in(ani.user).post("/surat/baru/", {})
    assert (answer.status_code, answer["Location"]) == (302, "/darurat/")


def test_the_other_region_notices_nothing(eka: Person, signed_in: SignedIn, fallback: None) -> None:
    assert signed_in(eka.user, "banjarmasin").get("/").status_code == 200


def test_switched_off_the_pages_are_back(ani: Person, signed_in: SignedIn, fallback: None) -> None:
    switch(False)
    client = signed_in(ani.user)
    assert client.get("/").status_code == 200
    assert client.get("/darurat/")["Location"] == "/"


def test_what_stays_open_is_named_here() -> None:
    machines = {f"machines-iclock-{way}{word}" for way in ("", "secret-", "before-") for word in iclock_urls.WORDS}
    assert set(_open_names(get_resolver("config.urls_region"))) == OPEN | machines


def _open_names(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _open_names(entry)
        elif _is_open(entry.callback) and entry.name:
            yield entry.name


def _is_open(view: Any) -> bool:
    return bool(getattr(view, "open_in_fallback", False))
