"""Who is there at this moment: counts per OPD and unit, the people behind them, and a poll that costs little."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel.testing.queries import assert_query_count
from tenants.attendance.following import follow_punches
from tenants.attendance.live import counts_by_opd, counts_by_unit, people_of
from tenants.attendance.results import recompute_days
from tenants.calendars.models import PatternAssignment, WorkPattern
from tenants.calendars.patterns import ROTATION, Pattern, Version
from tenants.employees.models import Employee
from tenants.organisation.models import Position
from tenants.punches.models import PhoneKey
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.tenants.attendance.week import MONDAY, at, documented, on, punched
from tests.tenants.calendars.making import span, store, week

TUESDAY = MONDAY + timedelta(days=1)
PAGE = "/kehadiran/saat-ini/"


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: WorkPattern) -> None:
    follow_punches()


def compute() -> None:
    recompute_days(first=MONDAY, end=TUESDAY)


def states(office: Office) -> dict[str, str]:
    return {somebody.name: somebody.state for somebody in people_of(office.opd.pk).rows}


def works(person: Employee, hours: str) -> None:
    """The person alone works so every day."""
    pattern = store(week(f"p{person.pk}", dict.fromkeys(range(7), hours)))
    PatternAssignment.objects.create(employee=person, pattern=pattern, period=DateRange(MONDAY, None))


def elsewhere() -> Position:
    """A position of another OPD."""
    return make_position(make_opd("9.01", "Dinas Lain"), "9.01.1", "Staf")


def heard(person: Employee, clock_time: str) -> None:
    PhoneKey.objects.create(
        employee=person, public_key=str(person.pk), state="active", last_contact_at=at(MONDAY, clock_time)
    )


def test_everybody_is_in_one_of_the_states_by_what_is_known_now(office: Office) -> None:
    people = {name: make_employee(name, office.staff) for name in ("Ada", "Telat", "Lupa", "Hilang", "Sakit", "Dinas")}
    punched(people["Ada"], MONDAY, "in", "07:20")
    punched(people["Telat"], MONDAY, "in", "07:45")
    heard(people["Lupa"], "07:50")
    heard(people["Hilang"], "06:00")
    documented(people["Sakit"], "S", MONDAY, TUESDAY)
    documented(people["Dinas"], "TL", MONDAY, TUESDAY)
    with on(MONDAY, "08:00"):
        compute()
        assert {name: state for name, state in states(office).items() if name in people} == {
            "Ada": "in",
            "Telat": "late",
            "Lupa": "missing",
            "Hilang": "unknown",
            "Sakit": "leave",
            "Dinas": "duty",
        }
    with on(MONDAY, "07:00"):
        assert states(office)["Lupa"] == "coming"
    with on(MONDAY, "08:10"):
        punched(people["Lupa"], MONDAY, "in", "08:09")
        follow_punches()
        assert states(office)["Lupa"] == "late"


def test_who_is_ill_or_away_is_not_on_call(office: Office) -> None:
    every_day = Version((span("14.00-21.00", "OC", on_call=True),), (("OC",),))
    pattern = store(Pattern("siaga", "Siaga", (every_day,), ROTATION, MONDAY))
    people = {name: make_employee(name, office.staff) for name in ("Siaga", "Sakit", "Dinas")}
    for person in people.values():
        PatternAssignment.objects.create(employee=person, pattern=pattern, period=DateRange(MONDAY, None))
    documented(people["Sakit"], "S", MONDAY, TUESDAY)
    documented(people["Dinas"], "TL", MONDAY, TUESDAY)
    with on(MONDAY, "08:00"):
        compute()
        found = states(office)
    assert [found[name] for name in people] == ["oncall", "leave", "duty"]


def test_a_letter_is_named_in_the_words_of_the_rules(office: Office, signed_in: Any, with_role: Any) -> None:
    documented(make_employee("Wulan", office.staff), "S", MONDAY, TUESDAY)
    with on(MONDAY, "08:00"):
        compute()
        page = signed_in(with_role("bkpsdm")).get(f"{PAGE}?opd={office.opd.uid}").content.decode()
    assert ">Sakit (S)</span>" in page


def test_a_night_shift_is_counted_until_it_ends(office: Office) -> None:
    guard = make_employee("Satpam", office.staff)
    works(guard, "21.00-07.00")
    punched(guard, MONDAY, "in", "20:50")
    with on(TUESDAY, "05:00"):
        recompute_days(first=MONDAY, end=TUESDAY + timedelta(days=1))
        assert states(office)["Satpam"] == "in"
    with on(TUESDAY, "08:00"):
        assert states(office)["Satpam"] == "coming"


def test_the_counts_of_places_add_up_and_read_no_person(office: Office) -> None:
    ada = make_employee("Ada", office.staff)
    make_employee("Lain", elsewhere())
    punched(ada, MONDAY, "in", "07:20")
    with on(MONDAY, "08:00"):
        compute()
        with CaptureQueriesContext(connection) as captured:
            places = {place.name: place.counts for place in counts_by_opd(None)}
        assert len(captured) == 1
        assert places["Dinas Lain"] == {"unknown": 1}
        assert places[office.opd.name]["in"] == 1
        units = counts_by_unit(office.opd.pk)
        assert sum(place.total for place in units) == sum(places[office.opd.name].values())
        assert [place.name for place in counts_by_opd([office.opd.pk])] == [office.opd.name]


def test_a_poll_that_knows_the_newest_version_gets_nothing_and_counts_nothing(
    ani: Person, signed_in: Any, with_role: Any
) -> None:
    client = signed_in(with_role("bkpsdm"))
    htmx = {"HX-Request": "true"}
    with on(MONDAY, "07:40"):
        compute()
        page = client.get(PAGE).content.decode()
        found = re.search(r'hx-get="([^"]*versi=[^"]*)"', page)
        assert found is not None
        poll = found.group(1).replace("&amp;", "&")
        answer = assert_query_count("attendance.live.same", lambda: client.get(poll, headers=htmx))
        assert (answer.status_code, answer.content) == (204, b"")
        punched(ani.employee, MONDAY, "in", "07:39")
        follow_punches()
        assert client.get(poll, headers=htmx).status_code == 200
    with on(MONDAY, "07:41"):
        assert client.get(poll, headers=htmx).status_code == 200, "people turn late by time alone"


def test_the_page_leads_from_the_opds_to_units_states_and_people(
    ani: Person, office: Office, signed_in: Any, with_role: Any
) -> None:
    make_employee("Lain", elsewhere())
    for number in range(30):
        punched(make_employee(f"Orang {number:02d}", office.staff), MONDAY, "in", "07:20")
    client = signed_in(with_role("bkpsdm"))
    with on(MONDAY, "08:00"):
        compute()
        top = assert_query_count("attendance.live.opds", lambda: client.get(PAGE)).content.decode()
        assert "Dinas Lain" in top
        assert office.opd.name in top
        assert "Orang 00" not in top
        address = f"{PAGE}?opd={office.opd.uid}&keadaan=in"
        page = assert_query_count("attendance.live.people", lambda: client.get(address)).content.decode()
        assert "Orang 00" in page
        assert "Orang 24" in page
        assert "Orang 25" not in page
        last = Employee.objects.get(name="Orang 24")
        assert "Orang 25" in client.get(f"{address}&setelah={last.uid}").content.decode()
        assert "Orang 00" not in client.get(f"{PAGE}?opd={office.opd.uid}&keadaan=late").content.decode()
        assert client.get(f"{PAGE}?opd=x").status_code == 400


def test_an_operator_sees_the_own_opd_only(office: Office, signed_in: Any, with_role: Any) -> None:
    there = elsewhere()
    make_employee("Lain", there)
    make_employee("Ada", office.staff)
    client = signed_in(with_role("operator_opd", opd=office.opd))
    with on(MONDAY, "08:00"):
        compute()
        page = client.get(f"{PAGE}?opd={there.unit.uid}").content.decode()
    assert "Ada" in page
    assert "Lain" not in page
