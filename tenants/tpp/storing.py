"""Slips between the engine and the database: written in bulk, read back to the very same figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from kernel.money import decimal_text, exact
from kernel.periods import Month
from tenants.rules.engine import Line, MonthFacts, canonical_json, digest
from tenants.rules.engine import Slip as ComputedSlip
from tenants.rules.engine.canonical import sha256
from tenants.rules.engine.slips import Hold
from tenants.tpp.facts import Person
from tenants.tpp.models import MonthRun, Slip, SlipLine

_LINE_COLUMNS = (
    "slip_id",
    '"order"',
    "node_id",
    "kind",
    "stage",
    "label",
    "clause_text",
    "clause_reference",
    "unit",
    "unrounded",
    '"column"',
    "amount",
    "base",
    "quantity",
    "rate",
    "effect",
    "inputs",
    "note",
)
_COPY_FACTS = "COPY tpp_monthfacts (run_id, employee_id, opd_id, heading, text, digest, is_practice) FROM STDIN"
_COPY_LINES = f"COPY tpp_slipline ({', '.join(_LINE_COLUMNS)}) FROM STDIN"
_REWRITE_FACTS = """
    UPDATE tpp_monthfacts f SET text = new.text, digest = new.digest
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new(id, text, digest)
    WHERE f.id = new.id
"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """One person's facts as the run keeps them: `text` is their canonical JSON, `digest` its SHA-256."""

    person: Person
    facts: MonthFacts
    text: str
    digest: str
    is_practice: bool

    @classmethod
    def of(cls, person: Person, facts: MonthFacts, *, is_practice: bool) -> Frozen:
        """Freeze what was collected."""
        text = facts.to_json()
        return cls(person, facts, text, sha256(text), is_practice)


def write_facts(run: MonthRun, frozen: Iterable[Frozen]) -> None:
    """Freeze the facts of these people, in one statement."""
    with connection.cursor() as cursor, cursor.copy(_COPY_FACTS) as copy:
        for entry in frozen:
            person = entry.person
            copy.write_row(
                (
                    run.pk,
                    person.employee_id,
                    person.opd_id,
                    canonical_json(dict(person.heading)),
                    entry.text,
                    entry.digest,
                    entry.is_practice,
                )
            )


def rewrite_facts(texts: Mapping[int, tuple[str, str]]) -> None:
    """Replace text and digest of frozen facts, by the row's key, in one statement."""
    if texts:
        with connection.cursor() as cursor:
            cursor.execute(
                _REWRITE_FACTS,
                [list(texts), [text for text, _ in texts.values()], [digest for _, digest in texts.values()]],
            )


def write_slips(run: MonthRun, computed: Sequence[tuple[Frozen, ComputedSlip]]) -> None:
    """Store slips and lines of these people in two statements. Call it inside a transaction.

    Lines go by COPY, twenty times as fast as INSERT, through the same cursor and search path. The slips are inserted,
    because their keys are needed.
    """
    slips = Slip.objects.bulk_create(_slip_row(run, frozen, slip) for frozen, slip in computed)
    with connection.cursor() as cursor, cursor.copy(_COPY_LINES) as copy:
        for row, (_, slip) in zip(slips, computed, strict=True):
            for line in slip.lines:
                copy.write_row(_line_row(row.pk, line))


def _slip_row(run: MonthRun, frozen: Frozen, slip: ComputedSlip) -> Slip:
    person = frozen.person
    return Slip(
        run=run,
        employee_id=person.employee_id,
        opd_id=person.opd_id,
        heading=dict(person.heading),
        pagu=slip.pagu,
        gross=slip.gross,
        tax=slip.tax,
        contributions=slip.contributions,
        other_deductions=slip.deductions,
        rounding=slip.rounding,
        net=slip.net,
        unrounded=_texts(slip.unrounded),
        criteria=_texts(slip.criteria),
        figures=_texts(slip.figures),
        is_practice=frozen.is_practice,
        facts_digest=slip.facts_digest,
        digest=digest(slip),
        **held_fields(slip),
    )


def held_fields(slip: ComputedSlip) -> dict[str, Any]:
    """`holds` and `blocks_next_month` as the row has them."""
    return {
        "holds": [{"node_id": hold.node_id, "label": hold.label, "reason": hold.reason} for hold in slip.holds],
        "blocks_next_month": slip.blocks_next_month,
    }


def _texts(figures: Any) -> dict[str, str]:
    return {name: decimal_text(value) for name, value in figures.items()}


def _line_row(slip_id: int, line: Line) -> tuple[Any, ...]:
    return (
        slip_id,
        line.order,
        line.node_id,
        line.kind,
        line.stage,
        line.label,
        line.clause_text,
        line.clause_reference,
        line.unit,
        line.unrounded,
        line.column,
        line.amount,
        line.base,
        line.quantity,
        line.rate,
        line.effect,
        canonical_json(line.inputs),
        line.note,
    )


def unstored_lines(slip: ComputedSlip) -> list[SlipLine]:
    """The slip's lines as rows that are not written, for pages that show what is computed on demand."""
    return [
        SlipLine(
            order=line.order,
            node_id=line.node_id,
            kind=line.kind,
            stage=line.stage,
            label=line.label,
            clause_text=line.clause_text,
            clause_reference=line.clause_reference,
            unit=line.unit,
            unrounded=line.unrounded,
            column=line.column,
            amount=line.amount,
            base=line.base,
            quantity=line.quantity,
            rate=line.rate,
            effect=line.effect,
            inputs=json.loads(canonical_json(line.inputs)),
            note=line.note,
        )
        for line in slip.lines
    ]


def computed_slip(row: Slip, lines: Iterable[SlipLine], run: MonthRun, rule_set_code: str) -> ComputedSlip:
    """The engine's slip again, from stored rows; its digest tells whether anything was changed."""
    return ComputedSlip(
        rule_set_code=rule_set_code,
        rule_set_digest=run.rule_set_digest,
        facts_digest=row.facts_digest,
        month=str(Month.of(run.month)),
        pagu=row.pagu,
        gross=row.gross,
        tax=row.tax,
        contributions=row.contributions,
        deductions=row.other_deductions,
        rounding=row.rounding,
        net=row.net,
        unrounded=_figures(row.unrounded),
        criteria=_figures(row.criteria),
        figures=_figures(row.figures),
        lines=tuple(_line(line) for line in lines),
        holds=tuple(Hold(**hold) for hold in row.holds),
        blocks_next_month=row.blocks_next_month,
    )


def _figures(texts: dict[str, str]) -> dict[str, Decimal]:
    return {name: exact(text) for name, text in texts.items()}


def _line(row: SlipLine) -> Line:
    return Line(
        order=row.order,
        node_id=row.node_id,
        kind=row.kind,
        stage=row.stage,
        label=row.label,
        clause_text=row.clause_text,
        clause_reference=row.clause_reference,
        unit=row.unit,  # type: ignore[arg-type]  # written from the engine's own line
        unrounded=row.unrounded,
        column=row.column,  # type: ignore[arg-type]  # written from the engine's own line
        amount=row.amount,
        base=row.base,
        quantity=row.quantity,
        rate=row.rate,
        effect=row.effect,
        inputs=json.loads(row.inputs) if isinstance(row.inputs, str) else row.inputs,
        note=row.note,
    )
