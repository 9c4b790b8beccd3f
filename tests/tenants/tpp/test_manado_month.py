"""The printed month of Manado through the whole path: facts in the database, run, slips, to the rupiah."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import User
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun, RunIssue, Slip
from tenants.tpp.storing import computed_slip
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, build, golden


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def cases(manado_rules: StoredRuleSet, bkpsdm: User) -> list[Case]:
    return build(bkpsdm)


@pytest.fixture
def run(cases: list[Case], bkpsdm: User, run_outbox: Callable[[], int]) -> MonthRun:
    with clock.at(AFTERWARDS):
        started = start_run(month=MAY, actor=bkpsdm)
        run_outbox()
    started.refresh_from_db()
    return started


def test_every_printed_figure_comes_out_of_the_run(run: MonthRun, cases: list[Case]) -> None:
    assert list(RunIssue.objects.filter(run=run).values_list("reason", flat=True)) == []
    assert run.state == MonthRun.State.DONE
    for case in cases:
        slip = Slip.objects.get(run=run, employee=case.employee)
        stored = {
            "pagu": slip.pagu,
            "gross": slip.gross,
            "tax": slip.tax,
            "contributions": slip.contributions,
            "net": slip.net,
            **{name: Decimal(text) for name, text in {**slip.figures, **slip.criteria}.items()},
        }
        found = {name: stored[name] for name in case.expect}
        assert (case.id, found) == (case.id, case.expect)


def test_the_runs_totals_are_the_sums_of_the_rounded_persons(run: MonthRun) -> None:
    sums = {name: Decimal(figure) for name, figure in golden()["totals"]["sum_of_rounded"].items()}
    assert run.people == 10
    assert {
        "gross": run.gross_total,
        "tax": run.tax_total,
        "contributions": run.contribution_total,
        "net": run.net_total,
    } == sums


def test_stored_rows_give_back_the_engines_slip(run: MonthRun) -> None:
    from tenants.rules.engine import digest

    for slip in Slip.objects.filter(run=run):
        assert digest(computed_slip(slip, slip.lines.order_by("order"), run, "manado")) == slip.digest
