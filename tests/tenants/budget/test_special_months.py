"""A THR or 13th month that is over its ceilings: what was decided about it reaches its own run, and only that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.budget.checking import position
from tenants.budget.costs import costs_of_year
from tenants.budget.deciding import Choice, decide, outcome_of
from tenants.budget.options import Outcome, Shortage
from tenants.budget.recording import Ceiling, record_ceilings
from tenants.organisation.models import Unit
from tenants.payout.models import LedgerEntry
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tests.tenants.budget.conftest import DPA
from tests.tenants.payout.closing_steps import lock_prepared
from tests.tenants.tpp.manado_month import AFTERWARDS, Case, build
from tests.tenants.tpp.special_june import JUNE, RunSpecial, run_special, special_cases, special_pays
from tests.tenants.tryout.drafts import draft

__all__ = ["run_special", "special_cases"]

RunMonth = Callable[[], MonthRun]


@pytest.fixture(autouse=True)
def afterwards(manado: object) -> Iterator[None]:
    with clock.at(AFTERWARDS):
        yield


def shortage_of(kind: str, finance: User) -> tuple[Unit, Shortage]:
    """The OPD whose payment of this kind costs a tenth more than its codes have."""
    opd = Unit.objects.get(code="4.01")
    costs = next(cost.costs for cost in costs_of_year(2024, [opd.pk]) if cost.run.kind == kind)
    rows = [Ceiling(opd.pk, code, (amount * Decimal("0.9")).quantize(Decimal(1))) for code, amount in costs.items()]
    record_ceilings(ceilings=rows, paper=DPA, source="uji", actor=finance)
    return opd, Shortage(position(JUNE, kind, opd.pk))


def decided(kind: str, opd: Unit, finance: User, choice: Choice, outcome: Outcome) -> None:
    decide(
        month=JUNE,
        kind=kind,
        opd=opd,
        choice=choice,
        seen=str(outcome.net_after),
        reason="Pagu kurang",
        letter_number="900/12/2024",
        actor=finance,
    )


@pytest.mark.parametrize("kind", ["thr", "thirteenth"])
def test_a_share_is_paid_as_shown_and_goes_so_into_the_ledger(
    kind: str,
    special_cases: list[Case],
    run_month: RunMonth,
    run_special: RunSpecial,
    finance: User,
    bkpsdm: User,
) -> None:
    run_month()
    before = run_special(kind)
    opd, shortage = shortage_of(kind, finance)
    outcome = outcome_of(Choice("pro_rata"), shortage)
    assert outcome.net_after < before.net_total
    decided(kind, opd, finance, Choice("pro_rata"), outcome)
    run = run_special(kind)
    by_person = {effect.employee_id: effect.net_after for effect in outcome.effects}
    assert dict(Slip.objects.filter(run=run).values_list("employee_id", "net")) == by_person
    line = Slip.objects.filter(run=run)[0].lines.get(stage="budget")
    assert line.clause_reference == "900/12/2024"
    assert "Pagu kurang" in line.clause_text
    lock_prepared(month=JUNE, kind=kind, opd=opd, actor=bkpsdm)
    paid = LedgerEntry.objects.filter(kind="net_tpp").values_list("employee_id", "amount")
    assert dict(paid) == by_person


def test_who_is_held_for_the_budget_is_held_in_that_payment_alone(
    special_cases: list[Case], run_month: RunMonth, run_special: RunSpecial, finance: User, bkpsdm: User
) -> None:
    run_month()
    before = run_special("thr")
    opd, shortage = shortage_of("thr", finance)
    dearest = max(Slip.objects.filter(run=before), key=lambda slip: slip.gross).employee_id
    choice = Choice("hold", people={dearest})
    outcome = outcome_of(choice, shortage)
    decided("thr", opd, finance, choice, outcome)
    run, thirteenth = run_special("thr"), run_special("thirteenth")
    assert [slip.employee_id for slip in Slip.objects.filter(run=run) if slip.is_held] == [dearest]
    assert run.payable_total == outcome.net_after
    assert not any(slip.is_held for slip in Slip.objects.filter(run=thirteenth))
    lock_prepared(month=JUNE, kind="thr", opd=opd, actor=bkpsdm)
    assert not LedgerEntry.objects.filter(employee=dearest).exists()
    assert MonthLock.objects.get().net_total == outcome.net_after


def test_a_share_before_the_score_counts_on_what_was_earned_too(
    manado: RegionState, run_month: RunMonth, run_special: RunSpecial, finance: User, bkpsdm: User
) -> None:
    def before_the_score(tree: dict[str, Any]) -> None:
        special_pays(tree)
        clause = {"text": "TPP menurut kemampuan keuangan daerah.", "reference": "Naskah coba Pasal 13"}
        node = {"id": "kemampuan", "kind": "budget_factor", "label": "Kemampuan anggaran", "stage": "before_score"}
        tree["nodes"].append({**node, "clause": clause})

    draft(before_the_score, state="published", since=date(2024, 1, 1))
    build(bkpsdm)
    run_month()
    run_special("thr")
    opd, shortage = shortage_of("thr", finance)
    outcome = outcome_of(Choice("partial", Decimal("0.5")), shortage)
    assert outcome.fits
    decided("thr", opd, finance, Choice("partial", Decimal("0.5")), outcome)
    run = run_special("thr")
    # Of Rp3.637.788 earned in May half is THR, of that half is borne; 5 % tax of III/c.
    slip = Slip.objects.get(run=run, employee__name="Pegawai 01")
    assert slip.gross == Decimal(909_447)
    assert run.net_total == outcome.net_after
