"""Further connections beside the suite's own, the stock backend's and ours, either through a proxy; a Redis away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from redis.exceptions import ConnectionError as RedisAway

STOCK = "django_tenants.postgresql_backend"
OURS = "kernel.tenancy.backend"

Connect = Callable[..., str]


@pytest.fixture
def connect(committed: None) -> Iterator[Connect]:
    """`connect("stock", STOCK, port=..., pool=...)`: a further database alias; returns it. Closed at the end."""
    made: list[str] = []

    def add(alias: str, engine: str, *, port: int | None = None, pool: dict[str, Any] | None = None) -> str:
        known = connections.settings["default"]
        values = {**known, "ENGINE": engine, "OPTIONS": {**known["OPTIONS"], "sslmode": "disable"}}
        if port is not None:
            values |= {"HOST": "127.0.0.1", "PORT": port}
        if pool is not None:
            values["OPTIONS"] = {**values["OPTIONS"], "pool": pool}
        connections.settings[alias] = values
        made.append(alias)
        return alias

    yield add
    for alias in made:
        connections[alias].close()
        if connections.settings[alias]["OPTIONS"].get("pool"):
            connections[alias].close_pool()  # type: ignore[attr-defined]
        del connections[alias]
        del connections.settings[alias]


@pytest.fixture
def stock(connect: Connect, settings: Any) -> str:
    """The alias of django-tenants' own backend, with its `with tenant:` and contexts pointed at it."""
    settings.TENANT_DB_ALIAS = "stock"
    return connect("stock", STOCK)


@pytest.fixture
def redis_away() -> Iterator[None]:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise RedisAway("connection refused")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("redis.connection.AbstractConnection.connect", refuse)
        patched.setattr("redis.connection.AbstractConnection.send_command", refuse)
        yield
