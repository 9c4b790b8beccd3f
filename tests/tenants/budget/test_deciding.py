"""A month that is over: every way out shows its effect first, and a decision does exactly that after the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from tenants.budget.checking import position
from tenants.budget.deciding import Choice, decide, options_for, outcome_of, undo_decision
from tenants.budget.errors import AlreadyDecided, AlreadyLocked, FactsMoved, NotEnough, NothingToDecide
from tenants.budget.models import BudgetDecision
from tenants.budget.options import Outcome, Shortage
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.budget.conftest import DPPA, Record
from tests.tenants.payout.closing_steps import lock_prepared
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case

SignedIn = Callable[..., Client]
RunMonth = Callable[[], MonthRun]


@pytest.fixture(autouse=True)
def afterwards(manado: object) -> Iterator[None]:
    with clock.at(AFTERWARDS):
        yield


@pytest.fixture
def shortage(opd: Unit, ceilings: Record) -> Shortage:
    """The month costs a tenth more than its codes have."""
    ceilings("0.9")
    return Shortage(position(MAY, "ordinary", opd.pk))


def decided(opd: Unit, finance: User, choice: Choice, outcome: Outcome) -> BudgetDecision:
    return decide(
        month=MAY,
        kind="ordinary",
        opd=opd,
        choice=choice,
        seen=str(outcome.net_after),
        reason="Pagu kurang",
        letter_number="900/12/2024",
        actor=finance,
    )


def test_pro_rata_is_the_largest_share_of_four_decimals_that_fits(shortage: Shortage) -> None:
    outcome = shortage.pro_rata()
    assert outcome is not None
    assert outcome.share is not None
    assert Decimal("0.8990") <= outcome.share <= Decimal("0.9")
    assert outcome.fits
    assert outcome.people == 10
    assert outcome.gross_after == outcome.position.this
    assert not shortage.at(outcome.share + Decimal("0.0005")).fits


def test_the_run_after_the_decision_pays_what_was_shown_and_the_slip_says_why(
    shortage: Shortage, opd: Unit, finance: User, bkpsdm: User, run_month: RunMonth
) -> None:
    outcome = outcome_of(Choice("pro_rata"), shortage)
    decided(opd, finance, Choice("pro_rata"), outcome)
    run = run_month()
    assert run.net_total == outcome.net_after
    assert run.gross_total == outcome.gross_after
    by_person = {effect.employee_id: effect.net_after for effect in outcome.effects}
    assert dict(Slip.objects.filter(run=run).values_list("employee_id", "net")) == by_person
    line = Slip.objects.filter(run=run)[0].lines.get(stage="budget")
    assert line.clause_reference == "900/12/2024"
    assert "Pagu kurang" in line.clause_text
    assert not position(MAY, "ordinary", opd.pk).is_over
    lock_prepared(month=MAY, opd=opd, actor=bkpsdm)


def test_people_are_held_by_name_and_the_others_keep_their_pay(
    shortage: Shortage, opd: Unit, finance: User, run_month: RunMonth, month_run: MonthRun
) -> None:
    dearest = max(Slip.objects.filter(run=month_run), key=lambda slip: slip.gross).employee_id
    choice = Choice("hold", people={dearest})
    outcome = outcome_of(choice, shortage)
    assert (outcome.held, outcome.people) == (1, 1)
    decided(opd, finance, choice, outcome)
    run = run_month()
    assert [slip.employee_id for slip in Slip.objects.filter(run=run) if slip.is_held] == [dearest]
    assert run.payable_total == outcome.net_after
    before = dict(Slip.objects.filter(run=month_run).exclude(employee=dearest).values_list("employee_id", "net"))
    after = dict(Slip.objects.filter(run=run).exclude(employee=dearest).values_list("employee_id", "net"))
    assert after == before


def test_an_undone_decision_gives_the_first_computation_again(
    shortage: Shortage, opd: Unit, finance: User, run_month: RunMonth, month_run: MonthRun
) -> None:
    outcome = outcome_of(Choice("partial", Decimal("0.5")), shortage)
    decision = decided(opd, finance, Choice("partial", Decimal("0.5")), outcome)
    assert run_month().digest != month_run.digest
    undo_decision(uid=decision.uid, why="Anggaran ditambah", actor=finance)
    assert run_month().digest == month_run.digest
    assert AuditEvent.objects.filter(action="budget.decision_undone").count() == 1


def test_waiting_for_a_revision_changes_no_slip_and_stays_over_until_the_ceiling_is_raised(
    shortage: Shortage, opd: Unit, finance: User, run_month: RunMonth, month_run: MonthRun, ceilings: Record
) -> None:
    outcome = outcome_of(Choice("revision"), shortage)
    assert (outcome.people, outcome.net_after) == (0, month_run.net_total)
    decided(opd, finance, Choice("revision"), outcome)
    assert run_month().digest == month_run.digest
    assert position(MAY, "ordinary", opd.pk).is_over


def test_a_choice_that_leaves_the_month_above_its_ceiling_is_refused(
    shortage: Shortage, opd: Unit, finance: User
) -> None:
    choice = Choice("partial", Decimal("0.95"))
    with pytest.raises(NotEnough):
        decided(opd, finance, choice, outcome_of(choice, shortage))
    with pytest.raises(NotEnough):
        outcome_of(Choice("hold"), shortage)


def test_what_the_page_showed_must_still_be_so(shortage: Shortage, opd: Unit, finance: User) -> None:
    shown = outcome_of(Choice("partial", Decimal("0.5")), shortage)
    with pytest.raises(FactsMoved):
        decided(opd, finance, Choice("pro_rata"), shown)


def test_one_decision_stands_at_a_time(shortage: Shortage, opd: Unit, finance: User) -> None:
    choice = Choice("pro_rata")
    decided(opd, finance, choice, outcome_of(choice, shortage))
    with pytest.raises(AlreadyDecided):
        decided(opd, finance, choice, outcome_of(choice, shortage))


def test_nothing_is_decided_about_a_month_within_its_ceilings(
    opd: Unit, finance: User, ceilings: Record, shortage: Shortage
) -> None:
    outcome = outcome_of(Choice("pro_rata"), shortage)
    ceilings("2", DPPA)
    with pytest.raises(NothingToDecide):
        decided(opd, finance, Choice("pro_rata"), outcome)


def test_a_locked_month_keeps_its_decision(
    shortage: Shortage, opd: Unit, finance: User, bkpsdm: User, run_month: RunMonth
) -> None:
    choice = Choice("pro_rata")
    decision = decided(opd, finance, choice, outcome_of(choice, shortage))
    run_month()
    lock_prepared(month=MAY, opd=opd, actor=bkpsdm)
    with pytest.raises(AlreadyLocked):
        undo_decision(uid=decision.uid, why="Terlambat", actor=finance)


def page_of(opd: Unit) -> str:
    return f"/anggaran/bulan/2024-05/ordinary/{opd.uid}/"


def test_the_page_shows_the_options_side_by_side_and_each_person_before_deciding(
    shortage: Shortage, opd: Unit, finance: User, signed_in: SignedIn, cases: list[Case]
) -> None:
    client = signed_in(finance)
    text = client.get(page_of(opd)).content.decode()
    assert "Melewati pagu" in text
    for option in options_for("ordinary"):
        assert str(option.label) in text
    text = client.get(page_of(opd), {"pilihan": "pro_rata"}).content.decode()
    assert cases[0].employee.name in text
    assert 'name="dampak"' in text


def test_the_decision_is_taken_on_the_page_with_reason_and_letter(
    shortage: Shortage, opd: Unit, finance: User, signed_in: SignedIn
) -> None:
    client = signed_in(finance)
    outcome = shortage.pro_rata()
    assert outcome is not None
    address = f"{page_of(opd)}?pilihan=pro_rata"
    shown = {"dampak": str(outcome.net_after)}
    assert client.post(address, {**shown, "alasan": "", "surat": "900/1"}).status_code == 422
    assert client.post(address, {**shown, "alasan": "Pagu kurang", "surat": "900/1"}).status_code == 302
    text = client.get(page_of(opd)).content.decode()
    assert "Pagu kurang" in text
    assert "Hitung ulang OPD ini" in text
    decision = BudgetDecision.objects.get()
    client.post(f"/anggaran/keputusan/{decision.uid}/batal/", {"alasan": "Salah pilih"})
    assert "Salah pilih" in client.get(page_of(opd)).content.decode()


def test_an_unknown_nip_to_hold_is_said(shortage: Shortage, opd: Unit, finance: User, signed_in: SignedIn) -> None:
    text = signed_in(finance).get(page_of(opd), {"pilihan": "hold", "nip": "123"}).content.decode()
    assert "Tidak dibayar bulan ini di OPD ini" in text


def test_who_only_reads_sees_the_effect_and_no_button(
    shortage: Shortage, opd: Unit, bkpsdm: User, signed_in: SignedIn
) -> None:
    client = signed_in(bkpsdm)
    text = client.get(page_of(opd), {"pilihan": "pro_rata"}).content.decode()
    assert "Dampak tiap pegawai" in text
    assert 'name="surat"' not in text
    assert client.post(f"{page_of(opd)}?pilihan=pro_rata", {}).status_code == 403


def test_the_example_of_the_page_about_the_budget_comes_out(shortage: Shortage) -> None:
    page = (Path(__file__).parents[3] / "docs" / "algorithms" / "budget.md").read_text(encoding="utf-8")
    outcome = shortage.pro_rata()
    assert outcome is not None
    found = shortage.position
    costs = [line.this for line in found.lines]
    figures = [*costs, sum(costs), *(line.ceiling for line in found.lines), *(line.shortage for line in found.lines)]
    figures += [found.shortage, outcome.net_after, outcome.net_before, outcome.position.this]
    assert [said for figure in figures if (said := f"{figure:,.0f}") not in page] == []
    assert f"the share is {outcome.share}" in page
