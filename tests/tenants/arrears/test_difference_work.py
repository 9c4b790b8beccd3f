"""A difference run as work: taken up again after a kill, cancelled, refused; who is off the list; statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.jobs import work
from kernel.jobs.models import Job
from tenants.arrears import computing, evaluating
from tenants.arrears.actions import start_difference
from tenants.arrears.errors import NothingLocked, SpanRefused
from tenants.arrears.locked import locked_month, preview
from tenants.arrears.models import DifferenceIssue, DifferenceSlip, DifferenceSpan
from tenants.employees.models import Standing
from tenants.organisation.models import Unit
from tenants.rules.models import StoredRuleSet
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import cancel_run
from tenants.tpp.errors import MonthNotBegun, RunGoing
from tenants.tpp.models import MonthRun
from tests.tenants.arrears.closed import Difference, backdated, first_person
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, after

AUGUST = JULY.next


@pytest.fixture
def raised(
    closed_months: list[Unit], manado_rules: StoredRuleSet, bkpsdm: User, with_role: Callable[..., User]
) -> None:
    backdated(manado_rules, MAY.first_day, (bkpsdm, with_role("bpkad")))


def test_a_run_that_lost_its_worker_goes_on_behind_the_last_person(
    raised: None, difference: Difference, bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = difference()
    monkeypatch.setattr(evaluating, "chunk_size", lambda people: 3)
    with clock.at(after(AUGUST)):
        run = start_difference(month=AUGUST, first=MAY, last=JULY, actor=bkpsdm)
    honest, calls = computing._settle, []

    def die_in_the_fifth(*args: object) -> None:
        calls.append(args)
        if len(calls) == 5:
            raise SystemExit("killed")
        honest(*args)  # type: ignore[arg-type]  # passed through as it came

    monkeypatch.setattr(computing, "_settle", die_in_the_fifth)
    uid = str(run.job.uid if run.job else "")
    with clock.at(after(AUGUST)), pytest.raises(SystemExit):
        work.run(uid)
    kept = set(DifferenceSlip.objects.filter(run=run).values_list("pk", flat=True))
    assert len(kept) == 8 + 3
    monkeypatch.setattr(computing, "_settle", honest)
    with clock.at(after(AUGUST) + timedelta(hours=1)):
        work.run(uid)
    run.refresh_from_db()
    assert (run.state, run.digest, run.net_total) == (MonthRun.State.DONE, undisturbed.digest, undisturbed.net_total)
    assert kept < set(DifferenceSlip.objects.filter(run=run).values_list("pk", flat=True))
    assert DifferenceSpan.objects.get(run=run).compared == 24


def test_a_job_that_lost_its_worker_behind_the_end_still_leads_to_the_run(raised: None, difference: Difference) -> None:
    run = difference()
    assert run.job is not None
    Job.objects.filter(pk=run.job.pk).update(state=Job.State.QUEUED, result={})
    assert work.run(str(run.job.uid)).result["url"] == reverse("arrears-run", args=[run.uid])


def test_a_cancelled_run_counts_for_nothing(
    raised: None, bkpsdm: User, run_outbox: Callable[[], int], difference: Difference
) -> None:
    with clock.at(after(AUGUST)):
        run = start_difference(month=AUGUST, first=MAY, last=JULY, actor=bkpsdm)
        with pytest.raises(RunGoing):
            start_difference(month=AUGUST, first=MAY, last=JULY, actor=bkpsdm)
        cancel_run(run=run, actor=bkpsdm)
        run_outbox()
    run.refresh_from_db()
    assert run.state == MonthRun.State.CANCELLED
    assert difference().number == 2


def test_a_span_that_has_nothing_to_compare_is_refused(
    closed_months: list[Unit], bkpsdm: User, with_role: Callable[..., User]
) -> None:
    def start(first: object, last: object, month: object = AUGUST, **more: object) -> None:
        with clock.at(after(AUGUST)):
            start_difference(month=month, first=first, last=last, **{"actor": bkpsdm, **more})  # type: ignore[arg-type]

    with pytest.raises(SpanRefused, match="order"):
        start(JULY, MAY)
    with pytest.raises(SpanRefused, match="length"):
        start(MAY, type(MAY)(2027, 6))
    with pytest.raises(NothingLocked):
        start(AUGUST, AUGUST)
    with pytest.raises(NothingLocked):
        start(MAY, JULY, opds=[UUID(int=7)])
    with pytest.raises(MonthNotBegun):
        start(MAY, JULY, type(MAY)(2025, 6))
    with pytest.raises(NotAllowed):
        start(MAY, JULY, actor=with_role("inspektorat"))
    assert not MonthRun.objects.filter(kind="difference").exists()


def test_the_preview_says_what_the_run_compares(closed_months: list[Unit], difference: Difference) -> None:
    counted = preview(MAY, JULY, None)
    assert (counted.months, counted.opds, counted.people, counted.person_months) == (3, 4, 8, 24)
    one = preview(JUNE, JUNE, [closed_months[1].uid])
    assert (one.months, one.opds, one.people, one.person_months) == (1, 1, 2, 2)
    assert DifferenceSpan.objects.get(run=difference()).compared == counted.person_months


def test_who_is_off_the_list_by_the_rules_of_now_is_due_nothing(
    closed_months: list[Unit], difference: Difference
) -> None:
    person = first_person(closed_months[0])
    Standing.objects.filter(employee=person).update(status="KONTRAK")
    slips = DifferenceSlip.objects.filter(run=difference(MAY, MAY))
    (slip,) = slips
    assert (slip.employee, slip.new_net, slip.net) == (person, 0, -slip.old_net)
    assert slip.reasons[0]["fact"] == "nominative"
    assert "KONTRAK" in slip.reasons[0]["new"]


def test_somebody_who_cannot_be_computed_is_an_issue_and_the_others_go_on(
    raised: None, closed_months: list[Unit], difference: Difference
) -> None:
    person = first_person(closed_months[0])
    MonthlyRating.objects.filter(employee=person, month=JUNE.first_day).delete()
    run = difference(JUNE, JUNE)
    issue = DifferenceIssue.objects.get(run=run)
    assert (issue.employee, issue.of_month, issue.kind, issue.place) == (person, JUNE.first_day, "error", "rating")
    assert DifferenceSlip.objects.filter(run=run).count() == 7
    assert run.errors == 1


def test_the_statements_do_not_grow_with_the_people(closed_months: list[Unit], raised: None) -> None:
    def statements(opds: list[UUID] | None) -> int:
        month = locked_month(JUNE, opds)
        assert month is not None
        with CaptureQueriesContext(connection) as captured:
            found = [one for chunk in evaluating.compared_in(month, 0) for one in chunk.found]
        assert len(found) == (8 if opds is None else 2)
        return len(captured)

    with clock.at(after(AUGUST)):
        statements([closed_months[0].uid])
        assert statements([closed_months[0].uid]) == statements(None)
