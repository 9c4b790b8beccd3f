"""The work of a try-out: frozen facts of past months computed again by other rules, in chunks of one transaction.

Only the tables of this app are written. A worker that dies leaves whole chunks; the one that takes up again goes on
behind the last person of each month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.date_words import month_words
from kernel.jobs.work import Cancelled, Progress, ending, work
from kernel.money import decimal_text, exact
from tenants.rules.engine import (
    EvaluationError,
    FactsError,
    Line,
    MonthFacts,
    RuleSet,
    canonical_json,
    explain,
    load_rule_set,
)
from tenants.rules.engine import Slip as ComputedSlip
from tenants.rules.loading import loaded
from tenants.tpp.computing import computed_or_trouble
from tenants.tpp.facts import Trouble
from tenants.tpp.matching import to_net
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthRun, RunIssue, Slip
from tenants.tpp.relating import related_facts, relates
from tenants.tryout.actions import WORK
from tenants.tryout.models import TryOut, TryOutMonth, TryOutPerson
from tenants.tryout.summing import summary_of
from tenants.tryout.translating import Translation

log = structlog.get_logger(__name__)

# People who are computed and written together.
CHUNK = 1000
_BEFORE_ANY_RULE = date(1900, 1, 1)
_COLUMNS = (
    "month_id, employee_id, opd_id, kelas, status, old_gross, old_net, new_gross, new_net, difference, figures, "
    "related, reason"
)
_COPY = f"COPY tryout_tryoutperson ({_COLUMNS}) FROM STDIN"
_ZERO = Decimal(0)

Old = tuple[Decimal, Decimal, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Frozen:
    """One person of the month, the facts already in the codes of the rules that are tried; or why that failed."""

    employee_id: int
    opd_id: int
    facts: MonthFacts | None
    reason: str = ""


def tried_rules(tryout: TryOut) -> RuleSet:
    """The rule set that is tried, as if it had always been in force: a draft for next year can be tried on this one."""
    return _always_in_force(tryout.text)


@lru_cache(maxsize=16)
def _always_in_force(text: str) -> RuleSet:
    return load_rule_set(text).model_copy(update={"valid_from": _BEFORE_ANY_RULE, "valid_to": None})


@work(WORK)
def compute_try_out(progress: Progress) -> None:
    """Compute the try-out that the job names. One person's trouble never stops the rest."""
    tryout = TryOut.objects.filter(uid=progress.job.parameters["tryout"]).first()
    if tryout is None:
        return
    if not TryOut.objects.filter(pk=tryout.pk).going().update(state=TryOut.State.RUNNING):
        if tryout.is_done:
            # The worker before died between the end of the try-out and the end of its job.
            _tell(tryout, progress)
        return
    with ending(partial(_end, tryout)):
        _compute(tryout, progress)
    _tell(tryout, progress)


def _tell(tryout: TryOut, progress: Progress) -> None:
    progress.result(url=reverse("tryout-result", args=[tryout.uid]))


def _compute(tryout: TryOut, progress: Progress) -> None:
    rules = tried_rules(tryout)
    months = list(tryout.months.select_related("run__rule_set").order_by("month"))
    total = sum(FrozenFacts.objects.filter(run=month.run).count() for month in months)
    done = TryOutPerson.objects.filter(month__in=months).count()
    for month in months:
        words = month_words(month.month)
        for chunk in _chunks(month, rules):
            progress.advance(done, total, words)
            _compute_chunk(tryout, month, rules, chunk)
            done += len(chunk)
    progress.advance(done, total, _("Menjumlahkan"))
    _finish(tryout, months)


def _chunks(month: TryOutMonth, rules: RuleSet) -> Iterator[list[_Frozen]]:
    """The month's people who are not computed yet, in the order of their keys.

    Where somebody's pay depends on another's, everybody's facts are read at once and related first.
    """
    after: int = TryOutPerson.objects.filter(month=month).aggregate(last=Max("employee_id"))["last"] or 0
    translation = Translation(loaded(month.run.rule_set), rules)
    if relates(rules):
        everybody = list(_read(month.run, translation, after=0))
        waiting = [entry for entry in _related(month.run, rules, everybody) if entry.employee_id > after]
        for start in range(0, len(waiting), CHUNK):
            yield waiting[start : start + CHUNK]
        return
    while chunk := list(_read(month.run, translation, after=after, limit=CHUNK)):
        yield chunk
        after = chunk[-1].employee_id


def _read(run: MonthRun, translation: Translation, *, after: int, limit: int | None = None) -> Iterator[_Frozen]:
    rows = FrozenFacts.objects.filter(run=run, employee_id__gt=after).order_by("employee_id")
    for employee, opd, text in rows.values_list("employee_id", "opd_id", "text")[:limit]:
        try:
            yield _Frozen(employee, opd, translation.of(MonthFacts.from_json(text)))
        except (FactsError, EvaluationError) as error:
            yield _Frozen(employee, opd, None, explain(error))


