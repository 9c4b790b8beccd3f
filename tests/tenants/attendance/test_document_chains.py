"""Each attendance document goes through the chain of what it is: leave, duty, or a correction of in or out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenants.approvals.actions import decide
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.models import ApprovalRequest, ChainStep
from tenants.approvals.overdue import follow_deadlines
from tenants.attendance.actions import DocumentIn, submit_document
from tenants.attendance.document_kinds import purpose_of
from tenants.attendance.models import AttendanceDocument, DayResult
from tenants.calendars.models import WorkPattern
from tests.cast import Office, Person
from tests.tenants.approvals.ladder import make_ladder
from tests.tenants.attendance.week import MONDAY, on

By = ChainStep.Approver


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: WorkPattern) -> None:
    return None


def submit(person: Person, code: str, covers: str = "day", days: int = 1) -> AttendanceDocument:
    last = MONDAY + timedelta(days=days - 1)
    draft = DocumentIn(kind=code, label=code, first=MONDAY, last=last, covers=covers, reason="Uji")
    return submit_document(employee=person.employee, draft=draft, actor=person.user)


@pytest.mark.parametrize(
    ("code", "covers", "purpose"),
    [
        ("S", "day", "attendance_leave"),
        ("C", "day", "attendance_leave"),
        ("TL", "day", "attendance_duty"),
        ("TL", "in", "attendance_correction"),
        ("I", "out", "attendance_correction"),
    ],
)
def test_it_is_told_by_its_code_and_what_it_covers(code: str, covers: str, purpose: str) -> None:
    assert purpose_of(code, covers, MONDAY) == purpose


def test_a_region_without_rules_knows_duty_by_its_code() -> None:
    assert purpose_of("TL", "day", date(2020, 1, 6)) == "attendance_duty"
    assert purpose_of("C", "day", date(2020, 1, 6)) == "attendance_leave"


def test_a_long_leave_climbs_higher_than_a_short_one(ani: Person, budi: Person, office: Office) -> None:
    ladder = make_ladder(office)
    lay_down_chain(
        document_kind="attendance_leave",
        name="Cuti",
        valid_from=date(2024, 1, 1),
        steps=[StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD, measure_from=Decimal(3))],
    )
    with on(MONDAY, "09:00"):
        document = submit(ani, "C", days=5)
        request = ApprovalRequest.objects.get(document_uid=document.uid)
        assert (request.document_kind, request.measure, request.on) == ("attendance_leave", Decimal(5), MONDAY)
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
        document.refresh_from_db()
        assert document.state == "submitted"
        decide(request_uids=[request.uid], verdict="approved", actor=ladder.head.user)
    document.refresh_from_db()
    assert (document.state, document.decided_by) == ("approved", ladder.head.user)


def test_a_chain_of_today_counts_for_a_leave_of_the_small_hours(ani: Person, office: Office) -> None:
    for valid_from, steps in (
        (date(2024, 1, 1), [StepInput(By.DIRECT_SUPERIOR)]),
        (MONDAY, [StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD)]),
    ):
        lay_down_chain(document_kind="attendance_leave", name="Cuti", valid_from=valid_from, steps=steps)
    with on(MONDAY, "01:30"):
        document = submit(ani, "C")
    request = ApprovalRequest.objects.get(document_uid=document.uid)
    assert (request.on, request.chain.steps.count()) == (MONDAY, 2)


def test_one_that_counts_without_a_decision_has_nobody_behind_it(
    ani: Person, budi: Person, run_outbox: Callable[[], int]
) -> None:
    lay_down_chain(
        document_kind="attendance_duty",
        name="Tugas",
        valid_from=date(2024, 1, 1),
        steps=[StepInput(By.DIRECT_SUPERIOR, days_to_decide=2, after_deadline="dihitung")],
    )
    with on(MONDAY, "09:00"):
        document = submit(ani, "TL")
    with on(MONDAY + timedelta(days=3), "04:30"):
        follow_deadlines()
        run_outbox()
    document.refresh_from_db()
    assert (document.state, document.decided_by) == ("approved", None)
    assert DayResult.objects.get(date=MONDAY).document == "TL"
