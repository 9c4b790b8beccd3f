"""From the host name to the open region, or to a plain page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from control.regions.models import Region
from kernel.accounts.models import Role
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, is_control, no_scope, region_or_none
from kernel.tenancy.middleware import RegionMiddleware
from kernel.tenancy.state import RegionState
from tests.cast import Person
from tests.containment import READ_ONLY


def changed(region: RegionState, **values: Any) -> None:
    with control_scope():
        Region.objects.filter(pk=region.number).update(**values)
    registry.forget()
    registry.snapshot()


def visit(host: str, path: str = "/masuk/", method: str = "get") -> Any:
    with no_scope():
        return getattr(Client(SERVER_NAME=host), method)(path)


@pytest.mark.parametrize(
    "host", ["atlantis.localhost", "manado.localhost.example", "xmanado.localhost", "golden.localhost", "127.0.0.1"]
)
def test_an_unknown_host_is_a_plain_page_without_a_query(manado: RegionState, host: str) -> None:
    registry.snapshot()
    with CaptureQueriesContext(connection) as captured:
        answer = visit(host)
    assert (answer.status_code, len(captured)) == (404, 0)
    assert "Set-Cookie" not in answer.headers


def test_a_host_that_is_no_host_name_is_a_plain_page(manado: RegionState) -> None:
    assert visit("bukan host").status_code == 404


def test_the_host_is_compared_without_case_and_port(manado: RegionState) -> None:
    assert visit("MANADO.localhost:8000").status_code == 200


def test_a_suspended_region_is_a_plain_page_without_a_query(manado: RegionState) -> None:
    changed(manado, status=Region.Status.SUSPENDED)
    with CaptureQueriesContext(connection) as captured:
        answer = visit("manado.localhost")
    assert (answer.status_code, answer["Retry-After"], len(captured)) == (503, "3600", 0)


@pytest.mark.parametrize("status", [Region.Status.PROVISIONING, Region.Status.CLOSED])
def test_a_region_that_is_not_live_is_closed(manado: RegionState, status: str) -> None:
    changed(manado, status=status)
    assert visit("manado.localhost").status_code == 503


def test_a_read_only_region_can_be_read_and_refuses_every_write(
    manado: RegionState, ani: Person, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(ani.user)
    changed(manado, measures=READ_ONLY)
    assert client.get("/aktivitas/").status_code == 200
    for method in ("post", "put", "patch", "delete"):
        with CaptureQueriesContext(connection) as captured:
            answer = getattr(client, method)("/aktivitas/")
        assert answer.status_code == 403
        assert len(captured) == 0
    assert client.post("/keluar/").status_code == 302


def test_the_scope_is_open_in_the_request_and_closed_after_it(manado: RegionState) -> None:
    seen: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        region = region_or_none()
        seen.append((region.code if region else None, is_control()))
        return HttpResponse()

    middleware = RegionMiddleware(view)
    with no_scope():
        for host in ("manado.localhost", "localhost"):
            middleware(RequestFactory(SERVER_NAME=host).get("/"))
        assert region_or_none() is None
        assert not is_control()
    assert seen == [("manado", False), (None, True)]


def test_the_scope_is_closed_when_the_view_fails(manado: RegionState) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with no_scope():
        with pytest.raises(ZeroDivisionError):
            RegionMiddleware(view)(RequestFactory(SERVER_NAME="manado.localhost").get("/"))
        assert region_or_none() is None


def test_an_answer_that_is_produced_after_the_request_finds_no_table(manado: RegionState) -> None:
    def view(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(str(Role.objects.count()) for _ in range(1))

    with no_scope():
        answer: Any = RegionMiddleware(view)(RequestFactory(SERVER_NAME="manado.localhost").get("/"))  # type: ignore[arg-type]
        with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            b"".join(answer.streaming_content)


@pytest.mark.parametrize("host", ["manado.localhost", "localhost", "atlantis.localhost"])
def test_every_answer_has_a_request_id_of_its_own(manado: RegionState, host: str) -> None:
    first, second = visit(host)["X-Request-Id"], visit(host)["X-Request-Id"]
    assert len(first) == 32
    assert first != second


def test_a_caller_cannot_choose_the_request_id(manado: RegionState) -> None:
    with no_scope():
        answer = Client(SERVER_NAME="manado.localhost").get("/masuk/", headers={"X-Request-Id": "palsu"})
    assert answer["X-Request-Id"] != "palsu"


def test_knowing_a_host_costs_no_query_once_the_registry_was_read(manado: RegionState) -> None:
    registry.snapshot()
    with CaptureQueriesContext(connection) as captured:
        for _ in range(20):
            assert registry.region_for_host("manado.localhost") is not None
    assert len(captured) == 0


def test_an_operators_change_reaches_a_process_that_has_just_read_the_registry(
    manado: RegionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process moves the version in the shared cache; this one looks at it once a second."""
    known = registry.snapshot()
    with control_scope():
        Region.objects.filter(pk=manado.number).update(measures=READ_ONLY)
    assert registry.region_by_code("manado").is_read_only is False
    registry.announce_change()
    monkeypatch.setattr(registry, "_snapshot", known)
    monkeypatch.setattr(registry, "VERSION_LOOK_SECONDS", 0.0)
    assert registry.region_by_code("manado").is_read_only is True


def test_the_registry_works_while_the_cache_is_away(manado: RegionState, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    registry.forget()
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", away)
    assert registry.region_by_code("manado").code == "manado"
