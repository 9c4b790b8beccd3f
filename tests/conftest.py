"""The suite's ground: one database with two regions, made once per process; each test rolls back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from control.onboarding.actions import NewRegion, provision_region
from control.operations.schema_changes import migrate_operator_side, roll_out
from kernel.accounts.actors import System
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState

pytest_plugins = ["tests.cast"]

MANADO = NewRegion(
    code="manado",
    kind="kota",
    name="Kota Manado",
    short_name="Manado",
    time_zone="Asia/Makassar",
    kemendagri_code="7171",
)
BANJARMASIN = NewRegion(
    code="banjarmasin",
    kind="kota",
    name="Kota Banjarmasin",
    short_name="Banjarmasin",
    time_zone="Asia/Makassar",
    kemendagri_code="6371",
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str = "main") -> Iterator[None]:
    """The database, the operators' schema, and the regions Manado and Banjarmasin."""
    import os

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"kd_test_{worker}_{os.getpid()}"
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{database}"')
        connection.close()
        settings.DATABASES["default"]["NAME"] = database
        connection.settings_dict["NAME"] = database
        migrate_operator_side()
        roll_out()
        for new in (MANADO, BANJARMASIN):
            provision_region(new=new, actor=System("tests"))
        registry.forget()
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def manado(db: None) -> Iterator[RegionState]:
    """Inside Kota Manado."""
    with region_scope(registry.region_by_code("manado")) as state:
        yield state


@pytest.fixture
def banjarmasin(db: None) -> RegionState:
    """The other region; not entered."""
    return registry.region_by_code("banjarmasin")
