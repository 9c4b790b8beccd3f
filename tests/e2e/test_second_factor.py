"""A code app and a passkey in a real browser, by keyboard, at both sizes; the passkey is nothing next door."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, expect

from tests.cast import PASSWORD
from tests.e2e.browsing import PHONE, Findings, Visitor
from tests.e2e.keyboard import sign_in, tab_to
from tests.e2e.live import Live
from tests.e2e.small_office import CODE, NIPS

PERSON = NIPS[-1]


@pytest.fixture
def visitor(office: Live, browser: Browser) -> Iterator[Visitor]:
    """A person with a phone that checks their finger."""
    findings = Findings()
    made = Visitor(office, browser, findings, CODE, PHONE, "second factor")
    devices = made.context.new_cdp_session(made.page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield made
    made.close()
    assert findings.all() == [], "\n".join(findings.all())


def test_a_passkey_and_a_code_app(visitor: Visitor) -> None:
    sign_in(visitor, PERSON, PASSWORD)
    page = visitor.open("/akun/keamanan/")
    visitor.look("account security, nothing yet")

    tab_to(page, page.get_by_role("link", name="Tambah kunci sandi"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/akun/keamanan/kunci/baru/")
    visitor.look("a new passkey")
    tab_to(page, page.get_by_role("button", name="Buat kunci sandi"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/akun/keamanan/kode/")
    visitor.look("recovery codes")
    expect(page.get_by_role("list", name="Kode cadangan").get_by_role("listitem")).to_have_count(10)

    visitor.open("/akun/keamanan/aplikasi/")
    visitor.look("a new code app")
    secret = re.findall(r"\b[A-Z2-7]{32}\b", visitor.text())[0]
    step = int(page.evaluate("Date.now()")) // 30_000
    page.get_by_label("Kode enam angka").fill(format_hotp_value(hotp_value(secret, step)))
    page.get_by_role("button", name="Pasang").click()
    page.wait_for_url("**/akun/keamanan/")
    visitor.look("account security, both")

    visitor.open("/keluar/")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk/")
    tab_to(page, page.get_by_role("link", name="Pakai kunci sandi"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/masuk/kunci/")
    visitor.look("log-in with passkey")
    tab_to(page, page.get_by_role("button", name="Pakai kunci sandi"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*/masuk/)"))
    visitor.open("/akun/keamanan/")
    expect(page.get_by_text("Terpasang")).to_be_visible()

    visitor.open("/keluar/")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk/")
    page.get_by_label("NIP").fill(PERSON)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/masuk/kode/")
    visitor.look("second step")
    page.get_by_role("button", name="Pakai kunci sandi").click()
    page.wait_for_url(re.compile(r"^(?!.*/masuk/)"))

    # Next door the browser has no key for that host, and says so.
    page.goto(visitor.live.address(None, "/masuk/kunci/"))
    with visitor.allow_errors("NotAllowedError"):
        page.get_by_role("button", name="Pakai kunci sandi").click()
        expect(page.get_by_role("status").filter(has_text="tidak jadi dipakai")).to_be_visible()
