"""A provisioned region stands on its own."""

import pytest
from django.db import ProgrammingError, connection

from kernel.accounts.models import User
from kernel.tenancy.state import RegionState


def test_a_region_has_its_own_users(manado: RegionState) -> None:
    assert User.objects.count() == 0


def test_a_missing_table_raises_instead_of_reading_public(manado: RegionState) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user RENAME TO accounts_user_away")
    with pytest.raises(ProgrammingError):
        User.objects.count()
