"""A rule set tried out over past months: figures, what it cannot show, resume, and that nothing live is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.sql import SQL, Identifier

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.money import round_rupiah
from kernel.periods import Month
from tenants.organisation.models import Unit
from tenants.rules.engine import MonthFacts, evaluate, load_rule_set
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthRun, SalaryBase, Slip
from tenants.tryout import computing
from tenants.tryout.actions import remove_try_out, start_try_out, stop_try_out
from tenants.tryout.errors import MonthsRefused, NothingToTry, TryOutFinished, TryOutGoing
from tenants.tryout.models import TryOut, TryOutMonth, TryOutPerson
from tenants.tryout.summing import Summary, read
from tests.cast import make_employee, make_position
from tests.tenants.payout.closing_steps import is_intact, lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case
from tests.tenants.tpp.pilot import JUNE, RunOf
from tests.tenants.tryout.drafts import (
    draft,
    late_tier_ends_at,
    needs_measure,
    superiors_discipline,
    weights,
)

RunMonth = Callable[[], MonthRun]
TryIt = Callable[..., TryOut]


@pytest.fixture
def try_it(bkpsdm: User, run_outbox: Callable[[], int]) -> TryIt:
    """Start a try-out and work it to the end."""

    def start(rule_set: StoredRuleSet, *months: Month) -> TryOut:
        with clock.at(AFTERWARDS):
            made = start_try_out(rule_set=rule_set.uid, months=months or (MAY,), actor=bkpsdm)
            run_outbox()
        made.refresh_from_db()
        return made

    return start


def summary_of(tryout: TryOut) -> Summary:
    assert tryout.is_done, tryout.state
    return read(tryout.summary)


def fingerprint() -> dict[str, str]:
    """One digest for each live table of the region: everything but the try-out's own, jobs, outbox and the audit."""
    own = ("tryout_", "jobs_", "delivery_", "audit_", "django_", "account_")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(own)]
        found = {}
        for table in tables:
            rows = SQL("SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {} t")
            cursor.execute(rows.format(Identifier(table)))
            found[table] = cursor.fetchone()[0]
    assert len(found) > 30
    return found


def test_other_weights_give_what_the_engine_gives(month_run: MonthRun, cases: list[Case], try_it: TryIt) -> None:
    new = draft(weights("40", "60"))
    tryout = try_it(new)
    rules = load_rule_set(new.text).model_copy(update={"valid_from": MAY.first_day})
    rows = {row.employee_id: row for row in TryOutPerson.objects.filter(month__tryout=tryout)}
    assert len(rows) == len(cases)
    for frozen in FrozenFacts.objects.filter(run=month_run):
        expected = evaluate(rules, MonthFacts.from_json(frozen.text))
        slip = Slip.objects.get(run=month_run, employee=frozen.employee_id)
        row = rows[frozen.employee_id]
        assert (row.new_gross, row.new_net) == (expected.gross, expected.net)
        assert (row.old_gross, row.old_net) == (slip.gross, slip.net)
        assert row.difference == expected.net - slip.net
    summary = summary_of(tryout)
    assert summary.sums.old == month_run.net_total
    assert summary.sums.new == sum(row.new_net or 0 for row in rows.values())
    assert summary.heads.gain + summary.heads.loss + summary.heads.same == len(cases)
    assert summary.heads.loss == sum(1 for row in rows.values() if row.difference < 0)


def test_the_sums_agree_with_one_another(month_run: MonthRun, try_it: TryIt) -> None:
    summary = summary_of(try_it(draft(weights("40", "60"))))
    assert sum(opd.sums.new for opd in summary.opds) == summary.sums.new
    assert sum(month.sums.old for month in summary.months) == summary.sums.old
    # Nodes lead from nothing to the net before rounding: a rupiah for each person at most.
    assert abs(sum(node.sums.difference for node in summary.nodes) - summary.sums.difference) <= 20
    assert [person.sums.difference for person in summary.gains] == sorted(
        (person.sums.difference for person in summary.gains), reverse=True
    )
    assert summary.losses
    assert all(person.sums.difference < 0 for person in summary.losses)
    by_class = {row.kelas: row for row in summary.classes}
    some = TryOutPerson.objects.filter(kelas=9)
    average = sum((row.old_net for row in some), Decimal(0)) / some.count()
    assert round_rupiah(by_class[9].sums.old) == round_rupiah(average)


def test_the_same_rules_change_nothing(month_run: MonthRun, manado_rules: StoredRuleSet, try_it: TryIt) -> None:
    tryout = try_it(manado_rules)
    summary = summary_of(tryout)
    assert summary.sums.difference == 0
    assert summary.heads.same == 10
    assert not summary.nodes
    assert not TryOutPerson.objects.exclude(status="same", figures={}).exists()


