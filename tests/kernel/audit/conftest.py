"""A key of its own for each test that seals."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.audit import keys


@pytest.fixture
def seal_key(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """The file of the key that signs; what is told outside of the database lies beside it, under `witness`."""
    settings.AUDIT_SEAL_KEY_FILE = str(tmp_path / "seal.pem")
    settings.AUDIT_SEAL_KEY_IS_MADE = True
    settings.AUDIT_WITNESS_DIR = str(tmp_path / "witness")
    yield tmp_path / "seal.pem"
    keys.forget()
