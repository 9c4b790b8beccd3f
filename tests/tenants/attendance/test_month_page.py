"""The calendar of a month, one's own and other people's, and the board of a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kernel.testing.queries import assert_query_count
from tenants.attendance.models import DayResult
from tenants.calendars.models import WorkPattern
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.tenants.attendance.week import MONDAY, documented, on, punched

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: WorkPattern) -> None:
    return None


def test_a_day_shows_facts_result_and_reason_with_minutes(ani: Person, signed_in: Any) -> None:
    punched(ani.employee, MONDAY, "in", "08:01")
    punched(ani.employee, MONDAY, "out", "16:02")
    with on(TUESDAY, "09:00"):
        page = signed_in(ani.user).get("/kehadiran/?hari=2026-10-05").content.decode()
    assert "Senin, 5 Oktober 2026" in page
    assert "Hadir dengan catatan" in page
    assert "08.01\N{NO-BREAK SPACE}WITA" in page
    assert "Terlambat 31 sampai 60 menit (TMK2)" in page
    assert "31 menit" in page
    assert not DayResult.objects.exists(), "a page that is read writes nothing"


def test_htmx_gets_the_month_alone_and_others_the_page(ani: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    with on(TUESDAY, "09:00"):
        part = client.get("/kehadiran/?hari=2026-10-05", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="split" id="bulan">')
    assert "<html" not in part


def test_an_undecided_letter_makes_the_day_provisional(ani: Person, signed_in: Any) -> None:
    documented(ani.employee, "S", MONDAY, TUESDAY, state="submitted")
    with on(TUESDAY, "09:00"):
        page = signed_in(ani.user).get("/kehadiran/?hari=2026-10-05").content.decode()
    assert "Hasil sementara" in page
    assert "month__day--draft" in page


@pytest.mark.parametrize("query", ["?hari=2026-13-01", "?hari=x", "?bulan=2026-1", "?bulan=9999-01"])
def test_an_address_that_is_no_day_is_a_bad_request(ani: Person, signed_in: Any, query: str) -> None:
    assert signed_in(ani.user).get(f"/kehadiran/{query}").status_code == 400


def test_the_superior_and_the_office_may_look_and_a_stranger_finds_nothing(
    ani: Person, budi: Person, citra: Person, office: Office, signed_in: Any, with_role: Any
) -> None:
    address = f"/kehadiran/pegawai/{ani.employee.uid}/"
    other_opd = make_opd("2.02", "Dinas Sosial")
    assert signed_in(ani.user).get(address).status_code == 200
    assert signed_in(budi.user).get(address).status_code == 200
    assert signed_in(with_role("bkpsdm")).get(address).status_code == 200
    assert signed_in(with_role("operator_opd", opd=office.opd)).get(address).status_code == 200
    assert signed_in(with_role("operator_opd", opd=other_opd)).get(address).status_code == 404
    assert signed_in(citra.user).get(address).status_code == 404


def test_a_superior_sees_direct_staff_only(ani: Person, budi: Person, citra: Person, signed_in: Any) -> None:
    page = signed_in(budi.user).get("/kehadiran/bawahan/").content.decode()
    assert ">Ani</a>" in page
    assert ">Citra</a>" not in page


def test_the_board_counts_who_came_and_who_did_not(
    ani: Person, budi: Person, citra: Person, signed_in: Any, with_role: Any
) -> None:
    punched(ani.employee, MONDAY, "in", "07:20")
    documented(budi.employee, "S", MONDAY, TUESDAY)
    client = signed_in(with_role("bkpsdm"))
    with on(MONDAY, "09:00"):
        everybody = client.get("/kehadiran/unit/").content.decode()
        missing = client.get("/kehadiran/unit/?keadaan=belum").content.decode()
    assert "07.20" in everybody
    # The rule set's words, not its codes.
    assert ">Sakit (S)</span>" in everybody
    assert ">Citra</a>" in missing
    assert ">Ani</a>" not in missing
    assert ">Budi</a>" not in missing


def test_an_operator_of_another_opd_sees_that_opd_only(ani: Person, signed_in: Any, with_role: Any) -> None:
    other = make_opd("2.02", "Dinas Sosial")
    make_employee("Fitri", make_position(other, "S-1", "Pekerja Sosial"), nip="199001012015012901")
    page = signed_in(with_role("operator_opd", opd=other)).get("/kehadiran/unit/").content.decode()
    assert ">Fitri</a>" in page
    assert ">Ani</a>" not in page


def test_the_board_pages_through_everybody_once(office: Office, signed_in: Any, with_role: Any) -> None:
    names = {f"Pegawai {number:03d}" for number in range(60)}
    for number, name in enumerate(sorted(names)):
        make_employee(name, office.staff, nip=f"19850505201001{number:04d}")
    client = signed_in(with_role("bkpsdm"))
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = client.get("/kehadiran/unit/", {"setelah": cursor} if cursor else {})
        seen += [entry.employee.name for entry in page.context["page"].rows]
        cursor = page.context["page"].next
    assert cursor == ""
    assert sorted(seen) == sorted(names)


def test_the_board_keeps_its_number_of_statements(office: Office, signed_in: Any, with_role: Any) -> None:
    client = signed_in(with_role("bkpsdm"))
    for number in range(20):
        employee = make_employee(f"A {number}", office.staff, nip=f"19850505201001{number:04d}")
        punched(employee, MONDAY, "in", "07:20")
    with on(MONDAY, "09:00"):
        client.get("/kehadiran/unit/")
        assert_query_count("attendance.unit", lambda: client.get("/kehadiran/unit/"))
        for number in range(20, 200):
            make_employee(f"A {number}", office.staff, nip=f"19850505201001{number:04d}")
        assert_query_count("attendance.unit", lambda: client.get("/kehadiran/unit/"))


def test_the_month_keeps_its_number_of_statements(ani: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    for offset in range(10):
        punched(ani.employee, MONDAY + timedelta(days=offset), "in", "07:20")
    with on(MONDAY + timedelta(days=12), "09:00"):
        client.get("/kehadiran/")
        assert_query_count("attendance.month", lambda: client.get("/kehadiran/"))