def test_a_tier_that_ends_earlier_counts_the_same_minutes_anew(
    month_run: MonthRun, cases: list[Case], try_it: TryIt
) -> None:
    # 07.50 is twenty minutes late: the first tier then, the second when it begins at sixteen.
    late = next(case for case in cases if case.employee == cases[1].employee)
    tryout = try_it(draft(late_tier_ends_at(15)))
    row = TryOutPerson.objects.get(month__tryout=tryout, employee=late.employee)
    assert row.status == TryOutPerson.Status.LOSS
    assert "disiplin.nilai" in row.figures
    before = Slip.objects.get(run=month_run, employee=late.employee).figures["disiplin.nilai"]
    assert Decimal(before) - Decimal(row.figures["disiplin.nilai"]) == 4


def test_a_fact_that_nobody_recorded_is_an_error_row_and_in_no_sum(month_run: MonthRun, try_it: TryIt) -> None:
    summary = summary_of(try_it(draft(needs_measure)))
    assert (summary.error_rows, summary.heads.error) == (10, 10)
    assert summary.sums.old == 0
    assert summary.error_net == month_run.net_total
    assert summary.reasons[0].count == 10
    assert "NILAI_BARU" in summary.reasons[0].words


def test_one_persons_error_does_not_stop_the_rest(cases: list[Case], run_month: RunMonth, try_it: TryIt) -> None:
    SalaryBase.objects.filter(employee=cases[0].employee).delete()
    run = run_month()
    assert run.errors == 1
    summary = summary_of(try_it(draft(weights("40", "60"))))
    assert (summary.error_rows, summary.heads.compared) == (1, 9)
    assert "dasar gaji" in summary.reasons[0].words


def test_pay_by_the_superiors_score_is_related_before_it_is_computed(
    month_run: MonthRun, cases: list[Case], try_it: TryIt, run_month: RunMonth
) -> None:
    boss, worker = cases[1].employee, cases[0].employee
    place = boss.placements.get().position
    own = worker.placements.get().position
    own.superior = place
    own.save()
    tryout = try_it(draft(superiors_discipline))
    row = TryOutPerson.objects.get(month__tryout=tryout, employee=worker)
    discipline = Slip.objects.get(run=month_run, employee=boss).figures["disiplin.nilai"]
    assert Decimal(row.related["produktivitas.atasan.nilai"]) == Decimal(discipline)
    alone = TryOutPerson.objects.get(month__tryout=tryout, employee=boss)
    assert Decimal(alone.related["produktivitas.atasan.nilai"]) == Decimal(discipline)


def test_nothing_live_is_touched_not_even_in_a_locked_month(month_run: MonthRun, bkpsdm: User, try_it: TryIt) -> None:
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
    new = draft(weights("40", "60"))
    before = fingerprint()
    tryout = try_it(new)
    assert summary_of(tryout).sums.difference
    assert fingerprint() == before
    with clock.at(AFTERWARDS):
        remove_try_out(tryout=tryout, actor=bkpsdm)
    assert fingerprint() == before
    assert not TryOutPerson.objects.exists()
    assert is_intact(MAY)


def test_the_same_text_and_months_are_one_try_out_until_another_run_counts(
    month_run: MonthRun, run_month: RunMonth, try_it: TryIt, bkpsdm: User
) -> None:
    new = draft(weights("40", "60"))
    first = try_it(new)
    assert try_it(new).pk == first.pk
    assert Job.objects.filter(kind="tryout.run").count() == 1
    again = run_month()
    second = try_it(new)
    assert second.pk != first.pk
    assert not TryOut.objects.filter(pk=first.pk).exists()
    assert TryOutMonth.objects.get(tryout=second).run == again


def test_several_months_are_summed_by_person(four_opds: list[Unit], run_of: RunOf, try_it: TryIt) -> None:
    for month in (MAY, JUNE):
        run_of(month)
    tryout = try_it(draft(weights("40", "60")), JUNE, MAY)
    summary = summary_of(tryout)
    assert [month.month for month in summary.months] == [MAY.first_day, JUNE.first_day]
    assert tryout.months_key == "2024-05,2024-06"
    assert summary.heads.compared == 8
    assert TryOutPerson.objects.count() == 16
    some = TryOutPerson.objects.filter(employee__uid=(summary.gains or summary.losses)[0].uid)
    assert sum(row.difference for row in some) == (summary.gains or summary.losses)[0].sums.difference


