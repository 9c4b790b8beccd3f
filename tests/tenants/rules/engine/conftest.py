"""Rule sets to break and to follow."""

from typing import Any

import pytest

from tenants.rules.engine import RuleSet
from tests.tenants.rules.engine.golden_cases import ready, tree


@pytest.fixture
def manado() -> RuleSet:
    return ready("manado")


@pytest.fixture
def manado_tree() -> dict[str, Any]:
    return tree("manado")
