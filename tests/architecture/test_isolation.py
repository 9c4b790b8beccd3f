"""No address of one region answers with, to or for another: session, object, host, and what a page shows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kernel.accounts.models import User
from kernel.audit import security
from kernel.audit.models import AuditEvent
from kernel.ids import new_uid
from kernel.tenancy.context import control_scope, no_scope, region_scope
from kernel.tenancy.state import RegionState
from tests.architecture.permission_table import LOG_IN, NOBODY, OPERATORS, REGION, Row, endpoints, nothing, rows
from tests.architecture.twins import Twin, canary, client_at, cookie_of, settled
from tests.cast import PASSWORD
from tests.regions import drop_regions, make_region

ROWS = rows()
IN_REGIONS = [row for row in ROWS if row.urlconf == REGION]
AT_OPERATORS = [row for row in ROWS if row.urlconf == OPERATORS]
NAMING_AN_OBJECT = {point.name for point in endpoints(REGION) if "<uuid:" in point.route}
WITH_OBJECTS = [row for row in IN_REGIONS if row.name in NAMING_AN_OBJECT]
PAGES = [row for row in IN_REGIONS if row.method == "GET"]
WITH_FIELDS = [row for row in IN_REGIONS if row.data is not nothing]

WRITTEN_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# What differs between two answers to the same question: ids of what was made for it, numbers of requests and digests,
# tokens against forgery, nonces, times, numbers of receipts.
CHANGING = (
    WRITTEN_ID,
    re.compile(r"[0-9a-f]{32,64}"),
    re.compile(r'csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(r"X-CSRFToken&quot;: &quot;[^&]*&quot;"),
    re.compile(r'nonce="[^"]*"'),
    re.compile(r"\d\d[.:]\d\d(?:[.:]\d\d(?:\.\d+)?)?"),
    re.compile(r'"number":\d+'),
)


@pytest.fixture(scope="module")
def regions(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Twin, Twin]]:
    """Two committed twins, for all tests here."""
    with django_db_blocker.unblock():
        made = [make_region(), make_region()]
        twins = [settled(region) for region in made]
        connections.close_all()
    yield twins[0], twins[1]
    with django_db_blocker.unblock():
        drop_regions(made)
        connections.close_all()


@pytest.fixture
def twins(regions: tuple[Twin, Twin], db: None) -> tuple[Twin, Twin]:
    """The twins; what the test does to them is rolled back. Neither is entered."""
    return regions


@pytest.fixture(autouse=True)
def _fresh_budget() -> None:
    """Security events are bounded in number for each process; each test begins anew."""
    security.forget_windows()


@dataclass(frozen=True)
class Call:
    """What is asked: an address and a form."""

    row: Row
    kwargs: Mapping[str, Any]
    data: Mapping[str, Any]

    def by(self, client: Client) -> HttpResponse:
        """The answer; what it did is undone."""
        address = reverse(self.row.name, urlconf=self.row.urlconf, kwargs=dict(self.kwargs))
        form: dict[str, Any] = {"data": dict(self.data)} if self.row.method != "GET" or self.data else {}
        if self.row.is_json and form:
            form |= {"content_type": "application/json", "headers": {"Idempotency-Key": "terpisah"}}
        # As in a server's thread when a request comes in: no scope is open.
        with no_scope():
            answer: HttpResponse = getattr(client, self.row.method.lower())(address, **form)
        return answer


def call_in(twin: Twin, row: Row) -> Call:
    """The row's call with objects of this region."""
    with region_scope(twin.region):
        return Call(row, row.args(twin.cast), row.data(twin.cast))


def got(answer: HttpResponse) -> int | str:
    is_log_in = answer.status_code == 302 and answer["Location"].startswith("/masuk/")
    return LOG_IN if is_log_in else answer.status_code


def is_as_nobody(row: Row, answer: HttpResponse) -> bool:
    expected = row.expected[NOBODY]
    return got(answer) in (expected if isinstance(expected, tuple) else (expected,))


def events(action: str, region: RegionState | None) -> int:
    with region_scope(region) if region else control_scope():
        return AuditEvent.objects.filter(action=action).count()


