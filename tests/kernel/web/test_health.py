"""Liveness and readiness, for machines that know no region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.tenancy.context import no_scope
from kernel.web import health


@pytest.fixture(autouse=True)
def _nothing_asked_yet(db: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(health, "_ready", (0.0, False))
        # The suite's connection belongs to the test's transaction.
        patched.setattr(connection, "close", lambda: None)
        yield


def ask(path: str) -> Any:
    with no_scope():
        return Client(SERVER_NAME="10.0.0.7").get(path)


def test_a_process_that_answers_is_alive_without_asking_anybody(db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = ask("/livez")
    assert (answer.status_code, answer.json(), len(captured)) == (200, {"status": "ok"}, 0)


def test_a_process_whose_database_answers_is_ready(db: None) -> None:
    assert (ask("/readyz").status_code, ask("/readyz").json()) == (200, {"status": "ok"})


def test_the_database_is_asked_no_more_than_every_two_seconds(db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        for _ in range(10):
            ask("/readyz")
    assert len(captured) == 1


def test_without_the_database_it_is_alive_and_not_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", away)
        assert ask("/readyz").status_code == 503
        assert ask("/livez").status_code == 200
