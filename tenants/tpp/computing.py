"""The work of a run: people in chunks, facts collected and frozen, slips computed and stored, totals and digest.

A chunk is one transaction, so a worker that dies leaves whole chunks only. The run that takes up again keeps the people
whose facts are frozen and goes on with the rest: what was read once is not read again in the same run.

Rules by which one person's pay depends on another's need everybody's facts first: such a run freezes the facts of all,
relates them to one another, and only then computes the slips from what is frozen. Each of the three steps can be taken
up again; relating gives the same figures from the same facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import System
from kernel.among import among_keys
from kernel.audit.record import declare_action, record
from kernel.jobs.work import Cancelled, Progress, ending, work
from kernel.periods import Month
from kernel.sweeps import held_sweeps
from tenants.calendars import closing
from tenants.organisation.models import Unit
from tenants.rules.engine import (
    EvaluationError,
    FactsError,
    MissingFact,
    MonthFacts,
    NoRuleFor,
    RuleSet,
    digest,
    explain,
)
from tenants.rules.engine import Slip as ComputedSlip
from tenants.tpp import nominative as listing
from tenants.tpp.actions import RUN_WORK
from tenants.tpp.facts import Person, Trouble, place_of
from tenants.tpp.kinds import Payment, evaluated, payment_of
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthRun, RunIssue, Slip
from tenants.tpp.nominative import Chunk, Nominative
from tenants.tpp.pace import DONE_BEFORE
from tenants.tpp.practice import Standing
from tenants.tpp.relating import related_facts, without_relations
from tenants.tpp.sealing import run_digest
from tenants.tpp.storing import Frozen, rewrite_facts, write_facts, write_slips

FINISHED = declare_action("tpp.run_finished", "Perhitungan TPP selesai")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    """What every chunk of the run needs."""

    run: MonthRun
    payment: Payment
    standing: Standing
    # The keys of the OPDs that practise.
    practice: frozenset[int]
    # The keys of the OPDs of its scope; None for all of them.
    scope: frozenset[int] | None

    def pays(self, opd: int) -> bool:
        """Whether people of this OPD get a slip; those of others are read only because somebody depends on them."""
        return self.scope is None or opd in self.scope


@work(RUN_WORK)
def compute_run(progress: Progress) -> None:
    """Compute the run that the job names. One person's trouble never stops the rest."""
    run = MonthRun.objects.select_related("rule_set").get(uid=progress.job.parameters["run"])
    if not MonthRun.objects.filter(pk=run.pk).going().update(state=MonthRun.State.RUNNING):
        if run.is_done:
            # The worker before died between the end of the run and the end of its job.
            _tell(run, progress)
        return
    with ending(partial(_end, run)):
        _compute(_task(run), progress)
    _tell(run, progress)


def _tell(run: MonthRun, progress: Progress) -> None:
    progress.result(url=reverse("tpp-run", args=[run.uid]), people=run.people, errors=run.errors)


def _task(run: MonthRun) -> _Task:
    standing = Standing.of_run(run.standing)
    uids = run.scope_uids
    scope = None if uids is None else _keys(uids)
    return _Task(run, payment_of(run), standing, _keys(standing.practice), scope)


def _keys(opds: Collection[UUID]) -> frozenset[int]:
    return frozenset(Unit.objects.filter(uid__in=opds).values_list("pk", flat=True)) if opds else frozenset()


def _compute(task: _Task, progress: Progress) -> None:
    run = task.run
    in_steps = task.payment.relates
    settled = set(RunIssue.objects.filter(run=run).values_list("employee_id", flat=True))
    frozen = set(FrozenFacts.objects.filter(run=run).values_list("employee_id", flat=True))
    people = task.payment.listed(
        leave_out=settled | frozen,
        opds=task.standing.computed,
        # Whose superior is in another OPD needs the facts of that one too.
        within=None if in_steps else run.scope_uids,
    )
    _note_left_out(run, people)
    total = len(settled | frozen) + people.people
    done = len(settled | frozen)
    progress.result(**{DONE_BEFORE: done})
    for chunk in people.chunks:
        progress.advance(done, total, _step(chunk))
        if in_steps:
            _freeze_chunk(task, chunk)
        else:
            _compute_chunk(task, chunk)
        done += len(chunk.employee_ids)
    if in_steps:
        progress.advance(done, total, _("Mengaitkan atasan dan bawahan"))
        _relate(task)
        _settle_frozen(task, progress)
    progress.advance(done, total, _("Menjumlahkan"))
    _finish(run)