def body(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return str(content, errors="replace")


@pytest.mark.parametrize("row", IN_REGIONS, ids=str)
def test_a_session_of_elsewhere_is_nobodys_and_is_reported(row: Row, twins: tuple[Twin, Twin]) -> None:
    here, there = twins
    before = events(security.FOREIGN_SESSION, here.region)
    answer = call_in(here, row).by(client_at(here.region, cookie=there.cookies["bkpsdm"]))
    assert is_as_nobody(row, answer), got(answer)
    assert events(security.FOREIGN_SESSION, here.region) == before + 1


def test_an_operators_session_is_nobodys_in_a_region(twins: tuple[Twin, Twin], operator: User) -> None:
    here, _ = twins
    client = client_at(here.region, cookie=cookie_of(operator, None))
    assert client.get("/sandi/ganti/")["Location"].startswith("/masuk/")
    assert events(security.FOREIGN_SESSION, here.region) == 1


@pytest.mark.parametrize("row", AT_OPERATORS, ids=str)
def test_a_regions_session_is_nobodys_at_the_operators_host(row: Row, twins: tuple[Twin, Twin]) -> None:
    here, _ = twins
    with control_scope():
        call = Call(row, row.args(here.cast), row.data(here.cast))
    before = events(security.FOREIGN_SESSION, None)
    answer = call.by(client_at(None, cookie=here.cookies["bkpsdm"]))
    assert is_as_nobody(row, answer), got(answer)
    assert events(security.FOREIGN_SESSION, None) == before + 1


@pytest.mark.parametrize("row", WITH_OBJECTS, ids=str)
def test_an_object_of_elsewhere_does_not_exist_and_asking_for_it_is_reported(
    row: Row, twins: tuple[Twin, Twin]
) -> None:
    here, there = twins
    foreign, own = call_in(there, row), call_in(here, row)
    assert any(isinstance(value, UUID) for value in foreign.kwargs.values())
    call = Call(row, foreign.kwargs, own.data)
    # Those whom the page itself refuses are refused before any object is looked for.
    may_ask = [column for column, expected in row.expected.items() if column != NOBODY and expected != 403]
    for column in may_ask:
        before = events(security.FOREIGN_OBJECT, here.region)
        status = call.by(here.client(column)).status_code
        assert status == 404, f"{column}: {status}"
        assert events(security.FOREIGN_OBJECT, here.region) == before + 1, column


class _RollBack(Exception):
    pass


def is_id(value: object) -> bool:
    return isinstance(value, UUID) or (isinstance(value, str) and bool(WRITTEN_ID.fullmatch(value)))


def ids_of(values: object) -> list[str]:
    """Every id among the values of a form or a body, however deep."""
    if isinstance(values, Mapping):
        return [found for value in values.values() for found in ids_of(value)]
    if isinstance(values, list | tuple | set):
        return [found for value in values for found in ids_of(value)]
    return [str(values)] if is_id(values) else []


def with_ids(values: Any, ids: Iterator[str]) -> Any:
    """The same values with other ids in their places."""
    if isinstance(values, Mapping):
        return {name: with_ids(value, ids) for name, value in values.items()}
    if isinstance(values, list | tuple | set):
        return [with_ids(value, ids) for value in values]
    return next(ids) if is_id(values) else values


def told(answer: HttpResponse) -> tuple[int, str, str]:
    """What an answer tells, without what differs each time."""
    texts = [answer.headers.get("Location", ""), body(answer)]
    for pattern in CHANGING:
        texts = [pattern.sub("~", text) for text in texts]
    return answer.status_code, texts[0], texts[1]


def told_about(
    row: Row, here: Twin, column: str, *, path: list[str] | None = None, data: list[str] | None = None
) -> Any:
    """What is answered when these ids stand in the address or in the form instead of our own; all of it is undone."""
    try:
        with transaction.atomic():
            own = call_in(here, row)
            kwargs = own.kwargs if path is None else with_ids(own.kwargs, iter(path))
            form = own.data if data is None else with_ids(own.data, iter(data))
            answer = told(Call(row, kwargs, form).by(here.client(column)))
            raise _RollBack
    except _RollBack:
        return answer


def asks(row: Row) -> str:
    """Somebody whom the row lets in, or who at least is told that there is nothing."""
    columns = [column for column, expected in row.expected.items() if column != NOBODY and expected != 403]
    return columns[0]


def nowhere(ids: list[str]) -> list[str]:
    """As many ids that nobody has, of the form that phones make."""
    return [str(new_uid()) for _ in ids]


@pytest.mark.parametrize("row", WITH_OBJECTS, ids=str)
def test_an_address_of_elsewhere_is_answered_as_one_that_exists_nowhere(row: Row, twins: tuple[Twin, Twin]) -> None:
    here, there = twins
    foreign = ids_of(call_in(there, row).kwargs)
    assert told_about(row, here, asks(row), path=foreign) == told_about(row, here, asks(row), path=nowhere(foreign))


@pytest.mark.parametrize("row", WITH_FIELDS, ids=str)
def test_an_id_of_elsewhere_in_a_form_is_as_one_that_exists_nowhere(row: Row, twins: tuple[Twin, Twin]) -> None:
    here, there = twins
    foreign = ids_of(call_in(there, row).data)
    if foreign:
        column = asks(row)
        assert told_about(row, here, column, data=foreign) == told_about(row, here, column, data=nowhere(foreign))


def test_the_comparison_would_see_an_id_that_counts(twins: tuple[Twin, Twin]) -> None:
    here, _ = twins
    naming = [row for row in WITH_FIELDS if row.name.startswith(("activities-", "places-", "kiosks-", "employees-"))]
    differing = []
    for row in naming:
        with contextlib.suppress(_RollBack), transaction.atomic():
            own = ids_of(call_in(here, row).data)
            raise _RollBack
        column = asks(row)
        if own and told_about(row, here, column) != told_about(row, here, column, data=nowhere(own)):
            differing.append(row.name)
    assert len(differing) >= 8


def test_ids_are_found_and_exchanged_however_deep() -> None:
    one, two = uuid4(), uuid4()
    values = {"a": one, "b": [str(two), "x"], "c": {"d": (one,)}, "n": 3}
    assert ids_of(values) == [str(one), str(two), str(one)]
    assert with_ids(values, iter("123")) == {"a": "1", "b": ["2", "x"], "c": {"d": ["3"]}, "n": 3}


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_shows_nothing_of_the_twin(row: Row, twins: tuple[Twin, Twin]) -> None:
    here, there = twins
    call_in(there, row)
    call = call_in(here, row)
    for column, expected in row.expected.items():
        if expected in (403, 404, LOG_IN):
            continue
        answer = call.by(here.client(column))
        assert answer.status_code < 500
        assert canary(there.region) not in body(answer), column


def test_the_canary_would_be_seen(twins: tuple[Twin, Twin]) -> None:
    here, there = twins
    assert here.cast.ani.employee.pk == there.cast.ani.employee.pk
    client = here.client("bkpsdm")
    plain = [row for row in PAGES if row.args is nothing and row.expected["bkpsdm"] == 200]
    shown = [row.name for row in plain if canary(here.region) in body(call_in(here, row).by(client))]
    assert len(shown) >= 3


def test_a_person_of_elsewhere_cannot_sign_in_here(twins: tuple[Twin, Twin]) -> None:
    here, there = twins
    with region_scope(there.region):
        User.objects.filter(pk=there.cast.ani.user.pk).update(login="199912312020121001")
    for region, status in ((here.region, 200), (there.region, 302)):
        answer = client_at(region).post("/masuk/", {"login": "199912312020121001", "password": PASSWORD})
        assert answer.status_code == status


def test_four_threads_serve_two_twins_and_never_mix_them(make_fresh_region: Callable[[], RegionState]) -> None:
    pair = [settled(region) for region in (make_fresh_region(), make_fresh_region())]
    assert pair[0].cast.ani.employee.pk == pair[1].cast.ani.employee.pk
    plain = [row for row in PAGES if row.args is nothing and row.data is nothing and not row.is_json]
    visits = [
        (which, row, column)
        for row in plain
        for column in ("ani", "bkpsdm")
        for which in (0, 1)
        if row.expected[column] == 200
    ]
    assert len(visits) >= 8

    def visit(number: int) -> tuple[bool, bool]:
        which, row, column = visits[number % len(visits)]
        here, there = pair[which], pair[1 - which]
        try:
            shown = body(Call(row, {}, {}).by(here.client(column)))
            return canary(here.region) in shown, canary(there.region) in shown
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(visit, range(max(160, len(visits)))))
    assert not any(foreign for _, foreign in seen)
    assert sum(own for own, _ in seen) >= 80
