"""An operator looks at a region as a guest: timed, recorded, seen and ended by the region."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.files import access
from kernel.files.actions import store_made
from kernel.files.models import StoredFile
from kernel.guests.actions import guest_of, link_token
from kernel.guests.models import Visit, VisitedRequest
from kernel.ids import new_uid
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.state import RegionState
from kernel.usage import count_here
from tenants.employees.models import Employee
from tenants.kiosks.models import Screen
from tests.cast import Office, Person, make_user

SignedIn = Callable[..., Client]
ASK = {"reason": "Insiden judi di catatan", "minutes": "15", "role": "diskominfo"}


def opened(client: Client, **more: Any) -> Any:
    """Ask for a visit to Manado; the page with the way in."""
    answer = client.post("/wilayah/manado/kunjungan/", {**ASK, "key": str(new_uid()), **more})
    assert answer.status_code == 302, answer.context["form"].errors
    return client.get(answer["Location"])


def entered(page: Any, signed_in: SignedIn) -> Client:
    """A browser that followed the link of the page."""
    browser = signed_in(None)
    way_in = urlsplit(page.context["way_in"])
    assert way_in.hostname == "manado.localhost"
    answer = browser.get(f"{way_in.path}?{way_in.query}")
    assert answer.status_code == 302
    return browser


def the_visit() -> Visit:
    with region_scope(registry.region_by_code("manado")):
        return Visit.objects.get()


@pytest.fixture
def guest(operator: User, office: Office, signed_in: SignedIn) -> Client:
    """An operator's browser inside Manado."""
    return entered(opened(signed_in(operator, None)), signed_in)


def test_an_operator_comes_in_with_a_reason_and_sees_what_the_role_sees(guest: Client) -> None:
    page = guest.get("/keamanan/")
    assert page.status_code == 200
    assert "Kunjungan operator sampai" in page.content.decode()
    assert guest.get("/pengawasan/").status_code == 403


def test_without_a_reason_nobody_comes_in(operator: User, office: Office, signed_in: SignedIn) -> None:
    answer = signed_in(operator, None).post("/wilayah/manado/kunjungan/", {**ASK, "reason": " ", "key": str(new_uid())})
    assert answer.status_code == 422
    assert not Visit.objects.exists()


@pytest.mark.parametrize(("minutes", "role"), [("14", "diskominfo"), ("61", "diskominfo"), ("15", "asn")])
def test_no_longer_and_no_closer_than_is_offered(
    operator: User, office: Office, signed_in: SignedIn, minutes: str, role: str
) -> None:
    form = {**ASK, "minutes": minutes, "role": role, "key": str(new_uid())}
    assert signed_in(operator, None).post("/wilayah/manado/kunjungan/", form).status_code == 422
    assert not Visit.objects.exists()


