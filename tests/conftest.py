"""The suite's ground: one database with two regions, made once per process; each test rolls back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as generated

from control.onboarding.actions import NewRegion, provision_region
from control.operations.schema_changes import migrate_operator_side, roll_out
from kernel import clock
from kernel.accounts.actors import System
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.places import fences
from tests.regions import drop_regions, make_region

pytest_plugins = ["tests.cast"]
# A busy machine is not a wrong answer: nothing here is about time.
generated.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
generated.load_profile("suite")

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
# The regions are made in the year of which the tests speak: a new region takes the calendar of the running one.
MADE_ON = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """The database, the operators' schema, and the regions Manado and Banjarmasin."""
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
        with clock.at(MADE_ON):
            for new in (MANADO, BANJARMASIN):
                provision_region(new=new, actor=System("tests"))
        registry.forget()
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True)
def _nothing_remembered(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a rolled-back test left in the cache and in the process's registry is forgotten."""
    yield
    if "django_db_setup" in request.fixturenames:
        registry.forget()
        # Which bytes are known as dangerous stands beside the files, not in a row.
        shutil.rmtree(f"{settings.FILES_DIR}-apart", ignore_errors=True)
        fences.forget()
        _empty_cache()


def _empty_cache() -> None:
    client = cast(Any, caches["default"])._cache.get_client(None, write=True)
    keys = list(client.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000))
    if keys:
        client.delete(*keys)


@pytest.fixture
def manado(db: None) -> Iterator[RegionState]:
    """Inside Kota Manado."""
    with region_scope(registry.region_by_code("manado")) as state:
        yield state


@pytest.fixture
def banjarmasin(db: None) -> RegionState:
    """The other region; not entered."""
    return registry.region_by_code("banjarmasin")


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database without a transaction around the test: what is written stays, so the test removes it.

    Not together with `db` or the fixtures built on it.
    """
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture
def make_fresh_region(committed: None) -> Iterator[Any]:
    """`make_fresh_region()`: a committed region made by the real provisioning; dropped at the end."""
    made: list[RegionState] = []

    def make() -> RegionState:
        made.append(make_region())
        return made[-1]

    yield make
    drop_regions(made)


@pytest.fixture
def fresh_region(make_fresh_region: Any) -> Iterator[RegionState]:
    """Inside a committed region of its own, for tests that need real commits, threads or a worker.

    What the test writes in the region goes with it. Not together with `db`, `manado` or the cast's fixtures.
    """
    with region_scope(make_fresh_region()) as state:
        yield state
