"""An office with rules in force and people who bring sheets in, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kernel.accounts.models import User
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, Person


@pytest.fixture
def sheet_office(office: Office, ani: Person, budi: Person, manado_rules: StoredRuleSet) -> Office:
    """Ani and Budi work here, by the rules of Manado."""
    return office


@pytest.fixture
def operator_opd(sheet_office: Office, with_role: Callable[..., User]) -> User:
    return with_role("operator_opd", opd=sheet_office.opd)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")
