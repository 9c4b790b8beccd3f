"""What phones and tablets reckon by themselves is what the server reckons."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Error, Page

from kernel.tenancy.context import region_scope
from kernel.tenancy.state import GOLDEN
from tenants.kiosks.codes import code_of
from tenants.kiosks.secrets import sealing_key, unseal
from tests.served_pages import SITE, browsing
from tests.tenants.kiosks.phones import Device, text_of

pytestmark = pytest.mark.e2e

SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browsing({"/": "<!doctype html><title>Kode</title>"}) as opened:
        opened.goto(f"{SITE}/")
        yield opened


def run(page: Page, module: str, call: str, *arguments: Any) -> Any:
    """What a function of one of our modules gives."""
    return page.evaluate(
        f"async (given) => {{ const m = await import('/static/kiosks/{module}.js'); return {call}; }}", list(arguments)
    )


@pytest.mark.parametrize("step", [0, 1, 59_833_730, 59_833_731])
def test_a_phone_shows_the_code_that_the_server_judges_by(page: Page, step: int) -> None:
    call = "await m.codeAt(await m.secretKey(given[0]), given[1])"
    assert run(page, "codes", call, text_of(SECRET), step * 30_000) == code_of(SECRET, step)
    assert run(page, "codes", call, text_of(SECRET), step * 30_000 + 29_999) == code_of(SECRET, step)


def test_the_secret_cannot_be_taken_out_of_the_browser_again(page: Page) -> None:
    with pytest.raises(Error, match="not extractable"):
        run(page, "codes", "await crypto.subtle.exportKey('raw', await m.secretKey(given[0]))", text_of(SECRET))


def punch(**more: Any) -> str:
    """The text of a punch as the outbox writes it, without a blank."""
    body = {
        "id": "019ab1c2-3d4e-7f60-8a9b-0c1d2e3f4a5b",
        "kind": "in",
        "captured_at": "2026-11-23T07:25:00.123Z",
        "mono_ms": 123456,
        "boot": "9f8e7d6c5b4a39281706f5e4",
        "mark": "1.manado.019ab1c23d4e7f608a9b0c1d2e3f4a5b.1795418700123.9f8e7d6c.Zm9vYmFyYmF6cXV4MTIzNA",
        "mark_mono_ms": 1234,
        "mark_boot": "9f8e7d6c5b4a39281706f5e4",
        "place": {
            "lat": "1.4748312",
            "lon": "124.8420571",
            "accuracy_m": 12,
            "taken_at": "2026-11-23T07:24:58.100Z",
        },
        "context": {"network": "offline", "schema": 1, "app_version": "2026.11"},
        "prev": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "device": "019ab1c2-0000-7000-8000-000000000001",
        "region": "manado",
        **more,
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


CARRIED = [
    punch(),
    punch(place=None, place_error="denied"),
    punch(context={"network": "offline", "schema": 1, "reason": "Hujan – sinyal hilang, 雨"}),
    punch(context={"roll_call": {"assembly": "019ab1c2-0000-7000-8000-00000000000f", "code": "12345678"}}),
    punch(mark="", mark_boot="", prev=""),
    # What the short form knows nothing of.
    '{"id":"x","note":"two\\nlines","runs":"AAAA-____AAAA____AAAA="}',
    "{}",
    '{\n\t"id": "x"\n}',
]


@pytest.mark.parametrize("body", CARRIED)
def test_a_carried_punch_comes_back_the_same_to_the_byte(page: Page, body: str) -> None:
    sig = Device.fresh().sign(body)
    event = {"body": body, "sig": sig}
    for call in ("m.read(m.toQr(given[0]))", "m.read('  ' + m.toText(given[0]) + '\\n')"):
        assert run(page, "carry", call, event) == event


@pytest.mark.parametrize("body", CARRIED[:5])
def test_a_carried_punch_is_well_under_a_kilobyte_and_its_qr_code_is_of_a_size_that_cameras_read(
    page: Page, body: str
) -> None:
    event = {"body": body, "sig": Device.fresh().sign(body)}
    text = run(page, "carry", "m.toText(given[0])", event)
    assert len(urlsafe_b64decode(text[5:] + "==")) < 600
    rows = page.evaluate(
        """async (event) => {
            const carry = await import("/static/kiosks/carry.js");
            const { qrRows } = await import("/static/kiosks/qr.js");
            return qrRows(carry.toQr(event), { level: "L" }).length;
        }""",
        event,
    )
    assert rows <= 17 + 4 * 16


@pytest.mark.parametrize("text", ["", "KDC1:", "KDC1.", "KDC1.AAAA", "KDC1:!!!", "https://contoh.test/", "KDP:x:y:1:z"])
def test_any_other_text_is_no_carried_punch(page: Page, text: str) -> None:
    with pytest.raises(Error, match="not a carried punch"):
        run(page, "carry", "m.read(given[0])", text)


def test_what_a_tablet_seals_only_the_server_opens(page: Page) -> None:
    about = f"{UUID(int=7)} 2026-11-23T07:25:00.123Z"
    # Only a name to derive from; nothing here asks the database.
    with region_scope(GOLDEN):
        sealed = run(
            page, "seal", "await m.seal(given[0], given[1], given[2])", "271828", about, text_of(sealing_key())
        )
        assert unseal(urlsafe_b64decode(sealed + "=="), about.encode()) == b"271828"
    assert "271828" not in sealed
