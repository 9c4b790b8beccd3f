"""Slips come back from the database as they went in, whatever their words and figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from psycopg.errors import IntegrityConstraintViolation

from kernel.money import decimal_text
from tenants.organisation.models import Unit
from tenants.rules.engine import Hold, Line, MonthFacts, digest
from tenants.rules.engine import Slip as ComputedSlip
from tenants.tpp.facts import Person
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthRun, Slip, SlipLine
from tenants.tpp.sealing import recomputed_slips
from tenants.tpp.storing import Frozen, computed_slip, write_facts, write_slips
from tests.cast import Person as Somebody
from tests.cast import make_nip, make_user
from tests.tenants.tpp.small_run import finished_run, lock_of

AWKWARD = [
    "plain",
    "back\\slash \\N \\. \\t",
    "tab\there",
    "line\nbreak\r\nand more",
    "quoted \"words\" and 'others'",
    "garis — “tegak” ½ 𝄞",
    "\\",
    " ",
]


def line(order: int, words: str, figure: str) -> Line:
    value = Decimal(figure)
    return Line(
        order=order,
        node_id=f"simpul.{order}",
        kind="part_weight",
        stage="parts",
        label=words,
        clause_text=words,
        clause_reference=words,
        unit="rupiah",
        unrounded=value,
        amount=value if order % 2 else None,
        base=value,
        effect=-value,
        inputs={"words": words, "figure": decimal_text(value), words: [None, True, {"days": [{"minutes": 3}]}]},
        note=words if order % 3 else "",
    )


def slip(lines: tuple[Line, ...]) -> ComputedSlip:
    totals: Any = dict.fromkeys(("pagu", "gross", "net"), Decimal(100))
    totals |= dict.fromkeys(("tax", "contributions", "deductions", "rounding"), Decimal(0))
    return ComputedSlip(
        rule_set_code="manado",
        rule_set_digest="d" * 64,
        facts_digest="f" * 64,
        month="2024-05",
        unrounded={"pagu": Decimal("1E+2"), "gross": Decimal("0E-20")},
        criteria={"PK": Decimal("33.333333333333333333")},
        figures={"a\\b": Decimal("-0.10")},
        lines=lines,
        holds=(Hold("gate", 'LHKPN "2024"', "belum\tlapor"),),
        **totals,
    )


@pytest.fixture
def run(ani: Somebody) -> MonthRun:
    made = finished_run()
    made.rule_set_digest = "d" * 64
    return made


def frozen(somebody: Somebody) -> Frozen:
    opd = somebody.employee.placements.get().position.unit.opd_id or 0
    person = Person(somebody.employee.pk, opd, {"name": 'Ani "A\\B"\n', "kelas": 7})
    return Frozen.of(person, MonthFacts(month="2024-05", working_days=18, status="PNS\\"), is_practice=False)


def test_a_slip_with_awkward_words_and_figures_keeps_its_digest(run: MonthRun, ani: Somebody) -> None:
    figures = ["0", "-0.00", "1E+3", "0E-20", "0.00000000000000000001", "-33.3300", "123456789012345678.12"]
    lines = tuple(line(order, words, figures[order % len(figures)]) for order, words in enumerate(AWKWARD * 2, start=1))
    computed = slip(lines)
    assert write_slips(run, [frozen(ani)], lambda _: computed) == []
    row = Slip.objects.get(run=run)
    back = computed_slip(row, SlipLine.objects.filter(slip=row).order_by("order"), run, "manado")
    assert back == computed
    assert row.digest == digest(computed) == digest(back)
    assert [found for _, found in recomputed_slips(run, row.opd, "manado")] == [row.digest]
    assert row.heading == {"name": 'Ani "A\\B"\n', "kelas": 7}


def test_who_gets_no_slip_leaves_no_row(run: MonthRun, ani: Somebody, budi: Somebody) -> None:
    people = [frozen(ani), frozen(budi)]
    refused = write_slips(run, people, lambda entry: None if entry is people[0] else slip((line(1, "satu", "1"),)))
    assert refused == []
    assert list(Slip.objects.values_list("employee_id", flat=True)) == [budi.employee.pk]
    assert SlipLine.objects.count() == 1
    assert write_slips(run, [], lambda entry: None) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"net": Decimal("99")},
        {"pagu": Decimal(10) ** 17, "gross": Decimal(10) ** 17, "net": Decimal(10) ** 17},
    ],
    ids=["does not add up", "does not fit"],
)
def test_whom_the_database_refuses_is_named_and_the_others_are_stored(
    run: MonthRun, ani: Somebody, budi: Somebody, citra: Somebody, bad: dict[str, Decimal]
) -> None:
    people = [frozen(somebody) for somebody in (ani, budi, citra)]
    good = slip((line(1, "satu", "1"), line(2, "dua", "2")))
    worse = replace(good, **bad)  # type: ignore[arg-type]  # its totals only
    refused = write_slips(run, people, lambda entry: worse if entry is people[1] else good)
    assert refused == [people[1]]
    assert set(Slip.objects.values_list("employee_id", flat=True)) == {ani.employee.pk, citra.employee.pk}
    assert set(SlipLine.objects.values_list("slip__employee", "order")) == {
        (somebody.employee.pk, order) for somebody in (ani, citra) for order in (1, 2)
    }


def test_what_a_trigger_refuses_is_nobodys_own_trouble(run: MonthRun, ani: Somebody, budi: Somebody) -> None:
    people = [frozen(somebody) for somebody in (ani, budi)]
    write_slips(run, people[:1], lambda entry: slip(()))
    lock_of(run, Unit.objects.get(pk=people[0].person.opd_id), make_user(make_nip(77), "Petugas", "bkpsdm"))
    with pytest.raises(IntegrityConstraintViolation, match="locked"), transaction.atomic():
        write_slips(run, people[1:], lambda entry: slip(()))


def test_facts_that_cannot_be_kept_are_named_and_the_others_are_kept(
    run: MonthRun, ani: Somebody, budi: Somebody
) -> None:
    entries = [frozen(ani), frozen(budi)]
    entries[0] = replace(entries[0], text="a\0b")
    assert write_facts(run, entries) == [entries[0]]
    assert FrozenFacts.objects.get().employee_id == budi.employee.pk


def test_frozen_facts_keep_their_text(run: MonthRun, ani: Somebody) -> None:
    entry = frozen(ani)
    assert write_facts(run, [entry]) == []
    row = FrozenFacts.objects.get()
    assert (row.text, row.digest) == (entry.text, entry.digest)
    assert MonthFacts.from_json(row.text) == entry.facts