def _related(run: MonthRun, rules: RuleSet, everybody: list[_Frozen]) -> list[_Frozen]:
    facts = {entry.employee_id: entry.facts for entry in everybody if entry.facts is not None}
    failed = {entry.employee_id: FactsError("", entry.reason) for entry in everybody if entry.facts is None}
    kinds = (RunIssue.Kind.ERROR, RunIssue.Kind.WAITING)
    without = RunIssue.objects.filter(run=run, kind__in=kinds).exclude(employee__in=[*facts, *failed])
    failed |= {employee: FactsError("", reason) for employee, reason in without.values_list("employee_id", "reason")}
    found = related_facts(rules, facts, on=run.reference_date, failed=failed)
    told = []
    for entry in everybody:
        own = found.get(entry.employee_id)
        if isinstance(own, EvaluationError):
            entry = _Frozen(entry.employee_id, entry.opd_id, None, explain(own))
        elif own is not None:
            entry = _Frozen(entry.employee_id, entry.opd_id, own)
        told.append(entry)
    return told


@transaction.atomic
def _compute_chunk(tryout: TryOut, month: TryOutMonth, rules: RuleSet, chunk: list[_Frozen]) -> None:
    # Held to the end of the chunk: a try-out that was stopped takes no more people.
    if not TryOut.objects.select_for_update().filter(pk=tryout.pk, state=TryOut.State.RUNNING).exists():
        raise Cancelled
    former: dict[int, Old] = {
        employee: (gross, net, figures)
        for employee, gross, net, figures in Slip.objects.filter(
            run=month.run, employee_id__gte=chunk[0].employee_id, employee_id__lte=chunk[-1].employee_id
        ).values_list("employee_id", "gross", "net", "figures")
    }
    rows = []
    for entry in chunk:
        old = former.get(entry.employee_id)
        slip = _slip(rules, entry)
        rows.append(_row(month, entry, old, slip))
        if not isinstance(slip, Trouble) and old is not None:
            _add_nodes(month.nodes, slip.lines)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
    month.save(update_fields=["nodes"])


def _slip(rules: RuleSet, entry: _Frozen) -> ComputedSlip | Trouble:
    if entry.facts is None:
        return Trouble(entry.reason, RunIssue.Place.RULES)
    return computed_or_trouble(rules, entry.facts, entry.employee_id)


def _row(month: TryOutMonth, entry: _Frozen, old: Old | None, slip: ComputedSlip | Trouble) -> tuple[Any, ...]:
    old_gross, old_net, figures = old if old is not None else (_ZERO, _ZERO, {})
    kelas = None if entry.facts is None else entry.facts.kelas
    related = {} if entry.facts is None else dict(entry.facts.related)
    if isinstance(slip, Trouble):
        status, new_gross, new_net, difference, changed = TryOutPerson.Status.ERROR, None, None, _ZERO, {}
        reason = slip.reason
    else:
        new_gross, new_net, reason = slip.gross, slip.net, ""
        difference = _ZERO if old is None else new_net - old_net
        status = _status(old, difference)
        changed = {name: text for name, text in _texts(slip.figures).items() if figures.get(name) != text}
    return (
        month.pk,
        entry.employee_id,
        entry.opd_id,
        kelas,
        str(status.value),
        old_gross,
        old_net,
        new_gross,
        new_net,
        difference,
        canonical_json(changed),
        canonical_json(related),
        reason,
    )


def _status(old: Old | None, difference: Decimal) -> TryOutPerson.Status:
    if old is None:
        return TryOutPerson.Status.NEW
    if not difference:
        return TryOutPerson.Status.SAME
    return TryOutPerson.Status.GAIN if difference > 0 else TryOutPerson.Status.LOSS


def _texts(figures: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: decimal_text(value) for name, value in figures.items()}


def _add_nodes(nodes: dict[str, Any], lines: tuple[Line, ...]) -> None:
    """Add what each line brings to the net to its node's sum."""
    for line in lines:
        if part := to_net(line):
            known = nodes.setdefault(line.node_id, {"label": line.label, "new": "0"})
            known["new"] = decimal_text(exact(known["new"]) + part)


@transaction.atomic
def _finish(tryout: TryOut, months: list[TryOutMonth]) -> None:
    tryout.summary = summary_of(months)
    tryout.state = TryOut.State.DONE
    tryout.finished_at = clock.now()
    tryout.save(update_fields=["summary", "state", "finished_at"])


def _end(tryout: TryOut, state: str) -> None:
    TryOut.objects.filter(pk=tryout.pk).going().update(state=state, finished_at=clock.now())
