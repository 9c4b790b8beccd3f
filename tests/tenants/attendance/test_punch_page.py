"""The punch page and the lane behind it."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.actors import System
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.tenancy.context import current_region, region_scope
from kernel.tenancy.errors import NoRegion
from kernel.tenancy.state import RegionState
from kernel.tenancy.threads import in_this_scope
from kernel.testing.queries import assert_query_count
from tenants.attendance.following import follow_punches
from tenants.attendance.models import DayResult
from tenants.calendars.models import WorkPattern
from tenants.employees.models import Employee
from tenants.punches.errors import PunchRefused
from tenants.punches.lane import PunchIn, Receipt, accept_punch
from tenants.punches.models import Punch, RefusedPunch
from tests.cast import Person, make_employee
from tests.tenants.attendance.week import MONDAY, at, on, punched


def send(client: Client, **fields: object) -> Any:
    return client.post("/absen/", {"kind": "in", "uid": str(new_uid()), **fields}, headers={"HX-Request": "true"})


def take(employee: Employee, **more: Any) -> Receipt:
    punch = PunchIn(uid=more.pop("uid", None) or new_uid(), kind=more.pop("kind", "in"), **more)
    return accept_punch(region=current_region(), employee_id=employee.pk, punch=punch, actor=System("test"))


def test_a_punch_gives_a_green_receipt_with_number_and_local_time(
    ani: Person, shift: WorkPattern, signed_in: Any
) -> None:
    with on(MONDAY, "07:25"):
        answer = send(signed_in(ani.user))
    stored = Punch.objects.get()
    assert answer.status_code == 200
    body = answer.content.decode()
    assert "Absen diterima" in body
    assert "07.25\N{NO-BREAK SPACE}WITA" in body
    assert f"bukti nomor {stored.receipt}" in body
    assert (stored.employee, stored.kind, stored.state) == (ani.employee, "in", "accepted")


def test_without_script_the_form_posts_and_the_page_shows_the_receipt(
    ani: Person, shift: WorkPattern, signed_in: Any
) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "07:25"):
        page = client.get("/absen/").content.decode()
        found = re.search(r'name="uid" value="([0-9a-f-]{36})"', page)
        assert found is not None
        answer = client.post("/absen/", {"kind": "in", "uid": found[1]})
        assert answer.status_code == 302
        again = client.get(answer["Location"]).content.decode()
    assert Punch.objects.get().id == uuid.UUID(found[1])
    assert f"bukti nomor {Punch.objects.get().receipt}" in again


def test_the_same_punch_twice_is_one_punch_with_one_receipt(ani: Person, signed_in: Any) -> None:
    client, uid = signed_in(ani.user), str(new_uid())
    with on(MONDAY, "07:25"):
        first = send(client, uid=uid)
    with on(MONDAY, "07:40"):
        second = send(client, uid=uid)
    assert first.content == second.content
    assert Punch.objects.count() == 1


def test_an_ordinary_punch_is_one_statement(ani: Person) -> None:
    with on(MONDAY, "07:25"):
        # The first one in a process reads the region's places, which it then keeps.
        take(ani.employee)
        with CaptureQueriesContext(connection) as statements:
            take(ani.employee)
    assert [q["sql"].split()[0] for q in statements.captured_queries] == ["WITH"]


def test_the_punch_request_keeps_its_number_of_statements(ani: Person, shift: WorkPattern, signed_in: Any) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "07:25"):
        client.get("/absen/")
        # The first one in a process reads the region's places, which it then keeps.
        send(client)
        answer = assert_query_count("attendance.punch.post", lambda: send(client))
        assert answer.status_code == 200
        with CaptureQueriesContext(connection) as statements:
            send(client)
    assert len(statements) <= 12


def test_the_punch_page_keeps_its_number_of_statements(
    ani: Person, shift: WorkPattern, signed_in: Any, manado_rules: Any
) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "07:25"):
        send(client)
        client.get("/absen/")
        assert_query_count("attendance.punch.page", lambda: client.get("/absen/"))


def test_somebody_elses_punch_id_is_refused_kept_aside_and_audited(ani: Person, budi: Person) -> None:
    uid = new_uid()
    with on(MONDAY, "07:25"):
        take(ani.employee, uid=uid)
        for _ in range(2):
            with pytest.raises(PunchRefused) as refusal:
                take(budi.employee, uid=uid)
    assert refusal.value.reason == "other_person"
    assert Punch.objects.get().employee == ani.employee
    aside = RefusedPunch.objects.get()
    assert (aside.employee, aside.punch_uid, aside.payload["kind"]) == (budi.employee, uid, "in")
    assert AuditEvent.objects.filter(action="punches.refused").count() == 1


def test_the_refusal_reaches_the_phone_in_words(ani: Person, budi: Person, signed_in: Any) -> None:
    uid = new_uid()
    with on(MONDAY, "07:25"):
        take(ani.employee, uid=uid)
        answer = signed_in(budi.user).post(
            "/absen/", {"kind": "in", "uid": str(uid)}, headers={"Accept": "application/problem+json, text/html;q=0.5"}
        )
    assert answer.status_code == 409
    assert "orang lain" in answer.json()["detail"]


def test_only_a_uuid_of_version_7_is_taken(ani: Person) -> None:
    with on(MONDAY, "07:25"), pytest.raises(PunchRefused) as refusal:
        take(ani.employee, uid=uuid.uuid4())
    assert refusal.value.reason == "uid"
    assert RefusedPunch.objects.count() == 1


def test_the_phones_wrong_clock_is_corrected_by_what_it_said_at_sending(ani: Person) -> None:
    """The phone is 40 minutes ahead; it was pressed 30 seconds before it was sent."""
    wrong = at(MONDAY, "08:05")
    with on(MONDAY, "07:25"):
        receipt = take(ani.employee, captured_at=wrong - timedelta(seconds=30), sent_at=wrong)
    stored = Punch.objects.get()
    assert stored.captured_at == at(MONDAY, "07:25") - timedelta(seconds=30)
    assert stored.skew_ms == -40 * 60 * 1000
    assert receipt.state == "review"


def test_a_punch_sent_late_counts_at_its_capture_and_is_reviewed(ani: Person) -> None:
    with on(MONDAY, "09:00"):
        receipt = take(ani.employee, captured_at=at(MONDAY, "07:25"), sent_at=at(MONDAY, "09:00"))
    assert receipt.captured_at == at(MONDAY, "07:25")
    assert receipt.state == "review"


def test_a_capture_in_the_future_counts_from_the_arrival(ani: Person) -> None:
    with on(MONDAY, "07:25"):
        receipt = take(ani.employee, captured_at=at(MONDAY, "15:00"))
    assert receipt.captured_at == at(MONDAY, "07:25")


def test_a_punch_of_a_day_that_is_over_has_that_day_computed_again(
    ani: Person, shift: WorkPattern, manado_rules: Any
) -> None:
    tuesday = MONDAY + timedelta(days=1)
    with on(tuesday, "07:25"):
        take(ani.employee, captured_at=at(MONDAY, "07:20"), sent_at=at(tuesday, "07:25"))
        take(ani.employee, kind="out", captured_at=at(MONDAY, "16:01"), sent_at=at(tuesday, "07:25"))
        follow_punches()
    day = DayResult.objects.get(date=MONDAY)
    assert (day.presence, day.first_in, day.is_provisional) == ("hadir", at(MONDAY, "07:20"), True)


def test_a_punch_of_days_ago_is_kept_and_reviewed(ani: Person) -> None:
    """Nothing is too old to be taken: somebody looks at it."""
    with on(MONDAY + timedelta(days=9), "07:25"):
        receipt = take(ani.employee, captured_at=at(MONDAY, "07:20"), sent_at=at(MONDAY + timedelta(days=9), "07:25"))
    assert (receipt.captured_at, receipt.state, receipt.grade) == (at(MONDAY, "07:20"), "review", "C")
    assert "late" in Punch.objects.get().reasons


def test_the_place_is_kept_to_seven_digits_and_never_required(ani: Person, signed_in: Any) -> None:
    client = signed_in(ani.user)
    with on(MONDAY, "07:25"):
        send(client, latitude="1.47483459", longitude="124.8420790", accuracy="12.7")
        send(client, latitude="", longitude="", place_error="denied")
        for latitude in ("NaN", "91", "abc", "1e400", "Infinity"):
            assert send(client, latitude=latitude, longitude="1", place_error="").status_code == 200
    first = Punch.objects.order_by("receipt")[0]
    assert (first.latitude, first.longitude, first.accuracy_m) == (Decimal("1.4748346"), Decimal("124.842079"), 12)
    rest = Punch.objects.order_by("receipt")[1:]
    assert [p.place_error for p in rest] == ["denied", *["unknown"] * 5]
    assert all(p.latitude is None for p in rest)


def test_an_unreadable_time_or_id_costs_nobody_the_punch(ani: Person, signed_in: Any) -> None:
    with on(MONDAY, "07:25"):
        answer = send(signed_in(ani.user), uid="x", captured_at="2026-99-99T00:00:00Z", sent_at="now")
    assert answer.status_code == 200
    assert Punch.objects.get().captured_at == at(MONDAY, "07:25")


def test_a_kind_that_is_neither_is_a_bad_request(ani: Person, signed_in: Any) -> None:
    assert send(signed_in(ani.user), kind="undefined").status_code == 400
    assert not Punch.objects.exists()


def test_an_account_without_an_employee_is_told_so(with_role: Any, signed_in: Any) -> None:
    answer = signed_in(with_role("asn")).get("/absen/")
    assert answer.status_code == 409
    assert "tidak terhubung dengan data pegawai" in answer.content.decode()


def test_the_button_follows_the_shift_and_forgets_yesterday(ani: Person, shift: WorkPattern, signed_in: Any) -> None:
    client = signed_in(ani.user)
    tuesday = MONDAY + timedelta(days=1)
    punched(ani.employee, MONDAY, "in", "07:20")  # and never out

    def offered(day: date, clock_time: str) -> str:
        with on(day, clock_time):
            page = client.get("/absen/").content.decode()
        found = re.search(r'button--hero" name="kind" value="(\w+)"', page)
        assert found is not None
        return found[1]

    assert offered(MONDAY, "16:05") == "out"
    assert offered(tuesday, "07:20") == "in"
    punched(ani.employee, tuesday, "in", "07:20")
    assert offered(tuesday, "07:21") == "out"


def test_a_stored_punch_cannot_be_changed_or_removed(ani: Person) -> None:
    punch = punched(ani.employee, MONDAY, "in", "07:20")
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Punch.objects.filter(pk=punch.pk).update(captured_at=clock.now())
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Punch.objects.filter(pk=punch.pk).delete()


def test_a_punch_for_another_region_than_the_open_one_fails(ani: Person, banjarmasin: RegionState) -> None:
    with pytest.raises(NoRegion):
        accept_punch(
            region=banjarmasin, employee_id=ani.employee.pk, punch=PunchIn(new_uid(), "in"), actor=System("test")
        )


def test_two_threads_with_one_punch_store_it_once(fresh_region: RegionState) -> None:
    employee = make_employee("Ani")
    uid, moment = new_uid(), datetime.fromisoformat("2026-10-05T07:25:00+08:00")
    start, receipts, failures = threading.Barrier(6), [], []

    def press() -> None:
        try:
            with clock.at(moment):
                start.wait(timeout=10)
                receipts.append(take(employee, uid=uid))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=in_this_scope(press)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    assert len({receipt.number for receipt in receipts}) == 1
    assert sorted(receipt.is_repeat for receipt in receipts) == [False, *[True] * 5]
    with region_scope(fresh_region):
        assert Punch.objects.count() == 1