def test_months_are_one_to_twelve_and_have_a_finished_run(month_run: MonthRun, bkpsdm: User) -> None:
    new = draft(weights("40", "60"))
    year = [Month(2023 + number // 12, number % 12 + 1) for number in range(13)]
    for months in ([], year):
        with pytest.raises(MonthsRefused):
            start_try_out(rule_set=new.uid, months=months, actor=bkpsdm)
    with pytest.raises(NothingToTry) as refused:
        start_try_out(rule_set=new.uid, months=[MAY, JUNE], actor=bkpsdm)
    assert "Juni 2024" in refused.value.message()
    assert not TryOut.objects.exists()


def test_who_may_not_write_rules_starts_none(month_run: MonthRun, with_role: Callable[..., User]) -> None:
    new = draft(weights("40", "60"))
    for role in ("bpkad", "inspektorat", "kepala_daerah"):
        with pytest.raises(NotAllowed):
            start_try_out(rule_set=new.uid, months=[MAY], actor=with_role(role))


def test_a_try_out_is_stopped_and_begun_anew(
    month_run: MonthRun, bkpsdm: User, run_outbox: Callable[[], int], try_it: TryIt
) -> None:
    new = draft(weights("40", "60"))
    with clock.at(AFTERWARDS):
        tryout = start_try_out(rule_set=new.uid, months=[MAY], actor=bkpsdm)
        with pytest.raises(TryOutGoing):
            remove_try_out(tryout=tryout, actor=bkpsdm)
        assert start_try_out(rule_set=new.uid, months=[MAY], actor=bkpsdm).pk == tryout.pk
        stop_try_out(tryout=tryout, actor=bkpsdm)
        run_outbox()
    tryout.refresh_from_db()
    assert tryout.state == TryOut.State.CANCELLED
    assert not TryOutPerson.objects.exists()
    with pytest.raises(TryOutFinished):
        stop_try_out(tryout=tryout, actor=bkpsdm)
    assert try_it(new).is_done


def test_a_job_that_lost_its_worker_behind_the_end_still_leads_to_the_result(
    month_run: MonthRun, try_it: TryIt
) -> None:
    tryout = try_it(draft(weights("40", "60")))
    assert tryout.job is not None
    Job.objects.filter(pk=tryout.job.pk).update(state=Job.State.QUEUED, result={})
    assert work.run(str(tryout.job.uid)).result == {"url": reverse("tryout-result", args=[tryout.uid])}


@pytest.mark.parametrize("change", [weights("40", "60"), superiors_discipline])
def test_a_try_out_that_lost_its_worker_goes_on_and_ends_alike(
    month_run: MonthRun, bkpsdm: User, try_it: TryIt, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    new = draft(change)  # type: ignore[arg-type]  # a Change
    undisturbed = try_it(new).summary
    TryOut.objects.all().delete()
    monkeypatch.setattr(computing, "CHUNK", 4)
    with clock.at(AFTERWARDS):
        tryout = start_try_out(rule_set=new.uid, months=[MAY], actor=bkpsdm)
    honest, calls = computing._compute_chunk, []

    def die_in_the_second(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit("killed")
        honest(*args)  # type: ignore[arg-type]  # passed through as it came

    monkeypatch.setattr(computing, "_compute_chunk", die_in_the_second)
    job = Job.objects.get(pk=tryout.job_id or 0)
    with clock.at(AFTERWARDS), pytest.raises(SystemExit):
        work.run(str(job.uid))
    kept = set(TryOutPerson.objects.values_list("pk", flat=True))
    assert len(kept) == 4
    monkeypatch.setattr(computing, "_compute_chunk", honest)
    with clock.at(datetime(2024, 6, 3, 3, 0, tzinfo=UTC)):
        work.run(str(job.uid))
    tryout.refresh_from_db()
    assert (tryout.state, tryout.summary) == (TryOut.State.DONE, undisturbed)
    assert kept < set(TryOutPerson.objects.values_list("pk", flat=True))


def test_the_statements_do_not_grow_with_the_people(
    four_opds: list[Unit], bkpsdm: User, run_of: RunOf, run_outbox: Callable[[], int]
) -> None:
    assert bkpsdm.effective_grants
    counts = {}
    for version, more in ((51, 0), (52, 60)):
        for number in range(more):
            make_employee(f"Tambahan {number}", make_position(four_opds[0], f"T-{number}", "Pengelola", kelas=7))
        run_of(MAY)
        new = draft(weights("40", "60"), version=version)
        with clock.at(AFTERWARDS), CaptureQueriesContext(connection) as captured:
            start_try_out(rule_set=new.uid, months=[MAY], actor=bkpsdm)
            run_outbox()
        counts[version] = len(captured)
        assert TryOutPerson.objects.count() == 8 + more
        TryOut.objects.all().delete()
    assert counts[51] == counts[52] <= 80
