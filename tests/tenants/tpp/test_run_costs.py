"""What a run costs by the number of people, counted and not timed: statements stay, work grows in proportion."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.attendance.results import recompute_days
from tenants.employees.models import Employee
from tenants.rules.engine import evaluate
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.facts import collect
from tenants.tpp.models import MonthRun, Slip
from tenants.tpp.nominative import CHUNKS, chunk_size, in_chunks
from tenants.tpp.storing import Frozen, write_facts, write_slips
from tests.benchmarks.payroll_region import fill_payroll
from tests.tenants.tpp.small_run import stored_rules

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 3, 2, tzinfo=UTC)
SIZES = (20, 60, 100)


def calls_of(work: Callable[[], object]) -> int:
    """How many functions the work calls, built-in ones too: its size, whatever else the machine does."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture
def people(manado: RegionState) -> list[int]:
    """A hundred, with a month of everything behind them and their days judged."""
    stored_rules()
    with clock.at(NOW):
        fill_payroll(SIZES[-1], OCTOBER)
        recompute_days(first=OCTOBER.first_day, end=OCTOBER.end)
    return list(Employee.objects.order_by("pk").values_list("pk", flat=True))


def test_statements_stay_and_work_grows_in_proportion(people: list[int]) -> None:
    stored = StoredRuleSet.objects.get()
    rules = loaded(stored)

    def chunk(run: MonthRun, ids: list[int]) -> None:
        frozen = [
            Frozen.of(found.person, found.facts, is_practice=False)
            for found in collect(ids, month=OCTOBER, on=OCTOBER.first_day, rule_set=rules)
            if found.facts is not None
        ]
        assert write_facts(run, frozen) == []
        assert write_slips(run, frozen, lambda entry: evaluate(rules, entry.facts)) == []

    calls, statements = [], []
    for number, size in enumerate((SIZES[0], *SIZES), start=1):
        run = MonthRun.objects.create(
            month=date(2026, 10, 1),
            number=number,
            state=MonthRun.State.DONE,
            rule_set=stored,
            rule_set_digest=stored.digest,
            reference_date=date(2026, 10, 1),
        )
        with clock.at(NOW), CaptureQueriesContext(connection) as captured:
            calls.append(calls_of(lambda run=run, size=size: chunk(run, people[:size])))  # type: ignore[misc]
        statements.append(len(captured))
        assert Slip.objects.filter(run=run).count() == size
    assert len(set(statements)) == 1
    assert statements[0] <= 37
    # The first time things are prepared and remembered.
    _, few, some, many = calls
    assert (many - some) == pytest.approx(some - few, rel=0.03)


@pytest.mark.parametrize("people", [1, 999, 1000, 1001, 3999, 4000, 6000, 12_345, 20_000])
@pytest.mark.parametrize("of_an_opd", [1, 99, 100, 3500])
def test_a_region_is_computed_in_few_chunks_however_its_opds_divide(people: int, of_an_opd: int) -> None:
    opds = {
        (f"{start:06}", f"Dinas {start}"): range(start, min(start + of_an_opd, people))
        for start in range(0, people, of_an_opd)
    }
    chunks = list(in_chunks(opds))
    assert len(chunks) <= CHUNKS
    assert max(len(chunk.employee_ids) for chunk in chunks) <= 7000
    assert [employee for chunk in chunks for employee in chunk.employee_ids] == list(range(people))
    assert {name for chunk in chunks for name in chunk.opds} == {name for _code, name in opds}


def test_a_region_of_any_size_is_computed_in_chunks_of_bounded_size() -> None:
    assert chunk_size(1_000_000) == 7000
    assert chunk_size(0) == 1000
