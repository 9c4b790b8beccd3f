"""What corrections, permits and late letters do to the day, through the real chain and the real computation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.periods import Month
from tenants.approvals.actions import decide, recall
from tenants.approvals.models import ApprovalRequest
from tenants.arrears.models import LateFact
from tenants.attendance.actions import DocumentIn, submit_document, withdraw_document
from tenants.attendance.afresh import attendance_afresh
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.attendance.results import recompute_days
from tests.cast import Person
from tests.closed_months import close_months
from tests.tenants.attendance.week import MONDAY, at, on, punched

FRIDAY = MONDAY + timedelta(days=4)
Outbox = Callable[[], int]


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: Any) -> None:
    return None


def correction(clock_time: str, covers: str = "in") -> DocumentIn:
    return DocumentIn(
        kind="KOREKSI",
        label="Koreksi absen",
        first=MONDAY,
        last=MONDAY,
        covers=covers,
        corrected_at=at(MONDAY, clock_time),
        cause="no_signal",
        evidence="superior",
    )


def permit(begins: str, ends: str) -> DocumentIn:
    return DocumentIn(
        kind="IZIN-JAM",
        label="Izin beberapa jam",
        first=MONDAY,
        last=MONDAY,
        covers="hours",
        begins_at=at(MONDAY, begins),
        ends_at=at(MONDAY, ends),
    )


def sent(person: Person, draft: DocumentIn) -> AttendanceDocument:
    return submit_document(employee=person.employee, draft=draft, actor=person.user)


def approved(document: AttendanceDocument, by: Person) -> ApprovalRequest:
    request = ApprovalRequest.objects.get(document_uid=document.uid)
    decide(request_uids=[request.uid], verdict="approved", actor=by.user)
    return request


def codes(person: Person) -> list[tuple[str, int | None]]:
    """What Monday costs the person, by code and minutes."""
    day = DayResult.objects.get(employee=person.employee, date=MONDAY)
    return [(event["code"], event["minutes"]) for event in day.events]


@pytest.mark.parametrize(
    ("clock_time", "costs"), [("07:25", []), ("07:30", []), ("07:31", [("TMK1", 1)]), ("08:01", [("TMK2", 31)])]
)
def test_the_time_of_an_approved_correction_counts_as_the_missing_check_in(
    ani: Person, budi: Person, run_outbox: Outbox, clock_time: str, costs: list[tuple[str, int]]
) -> None:
    punched(ani.employee, MONDAY, "out", "16:05")
    with on(FRIDAY, "09:00"):
        document = sent(ani, correction(clock_time))
        run_outbox()
        before = codes(ani)
        assert before != costs
        approved(document, budi)
        run_outbox()
        assert codes(ani) == costs
        day = DayResult.objects.get(date=MONDAY)
    assert day.first_in == at(MONDAY, clock_time)
    assert (day.presence, bool(before)) == ("hadir", True)


def test_a_correction_taken_back_leaves_the_day_as_it_was(ani: Person, budi: Person, run_outbox: Outbox) -> None:
    punched(ani.employee, MONDAY, "in", "07:20")
    with on(FRIDAY, "09:00"):
        recompute_days(first=MONDAY, end=MONDAY + timedelta(days=1), employee_ids=[ani.employee.pk])
        before = codes(ani)
        request = approved(sent(ani, correction("16:02", "out")), budi)
        run_outbox()
        assert codes(ani) == []
        recall(request_uids=[request.uid], note="Tidak di tempat", actor=budi.user)
        run_outbox()
        assert codes(ani) == before != []


@pytest.mark.parametrize(
    ("came", "left", "hours", "costs"),
    [
        ("09:55", "16:00", ("07:30", "10:00"), []),
        ("10:20", "16:00", ("07:30", "10:00"), [("TMK1", 20)]),
        ("07:25", "13:00", ("13:00", "16:00"), []),
        ("07:25", "12:40", ("13:00", "16:00"), [("PKS1", 20)]),
        ("07:40", "16:00", ("10:00", "12:00"), [("TMK1", 10)]),
    ],
)
def test_lateness_and_early_leave_inside_a_permit_cost_nothing(
    ani: Person,
    budi: Person,
    run_outbox: Outbox,
    came: str,
    left: str,
    hours: tuple[str, str],
    costs: list[tuple[str, int]],
) -> None:
    punched(ani.employee, MONDAY, "in", came)
    punched(ani.employee, MONDAY, "out", left)
    with on(FRIDAY, "09:00"):
        approved(sent(ani, permit(*hours)), budi)
        run_outbox()
        found = codes(ani)
    # Early leave has its own name in each rule set: the minutes are what is judged here.
    assert [minutes for _code, minutes in found] == [minutes for _code, minutes in costs]
    assert all(code == "TMK1" for code, _minutes in found if code.startswith("TMK"))


def test_a_waiting_or_withdrawn_permit_excuses_nothing(ani: Person, run_outbox: Outbox) -> None:
    punched(ani.employee, MONDAY, "in", "09:00")
    punched(ani.employee, MONDAY, "out", "16:00")
    with on(FRIDAY, "09:00"):
        document = sent(ani, permit("07:30", "10:00"))
        run_outbox()
        assert codes(ani) == [("TMK3", 90)]
        withdraw_document(uid=document.uid, actor=ani.user)
        run_outbox()
        assert codes(ani) == [("TMK3", 90)]


def test_a_permit_is_no_presence(ani: Person, budi: Person, run_outbox: Outbox) -> None:
    with on(FRIDAY, "09:00"):
        approved(sent(ani, permit("07:30", "10:00")), budi)
        run_outbox()
        assert [code for code, _minutes in codes(ani)] == ["TK"]


def test_a_late_letter_turns_a_closed_month_s_absence_back_as_a_late_fact(
    ani: Person, budi: Person, run_outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    october = Month(2026, 10)
    with on(FRIDAY, "09:00"):
        recompute_days(first=MONDAY, end=MONDAY + timedelta(days=1), employee_ids=[ani.employee.pk])
        assert [code for code, _minutes in codes(ani)] == ["TK"]
    close_months(monkeypatch, october)
    with on(date(2026, 11, 12), "09:00"):
        document = sent(ani, DocumentIn("S", "Sakit", MONDAY, MONDAY))
        assert not LateFact.objects.exists()
        approved(document, budi)
        run_outbox()
        assert [code for code, _minutes in codes(ani)] == ["TK"]
        late = LateFact.objects.get()
        assert (late.employee, late.of_month) == (ani.employee, october.first_day)
        changed = [day for day in attendance_afresh([ani.employee.pk], october)[ani.employee.pk].changed]
        assert [(day.before, day.now) for day in changed if day.date == MONDAY] == [("tk", "S")]
