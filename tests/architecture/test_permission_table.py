"""The permission table, walked: every URL is in it, and every role gets what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections, transaction
from django.http import HttpResponse
from django.urls import reverse

from kernel.accounts.models import RoleGrant, User
from kernel.tenancy.context import control_scope, no_scope, region_scope
from tests.architecture.permission_table import (
    LOG_IN,
    NOBODY,
    OPERATOR_COLUMNS,
    OPERATORS,
    REGION,
    Row,
    Status,
    endpoints,
    rows,
)
from tests.architecture.twins import Twin, client_at, cookie_of, settled
from tests.cast import make_user
from tests.regions import drop_regions, make_region

ROWS = rows()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class _RollBack(Exception):
    pass


@pytest.fixture(scope="module")
def committed_twin(django_db_setup: None, django_db_blocker: Any) -> Iterator[Twin]:
    """A committed region with the cast, and the operators' staff, for all rows."""
    with django_db_blocker.unblock():
        here = settled(make_region())
        with control_scope():
            staff = {
                column: make_user(f"{column}@platform.test", column.title(), *roles)
                for column, roles in OPERATOR_COLUMNS.items()
            }
        cookies = {**here.cookies, **{column: cookie_of(user, None) for column, user in staff.items()}}
        connections.close_all()
    yield Twin(here.region, replace(here.cast, users={**here.cast.users, **staff}), cookies)
    with django_db_blocker.unblock():
        drop_regions([here.region])
        with control_scope():
            keys = [user.pk for user in staff.values()]
            RoleGrant.objects.filter(user__in=keys).delete()
            # Not delete(): it would look for employees, of which the operators' side has no table.
            User.objects.filter(pk__in=keys)._raw_delete("default")
        connections.close_all()


@pytest.fixture
def here(committed_twin: Twin, db: None) -> Twin:
    """That region; what a test does to it is rolled back."""
    return committed_twin


def read_whole(answer: HttpResponse) -> None:
    """Read a streamed body to its end, as a browser does: the server closes the file behind it then."""
    if answer.streaming:
        for _ in answer:
            pass


def ask(row: Row, column: str, here: Twin, method: str | None = None) -> HttpResponse:
    """The answer to one column; everything that it did is undone."""
    at_operators = row.urlconf == OPERATORS
    client = client_at(None if at_operators else here.region, cookie=here.cookies.get(column, ""))
    answer: HttpResponse
    try:
        with transaction.atomic():
            with control_scope() if at_operators else region_scope(here.region):
                kwargs, data = row.args(here.cast), row.data(here.cast)
            address = reverse(row.name, urlconf=row.urlconf, kwargs=dict(kwargs))
            form: dict[str, object] = {"data": dict(data)}
            if row.is_json:
                form |= {"content_type": "application/json", "headers": {"Idempotency-Key": "tabel-izin"}}
            send = getattr(client, (method or row.method).lower())
            with no_scope():
                answer = send(address, **(form if (method or row.method) != "GET" or data else {}))
                read_whole(answer)
            raise _RollBack
    except _RollBack:
        return answer


def got(answer: HttpResponse) -> int | str:
    if answer.status_code == 302 and answer["Location"].startswith("/masuk/"):
        return LOG_IN
    return answer.status_code


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(row: Row, here: Twin) -> None:
    wrong = {}
    for column, expected in row.expected.items():
        found = got(ask(row, column, here))
        if found not in (expected if isinstance(expected, tuple) else (expected,)):
            wrong[column] = f"{found} instead of {expected}"
    assert not wrong


def refusal(status: Status) -> int:
    """How much of a refusal a status is: none, "not found" (the person may ask), "forbidden"."""
    statuses = status if isinstance(status, tuple) else (status,)
    return 2 if 403 in statuses else 1 if 404 in statuses else 0


@pytest.mark.parametrize("row", {(row.urlconf, row.name): row for row in ROWS}.values(), ids=str)
def test_a_method_that_is_not_in_the_table_is_refused(row: Row, here: Twin) -> None:
    listed = {other.method for other in ROWS if (other.urlconf, other.name) == (row.urlconf, row.name)}
    # Somebody whom the row lets in, so that a refusal is of the method and not of the person.
    column = min((who for who in row.expected if who != NOBODY), key=lambda who: refusal(row.expected[who]))
    found = {method: got(ask(row, column, here, method)) for method in METHODS if method not in listed}
    assert set(found.values()) <= {405}, found


@pytest.mark.parametrize("urlconf", [REGION, OPERATORS])
def test_every_url_has_a_row(urlconf: str) -> None:
    listed = {row.name for row in ROWS if row.urlconf == urlconf}
    missing = {point.name or f"no name: {point.route}" for point in endpoints(urlconf)} - listed
    assert not missing, f"no row in tests/architecture/permission_rows/ for {sorted(missing)}"


@pytest.mark.parametrize("urlconf", [REGION, OPERATORS])
def test_every_row_has_a_url(urlconf: str) -> None:
    names = {point.name for point in endpoints(urlconf)}
    gone = {row.name for row in ROWS if row.urlconf == urlconf} - names
    assert not gone


def test_an_endpoint_stands_in_the_table_once() -> None:
    keys = [(row.urlconf, row.name, row.method) for row in ROWS]
    assert not {key for key in keys if keys.count(key) > 1}
