"""The first page of a region."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.testing.queries import assert_query_count
from kernel.web import navigation
from tenants.attendance.actions import set_policy
from tenants.attendance.results import recompute_days
from tenants.oversight.actions import answer_finding
from tests.cast import Office, Person, make_opd
from tests.tenants.attendance.week import MONDAY, documented, lay_down_shift, on, punched
from tests.tenants.oversight.inspection import make_finding


@pytest.fixture(autouse=True)
def shift(office: Office) -> Any:
    return lay_down_shift(office)


def test_an_asn_finds_the_button_today_and_the_days_to_explain(ani: Person, signed_in: Any, manado_rules: Any) -> None:
    punched(ani.employee, MONDAY, "in", "08:05")
    tuesday = MONDAY + timedelta(days=1)
    with on(tuesday, "07:25"):
        page = signed_in(ani.user).get("/").content.decode()
    assert "Selamat pagi, Ani" in page
    assert 'button--hero" name="kind" value="in"' in page
    assert "jadwal 07.30–16.00" in page
    # 1 and 2 October without any punch, Monday without a check-out.
    assert "3 hari perlu keterangan" in page
    assert "?hari=2026-10-05" in page
    assert "Menit disetujui" in page


def test_an_absence_of_the_last_day_of_a_month_is_still_to_be_explained_on_the_next_one(
    ani: Person, with_role: Any, signed_in: Any, manado_rules: Any
) -> None:
    last = date(2026, 9, 30)
    asked: dict[str, Any] = {
        "corrections_per_month": None,
        "excuse_days": 3,
        "letter_from_days": {},
        "source": "Perwali 9",
    }
    set_policy(valid_from=date(2026, 1, 1), values=asked, actor=with_role("bkpsdm"))
    words = "30 Sep</a> (surat paling lambat 5 Okt)"
    with on(date(2026, 10, 5), "09:00"):
        recompute_days(first=last, end=last + timedelta(days=1), employee_ids=[ani.employee.pk])
        assert words in signed_in(ani.user).get("/").content.decode()
    with on(date(2026, 10, 6), "09:00"):
        assert "30 Sep" not in signed_in(ani.user).get("/").content.decode()


def test_the_time_of_day_is_the_regions(ani: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    for clock_time, words in (("10:59", "pagi"), ("11:00", "siang"), ("15:00", "sore"), ("18:00", "malam")):
        with on(MONDAY, clock_time):
            assert f"Selamat {words}" in client.get("/").content.decode()


def test_a_superior_sees_how_much_waits(ani: Person, budi: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "07:25"):
        form = {"kind": "S", "covers": "day", "first": "2026-10-05", "last": "2026-10-05"}
        assert client.post("/surat/baru/", form).status_code == 302
        assert "1 hal menunggu keputusan Anda" in signed_in(budi.user).get("/").content.decode()
        assert "menunggu keputusan" not in client.get("/").content.decode()


def test_a_pure_administrator_gets_figures_and_the_doors_of_the_console(
    ani: Person, with_role: Any, signed_in: Any
) -> None:
    page = signed_in(with_role("bkpsdm")).get("/").content.decode()
    assert "/kehadiran/saat-ini/" in page
    assert "dari 1 pegawai" in page
    assert "Belum pernah dijalankan" in page
    assert "button--hero" not in page


def test_the_menu_of_an_official_is_grouped_by_kinds_of_work_and_open_where_the_page_is(
    ani: Person, signed_in: Any, with_role: Any
) -> None:
    page = signed_in(with_role("bkpsdm")).get("/kehadiran/saat-ini/").content.decode()
    menu = page[page.index('id="menu"') : page.index("</nav>")]
    folds = re.findall(r"<details([^>]*)>\s*<summary>.*?</svg>([^<]+)<(.*?)</details>", menu, re.DOTALL)
    assert [name for attributes, name, _ in folds if " open" in attributes] == ["Kehadiran dan cuti"]
    inside = next(links for _, name, links in folds if name == "Kehadiran dan cuti")
    assert re.findall(r'aria-current="page">([^<]+)<', menu) == ["Kehadiran saat ini"]
    assert "Kehadiran saat ini" in inside
    assert "Mesin absen" not in inside
    assert "Mesin absen" in menu


def test_every_entry_of_the_officials_stands_in_a_group_or_at_the_top_on_purpose() -> None:
    assert {item.url_name for item in navigation.items("console") if not item.group} == {"home", "approvals-inbox"}


def test_an_operator_counts_the_own_opd_only(ani: Person, signed_in: Any, with_role: Any) -> None:
    punched(ani.employee, MONDAY, "in", "07:20")
    with on(MONDAY, "08:00"):
        own = signed_in(with_role("operator_opd", opd=make_opd("2.02", "Dinas Sosial"))).get("/").content.decode()
        all_of_them = signed_in(with_role("bkpsdm")).get("/").content.decode()
    assert "dari 0 pegawai" in own
    assert "dari 1 pegawai" in all_of_them
    assert "Perhitungan TPP" not in own


def test_somebody_without_a_role_is_told_what_is_missing(dedi: Person, signed_in: Any) -> None:
    page = signed_in(dedi.user).get("/").content.decode()
    assert "Akun Anda belum memiliki tugas" in page
    assert "button--hero" not in page


def test_nobody_is_sent_to_the_log_in_page(signed_in: Any) -> None:
    answer = signed_in(None).get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/masuk/")


def test_the_home_page_keeps_its_number_of_statements_with_a_full_month(
    ani: Person, signed_in: Any, manado_rules: Any
) -> None:
    for offset in range(15):
        punched(ani.employee, MONDAY + timedelta(days=offset), "in", "07:20")
    documented(ani.employee, "S", MONDAY + timedelta(days=20), MONDAY + timedelta(days=22))
    client = signed_in(ani.user)
    with on(MONDAY + timedelta(days=16), "07:25"):
        client.get("/")
        assert_query_count("reports.home", lambda: client.get("/"))


def test_who_has_a_finding_to_answer_is_led_to_it_until_it_is_answered(
    ani: Person, budi: Person, with_role: Any, signed_in: Any
) -> None:
    with on(MONDAY, "08:00"):
        finding = make_finding(ani.employee, with_role("inspektorat"))
        page = signed_in(ani.user).get("/").content.decode()
        assert "1 temuan menunggu jawaban" in page
        assert 'href="/temuan/saya/"' in page
        assert "menunggu jawaban" not in signed_in(budi.user).get("/").content.decode()
        answer_finding(uid=finding.uid, text="Bukti menyusul.", actor=ani.user)
        assert "menunggu jawaban" not in signed_in(ani.user).get("/").content.decode()
