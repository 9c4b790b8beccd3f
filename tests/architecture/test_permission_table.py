"""The permission table, walked: every URL is in it, and every role gets what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kernel.accounts.models import User
from kernel.tenancy.context import control_scope
from tests.architecture.permission_table import (
    LOG_IN,
    NOBODY,
    OPERATOR_COLUMNS,
    OPERATORS,
    REGION,
    REGION_COLUMNS,
    Cast,
    Row,
    Status,
    endpoints,
    rows,
)
from tests.cast import Office, Person, make_user

ROWS = rows()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class _RollBack(Exception):
    pass


@pytest.fixture
def the_cast(
    office: Office, ani: Person, budi: Person, citra: Person, dedi: Person, with_role: Callable[..., User]
) -> Cast:
    named = {"ani": ani.user, "budi": budi.user, "citra": citra.user, "dedi": dedi.user}
    others = {
        column: with_role(*roles, opd=office.opd if column == "operator_opd" else None)
        for column, roles in REGION_COLUMNS.items()
        if column not in named
    }
    with control_scope():
        staff = {
            column: make_user(f"{column}@platform.test", column.title(), *roles)
            for column, roles in OPERATOR_COLUMNS.items()
        }
    return Cast(office, ani, budi, citra, dedi, {**named, **others, **staff})


def ask(row: Row, column: str, cast: Cast, signed_in: Callable[..., Client], method: str | None = None) -> HttpResponse:
    """The answer to one column; everything that it did is undone."""
    host = "manado" if row.urlconf == REGION else None
    client = signed_in(cast.users.get(column), host)
    client.raise_request_exception = False
    answer: HttpResponse
    try:
        with transaction.atomic():
            if row.urlconf == OPERATORS:
                with control_scope():
                    kwargs, data = row.args(cast), row.data(cast)
            else:
                kwargs, data = row.args(cast), row.data(cast)
            address = reverse(row.name, urlconf=row.urlconf, kwargs=dict(kwargs))
            form: dict[str, object] = {"data": dict(data)}
            if row.is_json:
                form |= {"content_type": "application/json", "headers": {"Idempotency-Key": "tabel-izin"}}
            send = getattr(client, (method or row.method).lower())
            answer = send(address, **(form if (method or row.method) != "GET" or data else {}))
            raise _RollBack
    except _RollBack:
        return answer


def got(answer: HttpResponse) -> int | str:
    if answer.status_code == 302 and answer["Location"].startswith("/masuk/"):
        return LOG_IN
    return answer.status_code


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(row: Row, the_cast: Cast, signed_in: Callable[..., Client]) -> None:
    wrong = {}
    for column, expected in row.expected.items():
        found = got(ask(row, column, the_cast, signed_in))
        if found not in (expected if isinstance(expected, tuple) else (expected,)):
            wrong[column] = f"{found} instead of {expected}"
    assert not wrong


def refusal(status: Status) -> int:
    """How much of a refusal a status is: none, "not found" (the person may ask), "forbidden"."""
    statuses = status if isinstance(status, tuple) else (status,)
    return 2 if 403 in statuses else 1 if 404 in statuses else 0


@pytest.mark.parametrize("row", {(row.urlconf, row.name): row for row in ROWS}.values(), ids=str)
def test_a_method_that_is_not_in_the_table_is_refused(
    row: Row, the_cast: Cast, signed_in: Callable[..., Client]
) -> None:
    listed = {other.method for other in ROWS if (other.urlconf, other.name) == (row.urlconf, row.name)}
    # Somebody whom the row lets in, so that a refusal is of the method and not of the person.
    column = min((who for who in row.expected if who != NOBODY), key=lambda who: refusal(row.expected[who]))
    found = {method: got(ask(row, column, the_cast, signed_in, method)) for method in METHODS if method not in listed}
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
