"""Digests over a run: the same facts and rules give the same value, and any later change shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from kernel.money import decimal_text
from tenants.organisation.models import Unit
from tenants.rules.engine import digest
from tenants.tpp.models import MonthRun, Slip, SlipLine
from tenants.tpp.storing import computed_slip

_SLIPS_AT_ONCE = 500
# Rows of a uid and a digest: few statements for a region, and a few megabytes.
_ROWS_AT_ONCE = 10_000


def digest_of(rows: Iterable[tuple[UUID, str, bool]]) -> str:
    """sha256 over `<employee uid> <slip digest>` lines, which must come ordered by uid; a practice slip's says so."""
    seal = hashlib.sha256()
    for uid, slip_digest, is_practice in rows:
        seal.update(f"{uid} {slip_digest}{_mark(is_practice)}\n".encode())
    return seal.hexdigest()


def _mark(is_practice: bool) -> str:
    return " latihan" if is_practice else ""


def run_digest(run: MonthRun) -> str:
    """The digest over the run's slips as stored, ordered by the employee's uid."""
    rows = Slip.objects.filter(run=run).order_by("employee__uid").values_list("employee__uid", "digest", "is_practice")
    return digest_of(rows.iterator(chunk_size=_ROWS_AT_ONCE))


def recomputed_slips(run: MonthRun, opd: Unit, rule_set_code: str) -> Iterator[tuple[Slip, str]]:
    """The OPD's slips with the digest that their stored figures and lines give now, ordered by the employee's uid.

    Four statements for each 500 people; the memory does not grow with the region.
    """
    ids = list(Slip.objects.filter(run=run, opd=opd).order_by("employee__uid").values_list("pk", flat=True))
    for start in range(0, len(ids), _SLIPS_AT_ONCE):
        part = ids[start : start + _SLIPS_AT_ONCE]
        rows = Slip.objects.select_related("employee").in_bulk(part)
        ordered = SlipLine.objects.filter(slip_id__in=part).order_by("slip_id", "order")
        lines = {slip: list(own) for slip, own in groupby(ordered, key=attrgetter("slip_id"))}
        for pk in part:
            row = rows[pk]
            yield row, digest(computed_slip(row, lines.get(pk, ()), run, rule_set_code))


def lock_digest(run: MonthRun, opd: Unit, slips: Iterable[tuple[UUID, str, str, Decimal, bool]]) -> str:
    """sha256 over month, kind, OPD, rules, `<employee uid> <facts digest> <slip digest> <net>` of its slips by uid.

    The last of the five says whether it is a practice slip; its line says so too.
    """
    head = f"kunci-opd 1\n{run.month:%Y-%m} {run.kind} {run.number} {opd.uid} {run.rule_set_digest}\n"
    seal = hashlib.sha256(head.encode())
    for uid, facts_digest, slip_digest, net, is_practice in slips:
        seal.update(f"{uid} {facts_digest} {slip_digest} {decimal_text(net)}{_mark(is_practice)}\n".encode())
    return seal.hexdigest()