def test_every_request_is_recorded_and_the_region_sees_it_while_it_happens(
    guest: Client, ani: Person, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    admin = signed_in(with_role("diskominfo"))
    guest.get("/jejak/")
    guest.get(f"/pegawai/{ani.employee.uid}/")
    guest.post("/aktivitas/baru/", {})
    assert [(row.method, row.path, row.status, row.subject) for row in VisitedRequest.objects.all()] == [
        ("GET", "/jejak/", 200, ""),
        (
            "GET",
            f"/pegawai/{ani.employee.uid}/",
            guest.get(f"/pegawai/{ani.employee.uid}/").status_code,
            str(ani.employee.uid),
        ),
        ("POST", "/aktivitas/baru/", 403, ""),
    ]
    page = admin.get(f"/keamanan/kunjungan/{the_visit().uid}/").content.decode()
    assert "/aktivitas/baru/" in page
    assert "Insiden judi di catatan" in page
    assert "every 5s" in page


def test_officials_of_the_region_are_told_on_every_page_while_an_operator_is_there(
    operator: User,
    office: Office,
    with_role: Callable[..., User],
    signed_in: SignedIn,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    admin, other = signed_in(with_role("diskominfo")), signed_in(with_role("bkpsdm"))
    with django_capture_on_commit_callbacks(execute=True):
        guest = entered(opened(signed_in(operator, None)), signed_in)
    told = admin.get("/jejak/").content.decode()
    assert "Operator platform Operator sedang melihat daerah ini" in told
    assert "sedang melihat daerah ini" not in other.get("/jejak/").content.decode()
    assert guest.get("/jejak/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(operator, None).post(f"/wilayah/manado/kunjungan/{the_visit().uid}/akhiri/")
    assert "sedang melihat daerah ini" not in admin.get("/jejak/").content.decode()


def test_a_guest_writes_nothing_and_takes_no_file_away(guest: Client, signed_in: SignedIn) -> None:
    for path in ("/sandi/ganti/", "/absen/", "/keamanan/kunjungan/x/", "/api/v1/punches"):
        assert guest.post(path, {}).status_code == 403
    taken = guest.get("/pegawai/impor/contoh.xlsx")
    assert taken.status_code == 403
    assert "Content-Disposition" not in taken.headers


def test_a_guest_is_led_to_no_stored_file_though_the_role_may_read_it(
    guest: Client, with_role: Callable[..., User], signed_in: SignedIn, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR = tmp_path
    access.reader("tests-guests")(anybody)
    stored = store_made(
        content=ContentFile(b"%PDF-1.7", "a.pdf"), purpose="tests-guests", owner=None, kind="application/pdf"
    )
    assert signed_in(with_role("diskominfo")).get(f"/berkas/{stored.uid}/").status_code == 302
    refused = guest.get(f"/berkas/{stored.uid}/")
    assert refused.status_code == 403
    assert "Location" not in refused.headers


def anybody(user: User, stored: StoredFile) -> bool:
    return True


def test_a_guest_is_no_employee_no_account_and_counted_nowhere(guest: Client, office: Office) -> None:
    people = {name: count_here()[name] for name in ("employees", "users")}
    assert guest.get("/jejak/").status_code == 200
    assert {name: count_here()[name] for name in people} == people
    assert not User.objects.filter(login__startswith="tamu").exists()
    visitor = guest_of(the_visit())
    assert not Employee.objects.filter(user=visitor).exists()
    with pytest.raises(TypeError, match="no row"):
        visitor.save()


def test_nothing_that_refers_to_people_can_refer_to_a_guest(guest: Client, office: Office) -> None:
    def write() -> None:
        Screen.objects.create(unit=office.unit, label="x", made_by=guest_of(the_visit()))
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_the_link_works_once(operator: User, office: Office, signed_in: SignedIn) -> None:
    page = opened(signed_in(operator, None))
    entered(page, signed_in)
    way_in = urlsplit(page.context["way_in"])
    again = signed_in(None).get(f"{way_in.path}?{way_in.query}")
    assert again.status_code == 403
    assert "sudah dipakai" in again.content.decode()


def test_the_link_is_good_for_a_minute_and_for_its_region(
    operator: User, office: Office, banjarmasin: RegionState, signed_in: SignedIn
) -> None:
    page = opened(signed_in(operator, None))
    way_in = urlsplit(page.context["way_in"])
    assert signed_in(None, "banjarmasin").get(f"{way_in.path}?{way_in.query}").status_code == 403
    assert signed_in(None).get(f"{way_in.path}?{way_in.query}x").status_code == 403
    with clock.at(clock.now()):
        old = link_token(the_visit())
    from unittest.mock import patch

    with patch("django.core.signing.time.time", return_value=clock.now().timestamp() + 61):
        assert signed_in(None).get(f"/tamu/masuk/?kunci={old}").status_code == 403
    assert the_visit().entered_at is None


def test_another_operator_gets_no_link(operator: User, office: Office, signed_in: SignedIn) -> None:
    opened(signed_in(operator, None))
    with control_scope():
        other = make_user("lain@platform.test", "Operator Lain", "operator")
    page = signed_in(other, None).get(f"/wilayah/manado/kunjungan/{the_visit().uid}/")
    assert page.status_code == 200
    assert page.context["way_in"] == ""


def test_a_visit_ends_by_itself(guest: Client) -> None:
    assert guest.get("/jejak/").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=15)):
        over = guest.get("/jejak/")
    assert over.status_code == 403
    assert "berakhir" in over.content.decode()
    assert guest.get("/jejak/")["Location"].startswith("/masuk/")


def test_the_region_ends_a_visit_at_once(guest: Client, with_role: Callable[..., User], signed_in: SignedIn) -> None:
    admin = with_role("diskominfo")
    ended = signed_in(admin).post(f"/keamanan/kunjungan/{the_visit().uid}/akhiri/")
    assert ended.status_code == 302
    assert guest.get("/jejak/").status_code == 403
    visit = the_visit()
    assert (visit.end, visit.ended_by) == ("region", admin.display_name)


def test_the_operator_ends_a_visit_there_or_from_the_console(
    operator: User, office: Office, signed_in: SignedIn
) -> None:
    console = signed_in(operator, None)
    guest = entered(opened(console), signed_in)
    assert guest.post("/tamu/selesai/").status_code == 200
    assert guest.get("/jejak/").status_code == 302
    second = entered(opened(console), signed_in)
    with region_scope(registry.region_by_code("manado")):
        running = Visit.objects.running().get()
    assert console.post(f"/wilayah/manado/kunjungan/{running.uid}/akhiri/").status_code == 302
    assert second.get("/jejak/").status_code == 403


def test_the_form_sent_twice_is_one_visit_and_a_second_visit_waits_for_the_end_of_the_first(
    operator: User, office: Office, signed_in: SignedIn
) -> None:
    console, key = signed_in(operator, None), str(new_uid())
    for _turn in range(2):
        assert console.post("/wilayah/manado/kunjungan/", {**ASK, "key": key}).status_code == 302
    assert Visit.objects.count() == 1
    another = console.post("/wilayah/manado/kunjungan/", {**ASK, "key": str(new_uid())})
    assert another.status_code == 422
    assert "masih punya kunjungan" in another.content.decode()


def test_both_sides_keep_that_there_was_a_visit(guest: Client) -> None:
    with control_scope():
        assert AuditEvent.objects.filter(action="breakglass.opened", note="Insiden judi di catatan").count() == 1
    actions = list(
        AuditEvent.objects.filter(action__startswith="guests.").order_by("id").values_list("action", "actor_name")
    )
    assert actions == [
        ("guests.visit_opened", "Operator platform: Operator"),
        ("guests.visit_entered", "Operator platform: Operator"),
    ]


def test_what_a_visit_asked_for_cannot_be_changed_afterwards(guest: Client) -> None:
    guest.get("/jejak/")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        VisitedRequest.objects.update(path="/")


def test_nobody_else_pays_for_visits(ani: Person, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    client.get("/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    assert not [query for query in captured if "guests_" in query["sql"]]


def test_a_session_in_the_region_is_over_when_a_guest_takes_the_browser(
    operator: User, office: Office, ani: Person, signed_in: SignedIn
) -> None:
    page = opened(signed_in(operator, None))
    browser = signed_in(ani.user)
    assert browser.get("/").status_code == 200
    way_in = urlsplit(page.context["way_in"])
    browser.get(f"{way_in.path}?{way_in.query}")
    assert browser.post("/absen/", {"kind": "in", "uid": str(new_uid())}).status_code == 403
