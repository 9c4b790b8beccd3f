"""Ceilings by code and year: what a month costs, what stands in its way, and that the newest paper counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.ids import new_uid
from tenants.budget.accounts import Accounts
from tenants.budget.checking import against_locking, position
from tenants.budget.costs import costs_of_slips, costs_of_year
from tenants.budget.deciding import Choice, decide, undo_decision
from tenants.budget.errors import FactsMoved, NothingToDecide
from tenants.budget.factors import factors_of
from tenants.budget.models import BudgetCeiling, BudgetDecision
from tenants.budget.recording import Ceiling, map_account, record_ceilings, withdraw_ceiling
from tenants.organisation.models import Unit
from tenants.payout.errors import NotReady
from tenants.rules.engine import MonthFacts, evaluate, ready_rule_sets
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthRun, Slip
from tests.cast import Office, Person
from tests.rule_rows import store_rules
from tests.tenants.budget.conftest import DPA, DPPA, Record
from tests.tenants.payout.closing_steps import lock_prepared
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY
from tests.tenants.tpp.small_run import finished_run, slip_in


def codes(month: str, opd: Unit) -> list[str]:
    return [reason.code for reason in against_locking(MAY, month, opd.pk)]


def test_the_codes_together_cost_what_the_slips_pay_in_gross(opd: Unit, month_run: MonthRun) -> None:
    cost = costs_of_year(2024, [opd.pk])[0]
    assert sum(cost.costs.values()) == month_run.gross_total
    assert set(cost.costs) == {"5.1.01.02.01.0001", "5.1.01.02.05.0001"}
    assert not cost.is_locked


def test_the_sums_of_the_database_are_those_of_the_engine(opd: Unit, month_run: MonthRun) -> None:
    rules = loaded(month_run.rule_set)
    slips = [
        (row.heading["status"], evaluate(rules, MonthFacts.from_json(row.text)))
        for row in FrozenFacts.objects.filter(run=month_run)
    ]
    assert costs_of_slips(slips, rules, month_run.month, Accounts()) == costs_of_year(2024, [opd.pk])[0].costs


def test_an_opd_without_ceilings_is_stopped_until_somebody_decides_to_go_on(
    opd: Unit, bkpsdm: User, finance: User
) -> None:
    assert codes("ordinary", opd) == ["budget_missing"]
    assert codes("thr", opd) == []
    before = f"{Slip.objects.filter(opd=opd).sums()['net']:.0f}"
    with clock.at(AFTERWARDS):
        with pytest.raises(FactsMoved):
            go_on(opd, finance, seen="1")
        with pytest.raises(NotAllowed):
            go_on(opd, bkpsdm, seen=before)
        decision = go_on(opd, finance, seen=before)
        assert codes("ordinary", opd) == []
        # It changes no slip, and taken back it no longer counts.
        assert factors_of({pk: opd.pk for pk in Slip.objects.values_list("employee", flat=True)}, MAY, "ordinary") == {}
        undo_decision(uid=decision.uid, why="DPA sudah terbit", actor=finance)
        assert codes("ordinary", opd) == ["budget_missing"]
        assert go_on(opd, finance, seen=before) != decision


def test_going_on_without_is_not_for_a_month_that_has_its_ceilings_or_is_over(
    opd: Unit, finance: User, ceilings: Record
) -> None:
    net = f"{Slip.objects.filter(opd=opd).sums()['net']:.0f}"
    ceilings("0.9")
    with clock.at(AFTERWARDS), pytest.raises(NothingToDecide):
        go_on(opd, finance, seen=net)
    ceilings("1.1", DPPA)
    with clock.at(AFTERWARDS), pytest.raises(NothingToDecide):
        go_on(opd, finance, seen=net)


def go_on(opd: Unit, finance: User, *, seen: str) -> BudgetDecision:
    choice = Choice(BudgetDecision.Option.UNRECORDED)
    return decide(
        month=MAY,
        kind="ordinary",
        opd=opd,
        choice=choice,
        seen=seen,
        reason="DPA belum terbit",
        letter_number="900/1/2024",
        actor=finance,
    )


def test_a_month_above_its_ceiling_is_not_locked_and_leads_to_the_options(
    opd: Unit, bkpsdm: User, ceilings: Record
) -> None:
    ceilings("0.9")
    found = position(MAY, "ordinary", opd.pk)
    assert found.is_over
    assert found.shortage == sum(line.this - line.ceiling for line in found.lines if line.ceiling is not None)
    with clock.at(AFTERWARDS), pytest.raises(NotReady) as refused:
        lock_prepared(month=MAY, opd=opd, actor=bkpsdm)
    assert f"/anggaran/bulan/2024-05/ordinary/{opd.uid}/" in str([r.url for r in refused.value.reasons])


def test_a_month_within_its_ceiling_is_locked(opd: Unit, bkpsdm: User, ceilings: Record) -> None:
    ceilings("1")
    assert codes("ordinary", opd) == []
    with clock.at(AFTERWARDS):
        lock_prepared(month=MAY, opd=opd, actor=bkpsdm)
    assert costs_of_year(2024, [opd.pk])[0].is_locked
    found = position(MAY, "thr", opd.pk)
    assert [line.left for line in found.lines] == [Decimal(0), Decimal(0)]
    assert found.cost is None


def test_one_rupiah_too_little_is_too_little(opd: Unit, ceilings: Record) -> None:
    ceilings("1")
    BudgetCeiling.objects.filter(account_code="5.1.01.02.01.0001").update(
        amount=BudgetCeiling.objects.get(account_code="5.1.01.02.01.0001").amount - 1
    )
    assert position(MAY, "ordinary", opd.pk).shortage == 1


def test_a_code_without_ceiling_is_named(opd: Unit, finance: User) -> None:
    row = Ceiling(opd.pk, "5.1.01.02.01.0001", Decimal(10**12))
    record_ceilings(ceilings=[row], paper=DPA, source="uji", actor=finance)
    reasons = against_locking(MAY, "ordinary", opd.pk)
    assert [(reason.code, "5.1.01.02.05.0001" in reason.text) for reason in reasons] == [("budget_missing", True)]


def test_the_revision_counts_from_its_day_on_and_a_withdrawn_one_never(
    opd: Unit, finance: User, ceilings: Record
) -> None:
    ceilings("0.9")
    ceilings("1.1", DPPA)
    with clock.at(AFTERWARDS.replace(month=5, day=25)):
        assert position(MAY, "ordinary", opd.pk).is_over
    with clock.at(AFTERWARDS):
        assert not position(MAY, "ordinary", opd.pk).is_over
        for row in BudgetCeiling.objects.filter(document="dppa"):
            withdraw_ceiling(uid=row.uid, why="Salah", actor=finance)
        assert position(MAY, "ordinary", opd.pk).is_over


def test_a_region_maps_a_part_to_its_own_code(opd: Unit, finance: User) -> None:
    before = costs_of_year(2024, [opd.pk])[0].costs
    map_account(part="BK", group="pns", account_code="5.1.01.02.01.0009", actor=finance)
    after = costs_of_year(2024, [opd.pk])[0].costs
    assert after["5.1.01.02.01.0009"] == before["5.1.01.02.01.0001"]
    assert "5.1.01.02.01.0001" not in after


def test_the_statements_do_not_grow_with_the_people(opd: Unit, django_assert_num_queries: Any) -> None:
    statements = 6
    with django_assert_num_queries(statements):
        costs_of_year(2024, [opd.pk])
    with django_assert_num_queries(statements):
        costs_of_year(2024)


@pytest.fixture
def contributing(office: Office, ani: Person, budi: Person) -> MonthRun:
    """Two slips under the common rule set: contributions of 1 percent of which the employer pays four times."""
    run = finished_run()
    rules = store_rules(ready_rule_sets()["umum_60_40"], since=date(2023, 1, 1), until=date(2023, 12, 31))
    MonthRun.objects.filter(pk=run.pk).update(rule_set=rules)
    for person, status, contribution in ((ani, "PNS", "10000.125"), (budi, "PPPK", "20000.10")):
        slip = slip_in(run, person.employee, office.opd)
        slip.heading["status"] = status
        Slip.objects.filter(pk=slip.pk).update(
            uid=new_uid(),
            heading=slip.heading,
            criteria={"PK": "600000", "BK": "400000"},
            figures={"bpjs": contribution},
        )
    run.refresh_from_db()
    return run


def test_the_employer_pays_four_times_the_contribution_rounded_person_by_person(
    contributing: MonthRun, office: Office
) -> None:
    costs = costs_of_year(2024, [office.opd.pk])[0].costs
    assert costs["5.1.01.01.09.0001"] == 40_001
    assert costs["5.1.01.01.09.0002"] == 80_000


def test_pppk_are_paid_from_their_own_codes(contributing: MonthRun, office: Office) -> None:
    costs = costs_of_year(2024, [office.opd.pk])[0].costs
    assert (costs["5.1.01.02.05.0001"], costs["5.1.01.02.05.0002"]) == (Decimal(600_000), Decimal(600_000))


def test_pay_that_waits_for_the_budget_costs_nothing_and_other_held_pay_does(
    contributing: MonthRun, office: Office, ani: Person
) -> None:
    slips = Slip.objects.filter(employee=ani.employee)
    slips.update(holds=[{"node_id": "lhkpn", "label": "LHKPN", "reason": "LHKPN"}])
    full = costs_of_year(2024, [office.opd.pk])[0].costs
    assert full["5.1.01.02.05.0001"] == 600_000
    slips.update(holds=[{"node_id": "faktor_anggaran", "label": "Anggaran", "reason": "Menunggu"}])
    assert "5.1.01.02.05.0001" not in costs_of_year(2024, [office.opd.pk])[0].costs
