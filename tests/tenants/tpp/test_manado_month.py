"""The printed month of Manado through the whole path: facts in the database, run, slips, to the rupiah."""

from __future__ import annotations

from decimal import Decimal

from tenants.rules.engine import digest
from tenants.tpp.models import MonthRun, RunIssue, Slip
from tenants.tpp.storing import computed_slip
from tests.tenants.tpp.manado_month import Case, golden


def test_every_printed_figure_comes_out_of_the_run(month_run: MonthRun, cases: list[Case]) -> None:
    assert list(RunIssue.objects.filter(run=month_run).values_list("reason", flat=True)) == []
    assert month_run.state == MonthRun.State.DONE
    for case in cases:
        slip = Slip.objects.get(run=month_run, employee=case.employee)
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


def test_the_runs_totals_are_the_sums_of_the_rounded_persons(month_run: MonthRun) -> None:
    sums = {name: Decimal(figure) for name, figure in golden()["totals"]["sum_of_rounded"].items()}
    assert month_run.people == 10
    assert {
        "gross": month_run.gross_total,
        "tax": month_run.tax_total,
        "contributions": month_run.contribution_total,
        "net": month_run.net_total,
    } == sums


def test_stored_rows_give_back_the_engines_slip(month_run: MonthRun) -> None:
    slips = list(Slip.objects.filter(run=month_run))
    assert len(slips) == 10
    for slip in slips:
        assert digest(computed_slip(slip, slip.lines.order_by("order"), month_run, "manado")) == slip.digest
