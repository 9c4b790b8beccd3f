"""Days computed for many people, and what the month's run takes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel.periods import Month
from tenants.attendance.models import DayResult
from tenants.attendance.months import month_attendance, month_days
from tenants.attendance.results import recompute_days
from tenants.attendance.tasks import close_days, compute_last_days
from tenants.calendars.models import Holiday, WorkPattern
from tenants.employees.models import Placement
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.closed_months import close_months
from tests.tenants.attendance.week import MONDAY, at, documented, on, punched

OCTOBER = Month(2026, 10)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def one_week(ani: Person, shift: WorkPattern, manado_rules: Any) -> Person:
    """Ani: 31 minutes late on Monday, no check-out on Tuesday, ill on Wednesday, nothing on Thursday, full Friday."""
    day = [MONDAY + timedelta(days=offset) for offset in range(5)]
    punched(ani.employee, day[0], "in", "08:01")
    punched(ani.employee, day[0], "out", "16:00")
    punched(ani.employee, day[1], "in", "07:25")
    documented(ani.employee, "S", day[2], day[3])
    punched(ani.employee, day[4], "in", "07:25")
    punched(ani.employee, day[4], "out", "16:30")
    return ani


def presences() -> list[str]:
    return list(DayResult.objects.order_by("date").values_list("presence", flat=True))


def test_a_week_is_computed_with_reasons_and_minutes(one_week: Person) -> None:
    with on(FRIDAY + timedelta(days=3), "09:00"):
        done = recompute_days(first=MONDAY, end=FRIDAY + timedelta(days=3), employee_ids=[one_week.employee.pk])
    assert (done.people, done.days, done.written) == (1, 7, 7)
    assert presences() == ["hadir", "hadir", "dokumen", "tk", "hadir", "libur", "libur"]
    events = {
        row.date: [(e["code"], e["minutes"]) for e in row.events] for row in DayResult.objects.all() if row.events
    }
    assert events == {
        MONDAY: [("TMK2", 31)],
        MONDAY + timedelta(days=1): [("PKSW3", None)],
        MONDAY + timedelta(days=2): [("S", None)],
        MONDAY + timedelta(days=3): [("TK", None)],
    }


def test_computing_again_writes_nothing_and_a_new_fact_writes_its_day_only(one_week: Person) -> None:
    period: dict[str, Any] = {
        "first": MONDAY,
        "end": FRIDAY + timedelta(days=1),
        "employee_ids": [one_week.employee.pk],
    }
    with on(FRIDAY + timedelta(days=3), "09:00"):
        recompute_days(**period)
        before = dict(DayResult.objects.values_list("date", "computed_at"))
    with on(FRIDAY + timedelta(days=3), "10:00"):
        assert recompute_days(**period).written == 0
        punched(one_week.employee, MONDAY + timedelta(days=1), "out", "16:05")
        assert recompute_days(**period).written == 1
    after = dict(DayResult.objects.values_list("date", "computed_at"))
    assert {day for day in after if after[day] != before[day]} == {MONDAY + timedelta(days=1)}


def test_the_running_day_is_open_and_becomes_final_after_three_in_the_morning(one_week: Person) -> None:
    ids = [one_week.employee.pk]
    with on(FRIDAY, "12:00"):
        recompute_days(first=FRIDAY, end=FRIDAY + timedelta(days=3), employee_ids=ids)
    assert presences() == ["berjalan"]
    with on(FRIDAY + timedelta(days=1), "02:59"):
        recompute_days(first=FRIDAY, end=FRIDAY + timedelta(days=3), employee_ids=ids)
    assert presences() == ["berjalan"]
    with on(FRIDAY + timedelta(days=1), "03:00"):
        recompute_days(first=FRIDAY, end=FRIDAY + timedelta(days=3), employee_ids=ids)
    assert presences() == ["hadir", "libur"]


def test_a_result_without_ground_is_removed(one_week: Person) -> None:
    with on(FRIDAY + timedelta(days=3), "09:00"):
        recompute_days(first=MONDAY, end=FRIDAY, employee_ids=[one_week.employee.pk])
        Placement.objects.filter(employee=one_week.employee).update(period=DateRange(date(2024, 1, 1), MONDAY))
        recompute_days(first=MONDAY, end=FRIDAY, employee_ids=[one_week.employee.pk])
    assert presences() == []


def test_a_confirmed_holiday_frees_the_day_and_computing_follows(one_week: Person, with_role: Any) -> None:
    with on(FRIDAY + timedelta(days=3), "09:00"):
        recompute_days(first=MONDAY, end=FRIDAY, employee_ids=[one_week.employee.pk])
        Holiday.objects.create(
            date=MONDAY + timedelta(days=3), name="Hari jadi kota", kind="daerah", is_confirmed=True,
            source="SK Wali Kota", confirmed_at=at(MONDAY, "08:00"), confirmed_by=with_role("bkpsdm"),
        )  # fmt: skip
        recompute_days(first=MONDAY, end=FRIDAY, employee_ids=[one_week.employee.pk])
    thursday = DayResult.objects.get(date=MONDAY + timedelta(days=3))
    assert (thursday.presence, thursday.note, thursday.events) == ("libur", "Hari jadi kota", [])


def test_a_punch_at_seven_counts_for_that_day_though_utc_is_a_day_behind(one_week: Person) -> None:
    first_of_month = date(2026, 10, 1)
    punched(one_week.employee, first_of_month, "in", "07:00")
    punched(one_week.employee, first_of_month, "out", "16:00")
    assert at(first_of_month, "07:00").astimezone(at(MONDAY, "07:00").tzinfo).isoformat().startswith("2026-09-30T23:00")
    with on(MONDAY, "09:00"):
        recompute_days(
            first=first_of_month, end=first_of_month + timedelta(days=1), employee_ids=[one_week.employee.pk]
        )
        assert DayResult.objects.get().first_in == at(first_of_month, "07:00")
        recompute_days(first=date(2026, 9, 30), end=first_of_month, employee_ids=[one_week.employee.pk])
    assert DayResult.objects.get(date=date(2026, 9, 30)).presence == "tk"


def test_a_check_out_after_midnight_ends_the_evening_before(one_week: Person) -> None:
    thursday = MONDAY + timedelta(days=3)
    punched(one_week.employee, thursday, "in", "07:30")
    punched(one_week.employee, thursday + timedelta(days=1), "out", "00:40")
    with on(FRIDAY + timedelta(days=3), "09:00"):
        day = month_days(one_week.employee.pk, OCTOBER).days[thursday]
    assert day.last_out == at(thursday + timedelta(days=1), "00:40")
    assert day.events == ()


def test_the_month_for_the_run_has_counts_days_and_working_days(one_week: Person, office: Office) -> None:
    without_post = make_employee("Tanpa Jabatan")
    with on(date(2026, 11, 3), "09:00"):
        found = month_attendance([one_week.employee.pk, without_post.pk], OCTOBER)
    facts = found[one_week.employee.pk]
    assert facts.working_days == 22
    assert facts.counts == {"TMK2": 1, "PKSW3": 1, "S": 1, "TK": 18}
    assert (facts.days[0].code, facts.days[-1].date) == ("TK", date(2026, 10, 30))
    assert (facts.open_days, facts.problems) == ((), ())
    assert found[without_post.pk].problems == ("no_post",)


def test_a_running_month_says_which_days_are_open(one_week: Person) -> None:
    with on(date(2026, 10, 29), "09:00"):
        facts = month_attendance([one_week.employee.pk], OCTOBER)[one_week.employee.pk]
    assert facts.open_days == (date(2026, 10, 29), date(2026, 10, 30))
    assert facts.working_days == 22


def test_without_a_rule_set_the_month_says_so(ani: Person, shift: WorkPattern) -> None:
    with on(date(2026, 11, 3), "09:00"):
        facts = month_attendance([ani.employee.pk], OCTOBER)[ani.employee.pk]
    assert facts.problems == ("no_rules",)


def test_the_days_of_a_closed_month_stay_as_they_are(one_week: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with on(date(2026, 11, 3), "09:00"):
        before = month_attendance([one_week.employee.pk], OCTOBER)
        close_months(monkeypatch, OCTOBER)
        punched(one_week.employee, MONDAY + timedelta(days=3), "in", "07:20")
        assert recompute_days(first=MONDAY, end=FRIDAY, employee_ids=[one_week.employee.pk]).written == 0
        assert month_attendance([one_week.employee.pk], OCTOBER) == before
        view = month_days(one_week.employee.pk, OCTOBER)
    assert view.is_closed
    assert view.days[MONDAY + timedelta(days=3)].presence == "tk"
    assert view.days[MONDAY].events[0].minutes == 31


def test_the_page_and_the_computation_agree_on_every_day(one_week: Person) -> None:
    with on(date(2026, 10, 20), "09:00"):
        recompute_days(first=OCTOBER.first_day, end=OCTOBER.end)
        view = month_days(one_week.employee.pk, OCTOBER)
    stored = dict(DayResult.objects.filter(employee=one_week.employee).values_list("date", "inputs_digest"))
    assert stored == {day: judged.inputs_digest for day, judged in view.days.items()}


def test_the_number_of_statements_does_not_grow_with_the_people(one_week: Person, office: Office) -> None:
    def counted(people: int) -> int:
        employees = [
            make_employee(f"Pegawai {number}", office.staff, nip=f"19850505{people:06d}{number:04d}")
            for number in range(people)
        ]
        for employee in employees:
            punched(employee, MONDAY, "in", "07:20")
        with on(date(2026, 11, 3), "09:00"), CaptureQueriesContext(connection) as statements:
            month_attendance([employee.pk for employee in employees], OCTOBER)
        return len(statements)

    assert counted(20) == counted(200)


def test_the_command_computes_a_month_of_one_opd(one_week: Person) -> None:
    out = StringIO()
    with on(date(2026, 11, 3), "09:00"):
        call_command("compute_days", "manado", "2026-10", "--opd", "1.01", stdout=out)
        assert out.getvalue().strip() == "1 people, 31 days judged, 31 changed."
        with pytest.raises(CommandError, match="written as 2026-10"):
            call_command("compute_days", "manado", "Oktober")
        with pytest.raises(CommandError, match="Nobody holds a post"):
            call_command("compute_days", "manado", "2026-10", "--opd", "9.99")


def test_the_nights_task_closes_the_last_days(one_week: Person) -> None:
    with on(FRIDAY + timedelta(days=1), "03:10"):
        compute_last_days.run()
    assert DayResult.objects.get(date=FRIDAY).presence == "hadir"
    assert DayResult.objects.filter(date=MONDAY).count() == 0


def test_the_hourly_task_asks_only_regions_where_it_is_three(one_week: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def enqueue(**options: Any) -> None:
        from kernel.tenancy.context import current_region

        asked.append(current_region().code)

    monkeypatch.setattr(compute_last_days, "apply_async", enqueue)
    with on(FRIDAY, "03:10"):
        close_days()
    assert {"manado", "banjarmasin"} <= set(asked)
    asked.clear()
    with on(FRIDAY, "04:10"):
        close_days()
    assert asked == []


def test_the_recompute_page_starts_a_job_for_bkpsdm(
    one_week: Person, signed_in: Any, with_role: Any, run_outbox: Callable[[], int]
) -> None:
    client = signed_in(with_role("bkpsdm"))
    with on(date(2026, 11, 3), "09:00"):
        answer = client.post("/kehadiran/hitung/", {"month": "2026-10", "opd": "1.01"})
        assert answer.status_code == 302
        run_outbox()
        page = client.get(answer["Location"]).content.decode()
    assert DayResult.objects.count() == 31
    assert "Hari berubah" in page


def test_the_whole_region_is_computed_again_beside_an_opd_that_has_closed_the_month(
    one_week: Person, office: Office, signed_in: Any, with_role: Any, run_outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(with_role("bkpsdm"))
    opd = make_opd("2.01", "Dinas Kesehatan")
    make_employee("Gita", make_position(opd, "K-1", "Pengelola"))
    close_months(monkeypatch, Month(2026, 10), opds=[opd])
    with on(date(2026, 11, 3), "09:00"):
        answer = client.post("/kehadiran/hitung/", {"month": "2026-10", "opd": ""})
        assert answer.status_code == 302
        run_outbox()
        page = client.get(answer["Location"]).content.decode()
    assert set(DayResult.objects.values_list("employee__name", flat=True)) == {"Ani"}
    assert "OPD yang sudah dikunci, harinya tetap" in page
