"""Closed months compared with what they give now: nothing for nothing, to the rupiah for what changed, and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import User
from tenants.arrears.models import DifferenceIssue, DifferenceLine, DifferenceSlip, DifferenceSpan, LateFact
from tenants.attendance.actions import DocumentIn, enter_documents, revoke_documents
from tenants.attendance.models import DayResult
from tenants.organisation.models import Unit
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.arrears.closed import Difference, backdated, first_person, letter
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, after

WithRole = Callable[..., User]


@pytest.fixture
def signers(bkpsdm: User, with_role: WithRole) -> tuple[User, User]:
    return bkpsdm, with_role("bpkad")


def test_arrears_of_an_unchanged_rule_are_zero(closed_months: list[Unit], difference: Difference) -> None:
    run = difference()
    assert run.state == MonthRun.State.DONE
    assert not DifferenceSlip.objects.exists()
    assert not DifferenceIssue.objects.exists()
    assert run.people == 0
    assert run.net_total == 0
    assert DifferenceSpan.objects.get(run=run).compared == 3 * 8


def test_a_backdated_raise_gives_each_closed_month_its_difference(
    closed_months: list[Unit], difference: Difference, manado_rules: StoredRuleSet, signers: tuple[User, User]
) -> None:
    raised = backdated(manado_rules, JUNE.first_day, signers)
    run = difference()
    slips = DifferenceSlip.objects.filter(run=run)
    assert sorted(slips.values_list("of_month", flat=True).distinct()) == [JUNE.first_day, JULY.first_day]
    assert slips.count() == 2 * 8
    one = slips.get(employee=first_person(closed_months[0]), of_month=JUNE.first_day)
    assert (one.is_rapel, one.is_koreksi, one.rule_set) == (True, False, raised)
    assert (one.old_pagu, one.new_pagu, one.pagu) == (2_970_000, 3_000_000, 30_000)
    locked = Slip.objects.get(employee=one.employee, run__month=JUNE.first_day, run__kind="ordinary")
    assert (one.old_net, one.slip) == (locked.net, locked)
    assert one.net == one.gross - one.tax - one.contributions > 0
    assert run.net_total == sum(slip.net for slip in slips)


def test_the_lines_of_a_difference_add_up_to_its_totals_and_say_why(
    closed_months: list[Unit], difference: Difference, manado_rules: StoredRuleSet, signers: tuple[User, User]
) -> None:
    backdated(manado_rules, JUNE.first_day, signers)
    run = difference()
    columns = {
        "pagu": "pagu",
        "gross": "gross",
        "tax": "tax",
        "contribution": "contributions",
        "deduction": "other_deductions",
        "rounding": "rounding",
    }
    for slip in DifferenceSlip.objects.filter(run=run):
        for column, total in columns.items():
            lines = slip.lines.filter(column=column)
            assert sum((line.difference for line in lines), Decimal(0)) == getattr(slip, total)
    reasons = set(DifferenceLine.objects.filter(column="pagu").values_list("reason", flat=True))
    assert reasons == {"rule"}


def test_a_letter_that_came_after_the_lock_is_a_correction_that_names_the_day(
    closed_months: list[Unit], run_of: object, difference: Difference, bkpsdm: User
) -> None:
    person = first_person(closed_months[0])
    day = date(2024, 6, 11)
    stored = DayResult.objects.get(employee=person, date=day)
    before = (stored.presence, stored.events)
    letter(person, day, "S", bkpsdm)
    run = difference()
    (slip,) = DifferenceSlip.objects.filter(run=run)
    assert (slip.employee, slip.of_month, slip.is_rapel, slip.is_koreksi) == (person, JUNE.first_day, False, True)
    assert slip.reasons == [{"fact": "days", "date": "2024-06-11", "old": "hadir", "new": "S"}]
    assert slip.net < 0
    stored.refresh_from_db()
    assert (stored.presence, stored.events) == before


def test_a_letter_entered_after_the_lock_and_revoked_again_leaves_nothing_to_pay(
    closed_months: list[Unit], difference: Difference, bkpsdm: User
) -> None:
    person = first_person(closed_months[0])
    sick = DocumentIn(kind="S", label="Sakit", first=date(2024, 6, 11), last=date(2024, 6, 11))
    with clock.at(after(JULY)):
        papers = enter_documents(entries=[(person, sick)], file=None, letter_number="SRT/11", actor=bkpsdm)
    (slip,) = DifferenceSlip.objects.filter(run=difference())
    assert slip.net < 0
    with clock.at(after(JULY)):
        revoke_documents(documents=papers, reason="Surat palsu", actor=bkpsdm)
    assert LateFact.objects.filter(employee=person, of_month=JUNE.first_day).exists()
    assert not DifferenceSlip.objects.filter(run=difference()).exists()


def test_a_rating_that_came_after_the_lock_says_what_it_was_and_is(
    closed_months: list[Unit], difference: Difference
) -> None:
    person = first_person(closed_months[1])
    MonthlyRating.objects.filter(employee=person, month=MAY.first_day).update(skp_percent=Decimal("80"))
    (slip,) = DifferenceSlip.objects.filter(run=difference())
    assert slip.reasons == [{"fact": "skp_score", "old": "96", "new": "80"}]
    assert slip.net < 0
    assert set(slip.lines.exclude(reason="follows").values_list("reason", flat=True)) == {"fact"}


def test_only_the_asked_opds_and_months_are_compared(
    closed_months: list[Unit], difference: Difference, manado_rules: StoredRuleSet, signers: tuple[User, User]
) -> None:
    backdated(manado_rules, MAY.first_day, signers)
    run = difference(MAY, JUNE, opds=[closed_months[2].uid])
    slips = DifferenceSlip.objects.filter(run=run)
    assert set(slips.values_list("opd", "of_month")) == {
        (closed_months[2].pk, MAY.first_day),
        (closed_months[2].pk, JUNE.first_day),
    }


def test_the_same_facts_and_rules_give_the_same_digest(
    closed_months: list[Unit], difference: Difference, manado_rules: StoredRuleSet, signers: tuple[User, User]
) -> None:
    backdated(manado_rules, JUNE.first_day, signers)
    first, second = difference(), difference()
    assert (first.number, second.number) == (1, 2)
    assert first.digest == second.digest
