"""Each test begins with nothing held back by the flood guard."""

from __future__ import annotations

import pytest

from kernel.watching import flood


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    flood.forget()
