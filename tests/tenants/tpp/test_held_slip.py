"""A slip that a rule holds: computed and shown with the reason, apart from what can be paid, and in no ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.payout.models import LedgerEntry
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.payout.closing_steps import is_intact, lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, build
from tests.tenants.tryout.drafts import draft

SignedIn = Callable[..., Client]


def holds_little_discipline(tree: dict[str, Any]) -> None:
    """A discipline score below 60 holds the pay."""
    tree["nodes"].insert(
        1,
        {
            "id": "tahan",
            "kind": "gate",
            "label": "Belum melapor harta kekayaan",
            "stage": "month",
            "action": "hold",
            "node": "disiplin.nilai",
            "when": [{"below": "60"}],
            "clause": {"text": "TPP ditahan sampai laporan diterima.", "reference": "Naskah coba"},
        },
    )


@pytest.fixture
def held_cases(manado: RegionState, bkpsdm: User) -> list[Case]:
    draft(holds_little_discipline, state="published", since=date(2024, 1, 1))
    return build(bkpsdm)


def test_a_held_slip_is_apart_from_what_can_be_paid(
    held_cases: list[Case], run_month: Callable[[], MonthRun], bkpsdm: User, signed_in: SignedIn
) -> None:
    run = run_month()
    held = [slip for slip in Slip.objects.filter(run=run) if slip.is_held]
    assert 0 < len(held) < 10
    assert run.held == len(held)
    assert run.held_net == sum(slip.net for slip in held)
    assert run.payable_total == run.net_total - run.held_net
    client = signed_in(bkpsdm)
    page = client.get(f"/tpp/perhitungan/{run.uid}/").content.decode()
    assert "Dapat dibayar" in page
    slip_page = client.get(f"/tpp/slip/{held[0].uid}/").content.decode()
    assert f"Ditahan: {held[0].hold_reasons[0]}" in slip_page
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
    assert LedgerEntry.objects.of_run(run.pk)["net_tpp"] == run.payable_total
    assert not LedgerEntry.objects.filter(slip__in=held).exists()
    # The stored slips still give their digests, with what holds them.
    assert is_intact(MAY)
