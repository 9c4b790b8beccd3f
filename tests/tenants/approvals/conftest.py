"""The kind `paper` and its chain; the line of superiors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tenants.approvals import handlers
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.handlers import handler
from tenants.approvals.models import ChainStep
from tests.cast import Office
from tests.tenants.approvals.ladder import Ladder, make_ladder
from tests.tenants.approvals.papers import Papers, Told


@pytest.fixture
def ladder(office: Office) -> Ladder:
    """Above Budi the head of the OPD and the sekda, beside them the head of another OPD."""
    return make_ladder(office)


@pytest.fixture
def papers() -> Iterator[Told]:
    """The kind `paper` is registered; gives what its handler was told."""
    Papers.told = Told()
    handler("paper")(Papers)
    yield Papers.told
    handlers._registry.handlers.pop("paper")


@pytest.fixture
def paper_chain(manado: Any, papers: Told) -> Any:
    """`paper_chain(StepInput(...), ...)` lays down the chain of papers; the direct superior by default."""

    def make(*steps: StepInput) -> None:
        lay_down_chain(
            document_kind="paper",
            name="Surat uji",
            valid_from=date(2024, 1, 1),
            steps=steps or [StepInput(ChainStep.Approver.DIRECT_SUPERIOR)],
        )

    return make
