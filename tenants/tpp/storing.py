"""Slips between the engine and the database: written in bulk, read back to the very same figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import TypeVar

import structlog
from django.db import connection, transaction
from psycopg import DataError
from psycopg.errors import CheckViolation

from kernel.ids import new_uid
from kernel.money import exact
from kernel.periods import Month
from tenants.rules.engine import Line, MonthFacts, canonical_json
from tenants.rules.engine import Slip as ComputedSlip
from tenants.rules.engine.canonical import sha256
from tenants.rules.engine.slips import Hold, WrittenSlip
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
_SLIP_COLUMNS = (
    "id",
    "uid",
    "run_id",
    "employee_id",
    "opd_id",
    "heading",
    "pagu",
    "gross",
    "tax",
    "contributions",
    "other_deductions",
    "rounding",
    "net",
    "unrounded",
    "criteria",
    "figures",
    "is_practice",
    "holds",
    "blocks_next_month",
    "facts_digest",
    "digest",
)
_COPY_FACTS = "COPY tpp_monthfacts (run_id, employee_id, opd_id, heading, text, digest, is_practice) FROM STDIN"
_COPY_SLIPS = f"COPY tpp_slip ({', '.join(_SLIP_COLUMNS)}) FROM STDIN"
_COPY_LINES = f"COPY tpp_slipline ({', '.join(_LINE_COLUMNS)}) FROM STDIN"
_NEXT_SLIPS = "SELECT nextval(pg_get_serial_sequence('tpp_slip', 'id')) FROM generate_series(1, %s)"
_REWRITE_FACTS = """
    UPDATE tpp_monthfacts f SET text = new.text, digest = new.digest
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new(id, text, digest)
    WHERE f.id = new.id
"""


log = structlog.get_logger(__name__)

# Of some kilobytes each.
_TEXTS_AT_ONCE = 40
_BACKSLASH, _TWO = "\\", "\\\\"
_COPY_ESCAPES = str.maketrans({_BACKSLASH: _TWO, "\t": "\\t", "\n": "\\n", "\r": "\\r"})


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


def write_facts(run: MonthRun, frozen: Iterable[Frozen]) -> list[Frozen]:
    """Freeze the facts of these people, in one statement; gives those that the database refuses.

    Call it inside a transaction.
    """

    def copy(entries: Sequence[Frozen]) -> None:
        rows = (
            _row(
                str(run.pk),
                str(entry.person.employee_id),
                str(entry.person.opd_id),
                _json(canonical_json(dict(entry.person.heading))),
                _json(entry.text),
                entry.digest,
                _truth(entry.is_practice),
            )
            for entry in entries
        )
        _copy(_COPY_FACTS, rows)

    return _copied_but(list(frozen), copy)


def rewrite_facts(texts: Mapping[int, tuple[str, str]]) -> None:
    """Replace text and digest of frozen facts, by the row's key, in one statement."""
    if texts:
        with connection.cursor() as cursor:
            cursor.execute(
                _REWRITE_FACTS,
                [list(texts), [text for text, _ in texts.values()], [digest for _, digest in texts.values()]],
            )


