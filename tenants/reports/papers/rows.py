"""The people of a paper, streamed: slips with their frozen facts, a fixed number of statements for each chunk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from kernel.money import exact
from tenants.reports.papers.columns import Row
from tenants.tpp.models import MonthFacts, Slip, SlipLine
from tenants.tpp.querysets import SlipQuerySet

CHUNK: Final = 500


def in_paper_order(slips: SlipQuerySet) -> SlipQuerySet:
    """As the regions' own lists: the highest class first, then by name."""
    return slips.order_by("opd__code", "-heading__kelas", "heading__name", "id")


def rows_of(slips: SlipQuerySet) -> Iterator[Row]:
    """A row for each slip, in the order of papers."""
    stream = in_paper_order(slips).iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield from _rows(chunk)


def _rows(slips: Sequence[Slip]) -> Iterator[Row]:
    texts = dict(
        MonthFacts.objects.filter(
            run__in={slip.run_id for slip in slips}, employee__in=[slip.employee_id for slip in slips]
        ).values_list("employee_id", "text")
    )
    points: dict[int, Decimal] = {}
    employer: dict[int, Decimal] = {}
    lines = SlipLine.objects.filter(slip__in=slips, kind__in=("deduction_score", "deduction"))
    for slip_id, kind, quantity, inputs in lines.values_list("slip_id", "kind", "quantity", "inputs"):
        if kind == "deduction_score":
            points[slip_id] = points.get(slip_id, Decimal(0)) + (quantity or Decimal(0))
            continue
        found = json.loads(inputs) if isinstance(inputs, str) else inputs
        if "employer" in found:
            employer[slip_id] = employer.get(slip_id, Decimal(0)) + exact(found["employer"])
    for slip in slips:
        text = texts.get(slip.employee_id)
        facts = json.loads(text) if text else {}
        yield Row(slip, facts, points.get(slip.pk), employer.get(slip.pk, Decimal(0)))
