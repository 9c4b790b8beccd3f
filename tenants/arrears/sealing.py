"""Digests over the differences of a run, and a second look at them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from kernel.money import decimal_text
from tenants.arrears.models import DifferenceLine, DifferenceSlip
from tenants.arrears.storing import digest_of
from tenants.rules.engine import EvaluationError, FactsError, MonthFacts
from tenants.rules.engine.canonical import sha256
from tenants.rules.loading import loaded
from tenants.tpp.kinds import evaluated
from tenants.tpp.models import MonthRun

_AT_ONCE = 500
_ORDER = ("employee__uid", "of_month", "of_kind")


def run_digest(run: MonthRun) -> str:
    """sha256 over `<employee uid> <month> <digest>` of every difference as stored, by uid and month."""
    seal = hashlib.sha256()
    rows = DifferenceSlip.objects.of(run.pk).order_by(*_ORDER).values_list("employee__uid", "of_month", "digest")
    for uid, month, digest in rows.iterator(chunk_size=2000):
        seal.update(f"{uid} {month:%Y-%m} {digest}\n".encode())
    return seal.hexdigest()


def recomputed_rows(run: MonthRun, opd_id: int | None = None) -> Iterator[tuple[DifferenceSlip, str]]:
    """Every difference of the run (of one OPD, or of all) with the digest that its stored row and lines give now, by
    the employee's uid and the month. Three statements for each 500."""
    ids = list(DifferenceSlip.objects.of(run.pk, opd_id).order_by(*_ORDER).values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        rows = DifferenceSlip.objects.select_related("employee").in_bulk(part)
        ordered = DifferenceLine.objects.filter(slip__in=part).order_by("slip_id", "order")
        lines = {slip: list(own) for slip, own in groupby(ordered, key=attrgetter("slip_id"))}
        for pk in part:
            yield rows[pk], digest_of(rows[pk], lines.get(pk, ()))


def lock_digest(run: MonthRun, opd_id: int) -> str:
    """sha256 over the month of payment, the OPD's differences and their net, for the lock."""
    seal = hashlib.sha256(f"kunci-selisih 1\n{run.month:%Y-%m} {run.number} {run.rule_set_digest}\n".encode())
    for row, digest in recomputed_rows(run, opd_id):
        line = f"{row.employee.uid} {row.of_month:%Y-%m} {row.facts_digest} {digest} {decimal_text(row.net)}\n"
        seal.update(line.encode())
    return seal.hexdigest()


def replayed_differently(run: MonthRun, opd_id: int | None = None) -> Iterator[DifferenceSlip]:
    """Differences whose frozen facts were changed, or whose new side the facts and rules no longer give."""
    rows = DifferenceSlip.objects.of(run.pk, opd_id).select_related("rule_set").order_by("pk")
    for row in rows.iterator(chunk_size=_AT_ONCE):
        if not row.facts_text:
            # Off the list: due nothing but what the month took back already.
            if row.new_gross or row.facts_digest != sha256(""):
                yield row
            continue
        try:
            slip = evaluated(row.of_kind, loaded(row.rule_set), MonthFacts.from_json(row.facts_text))
        except (EvaluationError, FactsError):
            yield row
            continue
        if sha256(row.facts_text) != row.facts_digest or slip.gross != row.new_gross or slip.tax != row.new_tax:
            yield row
