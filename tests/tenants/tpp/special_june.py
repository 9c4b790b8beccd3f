"""Rules that pay THR and a 13th month in June 2024, and the runs of these."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthRun
from tests.tenants.tpp.manado_month import AFTERWARDS, Case, build
from tests.tenants.tryout.drafts import draft, node_of, without

JUNE = Month(2024, 6)
RunSpecial = Callable[[str], MonthRun]


def special_pays(tree: dict[str, Any]) -> None:
    """THR is half of what was earned in May, less the tax; the 13th month is half of May's pagu."""
    without("special_pay")(tree)
    clause = {"text": "TPP THR dan gaji ketiga belas.", "reference": "Naskah coba Pasal 12"}
    tree["nodes"] += [
        {
            "id": "thr",
            "kind": "special_pay",
            "label": "THR",
            "pays": "thr",
            "base": "earned",
            "base_month": 5,
            "percent": "50",
            "statuses": ["PNS", "CPNS"],
            "clause": clause,
        },
        {
            "id": "ketiga_belas",
            "kind": "special_pay",
            "label": "TPP ketiga belas",
            "pays": "thirteenth",
            "base": "pagu",
            "percent": "50",
            "clause": clause,
        },
    ]
    node_of(tree, "pph")["taken_from"] = ["month", "thr"]


@pytest.fixture
def special_cases(manado: RegionState, bkpsdm: User) -> list[Case]:
    draft(special_pays, state="published", since=date(2024, 1, 1))
    return build(bkpsdm)


@pytest.fixture
def run_special(bkpsdm: User, run_outbox: Callable[[], int]) -> RunSpecial:
    """Start a run of this kind that is paid in June 2024, and work it to the end."""

    def run(kind: str) -> MonthRun:
        with clock.at(AFTERWARDS):
            started = start_run(month=JUNE, kind=kind, actor=bkpsdm)
            run_outbox()
        started.refresh_from_db()
        return started

    return run
