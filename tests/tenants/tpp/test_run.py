"""A run from start to end: who is in it, what stops it, what does not, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.models import User
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.employees.actions import deactivate_employee
from tenants.employees.models import Employee, Placement
from tenants.rules.engine import MonthFacts as ReadFacts
from tenants.rules.engine import RuleSet
from tenants.rules.errors import NoRulesInForce
from tenants.rules.models import StoredRuleSet
from tenants.tpp import computing
from tenants.tpp.actions import cancel_run, start_run
from tenants.tpp.computing import changes_between
from tenants.tpp.errors import MonthNotBegun, RunFinished, RunGoing
from tenants.tpp.kinds import evaluated as evaluate_honestly
from tenants.tpp.models import MonthFacts, MonthRun, RunIssue, SalaryBase, Slip, SlipLine
from tenants.tpp.salary import record_salary_bases
from tenants.tpp.sealing import recomputed_slips
from tests.cast import make_employee, make_opd, make_position
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, build
from tests.tenants.tryout.drafts import draft

RunMonth = Callable[[], MonthRun]


def crowd(number: int, *, first: int = 0) -> list[Employee]:
    """So many people in four offices of their own, without a single fact beyond their post."""
    offices = [make_opd(f"9.{first}.{serial}", f"Kantor {first}/{serial}") for serial in range(4)]
    posts = [make_position(opd, f"C-{opd.code}", "Pengelola", kelas=7) for opd in offices]
    return [
        make_employee(f"Orang {serial:04}", posts[serial % 4], nip=f"19850101201001{serial:04}")
        for serial in range(first, first + number)
    ]


def test_two_runs_on_the_same_facts_have_the_same_digest(cases: list[Case], run_month: RunMonth) -> None:
    first, second = run_month(), run_month()
    assert (first.number, second.number) == (1, 2)
    assert first.digest == second.digest != ""
    assert MonthRun.objects.counting(MAY) == second
    assert changes_between(second, first) == []


def test_a_changed_fact_shows_who_changed(cases: list[Case], run_month: RunMonth, bkpsdm: User) -> None:
    first = run_month()
    someone = cases[3].employee
    record_salary_bases(month=MAY, amounts={someone.pk: Decimal("11500000")}, actor=bkpsdm)
    second = run_month()
    changed = changes_between(second, first)
    assert [slip.employee_id for slip, _ in changed] == [someone.pk]
    assert first.digest != second.digest


def test_a_missing_fact_is_that_persons_row_and_the_others_are_paid(cases: list[Case], run_month: RunMonth) -> None:
    SalaryBase.objects.filter(employee=cases[0].employee).delete()
    run = run_month()
    issue = RunIssue.objects.get(run=run)
    assert (issue.employee, issue.kind, issue.place) == (cases[0].employee, "error", "salary")
    assert "dasar gaji" in issue.reason
    assert (run.people, run.errors, run.state) == (9, 1, MonthRun.State.DONE)


def test_a_defect_in_one_person_does_not_stop_the_rest(
    cases: list[Case], run_month: RunMonth, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = cases[4].employee.pk

    def evaluate(kind: str, rule_set: RuleSet, facts: ReadFacts) -> object:
        if facts.penalties:
            raise ZeroDivisionError
        return evaluate_honestly(kind, rule_set, facts)

    monkeypatch.setattr(computing, "evaluated", evaluate)
    run = run_month()
    assert RunIssue.objects.get(run=run).employee_id == victim
    assert run.people == 9


def test_a_slip_that_the_database_refuses_is_that_persons_row(
    cases: list[Case], run_month: RunMonth, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = cases[4].employee.pk

    def evaluate(kind: str, rule_set: RuleSet, facts: ReadFacts) -> object:
        slip = evaluate_honestly(kind, rule_set, facts)
        return replace(slip, net=slip.net - 1) if facts.penalties else slip

    monkeypatch.setattr(computing, "evaluated", evaluate)
    run = run_month()
    issue = RunIssue.objects.get(run=run)
    assert (issue.employee_id, issue.kind, issue.place) == (victim, "error", "rules")
    assert "tidak dapat disimpan" in issue.reason
    assert (run.state, run.people, run.errors) == (MonthRun.State.DONE, 9, 1)
    assert not SlipLine.objects.filter(slip__employee=victim).exists()


def test_by_rules_that_round_nothing_who_gets_parts_of_a_cent_is_a_row_with_the_reason(
    manado: RegionState, bkpsdm: User, run_month: RunMonth
) -> None:
    def round_nothing(tree: dict[str, Any]) -> None:
        tree["rounding"].update(dict.fromkeys(("pagu", "criterion", "gross", "deduction", "net"), "none"))

    # Such a set can no longer be published; one that was in force before is still read.
    draft(round_nothing, state="published", since=date(2024, 1, 1))
    build(bkpsdm)
    run = run_month()
    # Eight of the ten come to whole cents by themselves.
    assert (run.state, run.people, run.errors) == (MonthRun.State.DONE, 8, 2)
    assert all("lebih halus daripada dua desimal" in issue.reason for issue in RunIssue.objects.filter(run=run))
    opd = Slip.objects.filter(run=run)[0].opd
    assert all(slip.digest == now for slip, now in recomputed_slips(run, opd, "manado"))


def test_who_is_not_on_the_nominative_list_is_named_with_the_reason(cases: list[Case], run_month: RunMonth) -> None:
    late = make_employee("Datang Kemudian", make_position(make_opd("5.01", "Dinas Lain"), "L-1", "Staf"))
    Placement.objects.filter(employee=late).update(period=DateRange(date(2024, 5, 15), None))
    contract = make_employee("Tenaga Kontrak", status="KONTRAK", golongan="")
    Placement.objects.create(
        employee=contract,
        position=cases[0].employee.placements.get().position,
        period=DateRange(date(2024, 1, 1), None),
    )
    make_employee("Sudah Pergi").__class__.objects.filter(name="Sudah Pergi").update(is_active=False)
    run = run_month()
    reasons = dict(RunIssue.objects.filter(run=run, kind="outside").values_list("employee__name", "reason"))
    assert set(reasons) == {"Datang Kemudian", "Tenaga Kontrak"}
    assert "1 Mei 2024" in reasons["Datang Kemudian"]
    assert "KONTRAK" in reasons["Tenaga Kontrak"]
    assert (run.people, run.outside) == (10, 2)


def test_who_left_after_the_reference_date_is_still_paid_for_the_month(
    cases: list[Case], run_month: RunMonth, bkpsdm: User
) -> None:
    before = run_month()
    retired = cases[0].employee
    deactivate_employee(uid=retired.uid, last=date(2024, 5, 31), reason="Pensiun", actor=bkpsdm)
    run = run_month()
    assert Slip.objects.filter(run=run, employee=retired).exists()
    assert (run.people, run.digest) == (before.people, before.digest)


def test_a_run_that_another_worker_took_over_is_not_failed_by_the_first(
    cases: list[Case], bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.tpp.nominative.CHUNK", 4)
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
        job = Job.objects.get(pk=run.job_id or 0)
        honest, calls = computing._compute_chunk, []

        def sleep_in_the_second(*args: object) -> None:
            calls.append(args)
            honest(*args)  # type: ignore[arg-type]  # passed through as it came
            if len(calls) == 2:
                Job.objects.filter(pk=job.pk).update(started_at=clock.now() + timedelta(minutes=3))

        monkeypatch.setattr(computing, "_compute_chunk", sleep_in_the_second)
        work.run(str(job.uid))
    run.refresh_from_db()
    assert len(calls) == 2
    assert run.state == MonthRun.State.RUNNING


def test_one_run_of_a_month_at_a_time(cases: list[Case], bkpsdm: User) -> None:
    with clock.at(AFTERWARDS):
        start_run(month=MAY, actor=bkpsdm)
        with pytest.raises(RunGoing):
            start_run(month=MAY, actor=bkpsdm)
        start_run(month=MAY.previous, actor=bkpsdm)


def test_no_rules_no_run_and_no_run_of_a_coming_month(manado: RegionState, bkpsdm: User) -> None:
    with clock.at(AFTERWARDS):
        with pytest.raises(NoRulesInForce):
            start_run(month=MAY, actor=bkpsdm)
        with pytest.raises(MonthNotBegun):
            start_run(month=Month(2024, 7), actor=bkpsdm)


def test_a_cancelled_run_counts_for_nothing_and_makes_room(
    cases: list[Case], bkpsdm: User, run_outbox: Callable[[], int], run_month: RunMonth
) -> None:
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
        cancel_run(run=run, actor=bkpsdm)
        run_outbox()
    run.refresh_from_db()
    assert run.state == MonthRun.State.CANCELLED
    assert MonthRun.objects.counting(MAY) is None
    with pytest.raises(RunFinished):
        cancel_run(run=run, actor=bkpsdm)
    assert run_month().number == 2


def test_a_job_given_up_from_outside_does_not_block_the_month(
    cases: list[Case], bkpsdm: User, run_month: RunMonth
) -> None:
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
    assert run.job is not None
    Job.objects.filter(pk=run.job.pk).update(state=Job.State.FAILED)
    assert run_month().number == 2
    run.refresh_from_db()
    assert run.state == MonthRun.State.FAILED


def test_a_run_that_lost_its_worker_goes_on_and_ends_like_an_undisturbed_one(
    cases: list[Case], bkpsdm: User, run_month: RunMonth, run_outbox: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = run_month()
    monkeypatch.setattr("tenants.tpp.nominative.CHUNK", 4)
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
    honest, calls = computing._compute_chunk, []

    def die_in_the_second(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit("killed")
        honest(*args)  # type: ignore[arg-type]  # passed through as it came

    monkeypatch.setattr(computing, "_compute_chunk", die_in_the_second)
    with clock.at(AFTERWARDS), pytest.raises(SystemExit):
        work.run(str(run.job.uid if run.job else ""))
    run.refresh_from_db()
    assert run.is_going
    kept = set(MonthFacts.objects.filter(run=run).values_list("pk", flat=True))
    assert len(kept) == 4
    monkeypatch.setattr(computing, "_compute_chunk", honest)
    with clock.at(datetime(2024, 6, 3, 3, 0, tzinfo=UTC)):
        work.run(str(run.job.uid if run.job else ""))
    run.refresh_from_db()
    assert (run.state, run.people, run.digest) == (MonthRun.State.DONE, 10, undisturbed.digest)
    assert kept < set(MonthFacts.objects.filter(run=run).values_list("pk", flat=True))


def test_a_failing_run_says_so(
    cases: list[Case], run_month: RunMonth, bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("tenants.tpp.kinds.collect", break_down)
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
        with pytest.raises(RuntimeError):
            work.run(str(run.job.uid if run.job else ""))
    run.refresh_from_db()
    assert run.state == MonthRun.State.FAILED


def test_the_statements_do_not_grow_with_the_people(
    manado_rules: StoredRuleSet, bkpsdm: User, run_month: RunMonth, run_outbox: Callable[[], int]
) -> None:
    # What is read once for a signed-in person is no statement of the run, nor is what was to be sent before.
    assert bkpsdm.effective_grants
    run_outbox()
    counts = {}
    for people, more in ((20, 20), (200, 180)):
        crowd(more, first=people - more)
        with CaptureQueriesContext(connection) as captured:
            run = run_month()
        assert run.people + run.errors == people
        counts[people] = len(captured)
    assert counts[20] == counts[200] <= 105


def test_a_slips_lines_carry_clause_days_and_minutes(month_run: MonthRun, cases: list[Case]) -> None:
    lines = SlipLine.objects.filter(slip=Slip.objects.get(run=month_run, employee=cases[1].employee))
    late = lines.get(node_id="disiplin.terlambat", inputs__code="TMK1")
    assert late.clause_reference.startswith("Perwali Manado")
    assert late.inputs["count"] == len(late.inputs["days"]) == 4
    assert late.inputs["days"][0]["minutes"] == 20
    assert sum(line.amount or 0 for line in lines if line.column == "gross") == cases[1].expect["gross"]
