"""Operators at the containment pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope
from tests.cast import make_user


@pytest.fixture(autouse=True)
def _fresh_registry() -> Iterator[None]:
    yield
    registry.forget()


@pytest.fixture
def second(db: None) -> User:
    with control_scope():
        return make_user("kedua@platform.test", "Operator Kedua", "operator")


@pytest.fixture
def post(django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[..., Any]:
    """Posts, and what waits for the commit happens."""

    def send(client: Client, path: str, form: dict[str, Any] | None = None) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, form or {})

    return send
