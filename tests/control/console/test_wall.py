"""The wall: what is worst stands on top, and it asks the same for five hundred regions as for two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from control.console.figures import count_events
from control.console.models import RegionFigures
from control.incidents.leading import close_as_false_alarm
from control.regions.models import Region
from control.watch.models import SecurityEvent
from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope
from kernel.testing.queries import assert_query_count
from tests.control.incidents.hits import NOW, a_hit


@pytest.fixture(autouse=True)
def _at_ten(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield
    registry.forget()


@pytest.fixture
def console(operator: User, signed_in: Any) -> Client:
    client: Client = signed_in(operator, None)
    return client


def many_regions(count: int) -> None:
    """Regions that stand in the registry and have figures; the wall opens none of them."""
    with control_scope():
        made = Region.objects.bulk_create(
            Region(
                code=f"wilayah{number}",
                schema_name=f"r_wilayah{number}",
                kind="kota",
                name=f"Kota Contoh {number}",
                short_name=f"Contoh {number}",
                time_zone="Asia/Jakarta",
                status="active",
                measures={},
            )
            for number in range(count)
        )
        RegionFigures.objects.bulk_create(RegionFigures(region=region, figures={"users": 3}) for region in made)


def an_event(region: str, severity: int, hours_ago: int) -> None:
    at = NOW - timedelta(hours=hours_ago)
    SecurityEvent.objects.create(uid=new_uid(), at=at, name="honeypot_hit", severity=severity, region=region)


def rows(page: Any) -> dict[str, dict[str, Any]]:
    return {row["region"].code: row for row in page.context["rows"]}


def test_the_wall_asks_as_often_for_546_regions_as_for_two(console: Client) -> None:
    with control_scope():
        a_hit(severity="high")
    console.get("/")
    assert_query_count("console.wall", lambda: console.get("/"))
    many_regions(544)
    page = assert_query_count("console.wall", lambda: console.get("/"))
    assert len(page.context["rows"]) == 546


def test_the_region_with_the_worst_open_incident_is_on_top(console: Client) -> None:
    with control_scope():
        a_hit(severity="low")
        a_hit("hit-2", region="banjarmasin", severity="critical")
        a_hit("hit-3", region="banjarmasin", key="other", severity="low")
    page = console.get("/")
    assert [row["region"].code for row in page.context["rows"]][:2] == ["banjarmasin", "manado"]
    found = rows(page)["banjarmasin"]["incidents"]
    assert (found.count, found.worst.label) == (2, "Kritis")
    assert "2 terbuka" in page.content.decode()


def test_a_closed_incident_is_no_longer_counted(console: Client, operator: User) -> None:
    with control_scope():
        close_as_false_alarm(uid=a_hit().uid, reason="Razia.", actor=operator)
    assert rows(console.get("/"))["manado"]["incidents"] is None


def test_events_of_the_last_day_are_counted_by_region(console: Client) -> None:
    with control_scope():
        for region in Region.objects.all():
            RegionFigures.objects.create(region=region)
        for region, severity, hours_ago in (("manado", 1, 1), ("manado", 3, 23), ("manado", 4, 25), ("", 4, 1)):
            an_event(region, severity, hours_ago)
        count_events()
    found = rows(console.get("/"))
    assert (found["manado"]["events"], found["manado"]["severe"]) == ("2", 1)
    assert (found["banjarmasin"]["events"], found["banjarmasin"]["severe"]) == ("0", 0)


def test_what_the_scanners_have_not_come_to_has_a_column_of_its_own(console: Client) -> None:
    with control_scope():
        taken = {"scan_waiting": 3, "files_for_review": 0, "texts_waiting": 12, "punches_today": 7}
        RegionFigures.objects.create(region=Region.objects.get(code="manado"), figures=taken)
        RegionFigures.objects.create(region=Region.objects.get(code="banjarmasin"), figures={"scan_waiting": 0})
    page = console.get("/")
    assert rows(page)["manado"]["backlog"] == [
        ("Tulisan menunggu ditinjau", "12"),
        ("Berkas menunggu pemeriksaan", "3"),
    ]
    assert "Berkas menunggu pemeriksaan" not in [label for label, _number in rows(page)["manado"]["figures"]]
    assert rows(page)["banjarmasin"]["backlog"] == []
    assert "kosong" in page.content.decode()


def test_old_figures_are_said_to_be_old(console: Client) -> None:
    with control_scope():
        RegionFigures.objects.create(
            region=Region.objects.get(code="manado"), taken_at=clock.now() - timedelta(minutes=16)
        )
        RegionFigures.objects.create(region=Region.objects.get(code="banjarmasin"))
    found = rows(console.get("/"))
    assert found["manado"]["trouble"] == ["Angka sudah lama tidak diperbarui"]
    assert found["banjarmasin"]["trouble"] == []


def test_the_wall_renews_itself_as_a_part(console: Client) -> None:
    part = console.get("/", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div class="table-box" id="wall"')
    assert "<html" not in part