def _note_left_out(run: MonthRun, people: Nominative) -> None:
    waiting = _("OPD-nya belum ikut latihan dan belum mulai dibayar.")
    reasons = [
        *((employee, RunIssue.Kind.OUTSIDE, RunIssue.Place.EMPLOYEE, why) for employee, why in people.outside.items()),
        *((employee, RunIssue.Kind.WAITING, RunIssue.Place.PRACTICE, waiting) for employee in people.waiting),
    ]
    RunIssue.objects.bulk_create(
        RunIssue(run=run, employee_id=employee, opd_id=people.opds.get(employee), kind=kind, place=place, reason=reason)
        for employee, kind, place, reason in reasons
    )


def _step(chunk: Chunk) -> str:
    if len(chunk.opds) == 1:
        return chunk.opds[0][:200]
    return _("%(first)s dan %(others)d OPD lain") % {"first": chunk.opds[0][:150], "others": len(chunk.opds) - 1}


@held_sweeps()
@transaction.atomic
def _compute_chunk(task: _Task, chunk: Chunk) -> None:
    """Collect, freeze and compute these people: the whole way in one transaction."""
    _hold(task.run)
    frozen, issues = _frozen(task, chunk)
    _settle(task, frozen, issues)


@transaction.atomic
def _freeze_chunk(task: _Task, chunk: Chunk) -> None:
    """Collect and freeze these people; their slips wait until everybody is frozen."""
    _hold(task.run)
    _kept, issues = _frozen(task, chunk)
    RunIssue.objects.bulk_create(issues)


@transaction.atomic
def _relate(task: _Task) -> None:
    """Put into everybody's frozen facts what they take from superiors or subordinates.

    Doing it again changes nothing. Who cannot be related gets an issue and no slip.
    """
    _hold(task.run)
    rows = {}
    facts = {}
    for key, employee, opd, text in _texts(task.run):
        rows[employee] = (key, opd, text)
        facts[employee] = MonthFacts.from_json(text)
    issues_now = RunIssue.objects.filter(run=task.run)
    known = dict(issues_now.errors().values_list("employee_id", "reason"))
    # Somebody whose OPD is not computed yet holds a post all the same: for the rules that is no vacancy.
    not_computed = known | dict(issues_now.waiting().values_list("employee_id", "reason"))
    failed = {employee: FactsError("", reason) for employee, reason in not_computed.items() if employee not in facts}
    found = related_facts(task.payment.rule_set, facts, on=task.run.reference_date, failed=failed)
    texts: dict[int, tuple[str, str]] = {}
    issues: list[RunIssue] = []
    for employee, (key, opd, text) in rows.items():
        related = found[employee]
        if isinstance(related, EvaluationError):
            if employee not in known and task.pays(opd):
                issues.append(_issue(task.run, employee, opd, _trouble(related)))
        elif (now := related.to_json()) != text:
            texts[key] = now, digest(related)
    rewrite_facts(texts)
    RunIssue.objects.bulk_create(issues)


def _texts(run: MonthRun) -> Iterator[tuple[int, int, int, str]]:
    rows = FrozenFacts.objects.filter(run=run).order_by("employee_id")
    return rows.values_list("pk", "employee_id", "opd_id", "text").iterator(chunk_size=2000)


