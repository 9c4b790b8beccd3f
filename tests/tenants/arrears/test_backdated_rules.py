"""A rule set that reaches back into locked months: said before, and the locked months keep their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from tenants.activities.months import totals_of
from tenants.attendance.months import month_days
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_month
from tenants.rules import publishing
from tenants.rules.actions import copy_to_draft
from tenants.rules.frozen import rules_of
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthRun
from tests.tenants.arrears.closed import backdated, first_person
from tests.tenants.payout.closing_steps import is_intact, take_steps_before_lock
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, RunOf, after

SignedIn = Callable[..., Client]


@pytest.fixture
def signers(bkpsdm: User, with_role: Callable[..., User]) -> tuple[User, User]:
    return bkpsdm, with_role("bpkad")


def test_publishing_says_how_many_locked_months_opds_and_people_it_reaches(
    closed_months: list[Unit], manado_rules: StoredRuleSet, bkpsdm: User, signed_in: SignedIn
) -> None:
    draft = copy_to_draft(uid=manado_rules.uid, valid_from=JUNE.first_day, actor=bkpsdm)
    (sentence,) = publishing.consequences(draft)
    assert "2 (Juni 2024 sampai Juli 2024)" in sentence
    assert "di 4 OPD, dengan 8 pegawai" in sentence
    page = signed_in(bkpsdm).get(f"/aturan/{draft.uid}/").content.decode()
    assert "Aturan ini berlaku surut" in page
    assert sentence in page
    later = copy_to_draft(uid=manado_rules.uid, valid_from=date(2024, 8, 1), actor=bkpsdm)
    assert publishing.consequences(later) == []


def test_a_locked_month_keeps_its_rules_and_stays_intact(
    closed_months: list[Unit], manado_rules: StoredRuleSet, signers: tuple[User, User]
) -> None:
    new = backdated(manado_rules, MAY.first_day, signers)
    manado_rules.refresh_from_db()
    person = first_person(closed_months[0])
    assert manado_rules.valid_to == MAY.first_day
    assert rules_of(person.pk, JUNE) == loaded(manado_rules)
    assert rules_of(person.pk, JULY.next) == loaded(new)
    assert month_days(person.pk, JUNE).rules == loaded(manado_rules)
    assert totals_of(person, JUNE).target is None
    assert is_intact(JUNE)


def test_an_opd_that_is_not_locked_yet_must_be_computed_again(
    four_opds: list[Unit], run_of: RunOf, manado_rules: StoredRuleSet, signers: tuple[User, User]
) -> None:
    run_of(MAY)
    with clock.at(after(MAY)):
        take_steps_before_lock(MAY, opds=four_opds[:1])
        lock_month(month=MAY, actor=signers[0], opds=four_opds[:1])
    new = backdated(manado_rules, MAY.first_day, signers)
    with clock.at(after(MAY)):
        refused = lock_month(month=MAY, actor=signers[0], opds=four_opds[1:]).refused
        assert {left.code for left in refused} == {"rules_changed"}
    again = run_of(MAY)
    assert again.rule_set == new
    with clock.at(after(MAY)):
        take_steps_before_lock(MAY)
        assert not lock_month(month=MAY, actor=signers[0], opds=four_opds[1:]).refused
    locked = MonthRun.objects.filter(locks__opd=four_opds[0])
    assert [run.rule_set for run in locked] == [manado_rules]
