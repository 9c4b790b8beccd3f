"""Visits to all regions on one list: who, where, why, when, for how long, and what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from control.breakglass.actions import end_visit, open_visit
from control.console.visits import Line
from control.watch.models import SecurityEvent
from kernel import clock
from kernel.accounts.models import User
from kernel.guests import actions as guests
from kernel.guests.models import Visit
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.registry import region_by_code
from kernel.testing.queries import assert_query_count
from tests.cast import Office
from tests.control.incidents.hits import NOW

SignedIn = Callable[..., Client]
PATH = "/kunjungan/"


@pytest.fixture(autouse=True)
def _at_ten(db: None, office: Office) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def console(operator: User, signed_in: SignedIn) -> Client:
    return signed_in(operator, None)


def a_visit(operator: User, region: str = "manado", reason: str = "Insiden judi di catatan", **more: Any) -> Visit:
    with control_scope():
        said: dict[str, Any] = {"role": "diskominfo", "minutes": 30, "key": new_uid(), **more}
        return open_visit(region=region, reason=reason, actor=operator, **said)


def asked_for(visit: Visit, route: str, status: int = 200, region: str = "manado") -> None:
    """A request of the visit, as its event stands on the operators' side."""
    with control_scope():
        SecurityEvent.objects.create(
            uid=new_uid(),
            at=clock.now(),
            name="breakglass_request",
            severity=1,
            region=region,
            subject=str(visit.uid),
            route=route,
            facts={"method": "GET", "status": status},
        )


def rows(console: Client, query: str = "") -> list[Line]:
    page = console.get(PATH + query)
    assert page.status_code == 200
    found: list[Line] = page.context["rows"]
    return found


def test_visits_to_all_regions_stand_on_one_list_newest_first(console: Client, operator: User) -> None:
    a_visit(operator)
    with clock.at(NOW + timedelta(minutes=5)):
        a_visit(operator, "banjarmasin", "Halaman disusupi", minutes=15, role="inspektorat")
        page = console.get(PATH).content.decode()
    assert page.index("Halaman disusupi") < page.index("Insiden judi di catatan")
    for words in ("Kota Banjarmasin", "Kota Manado", "sebagai Inspektorat", "Sedang berlangsung"):
        assert words in page


def test_the_list_says_how_long_a_visit_lasted_and_who_ended_it(console: Client, operator: User) -> None:
    with clock.at(NOW - timedelta(hours=2)):
        visit = a_visit(operator)
    with clock.at(NOW - timedelta(minutes=108)), control_scope():
        end_visit(region="manado", uid=visit.uid, actor=operator)
    (line,) = rows(console)
    assert (line.lasted, line.ended_by, line.is_running) == ("12 menit", operator.display_name, False)


def test_a_visit_that_nobody_ended_lasts_until_its_time(console: Client, operator: User) -> None:
    with clock.at(NOW - timedelta(minutes=29)):
        a_visit(operator)
    (line,) = rows(console)
    assert (line.lasted, line.is_running) == ("29 menit", True)
    with clock.at(NOW + timedelta(minutes=2)):
        assert (line.lasted, line.is_running) == ("30 menit", False)
        assert "sampai waktunya habis" in console.get(PATH).content.decode()


def test_what_a_region_ends_is_known_by_its_event(console: Client, operator: User) -> None:
    visit = a_visit(operator)
    with control_scope():
        SecurityEvent.objects.create(
            uid=new_uid(),
            at=NOW + timedelta(minutes=3),
            name="breakglass_closed",
            severity=2,
            region="manado",
            subject=str(visit.uid),
            facts={"end": "region"},
        )
    with clock.at(NOW + timedelta(minutes=10)):
        (line,) = rows(console)
    assert (line.lasted, line.ended_by) == ("3 menit", "diakhiri wilayah")


def test_the_list_says_what_was_asked_for_and_what_was_refused(console: Client, operator: User) -> None:
    visit, other = a_visit(operator), a_visit(operator, "banjarmasin")
    for route, status in (
        ("audit-events", 200),
        ("audit-events", 200),
        ("security-home", 200),
        ("activities-new", 403),
    ):
        asked_for(visit, route, status)
    found = {line.visit: (line.asked, line.places, line.refused) for line in rows(console)}
    assert found == {str(visit.uid): (4, 2, 1), str(other.uid): (0, 0, 0)}
    page = console.get(PATH).content.decode()
    assert "4 permintaan, 2 halaman berbeda" in page
    assert "1 ditolak" in page
    assert "belum ada yang dibuka" in page


def test_what_is_older_than_the_events_are_kept_is_not_said_to_be_nothing(console: Client, operator: User) -> None:
    with clock.at(NOW - timedelta(days=181)):
        a_visit(operator)
    assert [line.asked for line in rows(console)] == [None]
    assert "lihat catatan wilayah" in console.get(PATH).content.decode()


def test_a_real_visit_comes_to_the_list_by_itself(
    console: Client, operator: User, taken_in: Callable[[], object]
) -> None:
    visit = a_visit(operator)
    with region_scope(region_by_code("manado")):
        guests.end_visit(uid=visit.uid, end=Visit.End.REGION, actor=guests.operator_of(visit))
        taken_in()
    assert [line.ended_by for line in rows(console)] == ["diakhiri wilayah"]


def test_the_list_is_narrowed_to_a_region(console: Client, operator: User) -> None:
    a_visit(operator)
    a_visit(operator, "banjarmasin")
    assert [line.region_name for line in rows(console, "?wilayah=manado")] == ["Kota Manado"]


def test_an_empty_list_says_how_a_visit_begins(console: Client) -> None:
    assert "Belum ada kunjungan" in console.get(PATH).content.decode()


def test_the_list_is_paged_and_asks_as_often_for_many_visits_as_for_one(console: Client, operator: User) -> None:
    with clock.at(NOW - timedelta(hours=40)):
        a_visit(operator)
    console.get(PATH)
    assert_query_count("console.visits", lambda: console.get(PATH))
    for place in range(30):
        with clock.at(NOW - timedelta(hours=30 - place)):
            a_visit(operator)
    page = assert_query_count("console.visits", lambda: console.get(PATH))
    assert len(page.context["rows"]) == 25
    assert len(rows(console, f"?setelah={page.context['page'].next}")) == 6
