"""A run by rules under which a person's pay depends on the superior: three steps, taken up again, and replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.jobs import work
from kernel.tenancy.state import RegionState
from tenants.payout.errors import FactsChanged
from tenants.tpp import computing
from tenants.tpp.actions import start_run
from tenants.tpp.facts import Collected, Trouble
from tenants.tpp.facts import collect as honest_collect
from tenants.tpp.models import MonthFacts, MonthRun, RunIssue, Slip, SlipLine
from tenants.tpp.practice import choose_pilots
from tenants.tpp.salary import record_salary_bases
from tests.cast import make_opd
from tests.tenants.payout.closing_steps import is_intact, lock_one, lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, build
from tests.tenants.tpp.test_run import crowd
from tests.tenants.tryout.drafts import draft, superiors_discipline

RunMonth = Callable[[], MonthRun]


@pytest.fixture
def related_cases(manado: RegionState, bkpsdm: User) -> list[Case]:
    """The ten people of the printed month; the second is the superior of all others, who has none above."""
    draft(superiors_discipline, state="published", since=date(2024, 1, 1))
    cases = build(bkpsdm)
    head = cases[1].employee.placements.get().position
    for case in cases[:1] + cases[2:]:
        position = case.employee.placements.get().position
        position.superior = head
        position.save()
    return cases


def test_everybody_is_paid_by_the_superiors_score_too(related_cases: list[Case], run_month: RunMonth) -> None:
    run = run_month()
    assert (run.state, run.people, run.errors) == (MonthRun.State.DONE, 10, 0)
    boss = Slip.objects.get(run=run, employee=related_cases[1].employee)
    discipline = Decimal(boss.figures["disiplin.nilai"])
    for line in SlipLine.objects.filter(slip__run=run, node_id="produktivitas.atasan.nilai"):
        assert line.unrounded == discipline
    assert '"related"' in MonthFacts.objects.filter(run=run)[0].text


def test_two_such_runs_have_the_same_digest_and_lock(
    related_cases: list[Case], run_month: RunMonth, bkpsdm: User
) -> None:
    first, second = run_month(), run_month()
    assert first.digest == second.digest != ""
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
    # Evaluated again one by one from the frozen facts, without anybody else's.
    assert is_intact(MAY)


def test_a_change_after_the_run_is_seen_though_others_figures_are_frozen_with_it(
    related_cases: list[Case], run_month: RunMonth, bkpsdm: User
) -> None:
    run_month()
    with clock.at(AFTERWARDS):
        record_salary_bases(month=MAY, amounts={related_cases[3].employee.pk: Decimal(9_000_000)}, actor=bkpsdm)
        with pytest.raises(FactsChanged) as refused:
            lock_one(MAY, actor=bkpsdm)
    assert refused.value.people == 1


def test_a_superior_who_is_not_on_the_list_is_a_vacancy(related_cases: list[Case], run_month: RunMonth) -> None:
    boss = related_cases[1].employee
    boss.standings.update(status="KONTRAK", golongan="")
    run = run_month()
    assert (run.people, run.outside, run.errors) == (9, 1, 0)
    worker = Slip.objects.get(run=run, employee=related_cases[0].employee)
    assert worker.figures["produktivitas.atasan.nilai"] == worker.figures["disiplin.nilai"]


def test_a_superior_whose_opd_is_not_computed_yet_is_no_vacancy(
    related_cases: list[Case], run_month: RunMonth, bkpsdm: User
) -> None:
    """In a pilot the pay of an OPD's head would differ from what it is once the superior's OPD is in."""
    post = related_cases[1].employee.placements.get().position
    pilot = post.unit
    post.unit = make_opd("9.01", "Sekretariat Daerah")
    post.save()
    choose_pilots(opds=[pilot.uid], month=MAY, actor=bkpsdm)
    run = run_month()
    assert (run.people, run.practice, run.waiting, run.errors) == (0, 0, 1, 9)
    assert all("belum ikut latihan" in issue.reason for issue in RunIssue.objects.filter(run=run).errors())


def test_a_superior_without_facts_is_an_issue_of_who_asks(
    related_cases: list[Case], run_month: RunMonth, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = related_cases[1].employee.pk

    def collect(*args: Any, **kwargs: Any) -> list[Collected]:
        trouble = Trouble("Kalender unitnya belum ada.", RunIssue.Place.ATTENDANCE)
        return [
            replace(found, facts=None, trouble=trouble) if found.person.employee_id == boss else found
            for found in honest_collect(*args, **kwargs)
        ]

    monkeypatch.setattr("tenants.tpp.kinds.collect", collect)
    run = run_month()
    assert (run.people, run.errors) == (0, 10)
    asking = RunIssue.objects.filter(run=run).exclude(employee=boss)
    assert all("Kalender unitnya belum ada." in issue.reason for issue in asking)
    assert asking.count() == 9


@pytest.mark.parametrize("step", ["_freeze_chunk", "_relate", "_settle_chunk"])
def test_a_run_killed_in_any_step_goes_on_and_ends_alike(
    related_cases: list[Case], bkpsdm: User, run_month: RunMonth, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    undisturbed = run_month()
    monkeypatch.setattr("tenants.tpp.nominative.CHUNK", 4)
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
    honest, calls = getattr(computing, step), []
    deadly = 1 if step == "_relate" else 2

    def die(*args: object) -> None:
        calls.append(args)
        if len(calls) == deadly:
            raise SystemExit("killed")
        honest(*args)

    monkeypatch.setattr(computing, step, die)
    assert run.job is not None
    with clock.at(AFTERWARDS), pytest.raises(SystemExit):
        work.run(str(run.job.uid))
    monkeypatch.setattr(computing, step, honest)
    kept = dict(MonthFacts.objects.filter(run=run).values_list("pk", "digest"))
    slips = set(Slip.objects.filter(run=run).values_list("pk", flat=True))
    assert (len(kept), len(slips)) == {"_freeze_chunk": (4, 0), "_relate": (10, 0), "_settle_chunk": (10, 4)}[step]
    with clock.at(datetime(2024, 6, 3, 3, 0, tzinfo=UTC)):
        work.run(str(run.job.uid))
    run.refresh_from_db()
    assert (run.state, run.people, run.digest) == (MonthRun.State.DONE, 10, undisturbed.digest)
    assert kept.keys() <= set(MonthFacts.objects.filter(run=run).values_list("pk", flat=True))
    assert slips <= set(Slip.objects.filter(run=run).values_list("pk", flat=True))


def test_the_statements_of_three_steps_do_not_grow_with_the_people(
    manado: RegionState, bkpsdm: User, run_month: RunMonth
) -> None:
    draft(superiors_discipline, state="published", since=date(2024, 1, 1))
    assert bkpsdm.effective_grants
    counts = {}
    for people, more in ((20, 20), (120, 100)):
        crowd(more, first=people - more)
        with CaptureQueriesContext(connection) as captured:
            run = run_month()
        assert run.people + run.errors == people
        counts[people] = len(captured)
    assert counts[20] == counts[120] <= 130
