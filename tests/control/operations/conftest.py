"""A database of the test's own, for tests that change schemas."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from kernel.tenancy import registry

_serial = itertools.count(1)


@pytest.fixture
def own_database(committed: None) -> Iterator[None]:
    """A copy of the suite's database, Manado and Banjarmasin included; gone at the end."""
    original = settings.DATABASES["default"]["NAME"]
    copy = f"{original}_copy{next(_serial)}_{os.getpid()}"
    _administer(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    _use(copy)
    yield
    _use(original)
    # Not by force: that would end an autovacuum worker too, which only a superuser may; without, the worker gives way.
    _administer(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = user", copy
    )
    _administer(f'DROP DATABASE "{copy}"')


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
    registry.forget()


def _administer(statement: str, *values: str) -> None:
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, values or None)


@pytest.fixture
def annex(own_database: None, settings: Any) -> str:
    """A further region app, installed for this test only; its module path."""
    module = "tests.control.operations.annex"
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, module]
    settings.TENANT_APPS = [*settings.TENANT_APPS, module]
    return module
