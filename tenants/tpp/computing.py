"""The work of a run: people in chunks, facts collected and frozen, slips computed and stored, totals and digest.

A chunk is one transaction, so a worker that dies leaves whole chunks only. The run that takes up again keeps the people
whose facts are frozen and goes on with the rest: what was read once is not read again in the same run.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import System
from kernel.audit.record import declare_action, record
from kernel.jobs.work import Cancelled, Progress, TakenOver, work
from kernel.periods import Month
from tenants.rules.engine import (
    EvaluationError,
    MissingFact,
    MonthFacts,
    NoRuleFor,
    RuleSet,
    digest,
    evaluate,
    explain,
)
from tenants.rules.engine import Slip as ComputedSlip
from tenants.rules.loading import loaded
from tenants.tpp.actions import RUN_WORK
from tenants.tpp.facts import Chunk, Collected, Person, Trouble, collect, nominative, place_of
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthRun, RunIssue, Slip
from tenants.tpp.sealing import run_digest
from tenants.tpp.storing import write_slips

FINISHED = declare_action("tpp.run_finished", "Perhitungan TPP selesai")
log = structlog.get_logger(__name__)

Computed = tuple[Person, MonthFacts, ComputedSlip]


@work(RUN_WORK)
def compute_run(progress: Progress) -> None:
    """Compute the run that the job names. One person's trouble never stops the rest."""
    run = MonthRun.objects.select_related("rule_set").get(uid=progress.job.parameters["run"])
    if not MonthRun.objects.filter(pk=run.pk).going().update(state=MonthRun.State.RUNNING):
        return
    try:
        _compute(run, progress)
    except Cancelled:
        _end(run, MonthRun.State.CANCELLED)
        raise
    except TakenOver:
        # The run is the other worker's now: not failed.
        raise
    except Exception:
        _end(run, MonthRun.State.FAILED)
        raise
    progress.result(url=reverse("tpp-run", args=[run.uid]), people=run.people, errors=run.errors)


def _compute(run: MonthRun, progress: Progress) -> None:
    rule_set = loaded(run.rule_set)
    done = set(FrozenFacts.objects.filter(run=run).values_list("employee_id", flat=True))
    done.update(RunIssue.objects.filter(run=run).values_list("employee_id", flat=True))
    people = nominative(on=run.reference_date, rule_set=rule_set, leave_out=done)
    RunIssue.objects.bulk_create(
        RunIssue(
            run=run,
            employee_id=employee,
            kind=RunIssue.Kind.OUTSIDE,
            place=RunIssue.Place.EMPLOYEE,
            reason=reason,
        )
        for employee, reason in people.outside.items()
    )
    total = len(done) + people.people
    finished = len(done)
    for chunk in people.chunks:
        progress.advance(finished, total, _step(chunk))
        _compute_chunk(run, chunk, rule_set)
        finished += len(chunk.employee_ids)
    progress.advance(finished, total, _("Menjumlahkan"))
    _finish(run)


def _step(chunk: Chunk) -> str:
    if len(chunk.opds) == 1:
        return chunk.opds[0][:200]
    return _("%(first)s dan %(others)d OPD lain") % {"first": chunk.opds[0][:150], "others": len(chunk.opds) - 1}


@transaction.atomic
def _compute_chunk(run: MonthRun, chunk: Chunk, rule_set: RuleSet) -> None:
    # Held to the end of the chunk: a lock of the month waits for it, and a cancelled run takes no more slips.
    if not MonthRun.objects.select_for_update().filter(pk=run.pk, state=MonthRun.State.RUNNING).exists():
        raise Cancelled
    computed: list[Computed] = []
    issues: list[RunIssue] = []
    for collected in collect(chunk.employee_ids, month=Month.of(run.month), on=run.reference_date):
        found = _evaluated(rule_set, collected)
        if isinstance(found, Trouble):
            issues.append(
                RunIssue(
                    run=run,
                    employee_id=collected.person.employee_id,
                    kind=RunIssue.Kind.ERROR,
                    place=found.place,
                    reason=found.reason,
                )
            )
        else:
            computed.append(found)
    write_slips(run, computed)
    RunIssue.objects.bulk_create(issues)


def _evaluated(rule_set: RuleSet, collected: Collected) -> Computed | Trouble:
    if collected.facts is None:
        return collected.trouble or Trouble(_("Fakta bulan ini tidak lengkap."), RunIssue.Place.EMPLOYEE)
    try:
        slip = evaluate(rule_set, collected.facts)
    except (MissingFact, NoRuleFor) as error:
        return Trouble(explain(error), place_of(error.fact))
    except EvaluationError as error:
        return Trouble(explain(error), RunIssue.Place.RULES)
    except Exception:
        # A defect shows as this person's row and in the log; the others are paid.
        log.exception("person_not_computed", employee=collected.person.employee_id)
        return Trouble(_("Kesalahan di sistem saat menghitung pegawai ini."), RunIssue.Place.RULES)
    return collected.person, collected.facts, slip


@transaction.atomic
def _finish(run: MonthRun) -> None:
    totals = Slip.objects.filter(run=run).sums()
    run.people = int(str(totals["people"]))
    run.errors = RunIssue.objects.filter(run=run).errors().count()
    run.outside = RunIssue.objects.filter(run=run).outside().count()
    for name, source in _TOTALS.items():
        setattr(run, name, totals[source] or 0)
    run.digest = run_digest(run)
    run.state = MonthRun.State.DONE
    run.finished_at = clock.now()
    run.save()
    record(
        FINISHED,
        actor=run.started_by or System("tpp"),
        subject=run,
        after={"people": run.people, "errors": run.errors, "net": run.net_total, "digest": run.digest},
    )


_TOTALS = {
    "pagu_total": "pagu",
    "gross_total": "gross",
    "tax_total": "tax",
    "contribution_total": "contributions",
    "deduction_total": "other_deductions",
    "rounding_total": "rounding",
    "net_total": "net",
}


def _end(run: MonthRun, state: MonthRun.State) -> None:
    MonthRun.objects.filter(pk=run.pk).going().update(state=state, finished_at=clock.now())


def people_changed_since(run: MonthRun) -> list[int]:
    """Employees whose month, collected now, differs from what the run froze, or who joined or left its list since.

    People whom the run could not compute are not among them: their rows say so already. Statements as for the run's
    own collecting; changed day results of an open month are stored.
    """
    frozen = dict(FrozenFacts.objects.filter(run=run).values_list("employee_id", "digest"))
    troubled = set(RunIssue.objects.filter(run=run).errors().values_list("employee_id", flat=True))
    changed: list[int] = []
    for chunk in nominative(on=run.reference_date, rule_set=loaded(run.rule_set)).chunks:
        for collected in collect(chunk.employee_ids, month=Month.of(run.month), on=run.reference_date):
            employee = collected.person.employee_id
            before = frozen.pop(employee, None)
            now = None if collected.facts is None else digest(collected.facts)
            if before != now and (before is not None or employee not in troubled):
                changed.append(employee)
    return [*changed, *frozen]


def changes_between(newer: MonthRun, older: MonthRun) -> Sequence[tuple[Slip, Slip | None]]:
    """Slips of the newer run that differ from, or are not in, the older one; with the older slip where there is one."""
    former = {slip.employee_id: slip for slip in Slip.objects.filter(run=older)}
    rows = Slip.objects.filter(run=newer).order_by("opd__code", "employee_id")
    return [
        (slip, former.get(slip.employee_id))
        for slip in rows
        if slip.employee_id not in former or former[slip.employee_id].digest != slip.digest
    ]