def _settle_frozen(task: _Task, progress: Progress) -> None:
    """Compute the slips of everybody who is frozen and has neither slip nor issue, in chunks of one transaction."""
    settled = set(Slip.objects.filter(run=task.run).values_list("employee_id", flat=True))
    settled.update(RunIssue.objects.filter(run=task.run).values_list("employee_id", flat=True))
    frozen = FrozenFacts.objects.filter(run=task.run).order_by("employee_id").values_list("employee_id", "opd_id")
    waiting = [employee for employee, opd in frozen if employee not in settled and task.pays(opd)]
    size = listing.chunk_size(len(waiting))
    for start in range(0, len(waiting), size):
        progress.advance(progress.job.done, progress.job.total, _("Menghitung slip"))
        _settle_chunk(task, waiting[start : start + size])


@held_sweeps()
@transaction.atomic
def _settle_chunk(task: _Task, employee_ids: Sequence[int]) -> None:
    _hold(task.run)
    rows = FrozenFacts.objects.filter(among_keys("employee_id", employee_ids), run=task.run).order_by("employee_id")
    _settle(
        task,
        [
            Frozen(
                Person(row.employee_id, row.opd_id, row.heading),
                MonthFacts.from_json(row.text),
                row.text,
                row.digest,
                row.is_practice,
            )
            for row in rows
        ],
        [],
    )


def _hold(run: MonthRun) -> None:
    """Take the run's row to the end of the chunk: a lock of the month waits for it, a cancelled run takes no more.

    The gate of the month comes first, as for everybody who reads or writes its facts.
    """
    closing.hold(run.month, Month.of(run.month).end)
    if not MonthRun.objects.select_for_update().filter(pk=run.pk, state=MonthRun.State.RUNNING).exists():
        raise Cancelled


def _frozen(task: _Task, chunk: Chunk) -> tuple[list[Frozen], list[RunIssue]]:
    """Collect and freeze these people; an issue for who has no facts."""
    frozen: list[Frozen] = []
    issues: list[RunIssue] = []
    run = task.run
    for found in task.payment.collected(chunk.employee_ids):
        if found.facts is None:
            trouble = found.trouble or Trouble(_("Fakta bulan ini tidak lengkap."), RunIssue.Place.EMPLOYEE)
            issues.append(_issue(run, found.person.employee_id, found.person.opd_id, trouble))
        else:
            is_practice = found.person.opd_id in task.practice
            frozen.append(Frozen.of(found.person, found.facts, is_practice=is_practice))
    refused = write_facts(run, frozen)
    if not refused:
        return frozen, issues
    issues += _refused(run, refused)
    left_out = {entry.person.employee_id for entry in refused}
    return [entry for entry in frozen if entry.person.employee_id not in left_out], issues


def _settle(task: _Task, frozen: Sequence[Frozen], issues: list[RunIssue]) -> None:
    def compute(entry: Frozen) -> ComputedSlip | None:
        employee = entry.person.employee_id
        found = computed_or_trouble(task.payment.rule_set, entry.facts, employee, kind=task.run.kind)
        if isinstance(found, Trouble):
            issues.append(_issue(task.run, employee, entry.person.opd_id, found))
            return None
        return found

    issues += _refused(task.run, write_slips(task.run, frozen, compute))
    RunIssue.objects.bulk_create(issues)


def _refused(run: MonthRun, people: Iterable[Frozen]) -> list[RunIssue]:
    trouble = Trouble(
        _("Hasil perhitungan pegawai ini tidak dapat disimpan: ada angka di luar batas."), RunIssue.Place.RULES
    )
    return [_issue(run, entry.person.employee_id, entry.person.opd_id, trouble) for entry in people]


def _issue(run: MonthRun, employee_id: int, opd_id: int, trouble: Trouble) -> RunIssue:
    return RunIssue(
        run=run,
        employee_id=employee_id,
        opd_id=opd_id,
        kind=RunIssue.Kind.ERROR,
        place=trouble.place,
        reason=trouble.reason,
    )


