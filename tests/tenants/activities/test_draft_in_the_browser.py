"""The form in a real browser: minutes follow the norm, and what was not sent is still there after the page is lost.

With a server behind it: tests/e2e/test_activity_entry.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import expect

from kernel import clock
from tests.cast import Person
from tests.served_pages import SITE, browsing
from tests.tenants.activities.work import THURSDAY, make_kind, sent_form

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


def test_what_was_typed_is_kept_until_the_server_shows_it(
    ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    kind = make_kind(norm_minutes=30)
    client = signed_in(ani.user)
    first, second = (client.get(f"/aktivitas/baru/?jenis={kind.uid}") for _ in range(2))
    key = str(first.context["form"]["client_key"].value())
    assert key != str(second.context["form"]["client_key"].value())
    pages = {
        "/satu": first.content.decode(),
        "/dua": second.content.decode(),
        "/kosong": client.get("/aktivitas/?bulan=2026-10").content.decode(),
    }
    sent = sent_form(kind.uid, description="Isian yang terputus", volume="3", minutes="90", client_key=key)
    assert client.post("/aktivitas/baru/", sent).status_code == 302
    pages["/aktivitas/"] = client.get("/aktivitas/?bulan=2026-11").content.decode()
    with browsing(pages) as page:
        strip = page.locator("[data-outbox]")
        page.goto(f"{SITE}/satu")
        expect(strip).to_be_hidden()
        page.get_by_label("Jumlah hasil").fill("3")
        expect(page.get_by_label("Menit")).to_have_value("90")
        expect(page.get_by_text("Selesai pukul")).to_be_visible()
        page.get_by_label("Uraian").fill("Isian yang terputus")

        page.goto(f"{SITE}/kosong")
        expect(strip).to_contain_text("Isian yang terputus")
        expect(strip).to_contain_text("belum diajukan")
        page.goto(f"{SITE}/dua?isian={key}")
        expect(page.get_by_label("Uraian")).to_have_value("Isian yang terputus")
        expect(page.locator("[name=client_key]")).to_have_value(key)

        page.goto(f"{SITE}/aktivitas/")
        expect(strip).to_be_hidden()
        page.goto(f"{SITE}/kosong")
        expect(strip).to_be_hidden()
