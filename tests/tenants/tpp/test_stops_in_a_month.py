"""Who leaves, is away or comes back within the month: paid to the day by the letter, through database, run and slip.

Everybody here has a full score in class 9: the pagu of Rp4.191.000 is earned in full, and May 2024 has 31 days.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.attendance.actions import revoke_documents
from tenants.calendars.models import PatternAssignment
from tenants.employees.actions import deactivate_employee
from tenants.employees.models import Employee, Placement, ServiceStop
from tenants.employees.stops import StopInput, record_stop, withdraw_stop
from tenants.leave.actions import record_leave, start_ledger
from tenants.leave.checking import LeaveAsk
from tenants.organisation.models import Unit
from tenants.rules.loading import loaded
from tenants.tpp.facts import collect
from tenants.tpp.models import MonthRun, RunIssue, Slip, SlipLine
from tests.cast import make_opd, make_position
from tests.tenants.calendars.making import make_pattern
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, build, flawless
from tests.tenants.tryout.drafts import Change, draft, node_of, without

RunMonth = Callable[[], MonthRun]
PAGU = Decimal(4_191_000)


def day(number: int) -> date:
    return date(2024, 5, number)


def stops_by_days(tree: dict[str, Any]) -> None:
    """Each day out of service pays nothing, a day of long leave 40 %; the month of death is paid in full."""
    without("service_stop")(tree)
    tree["nodes"].append(
        {
            "id": "henti",
            "kind": "service_stop",
            "label": "Penghentian tugas",
            "days": "calendar",
            "rows": [
                {"kinds": ["death"], "at_start": "whole_month"},
                {"kinds": ["long_leave"], "factor": "0.4"},
                {
                    "kinds": [
                        *("retirement", "resignation", "dismissal"),
                        *("study_leave", "unpaid_leave", "secondment", "suspension"),
                    ]
                },
            ],
            "clause": {"text": "TPP dihentikan sejak tanggal berhenti.", "reference": "Naskah coba Pasal 9"},
        }
    )


def death_by_days(tree: dict[str, Any]) -> None:
    """Death stops the pay like everything else."""
    node_of(tree, "henti")["rows"][0]["at_start"] = "by_days"


def by_working_days(tree: dict[str, Any]) -> None:
    """What is paid is the share of the working days in service."""
    node_of(tree, "henti")["days"] = "working"


def reference_day(which: str) -> Change:
    """The month is paid by the post of this day."""

    def change(tree: dict[str, Any]) -> None:
        node_of(tree, "pagu")["reference_day"] = which

    return change


@pytest.fixture
def opd(manado: RegionState, bkpsdm: User) -> Unit:
    draft(stops_by_days, state="published", since=date(2024, 1, 1))
    return build(bkpsdm)[0].employee.placements.get().position.unit


@pytest.fixture
def someone(opd: Unit, bkpsdm: User) -> Employee:
    return flawless("Farid", opd, bkpsdm)


def away(person: Employee, actor: User, kind: str, first: date, last: date | None = None) -> ServiceStop:
    stop = StopInput(kind, first, last, f"SK/{kind}/{first:%d}", date(2024, 4, 20))
    return record_stop(uid=person.uid, stop=stop, actor=actor)


def own_pattern(person: Employee, days: dict[int, str]) -> None:
    pattern = make_pattern(f"sendiri-{person.pk}", "Pola sendiri", days)
    PatternAssignment.objects.create(employee=person, pattern=pattern, period=DateRange(date(2024, 1, 1), None))


def gross_of(run: MonthRun, person: Employee) -> Decimal:
    issue = RunIssue.objects.filter(run=run, employee=person).first()
    assert issue is None, issue.reason
    return Slip.objects.get(run=run, employee=person).gross


def why_outside(run: MonthRun, person: Employee) -> str:
    assert not Slip.objects.filter(run=run, employee=person).exists()
    return RunIssue.objects.get(run=run, employee=person, kind=RunIssue.Kind.OUTSIDE).reason


def test_without_a_stop_the_pagu_is_earned_in_full(someone: Employee, run_month: RunMonth) -> None:
    assert gross_of(run_month(), someone) == PAGU


@pytest.mark.parametrize(
    ("stops", "gross"),
    [
        # 4.191.000 x 9/31: dead on the tenth where the rules pay by days (below), retired, dismissed.
        ([("retirement", 10, None)], "1216742"),
        ([("dismissal", 10, None)], "1216742"),
        # The month of death is paid in full: the heirs get it.
        ([("death", 10, None)], "4191000"),
        # 14/31, on.
        ([("study_leave", 15, None)], "1892710"),
        # Out from the sixth, back on the 21st: 5 + 11 days.
        ([("secondment", 6, 20)], "2163097"),
        # Unpaid leave up to the ninth, then back: 22 days.
        ([("unpaid_leave", 1, 9)], "2974258"),
        # 10 days at 40 %, 21 in full: 25/31.
        ([("long_leave", 11, 20)], "3379839"),
        # Two in one month: unpaid leave 1 to 5, study leave from the 21st: 15 days.
        ([("unpaid_leave", 1, 5), ("study_leave", 21, None)], "2027903"),
        # Out on the last day alone: 30/31.
        ([("resignation", 31, None)], "4055806"),
        ([("suspension", 31, 31)], "4055806"),
        # Dead on the first: the month is paid all the same.
        ([("death", 1, None)], "4191000"),
        # Study leave, and death within it: what the leave leaves of the month.
        ([("study_leave", 11, None), ("death", 20, None)], "1351935"),
    ],
)
def test_the_month_is_paid_to_the_day(
    someone: Employee,
    bkpsdm: User,
    run_month: RunMonth,
    stops: list[tuple[str, int, int | None]],
    gross: str,
) -> None:
    for kind, first, last in stops:
        away(someone, bkpsdm, kind, day(first), None if last is None else day(last))
    assert gross_of(run_month(), someone) == Decimal(gross)


@pytest.mark.parametrize(
    ("own_days", "gross"),
    [
        # The office works on 7 days up to the 14th, on 11 from the 15th on: 7/18.
        (None, "1629833"),
        # Two Mondays of four.
        ({0: "07.30-16.00"}, "2095500"),
    ],
)
def test_working_days_are_those_of_the_own_plan(
    manado: RegionState, bkpsdm: User, run_month: RunMonth, own_days: dict[int, str] | None, gross: str
) -> None:
    draft(stops_by_days, by_working_days, state="published", since=date(2024, 1, 1))
    someone = flawless("Farid", build(bkpsdm)[0].employee.placements.get().position.unit, bkpsdm)
    if own_days is not None:
        own_pattern(someone, own_days)
    away(someone, bkpsdm, "study_leave", day(15))
    assert gross_of(run_month(), someone) == Decimal(gross)


@pytest.mark.parametrize(("kind", "gross"), [("cltn", "1892710"), ("besar", "2812026")])
def test_an_approved_leave_stops_the_pay_by_itself_and_its_revocation_pays_again(
    someone: Employee, bkpsdm: User, run_month: RunMonth, kind: str, gross: str
) -> None:
    """From the 15th on nothing, or 40 %."""
    start_ledger(year=2024, actor=bkpsdm)
    ask = LeaveAsk(kind=kind, first=day(15), last=date(2024, 7, 31), letter_number="851/9", has_letter=True)
    with clock.at(AFTERWARDS):
        leave = record_leave(employees=[someone], ask=ask, actor=bkpsdm)
    run = run_month()
    assert gross_of(run, someone) == Decimal(gross)
    line = SlipLine.objects.get(slip__run=run, slip__employee=someone, node_id="henti")
    assert "851/9" in str(line.inputs)
    with clock.at(AFTERWARDS):
        revoke_documents(documents=leave, reason="Dibatalkan", actor=bkpsdm)
    assert gross_of(run_month(), someone) == PAGU


def test_own_plans_of_many_who_are_away_are_read_at_once(opd: Unit, bkpsdm: User, run_month: RunMonth) -> None:
    people = [flawless(f"Farid {number}", opd, bkpsdm) for number in range(4)]
    for person in people:
        own_pattern(person, {0: "07.30-16.00"})
        away(person, bkpsdm, "study_leave", day(15))
    run = run_month()
    rules = loaded(run.rule_set)

    def statements(count: int) -> int:
        ids = [person.pk for person in people[:count]]
        with clock.at(AFTERWARDS), CaptureQueriesContext(connection) as captured:
            found = collect(ids, month=MAY, on=MAY.first_day, rule_set=rules)
        stopped = [one.facts.stop_working_days for one in found if one.facts is not None]
        assert stopped == [(day(20), day(27))] * count
        return len(captured)

    assert statements(1) == statements(4)


def test_the_line_names_the_letter_and_the_days(someone: Employee, bkpsdm: User, run_month: RunMonth) -> None:
    away(someone, bkpsdm, "study_leave", day(15))
    run = run_month()
    line = SlipLine.objects.get(slip__run=run, slip__employee=someone, node_id="henti")
    assert "SK/study_leave/15" in str(line.inputs)
    assert line.clause_reference == "Naskah coba Pasal 9"


@pytest.mark.parametrize("which", ["first", "15", "last"])
def test_death_on_the_tenth_is_paid_up_to_the_ninth_by_the_post_of_that_day_whatever_the_reference_day(
    manado: RegionState, bkpsdm: User, run_month: RunMonth, which: str
) -> None:
    draft(stops_by_days, death_by_days, reference_day(which), state="published", since=date(2024, 1, 1))
    opd = build(bkpsdm)[0].employee.placements.get().position.unit
    someone = flawless("Farid", opd, bkpsdm)
    away(someone, bkpsdm, "death", day(10))
    deactivate_employee(uid=someone.uid, last=day(9), reason="Meninggal dunia", actor=bkpsdm)
    run = run_month()
    assert gross_of(run, someone) == Decimal("1216742")
    assert Slip.objects.get(run=run, employee=someone).heading["position"] == "Jabatan Farid"


def test_who_retired_on_the_first_is_off_the_list_and_so_in_later_months_with_the_letter(
    someone: Employee, opd: Unit, bkpsdm: User, run_month: RunMonth
) -> None:
    away(someone, bkpsdm, "retirement", day(1))
    earlier = flawless("Gani", opd, bkpsdm)
    away(earlier, bkpsdm, "death", date(2023, 11, 10))
    run = run_month()
    assert why_outside(run, someone) == "Pensiun 1 Mei 2024, SK SK/retirement/01"
    assert why_outside(run, earlier) == "Meninggal dunia 10 Nov 2023, SK SK/death/10"


def test_death_on_the_first_is_paid_by_the_post_of_the_day_before(
    someone: Employee, bkpsdm: User, run_month: RunMonth
) -> None:
    away(someone, bkpsdm, "death", day(1))
    deactivate_employee(uid=someone.uid, last=date(2024, 4, 30), reason="Meninggal dunia", actor=bkpsdm)
    run = run_month()
    assert gross_of(run, someone) == PAGU
    assert Slip.objects.get(run=run, employee=someone).heading["position"] == "Jabatan Farid"


def test_death_on_the_first_pays_nothing_where_the_rules_pay_by_days(
    manado: RegionState, bkpsdm: User, run_month: RunMonth
) -> None:
    draft(stops_by_days, death_by_days, state="published", since=date(2024, 1, 1))
    someone = flawless("Farid", build(bkpsdm)[0].employee.placements.get().position.unit, bkpsdm)
    away(someone, bkpsdm, "death", day(1))
    assert why_outside(run_month(), someone) == "Meninggal dunia 1 Mei 2024, SK SK/death/01"


def test_death_on_the_first_within_unpaid_leave_pays_nothing(
    someone: Employee, bkpsdm: User, run_month: RunMonth
) -> None:
    away(someone, bkpsdm, "unpaid_leave", date(2024, 2, 1))
    away(someone, bkpsdm, "death", day(1))
    assert why_outside(run_month(), someone) == "Meninggal dunia 1 Mei 2024, SK SK/death/01"


@pytest.mark.parametrize("kind", ["dismissal", "resignation", "study_leave", "unpaid_leave", "secondment"])
def test_who_serves_on_no_day_of_the_month_is_off_the_list(
    someone: Employee, bkpsdm: User, run_month: RunMonth, kind: str
) -> None:
    away(someone, bkpsdm, kind, day(1))
    assert f"SK SK/{kind}/01" in why_outside(run_month(), someone)


def test_who_has_left_for_good_and_was_deactivated_is_named_for_a_month_and_then_forgotten(
    someone: Employee, opd: Unit, bkpsdm: User, run_month: RunMonth
) -> None:
    last_month, before = flawless("Gani", opd, bkpsdm), flawless("Hadi", opd, bkpsdm)
    for person, gone in ((last_month, date(2024, 4, 15)), (before, date(2024, 3, 15))):
        away(person, bkpsdm, "resignation", gone)
        deactivate_employee(uid=person.uid, last=date(2024, 3, 14), reason="Berhenti", actor=bkpsdm)
    run = run_month()
    assert "Berhenti atas permintaan sendiri 15 Apr 2024" in why_outside(run, last_month)
    assert not RunIssue.objects.filter(run=run, employee=before).exists()


def test_a_whole_month_away_is_off_the_list_unless_the_rules_pay_such_a_month(
    someone: Employee, opd: Unit, bkpsdm: User, run_month: RunMonth
) -> None:
    away(someone, bkpsdm, "unpaid_leave", date(2024, 4, 1), date(2024, 9, 30))
    on_leave = flawless("Gani", opd, bkpsdm)
    away(on_leave, bkpsdm, "long_leave", date(2024, 4, 15), date(2024, 6, 15))
    run = run_month()
    reason = "Cuti di luar tanggungan negara 1 Apr 2024 sampai 30 Sep 2024, SK SK/unpaid_leave/01"
    assert why_outside(run, someone) == reason
    # Forty percent of the pagu on every day.
    assert gross_of(run, on_leave) == Decimal(1_676_400)


def test_who_comes_from_elsewhere_is_paid_by_the_reference_day(opd: Unit, bkpsdm: User, run_month: RunMonth) -> None:
    in_time = flawless("Seconded In Time", opd, bkpsdm, since=day(1))
    late = flawless("Seconded Late", opd, bkpsdm, since=day(6))
    run = run_month()
    assert gross_of(run, in_time) == PAGU
    assert "1 Mei 2024" in why_outside(run, late)


@pytest.mark.parametrize(
    ("moved", "opd_name", "gross"),
    [
        # The reference day is the first: on it the new post is held already.
        (1, "Dinas Tujuan", "2970000"),
        (2, "Badan Pengelolaan Contoh", "4191000"),
        (10, "Badan Pengelolaan Contoh", "4191000"),
    ],
)
def test_a_transfer_within_the_month_is_paid_by_the_post_of_the_reference_day(
    someone: Employee, bkpsdm: User, run_month: RunMonth, moved: int, opd_name: str, gross: str
) -> None:
    held = someone.placements.get()
    held.period = DateRange(date(2024, 1, 1), day(moved))
    held.save()
    other = make_opd("4.99", "Dinas Tujuan")
    new = make_position(other, "X-1", "Jabatan Baru", kelas=7)
    Placement.objects.create(employee=someone, position=new, period=DateRange(day(moved), None))
    run = run_month()
    slip = Slip.objects.get(run=run, employee=someone)
    assert (slip.gross, slip.heading["opd"]) == (Decimal(gross), opd_name)


def test_a_stop_taken_back_gives_the_digest_of_before(someone: Employee, bkpsdm: User, run_month: RunMonth) -> None:
    before = run_month()
    row = away(someone, bkpsdm, "study_leave", day(15))
    stopped = run_month()
    assert stopped.digest != before.digest
    withdraw_stop(uid=someone.uid, stop_uid=row.uid, reason="Keliru", actor=bkpsdm)
    assert run_month().digest == before.digest


def test_a_stop_that_the_rules_do_not_name_is_an_error_of_the_rules(
    manado: RegionState, bkpsdm: User, run_month: RunMonth
) -> None:
    draft(without("service_stop"), state="published", since=date(2024, 1, 1))
    someone = build(bkpsdm)[0].employee
    away(someone, bkpsdm, "study_leave", day(15))
    issue = RunIssue.objects.get(run=run_month())
    assert (issue.employee, issue.kind, issue.place) == (someone, "error", "rules")
