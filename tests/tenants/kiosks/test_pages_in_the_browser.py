"""The pages that devices keep, in a real browser where nothing that is sent reaches anybody: as without a network."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from kernel.tenancy.context import region_scope
from kernel.tenancy.state import GOLDEN
from tenants.kiosks.codes import Fit, fit_of
from tenants.kiosks.secrets import sealing_key, unseal
from tenants.punches.signatures import is_signed, point_of
from tests.served_pages import SITE, browsing
from tests.tenants.kiosks.phones import text_of

pytestmark = pytest.mark.e2e

MANADO: Final = replace(GOLDEN, code="manado", name="Kota Manado", short_name="Manado", time_zone="Asia/Makassar")
SHELLS: Final = {
    "/absen/pakai-kode/": "tenants/kiosks/with_code.html",
    "/absen/kode-saya/": "tenants/kiosks/own_code.html",
    "/absen/titip/": "tenants/kiosks/carry.html",
    "/absen/layar/": "tenants/kiosks/screen.html",
    "/absen/kios/": "tenants/kiosks/kiosk.html",
    "/absen/apel/pimpin/": "tenants/assemblies/lead.html",
}
ANI, BUDI = "019ab1c2-0000-7000-8000-0000000000a1", "019ab1c2-0000-7000-8000-0000000000b1"
ANIS_PHONE, BUDIS_PHONE, TABLET = (f"019ab1c2-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
SECRET = bytes(range(32))
NIP = "199001012015011102"

# Somebody who signed in on this phone before, and whose key the server knows.
SIGNED_IN = """async ([owner, name, device]) => {
    const outbox = await import("/static/punches/outbox.js");
    await outbox.needKey(owner);
    await outbox.nameKey(owner, device, "active");
    await outbox.enter({ owner, name, region: "manado" });
    const { pair } = await outbox.keyOf(owner);
    return await (await import("/static/punches/key.js")).publicKey(pair);
}"""
PUNCHED = """async (owner) => {
    const outbox = await import("/static/punches/outbox.js");
    await outbox.capture({ owner, region: "manado", kind: "in", placeError: "denied" });
    return outbox.queued(owner);
}"""
WAITING = """async (owner) => (await import("/static/punches/outbox.js")).waiting(owner)"""
KEEP = """async ([thing, secret]) => {
    const codes = await import("/static/kiosks/codes.js");
    await codes.keep({ ...thing, ...(secret ? { key: await codes.secretKey(secret) } : {}) });
}"""
FORGOTTEN = """async () => {
    const opening = indexedDB.open("kinerja-absen");
    await new Promise((done) => { opening.onsuccess = done; });
    const clearing = opening.result.transaction("events", "readwrite").objectStore("events").clear();
    await new Promise((done) => { clearing.onsuccess = done; });
    opening.result.close();
}"""
# All that this origin keeps, as text.
ALL_KEPT = """async () => {
    let text = "";
    for (const { name } of await indexedDB.databases()) {
        const opening = indexedDB.open(name);
        await new Promise((done) => { opening.onsuccess = done; });
        const db = opening.result;
        for (const store of db.objectStoreNames) {
            const asked = db.transaction(store).objectStore(store).getAll();
            await new Promise((done) => { asked.onsuccess = done; });
            text += JSON.stringify(asked.result);
        }
        db.close();
    }
    return text;
}"""


@pytest.fixture
def page() -> Iterator[Page]:
    """A fresh browser in which the shells stand."""
    pages = {path: render_to_string(template, {"region": MANADO}) for path, template in SHELLS.items()}
    with browsing({"/": "<!doctype html><title>Awal</title>", **pages}) as opened:
        opened.goto(f"{SITE}/")
        yield opened


def body_of(event: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(event["body"])
    return told


def test_without_anybody_signed_in_the_pages_say_what_to_do(page: Page) -> None:
    for path in ("/absen/pakai-kode/", "/absen/kode-saya/", "/absen/titip/", "/absen/apel/pimpin/"):
        page.goto(SITE + path)
        expect(page.get_by_text("Belum ada yang masuk di HP ini")).to_be_visible()
    page.goto(f"{SITE}/absen/layar/")
    expect(page.get_by_text("Belum ada kode di perangkat ini")).to_be_visible()
    page.goto(f"{SITE}/absen/kios/")
    expect(page.get_by_label("Kode pemasangan")).to_be_visible()


def test_a_punch_with_a_typed_office_code_is_kept_signed(page: Page) -> None:
    jwk = page.evaluate(SIGNED_IN, [ANI, "Ani", ANIS_PHONE])
    page.goto(f"{SITE}/absen/pakai-kode/")
    field = page.get_by_label("Kode (8 angka)")
    field.fill("1234 567")
    page.get_by_role("button", name="Absen masuk").click()
    expect(page.get_by_text("Kode terdiri atas 8 angka")).to_be_visible()
    expect(field).to_be_focused()
    field.fill("1234 5678")
    page.get_by_role("button", name="Absen masuk").click()
    expect(page.get_by_text("Tersimpan di perangkat ini")).to_be_visible()
    (event,) = page.evaluate(WAITING, ANI)
    body = body_of(event)
    assert (body["kind"], body["context"]["office_qr"], body["device"]) == ("in", "12345678", ANIS_PHONE)
    assert is_signed(event["body"], event["sig"], point_of(jwk))
    field.fill("87654321")
    page.get_by_role("button", name="Hadir apel").click()
    expect(page.get_by_text("Tersimpan di perangkat ini")).to_have_count(2)
    assert body_of(page.evaluate(WAITING, ANI)[1])["context"]["roll_call"] == {"assembly": "", "code": "87654321"}


def test_a_colleagues_phone_takes_a_punch_along_and_signs_that_it_did(page: Page) -> None:
    anis_jwk = page.evaluate(SIGNED_IN, [ANI, "Ani", ANIS_PHONE])
    (mine,) = page.evaluate(PUNCHED, ANI)
    page.goto(f"{SITE}/absen/titip/")
    expect(page.get_by_role("img", name="Kode QR absen yang dititipkan")).to_be_visible()
    text = page.evaluate("async (e) => (await import('/static/kiosks/carry.js')).toText(e)", mine)
    page.get_by_label("Tempel teks dari rekan").fill(text)
    page.get_by_role("button", name="Bawakan").click()
    expect(page.get_by_text("Absen ini sudah tersimpan di HP ini.")).to_be_visible()

    # From here on it is another phone, which knows nothing of Ani's.
    page.evaluate(FORGOTTEN)
    budis_jwk = page.evaluate(SIGNED_IN, [BUDI, "Budi", BUDIS_PHONE])
    page.reload()
    expect(page.get_by_text("Tidak ada yang tertahan di HP ini.")).to_be_visible()
    page.get_by_label("Tempel teks dari rekan").fill(text[:-9])
    page.get_by_role("button", name="Bawakan").click()
    expect(page.get_by_text("Ini bukan absen titipan")).to_be_visible()
    page.get_by_label("Tempel teks dari rekan").fill(f" {text}\n")
    page.get_by_role("button", name="Bawakan").click()
    expect(page.get_by_text("Tersimpan di perangkat ini")).to_be_visible()
    (event,) = page.evaluate(WAITING, BUDI)
    assert (event["id"], event["body"], event["sig"]) == (mine["id"], mine["body"], mine["sig"])
    assert is_signed(event["body"], event["sig"], point_of(anis_jwk))
    assert event["carrier"] == BUDIS_PHONE
    assert is_signed(event["body"], event["seal"], point_of(budis_jwk))


def test_the_own_code_is_signed_for_this_half_minute(page: Page) -> None:
    jwk = page.evaluate(SIGNED_IN, [ANI, "Ani", ANIS_PHONE])
    text = page.evaluate(
        """async (owner) => {
            const { personCode } = await import("/static/kiosks/person.js");
            return personCode({ owner, region: "manado" }, 59833730 * 30000);
        }""",
        ANI,
    )
    *said, signature = text.split(":")
    assert said == ["KDP", ANI, ANIS_PHONE, "59833730"]
    assert is_signed(f"KDP:manado:{ANI}:{ANIS_PHONE}:59833730", signature, point_of(jwk))
    page.goto(f"{SITE}/absen/kode-saya/")
    expect(page.get_by_role("img", name="Kode QR yang berganti")).to_be_visible()


def test_a_tablet_keeps_a_punch_and_nothing_that_opens_the_pin(page: Page) -> None:
    page.evaluate(SIGNED_IN, ["kiosk", "", TABLET])
    page.evaluate("async () => (await import('/static/punches/outbox.js')).leave()")
    with region_scope(GOLDEN):
        point = text_of(sealing_key())
    told = {
        "name": "kiosk",
        "label": "Ruang guru",
        "unit": "SD Negeri 12",
        "region": "manado",
        "people": [[ANI, NIP, "Ani Lumenta"]],
        "seal_to": point,
        "fetched": page.evaluate("Date.now()"),
    }
    page.evaluate(KEEP, [told, ""])
    page.goto(f"{SITE}/absen/kios/")
    expect(page.get_by_role("heading", name="Ruang guru")).to_be_visible()
    page.get_by_label("NIP").fill("1990")
    page.get_by_label("PIN", exact=True).fill("271828")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_text("NIP ini tidak ada di daftar kios")).to_be_visible()
    page.get_by_label("NIP").fill("19900101 201501 1 102")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_text("Masuk · Ani Lumenta")).to_be_visible()
    # The next person finds an empty page, and the tablet counts what waits.
    expect(page.get_by_label("NIP")).to_have_value("")
    expect(page.get_by_label("PIN", exact=True)).to_have_value("")
    expect(page.locator("[data-queue]")).to_contain_text("1 absen menunggu sinyal")
    (event,) = page.evaluate(WAITING, "kiosk")
    body = body_of(event)
    assert (body["device"], body["context"]["person"], body["context"]["by"]) == (TABLET, ANI, "pin")
    sealed = urlsafe_b64decode(body["context"]["sealed"] + "==")
    with region_scope(GOLDEN):
        assert unseal(sealed, f"{ANI} {body['captured_at']}".encode()) == b"271828"
    assert "271828" not in page.evaluate(ALL_KEPT)


def now_of(page: Page) -> datetime:
    """What the browser's clock shows."""
    return datetime.fromtimestamp(page.evaluate("Date.now()") / 1000, UTC)