def write_slips(
    run: MonthRun, frozen: Sequence[Frozen], compute: Callable[[Frozen], ComputedSlip | None]
) -> list[Frozen]:
    """Compute and store the slips of these people, in three statements; gives those whom the database refuses.

    `compute` gives None for who gets no slip. Rows go by COPY, ten times as fast as INSERT, through the same cursor and
    search path; keys are drawn beforehand, one too many for who gets none. Each slip is let go once it is text. Call it
    inside a transaction.
    """
    if not frozen:
        return []
    ready: list[_Ready] = []
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_SLIPS, (len(frozen),))
        for entry, (key,) in zip(frozen, cursor.fetchall(), strict=True):
            slip = compute(entry)
            if slip is not None:
                written = slip.written()
                lines = [_line_text(key, line, own) for line, own in zip(slip.lines, written.inputs, strict=True)]
                ready.append(_Ready(entry, _slip_text(key, run, entry, slip, written), "".join(lines)))
    return [one.frozen for one in _copied_but(ready, _copy_slips)]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A slip and its lines as COPY reads them."""

    frozen: Frozen
    row: str
    lines: str


def _copy_slips(ready: Sequence[_Ready]) -> None:
    _copy(_COPY_SLIPS, (one.row for one in ready))
    _copy(_COPY_LINES, (one.lines for one in ready))


def _copy(statement: str, texts: Iterable[str]) -> None:
    """Send the texts, many at a time: each send is a turn of the driver."""
    waiting = iter(texts)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while part := "".join(islice(waiting, _TEXTS_AT_ONCE)):
            copy.write(part)


T = TypeVar("T")


def _copied_but(people: Sequence[T], copy: Callable[[Sequence[T]], None]) -> list[T]:
    """Store everybody but those whose own figures or words the database refuses, and give these.

    A refused COPY names no row, so it is tried again in halves. What a trigger refuses (a locked month) is no one
    person's trouble and is raised.
    """
    try:
        with transaction.atomic():
            copy(people)
    except (CheckViolation, DataError) as error:
        if len(people) == 1:
            # Not the error itself: its detail has the whole row, with the name and the money.
            log.error("person_not_stored", state=error.sqlstate, constraint=error.diag.constraint_name)
            return list(people)
        middle = len(people) // 2
        return [*_copied_but(people[:middle], copy), *_copied_but(people[middle:], copy)]
    return []


def _slip_text(key: int, run: MonthRun, frozen: Frozen, slip: ComputedSlip, written: WrittenSlip) -> str:
    """The slip as COPY reads it, columns as `_SLIP_COLUMNS`."""
    person, parts = frozen.person, written.parts
    return _row(
        str(key),
        str(new_uid()),
        str(run.pk),
        str(person.employee_id),
        str(person.opd_id),
        _json(canonical_json(person.heading)),
        str(slip.pagu),
        str(slip.gross),
        str(slip.tax),
        str(slip.contributions),
        str(slip.deductions),
        str(slip.rounding),
        str(slip.net),
        _json(parts["unrounded"]),
        _json(parts["criteria"]),
        _json(parts["figures"]),
        _truth(frozen.is_practice),
        _json(parts.get("holds", "[]")),
        _truth(slip.blocks_next_month),
        slip.facts_digest,
        sha256(written.text),
    )


def _row(*columns: str) -> str:
    return "\t".join(columns) + "\n"


def _json(text: str) -> str:
    """Canonical JSON as COPY wants it: it has no tab and no newline."""
    return text.replace(_BACKSLASH, _TWO)


def _truth(value: bool) -> str:
    return "t" if value else "f"


def _line_text(key: int, line: Line, inputs: str) -> str:
    """The line as COPY reads it, columns as `_LINE_COLUMNS`; `inputs` as canonical JSON.

    Written here and not by the driver because of the numbers: 17,000 lines for 1,000 people.
    """
    words = _words(line.node_id, line.kind, line.stage, line.label, line.clause_text, line.clause_reference, line.unit)
    return (
        f"{key}\t{line.order}\t{words}\t{line.unrounded!s}\t{line.column}\t"
        f"{_figure(line.amount)}\t{_figure(line.base)}\t{_figure(line.quantity)}\t{_figure(line.rate)}\t"
        f"{_figure(line.effect)}\t{_json(inputs)}\t{_copied(line.note)}\n"
    )


def _figure(value: Decimal | None) -> str:
    return "\\N" if value is None else str(value)


@lru_cache(maxsize=4096)
def _words(*texts: str) -> str:
    """Neighbouring columns that come again for everybody."""
    return "\t".join([_copied(text) for text in texts])


def _copied(text: str) -> str:
    """Text as COPY wants it."""
    return text.translate(_COPY_ESCAPES) if text else text


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
