"""Every printed row of the domain note through the whole path: recorded facts, run, slip; and again through a sheet.

The ten rows of Manado by recorded facts are `tests/tenants/tpp/test_manado_month.py`.
"""

from __future__ import annotations

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

MANADO = [("manado_2024", case["name"]) for case in golden("manado_2024")["cases"] if case["name"].startswith("M")]
CEILING = [("manado_ceiling", case["name"]) for case in golden("manado_ceiling")["cases"]]
BANJARMASIN = [
    (file, case["name"])
    for file in ("banjarmasin_2023", "banjarmasin_bk_tetap")
    for case in golden(file)["cases"]
    if case["name"].startswith("B") and case["name"][1].isdigit()
]
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


@pytest.mark.parametrize(("file", "name"), [*MANADO, *CEILING, *BANJARMASIN])
def test_a_sheet_gives_the_printed_figures(
    file: str, name: str, manado: RegionState, two: tuple[User, User], run_outbox: RunOutbox
) -> None:
    content, case = case_of(file, name)
    lived = bring_to_life(content, case, two[0])
    sheet = bring_the_sheet(lived, *two, run_outbox)
    slip = slip_of(lived, two[0], run_outbox)
    assert_printed(figures_of(slip), case["expect"])
    assert slip.heading["source"] == sheet.title


@pytest.mark.parametrize(("file", "name"), [*CEILING, *BANJARMASIN])
def test_recorded_facts_give_the_printed_figures(
    file: str, name: str, manado: RegionState, two: tuple[User, User], run_outbox: RunOutbox
) -> None:
    content, case = case_of(file, name)
    lived = bring_to_life(content, case, two[0])
    record_the_month(lived, two[0])
    assert_printed(figures_of(slip_of(lived, two[0], run_outbox)), case["expect"])
