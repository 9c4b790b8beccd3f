"""Every printed row and example of the domain note through the whole path: recorded facts, run, slip; and by a sheet.

The ten rows of Manado by recorded facts are `tests/tenants/tpp/test_manado_month.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tests.tenants.fallback.whole_path import (
    bring_the_sheet,
    bring_to_life,
    figures_of,
    record_the_month,
    slip_of,
)
from tests.tenants.rules.engine.golden_cases import golden

# Rows and examples of the domain note by their numbers (M01, B10, P6); the ceiling's have none.
NUMBERED = re.compile(r"[MBP]\d")


def rows_of(file: str) -> list[tuple[str, str]]:
    return [(file, case["name"]) for case in golden(file)["cases"] if NUMBERED.match(case["name"])]


MANADO = rows_of("manado_2024")
CEILING = [("manado_ceiling", case["name"]) for case in golden("manado_ceiling")["cases"]]
BANJARMASIN = [*rows_of("banjarmasin_2023"), *rows_of("banjarmasin_bk_tetap")]
PARTIAL = [*rows_of("dki_2016"), *rows_of("surabaya_2018")]
# Nobody records who was missing at a called event; the sheet has a column for it.
ONLY_BY_SHEET = [(file, name) for file, name in PARTIAL if "after Eid" in name]
RunOutbox = Callable[[], int]


def case_of(file: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    content = golden(file)
    return content, next(case for case in content["cases"] if case["name"] == name)


@pytest.fixture
def two(with_role: Callable[..., User]) -> tuple[User, User]:
    """Who brings the sheet in, and who confirms it."""
    return with_role("bkpsdm"), with_role("inspektorat")


def assert_printed(found: dict[str, Decimal], expect: dict[str, Any]) -> None:
    wanted = {name: Decimal(str(figure)) for name, figure in expect.items()}
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(("file", "name"), [*MANADO, *CEILING, *BANJARMASIN, *PARTIAL])
def test_a_sheet_gives_the_printed_figures(
    file: str, name: str, manado: RegionState, two: tuple[User, User], run_outbox: RunOutbox
) -> None:
    content, case = case_of(file, name)
    lived = bring_to_life(content, case, two[0])
    sheet = bring_the_sheet(lived, *two, run_outbox)
    slip = slip_of(lived, two[0], run_outbox)
    assert_printed(figures_of(slip), case["expect"])
    assert slip.heading["source"] == sheet.title


@pytest.mark.parametrize(
    ("file", "name"), [row for row in (*CEILING, *BANJARMASIN, *PARTIAL) if row not in ONLY_BY_SHEET]
)
def test_recorded_facts_give_the_printed_figures(
    file: str, name: str, manado: RegionState, two: tuple[User, User], run_outbox: RunOutbox
) -> None:
    content, case = case_of(file, name)
    lived = bring_to_life(content, case, two[0])
    record_the_month(lived, two[0])
    assert_printed(figures_of(slip_of(lived, two[0], run_outbox)), case["expect"])