def assembly(page: Page, **more: Any) -> dict[str, Any]:
    moment = now_of(page)

    def iso(minutes: int) -> str:
        return (moment + timedelta(minutes=minutes)).isoformat()

    uid = str(UUID(int=15))
    return {
        "name": f"assembly {uid}",
        "uid": uid,
        "owner": BUDI,
        "title": "Apel Senin",
        "place": "Halaman",
        "starts_at": iso(-5),
        "ends_at": iso(25),
        "opens_at": iso(-35),
        "closes_at": iso(55),
        "done": [],
        "people": [[ANI, NIP, "Ani Lumenta"], [BUDI, "199001012015011103", "Budi"]],
        **more,
    }


def test_a_leader_shows_the_code_and_ticks_names_without_a_network(page: Page) -> None:
    page.evaluate(SIGNED_IN, [BUDI, "Budi", BUDIS_PHONE])
    page.evaluate(KEEP, [assembly(page), text_of(SECRET)])
    page.goto(f"{SITE}/absen/apel/pimpin/")
    page.get_by_role("button", name="Buka").click()
    shown = page.locator("[data-code]")
    expect(shown).not_to_be_empty()
    assert fit_of([SECRET], shown.inner_text().replace(" ", ""), now_of(page)) is Fit.NOW
    expect(page.get_by_role("img", name="Kode QR apel yang berganti")).to_be_visible()
    page.get_by_text("Centang yang tanpa HP").click()
    page.get_by_label("Cari nama atau NIP").fill("ani")
    expect(page.get_by_text("Budi", exact=True)).to_be_hidden()
    page.get_by_role("checkbox", name="Ani Lumenta").check()
    page.get_by_role("button", name="Simpan yang dicentang").click()
    expect(page.get_by_text("1 nama dicentang")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Ani Lumenta")).to_be_disabled()
    (event,) = page.evaluate(WAITING, BUDI)
    said = body_of(event)["context"]["roll_call"]
    assert said["assembly"] == str(UUID(int=15))
    assert UUID(bytes=urlsafe_b64decode(said["ticks"] + "==")) == UUID(ANI)


def test_another_persons_assembly_on_the_same_phone_is_not_shown(page: Page) -> None:
    page.evaluate(SIGNED_IN, [ANI, "Ani", ANIS_PHONE])
    page.evaluate(KEEP, [assembly(page), text_of(SECRET)])
    page.goto(f"{SITE}/absen/apel/pimpin/")
    expect(page.get_by_text("Tidak ada acara dalam 14 hari ke depan")).to_be_visible()
    expect(page.get_by_text("Apel Senin")).to_have_count(0)


def test_before_the_leaders_code_opens_it_is_not_shown(page: Page) -> None:
    page.evaluate(SIGNED_IN, [BUDI, "Budi", BUDIS_PHONE])
    later = (now_of(page) + timedelta(hours=2)).isoformat()
    page.evaluate(KEEP, [assembly(page, opens_at=later), text_of(SECRET)])
    page.goto(f"{SITE}/absen/apel/pimpin/")
    page.get_by_role("button", name="Buka").click()
    expect(page.get_by_text("Kode belum dibuka atau sudah ditutup")).to_be_visible()
    expect(page.locator("[data-code]")).to_be_hidden()


def test_an_office_screen_goes_on_without_session_and_network(page: Page) -> None:
    screen = {"name": "screen s1", "uid": "s1", "label": "Lobi", "unit": "Dinas Pendidikan", "fault": 0}
    page.evaluate(KEEP, [screen, text_of(SECRET)])
    page.goto(f"{SITE}/absen/layar/")
    shown = page.locator("[data-code]")
    expect(shown).not_to_be_empty()
    expect(page.get_by_text("Lobi, Dinas Pendidikan")).to_be_visible()
    assert fit_of([SECRET], shown.inner_text().replace(" ", ""), now_of(page)) is Fit.NOW