def computed_or_trouble(
    rule_set: RuleSet, facts: MonthFacts, employee_id: int, *, kind: str = MonthRun.Kind.ORDINARY
) -> ComputedSlip | Trouble:
    """The slip, or why this person has none. A defect shows as this person's row and in the log; the others go on."""
    try:
        slip = evaluated(kind, rule_set, facts)
    except EvaluationError as error:
        return _trouble(error)
    except Exception:
        log.exception("person_not_computed", employee=employee_id)
        return Trouble(_("Kesalahan di sistem saat menghitung pegawai ini."), RunIssue.Place.RULES)
    if not slip.is_in_cents:
        reason = _("Jumlah pada slip lebih halus daripada dua desimal, karena aturan ini tidak membulatkannya.")
        return Trouble(reason, RunIssue.Place.RULES)
    return slip


def _trouble(error: EvaluationError) -> Trouble:
    place = place_of(error.fact) if isinstance(error, MissingFact | NoRuleFor) else RunIssue.Place.RULES
    return Trouble(explain(error), place)


@transaction.atomic
def _finish(run: MonthRun) -> None:
    slips = Slip.objects.filter(run=run)
    totals = slips.paid().sums()
    run.people = int(str(totals["people"]))
    for name, source in _TOTALS.items():
        setattr(run, name, totals[source] or 0)
    apart = slips.sums_apart()
    run.practice, run.practice_net = apart["practice"], apart["practice_net"] or 0
    run.held, run.held_net = apart["held"], apart["held_net"] or 0
    issues = RunIssue.objects.filter(run=run).counts()
    run.errors, run.outside, run.waiting = issues["errors"], issues["outside"], issues["waiting"]
    run.digest = run_digest(run)
    run.state = MonthRun.State.DONE
    run.finished_at = clock.now()
    run.save()
    record(
        FINISHED,
        actor=run.started_by or System("tpp"),
        subject=run,
        after={
            "people": run.people,
            "errors": run.errors,
            "net": run.net_total,
            "digest": run.digest,
            **({"practice": run.practice} if run.practice else {}),
            **({"held": run.held, "held_net": run.held_net} if run.held else {}),
        },
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


def _end(run: MonthRun, state: str) -> None:
    MonthRun.objects.filter(pk=run.pk).going().update(state=state, finished_at=clock.now())


def people_changed_since(run: MonthRun, opd: Unit) -> list[int]:
    """Employees of the OPD whose month, collected now, differs from what the run froze, or who came or left since.

    People whom the run could not compute are not among them: their rows say so already. Statements as for the run's
    own collecting; changed day results of an open month are stored.
    """
    payment = payment_of(run)
    own = FrozenFacts.objects.filter(run=run, opd=opd)
    if payment.relates:
        frozen = {employee: _digest_alone(text) for employee, text in own.values_list("employee_id", "text")}
    else:
        frozen = dict(own.values_list("employee_id", "digest"))
    troubled = set(RunIssue.objects.filter(run=run).errors().values_list("employee_id", flat=True))
    changed: list[int] = []
    computed = Standing.of_run(run.standing).computed
    for chunk in payment.listed(opds=computed, within=[opd.uid]).chunks:
        for collected in payment.collected(chunk.employee_ids):
            employee = collected.person.employee_id
            before = frozen.pop(employee, None)
            now = None if collected.facts is None else digest(collected.facts)
            if before != now and employee not in troubled:
                changed.append(employee)
    return [*changed, *(employee for employee in frozen if employee not in troubled)]


def _digest_alone(text: str) -> str:
    """The digest of the facts as they were collected, before others' figures were put into them."""
    return digest(without_relations(MonthFacts.from_json(text)))


def changes_between(newer: MonthRun, older: MonthRun) -> Sequence[tuple[Slip, Slip | None]]:
    """Slips of the newer run that differ from, or are not in, the older one; with the older slip where there is one."""
    former = {slip.employee_id: slip for slip in Slip.objects.filter(run=older)}
    rows = Slip.objects.filter(run=newer).order_by("opd__code", "employee_id")
    return [
        (slip, former.get(slip.employee_id))
        for slip in rows
        if slip.employee_id not in former or former[slip.employee_id].digest != slip.digest
    ]
