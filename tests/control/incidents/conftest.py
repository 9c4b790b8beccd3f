"""The ground of the desk's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel import clock
from kernel.tenancy.context import control_scope
from tests.control.incidents.hits import NOW


@pytest.fixture
def desk(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """On the operators' side, at ten in the morning in the west."""
    settings.FILES_DIR = tmp_path
    with control_scope(), clock.at(NOW):
        yield
