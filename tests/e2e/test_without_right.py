"""Who has no right, brings what is wrong, or does it twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import PHONE, Visitor
from tests.e2e.the_month import ANI, BUDI, PASSWORD, REGION, Month, nip_of

OTHER = "ujilain"


@pytest.fixture(scope="module")
def other_region(month: Month) -> str:
    """A second region on the same platform."""
    month.live.manage(
        *("provision_region", OTHER, "--kind", "kota", "--name", "Kota Lain", "--short-name", "Lain"),
        *("--zone", "wita", "--admin-nip", "198001012005011009", "--admin-name", "Admin Lain"),
    )
    return OTHER


def logged(month: Month) -> list[dict[str, Any]]:
    """What the web server wrote, one event a line."""
    lines = (month.live.directory / "logs" / "web.log").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def path_of(visitor: Visitor) -> str:
    return urlsplit(visitor.page.url).path


def test_a_session_of_another_region_ends_at_the_log_in_page_and_is_reported(
    month: Month, visit: Callable[..., Visitor], other_region: str
) -> None:
    ani = visit("ani")
    ani.log_in(nip_of(ANI), PASSWORD.format("ani"))
    session = next(cookie for cookie in ani.context.cookies() if cookie["name"] == "sessionid")
    stranger = visit("stranger", region=other_region)
    stranger.context.add_cookies(
        [{"name": "sessionid", "value": session["value"], "url": month.live.address(other_region)}]
    )
    for path in ("/", "/tpp/", urlsplit(month.notes["slip"]).path):
        stranger.open(path)
        assert path_of(stranger) == "/masuk/"
        assert "Ani" not in stranger.text()
    events = [event for event in logged(month) if event.get("region") == other_region]
    assert any("foreign" in event["event"] for event in events), events
    assert nip_of(ANI) not in (month.live.directory / "logs" / "web.log").read_text()


def test_a_host_without_a_region_is_a_plain_page(visit: Callable[..., Visitor]) -> None:
    nobody = visit("nobody", region="tidakada")
    with nobody.allow_errors("404"):
        nobody.open("/", status=404)
    nobody.look("unknown host")


def test_the_slip_of_a_stranger_is_not_found(month: Month, visit: Callable[..., Visitor]) -> None:
    ani = visit("ani")
    ani.log_in(nip_of(ANI), PASSWORD.format("ani"))
    slips = "SELECT s.uid, s.net FROM tpp_slip s JOIN employees_employee e ON e.id = s.employee_id WHERE e.nip = '{}'"
    [(uid, net), *_others] = month.rows(slips.format(nip_of(BUDI)))
    slip, amount = f"/tpp/slip/{uid}/", f"{net:,.0f}".replace(",", ".")
    with ani.allow_errors("404"):
        for path in (slip, f"{slip}cetak/", f"{slip}slip.pdf"):
            ani.open(path, status=404)
            assert amount not in ani.text()
    ani.look("not found")


def test_the_pages_of_officials_are_closed_to_an_employee(month: Month, visit: Callable[..., Visitor]) -> None:
    ani = visit("ani", size=PHONE)
    ani.log_in(nip_of(ANI), PASSWORD.format("ani"))
    with ani.allow_errors("403"):
        for path in (
            "/tpp/perhitungan/",
            "/pegawai/",
            "/akun/",
            f"/tpp/kunci/{month.before:%Y-%m}/",
            "/kalender/pola/baru/",
        ):
            ani.open(path, status=403)
    ani.look("not allowed")


def test_a_form_posted_twice_is_one_activity(month: Month, visit: Callable[..., Visitor]) -> None:
    ani = visit("ani")
    ani.log_in(nip_of(ANI), PASSWORD.format("ani"))
    page = ani.open(f"/aktivitas/baru/?tanggal={month.workday:%Y-%m-%d}&cari=notula")
    page.get_by_role("link", name="Membuat notula rapat").last.click()
    page.get_by_label("Uraian").fill("Notula dikirim dua kali")
    page.get_by_label("Mulai pukul").fill("11:00")
    statuses = page.evaluate(
        """async () => {
            const form = document.querySelector("form[data-draft]");
            const body = new FormData(form, form.querySelector("[name=langkah][value=draf]"));
            const send = () => fetch(location.href, {method: "POST", body}).then((answer) => answer.status);
            return Promise.all([send(), send(), send()]);
        }"""
    )
    assert statuses == [200, 200, 200]
    assert month.count("activities_activity", "description = 'Notula dikirim dua kali'") == 1


def test_the_wrong_file_is_refused_beside_its_field(
    month: Month, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    admin = month.visitor("admin")
    page = admin.open("/pegawai/impor/")
    wrong = tmp_path / "pegawai.xlsx"
    wrong.write_bytes(b"MZ this is no workbook")
    page.get_by_label("Berkas XLSX").set_input_files(wrong)
    with admin.allow_errors("422"):
        page.get_by_role("button", name="Periksa berkas").click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Berkas XLSX")).to_have_attribute("aria-invalid", "true")


def test_the_back_button_shows_nothing_after_logging_out(month: Month, visit: Callable[..., Visitor]) -> None:
    ani = visit("ani", size=PHONE)
    ani.log_in(nip_of(ANI), PASSWORD.format("ani"))
    page = ani.open(urlsplit(month.notes["slip"]).path)
    page.locator("details[data-menu] > summary").click()
    page.get_by_role("button", name="Keluar").or_(page.get_by_role("link", name="Keluar")).first.click()
    if path_of(ani) == "/keluar/":
        page.locator("main").get_by_role("button", name="Keluar").click()
    expect(page).to_have_url(re.compile("/masuk/"))
    for _ in range(3):
        page.go_back()
        assert "Rp" not in ani.text()
        assert nip_of(ANI) not in ani.text()
    assert REGION in page.url
