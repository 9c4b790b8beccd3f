"""The region's name is blocked, or its pages are led to the continuity kit: punching goes on (M5, fallback mode)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Playwright, expect

from kernel.tenancy.registry import HEARD_AFTER_SECONDS
from tests.cast import PASSWORD
from tests.e2e.browsing import PHONE, Findings, Visitor
from tests.e2e.handset import Handset, expect_count, tap
from tests.e2e.live import Live
from tests.e2e.small_office import BLOCKED, NEIGHBOUR, NIPS, OPERATOR_NIP, OTHER_NAME, ZONE
from tests.e2e.the_month import enter_by_code

OPERATOR = "piket@platform.test"
REASON = "Pusat data diserang sejak pukul 06.00"


@pytest.fixture(scope="module")
def regions(live: Live) -> Live:
    live.manage("shell", "--no-imports", "-c", "from tests.e2e.small_office import set_up_two; set_up_two()")
    return live


@pytest.fixture
def phone(regions: Live, playwright: Playwright, tmp_path: Path) -> Iterator[Handset]:
    today = datetime.now(ZoneInfo(ZONE)).date()
    monday = today + timedelta(days=7 - today.weekday())
    morning = datetime.combine(monday, time(7, 20), tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    handset = Handset(playwright, regions, BLOCKED, tmp_path / "profile", morning)
    yield handset
    handset.end()


@pytest.fixture
def visitor(regions: Live, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visitor("name", region)`: somebody with a browser. What they find fails the test."""
    findings = Findings()
    made: list[Visitor] = []

    def make(name: str, region: str | None, **more: Any) -> Visitor:
        made.append(Visitor(regions, browser, findings, region, more.get("size", PHONE), name))
        return made[-1]

    yield make
    for each in made:
        each.close()
    assert findings.all() == [], "\n".join(findings.all())


def stored(live: Live) -> list[tuple[int, str]]:
    """Receipt and kind of every punch of the region, in their order."""
    with live.sql(BLOCKED) as cursor:
        return cursor.execute("SELECT receipt, kind FROM punches_punch ORDER BY receipt").fetchall()


def test_what_waits_goes_out_by_the_second_name_when_the_first_one_is_blocked(phone: Handset, regions: Live) -> None:
    earlier = stored(regions)
    page = phone.log_in(NIPS[0], PASSWORD)
    phone.cut()
    phone.wait(timedelta(minutes=5))
    tap(page)
    expect_count(page, "saved", 1)
    assert stored(regions) == earlier
    # The network is back, but the provider refuses the region's name.
    phone.gate.blocked.add(f"{BLOCKED}.localhost")
    phone.restore()
    expect_count(page, "accepted", 1)
    [(receipt, kind)] = stored(regions)[len(earlier) :]
    assert kind == "in"
    expect(page.locator("[data-rows] li").first).to_contain_text(f"bukti nomor {receipt}")

    # Opened anew the app comes from the phone, says where the pages are, and sends all the same.
    page.close()
    phone.wait(timedelta(hours=9))
    page = phone.open()
    expect(page.get_by_text("Halaman ini terbuka dari HP")).to_be_visible()
    tap(page)
    expect_count(page, "accepted", 2)
    assert [kind for _receipt, kind in stored(regions)[len(earlier) :]] == ["in", "out"]
    elsewhere = page.get_by_role("link", name=f"{OTHER_NAME}:{phone.gate.port}")
    expect(page.get_by_text("Bila alamat ini diblokir, buka:")).to_be_visible()
    elsewhere.click()
    expect(page.get_by_label("NIP")).to_be_visible()
    assert page.url.startswith(f"http://{OTHER_NAME}:")


def test_an_operator_leads_a_region_to_its_kit_and_back_and_the_next_one_notices_nothing(
    regions: Live, visitor: Callable[..., Visitor]
) -> None:
    said = regions.manage("create_operator", OPERATOR, "--name", "Operator Piket")
    operator = visitor("operator", None)
    enter_by_code(operator, OPERATOR, said.split()[-1], "Perahu-kayu-menepi-7")
    person, clerk, neighbour = (visitor(*who) for who in (("ani", BLOCKED), ("clerk", BLOCKED), ("eka", NEIGHBOUR)))
    person.log_in(NIPS[1], PASSWORD)
    clerk.log_in(OPERATOR_NIP, PASSWORD)
    neighbour.log_in(NIPS[1], PASSWORD)
    person.open("/aktivitas/")

    operator.open(f"/wilayah/{BLOCKED}/")
    operator.look("console, a region with another name")
    lead_away(operator)
    operator.look("console, a region in the fallback mode")

    # Who asks for any page is led to what works, and punches as ever.
    page = person.open("/aktivitas/")
    expect(page).to_have_url(re.compile("/darurat/$"))
    expect(page.get_by_text(REASON)).to_be_visible()
    person.look("fallback mode")
    before = len(stored(regions))
    page.get_by_role("link", name="Buka halaman absen").click()
    tap(page)
    expect_count(page, "accepted", 1)
    assert len(stored(regions)) == before + 1

    page = clerk.open("/")
    expect(page).to_have_url(re.compile("/darurat/$"))
    clerk.look("fallback mode, who takes the kit")
    page.get_by_role("link", name="Paket cadangan").click()
    page.get_by_role("button", name="Buat sekarang").click()
    expect(page.get_by_text("Paket Dinas Perhubungan dibuat")).to_be_visible()
    clerk.look("kits in the fallback mode")
    clerk.open("/darurat/").get_by_role("link", name="Masukkan isian absen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("isian absen")
    clerk.look("bringing a sheet in")

    expect(neighbour.open("/aktivitas/")).to_have_url(re.compile("/aktivitas/$"))

    lead_back(operator)
    expect(person.open("/aktivitas/")).to_have_url(re.compile("/aktivitas/$"))
    expect(clerk.open("/darurat/")).not_to_have_url(re.compile("/darurat/"))


def lead_away(operator: Visitor) -> None:
    """Impose the fallback mode on the region's page, with its preview."""
    page = operator.open(f"/wilayah/{BLOCKED}/")
    page.get_by_role("link", name="Buka pengendalian").click()
    page.get_by_role("link", name=re.compile("Pratinjau.*Mode cadangan")).click()
    expect(page.get_by_text("0 di wilayah lain")).to_be_visible()
    page.get_by_label("Alasan").fill(REASON)
    operator.look("imposing a measure")
    page.get_by_role("button", name="Pasang sekarang").click()
    expect(page.get_by_text("Mode cadangan dipasang di Kota Pesisir")).to_be_visible()
    operator.look("containment of a region")
    # By then the other web process has heard of it.
    page.wait_for_timeout(1000 * HEARD_AFTER_SECONDS)


def lead_back(operator: Visitor) -> None:
    """Lift it."""
    page = operator.open(f"/wilayah/{BLOCKED}/pengendalian/")
    page.get_by_role("button", name="Akhiri mode cadangan").click()
    expect(page.get_by_text("Mode cadangan di Kota Pesisir dicabut")).to_be_visible()
    page.wait_for_timeout(1000 * HEARD_AFTER_SECONDS)
