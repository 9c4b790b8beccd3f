"""No request opens a database connection: the pool's are used again (performance note 1.3, 1)."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection
from django.utils import timezone

from kernel.ids import new_uid
from tests.gates.conftest import CSRF, Served

REQUESTS = 60


def backends() -> set[tuple[int, Any]]:
    """The server processes behind all connections of others to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, backend_start FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return set(cursor.fetchall())


def visit(served: Served) -> None:
    """A page before log-in, pages after it, a punch by the form and one by the API."""
    moment = timezone.now().isoformat()
    assert served.get("/masuk/", signed_in=False).status == 200
    for path in ("/", "/absen/", "/aktivitas/", "/kehadiran/"):
        assert served.get(path).status == 200, path
    form = f"csrfmiddlewaretoken={CSRF}&kind=in&uid={new_uid()}".encode()
    by_form = served.ask("POST", "/absen/", body=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert by_form.status == 302
    punch = f'{{"uid": "{new_uid()}", "kind": "out", "captured_at": "{moment}"}}'.encode()
    by_api = served.ask(
        "POST", "/api/v1/punches", body=punch, headers={"Content-Type": "application/json", "X-CSRFToken": CSRF}
    )
    assert by_api.status == 201, by_api.body


def test_no_request_opens_a_database_connection(served: Served, committed: None) -> None:
    # As many at once as the server has threads, so that the pools have grown to what they need.
    crowd = [threading.Thread(target=visit, args=(served,)) for _ in range(12)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    before = backends()
    assert before, "the server holds no connection between requests: there is no pool"
    for _ in range(REQUESTS // 7 + 1):
        visit(served)
        assert backends() <= before


def test_a_wrong_csrf_token_is_refused_and_stores_nothing(served: Served) -> None:
    form = f"csrfmiddlewaretoken={'b' * 32}&kind=in&uid={new_uid()}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert served.ask("POST", "/absen/", body=form, headers=headers).status == 403
