"""Status, golongan, class and category are those of the reference date, whatever is recorded afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import User
from kernel.closing import MonthClosed
from kernel.tenancy.state import RegionState
from tenants.employees.models import Employee, Placement
from tenants.employees.standings import change_standing, correct_standing
from tenants.organisation.models import Position
from tenants.organisation.terms import change_terms, correct_terms
from tenants.rules.engine import load_rule_set
from tenants.rules.models import StoredRuleSet
from tenants.tpp.facts import collect
from tenants.tpp.models import MonthRun, RunIssue, Slip
from tests.cast import make_position
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, build
from tests.tenants.tryout.drafts import draft, node_of

RunMonth = Callable[[], MonthRun]

FIRST_OF_MAY, TENTH, LAST_OF_MAY, JUNE = date(2024, 5, 1), date(2024, 5, 10), date(2024, 5, 31), date(2024, 6, 1)


def slip_of(run: MonthRun, employee: Employee) -> Slip:
    return Slip.objects.get(run=run, employee=employee)


def post_of(employee: Employee) -> Position:
    return employee.placements.get().position


def promoted(employee: Employee, golongan: str, first: date, actor: User, status: str = "PNS") -> None:
    change_standing(uid=employee.uid, status=status, golongan=golongan, first=first, actor=actor)


@pytest.mark.parametrize(("day", "status", "share"), [("first", "CPNS", "0.8"), ("last", "PNS", "1")])
def test_a_candidate_appointed_on_the_tenth_is_paid_as_on_the_reference_day(
    manado: RegionState, bkpsdm: User, run_month: RunMonth, day: str, status: str, share: str
) -> None:
    def reference(tree: dict[str, Any]) -> None:
        node_of(tree, "pagu")["reference_day"] = day

    draft(reference, state="published", since=date(2024, 1, 1))
    case = build(bkpsdm)[0]
    case.employee.standings.update(status="CPNS")
    promoted(case.employee, "III/c", TENTH, bkpsdm)
    slip = slip_of(run_month(), case.employee)
    assert slip.heading["status"] == status
    assert slip.pagu == case.expect["pagu"] * Decimal(share)
    assert slip.gross == (case.expect["gross"] * Decimal(share)).quantize(Decimal(1))


def test_a_promotion_recorded_later_leaves_the_tax_of_the_month_before(
    cases: list[Case], run_month: RunMonth, bkpsdm: User
) -> None:
    someone = cases[0].employee
    before = run_month()
    promoted(someone, "IV/a", JUNE, bkpsdm)
    after = run_month()
    assert after.digest == before.digest
    assert slip_of(after, someone).tax == cases[0].expect["tax"]
    assert slip_of(after, someone).heading["golongan"] == "III/c"


def test_a_promotion_of_the_reference_day_counts(cases: list[Case], run_month: RunMonth, bkpsdm: User) -> None:
    someone = cases[0].employee
    promoted(someone, "IV/a", FIRST_OF_MAY, bkpsdm)
    slip = slip_of(run_month(), someone)
    assert slip.heading["golongan"] == "IV/a"
    assert slip.tax == (cases[0].expect["gross"] * Decimal("0.15")).quantize(Decimal(1))


def test_a_class_from_a_later_month_leaves_the_slip_as_it_was_and_one_from_this_month_changes_it(
    cases: list[Case], run_month: RunMonth, bkpsdm: User
) -> None:
    someone = cases[0].employee
    before = slip_of(run_month(), someone)
    terms = change_terms(uid=post_of(someone).uid, kelas=11, category="umum", first=JUNE, actor=bkpsdm)
    same = slip_of(run_month(), someone)
    assert (same.digest, same.facts_digest) == (before.digest, before.facts_digest)
    correct_terms(
        uid=post_of(someone).uid,
        terms_uid=terms.uid,
        kelas=11,
        category="umum",
        first=FIRST_OF_MAY,
        letter_number="",
        reason="SK berlaku sejak Mei",
        actor=bkpsdm,
    )
    other = slip_of(run_month(), someone)
    assert (other.heading["kelas"], before.heading["kelas"]) == (11, 9)
    assert other.pagu > before.pagu


def test_who_is_not_paid_is_who_has_no_paid_status_on_the_reference_day(
    cases: list[Case], run_month: RunMonth, bkpsdm: User
) -> None:
    someone = cases[0].employee
    someone.standings.update(status="KONTRAK", golongan="")
    promoted(someone, "IX", TENTH, bkpsdm, status="PPPK")
    run = run_month()
    assert RunIssue.objects.get(run=run, kind="outside").employee == someone
    promoted(someone, "IX", date(2024, 4, 1), bkpsdm, status="PPPK")
    assert slip_of(run_month(), someone).heading["status"] == "PPPK"


def test_the_acting_post_is_compared_by_the_classes_of_the_day(
    cases: list[Case], manado_rules: StoredRuleSet, bkpsdm: User
) -> None:
    someone = cases[0].employee
    second = make_position(post_of(someone).unit, "M-99", "Kepala Seksi", kelas=7)
    Placement.objects.create(
        employee=someone, position=second, kind="plt", period=DateRange(date(2024, 4, 1), date(2024, 7, 1))
    )
    change_terms(uid=second.uid, kelas=11, category="umum", first=TENTH, actor=bkpsdm)
    rule_set = load_rule_set(manado_rules.text)
    levels = []
    for day in (FIRST_OF_MAY, LAST_OF_MAY):
        facts = collect([someone.pk], month=MAY, on=day, rule_set=rule_set)[0].facts
        assert facts is not None
        levels.append([(post.level, post.kelas) for post in facts.acting])
    assert levels == [[("lower", 7)], [("higher", 11)]]


def test_what_is_not_recorded_for_the_day_is_said_and_the_others_are_paid(
    cases: list[Case], run_month: RunMonth
) -> None:
    cases[0].employee.standings.update(period=DateRange(TENTH, None))
    post_of(cases[1].employee).terms.update(period=DateRange(TENTH, None))
    run = run_month()
    reasons = {issue.employee_id: (issue.place, issue.reason) for issue in RunIssue.objects.filter(run=run)}
    assert set(reasons) == {cases[0].employee.pk, cases[1].employee.pk}
    place, reason = reasons[cases[0].employee.pk]
    assert (place, "Status dan golongan belum tercatat untuk 1 Mei 2024" in reason) == ("employee", True)
    assert "Kelas jabatan Jabatan 2 belum tercatat untuk 1 Mei 2024" in reasons[cases[1].employee.pk][1]
    assert run.people == 8


def test_a_locked_month_refuses_what_it_would_read_otherwise(
    month_run: MonthRun, cases: list[Case], bkpsdm: User
) -> None:
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
    someone = cases[0].employee
    with pytest.raises(MonthClosed):
        promoted(someone, "IV/a", TENTH, bkpsdm)
    with pytest.raises(MonthClosed):
        change_terms(uid=post_of(someone).uid, kelas=11, category="umum", first=date(2024, 4, 1), actor=bkpsdm)
    with pytest.raises(MonthClosed):
        correct_standing(
            uid=someone.uid,
            standing_uid=someone.standings.get().uid,
            status="PNS",
            golongan="III/d",
            first=None,
            letter_number="",
            reason="Salah ketik",
            actor=bkpsdm,
        )
    promoted(someone, "IV/a", JUNE, bkpsdm)
    change_terms(uid=post_of(someone).uid, kelas=11, category="umum", first=JUNE, actor=bkpsdm)
    assert [row.golongan for row in someone.standings.order_by("period")] == ["III/c", "IV/a"]
