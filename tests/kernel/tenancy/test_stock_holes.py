"""Five ways in which the stock parts go on in another region's schema, each beside ours, which refuses.

A test whose name begins with `test_stock` documents the hole (tenancy note, section 3): if a release closes it, the
test fails and our own part may become smaller.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django_tenants.cache
import pytest
from asgiref.sync import sync_to_async
from celery import Celery, shared_task
from celery.signals import task_prerun
from celery.states import REJECTED
from django.core.cache import cache
from django.db import DatabaseError, connection, connections
from django.utils.connection import ConnectionProxy
from django_tenants.postgresql_backend.base import FakeTenant

from control.regions.models import Region
from kernel.tenancy import registry
from kernel.tenancy.cachekeys import region_key
from kernel.tenancy.context import control_scope, current_region, no_scope, region_scope
from kernel.tenancy.errors import NoRegion, TransactionPooler
from kernel.tenancy.state import RegionState
from kernel.tenancy.tasks import REGION_HEADER, RegionTask
from kernel.tenancy.threads import in_this_scope
from tests.kernel.tenancy.conftest import OURS, STOCK, Connect
from tests.kernel.tenancy.wire import Relay, TransactionPoolerProxy

MANADO, BANJARMASIN = "r_manado", "r_banjarmasin"


def schema_read_by(alias: str) -> str | None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (name,) = cursor.fetchone()
        return None if name is None else str(name)


def interleaved(first: Callable[[Callable[[], None]], Any], second: Callable[[Callable[[], None]], Any]) -> list[Any]:
    """Run two functions in threads: both go in, the first comes out, then the second. They call the given pause."""
    both_in, first_out = threading.Barrier(2, timeout=10), threading.Event()

    def run_first() -> Any:
        try:
            return first(lambda: _wait(both_in))
        finally:
            first_out.set()
            connections.close_all()

    def run_second() -> Any:
        def pause() -> None:
            both_in.wait()
            first_out.wait(10)

        try:
            return second(pause)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return [future.result(30) for future in (pool.submit(run_first), pool.submit(run_second))]


def _wait(barrier: threading.Barrier) -> None:
    barrier.wait()


# One: `with tenant:` keeps "the tenant before" in one list for the whole process.


def test_stock_with_tenant_leaves_a_thread_on_the_other_threads_region(stock: str) -> None:
    def visit(own: str) -> Callable[[Callable[[], None]], Any]:
        def run(pause: Callable[[], None]) -> str | None:
            connections[stock].set_tenant(FakeTenant(own))  # type: ignore[attr-defined]
            with Region(schema_name="public"):
                pause()
            return schema_read_by(stock)

        return run

    assert interleaved(visit(MANADO), visit(BANJARMASIN)) == [BANJARMASIN, MANADO]


def test_a_scope_within_a_scope_returns_each_thread_to_its_own_region(committed: None) -> None:
    def visit(own: str, inner: str) -> Callable[[Callable[[], None]], Any]:
        def run(pause: Callable[[], None]) -> str | None:
            with region_scope(registry.region_by_code(own)):
                with region_scope(registry.region_by_code(inner)):
                    pause()
                return schema_read_by("default")

        return run

    seen = interleaved(visit("manado", "banjarmasin"), visit("banjarmasin", "manado"))
    assert seen == [MANADO, BANJARMASIN]


# Two: a SET search_path that fails is swallowed, and the next statement runs on the path before.


def test_stock_reads_the_region_before_when_the_set_fails(connect: Connect) -> None:
    with Relay() as relay:
        alias = connect("stock", STOCK, port=relay.port)
        connections[alias].set_schema(BANJARMASIN)  # type: ignore[attr-defined]
        assert schema_read_by(alias) == BANJARMASIN
        relay.fails = lambda statement: MANADO in statement
        connections[alias].set_schema(MANADO)  # type: ignore[attr-defined]
        assert schema_read_by(alias) == BANJARMASIN
        assert relay.failed
        connections[alias].close()


def test_a_set_that_fails_raises_and_nothing_is_read(connect: Connect) -> None:
    with Relay() as relay:
        alias = connect("ours", OURS, port=relay.port)
        with region_scope(registry.region_by_code("banjarmasin")):
            assert schema_read_by(alias) == BANJARMASIN
        relay.fails = lambda statement: MANADO in statement
        with region_scope(registry.region_by_code("manado")):
            with pytest.raises(DatabaseError, match="canceling statement"):
                schema_read_by(alias)
            relay.fails = lambda statement: False
            assert schema_read_by(alias) == MANADO
        connections[alias].close()


def test_no_row_of_another_region_is_read_under_a_storm_of_cancels(committed: None) -> None:
    """A second connection cancels at random while this one changes regions for each statement."""
    regions = [registry.region_by_code("manado"), registry.region_by_code("banjarmasin")]
    with region_scope(regions[0]), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (victim,) = cursor.fetchone()
    stop = threading.Event()

    @in_this_scope
    def cancel() -> None:
        with region_scope(regions[0]), connection.cursor() as cursor:
            while not stop.is_set():
                cursor.execute("SELECT pg_cancel_backend(%s)", [victim])

    canceller = threading.Thread(target=cancel)
    canceller.start()
    right = wrong = refused = 0
    try:
        for turn in range(3000):
            region = regions[turn % 2]
            with region_scope(region):
                try:
                    seen = schema_read_by("default")
                except DatabaseError:
                    refused += 1
                else:
                    right, wrong = right + (seen == region.schema_name), wrong + (seen != region.schema_name)
    finally:
        stop.set()
        canceller.join(10)
    assert (wrong, right + refused) == (0, 3000)


# Three: an error while the region is opened for a task is swallowed, and the task runs in `public`.


class DeletedRegion(Exception):
    pass


@pytest.fixture
def prerun_that_cannot_open_the_region() -> Iterator[None]:
    def open_region(*args: Any, **kwargs: Any) -> None:
        raise DeletedRegion

    task_prerun.connect(open_region, weak=False)
    yield
    task_prerun.disconnect(open_region)


@pytest.mark.filterwarnings("ignore")
def test_stock_celery_runs_a_task_whose_prerun_failed_and_it_reads_public(
    stock: str, prerun_that_cannot_open_the_region: None
) -> None:
    app = Celery("stock", set_as_current=False)

    @app.task(name="stock.read")
    def read() -> str | None:
        return schema_read_by(stock)

    assert read.apply().get() == "public"


ran_in: list[str] = []


@shared_task(base=RegionTask, name="tests.read_schema")
def read_schema() -> None:
    ran_in.append(f"{current_region().code}: {schema_read_by('default')}")


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran_in.clear()


@pytest.mark.parametrize("headers", [{REGION_HEADER: "dihapus"}, {}], ids=["deleted", "missing"])
def test_a_task_of_no_live_region_is_rejected_before_its_first_statement(
    committed: None, headers: dict[str, str]
) -> None:
    with no_scope():
        outcome = read_schema.apply(headers=headers)
    assert (str(outcome.state), ran_in) == (REJECTED, [])


def test_a_task_runs_while_its_region_is_live_and_is_rejected_when_it_is_suspended(fresh_region: RegionState) -> None:
    headers = {REGION_HEADER: fresh_region.code}
    with no_scope():
        read_schema.apply(headers=headers)
        with control_scope():
            Region.objects.filter(pk=fresh_region.number).update(status=Region.Status.SUSPENDED)
            registry.forget()
        outcome = read_schema.apply(headers=headers)
    assert str(outcome.state) == REJECTED
    assert ran_in == [f"{fresh_region.code}: {fresh_region.schema_name}"]


# Four: in an async view the connection is another one, so every region has the same cache key.


def test_stock_cache_key_is_the_same_for_two_regions_in_an_async_view(
    stock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_tenants.cache, "connection", ConnectionProxy(connections, stock))

    async def request(schema: str) -> str:
        def middleware() -> None:
            connections[stock].set_schema(schema)  # type: ignore[attr-defined]

        await sync_to_async(middleware)()
        return str(django_tenants.cache.make_key("profile", "", 1))

    async def both() -> tuple[str, str]:
        return await request(MANADO), await request(BANJARMASIN)

    keys = asyncio.run(both())
    assert keys[0] == keys[1]


def test_the_cache_key_follows_the_region_into_async_code_or_there_is_none(committed: None) -> None:
    async def request(region: RegionState) -> str:
        with region_scope(region):
            await asyncio.sleep(0)
            return region_key("profile", "kd", 1)

    manado, banjarmasin = registry.region_by_code("manado"), registry.region_by_code("banjarmasin")

    async def both() -> tuple[str, str]:
        first, second = await asyncio.gather(request(manado), request(banjarmasin))
        return first, second

    assert asyncio.run(both()) == ("kd:r.manado:1:profile", "kd:r.banjarmasin:1:profile")
    with no_scope(), pytest.raises(NoRegion):
        cache.get("profile")


# Five: a transaction pooler sends SET and the statement after it to different servers.


def test_stock_reads_another_schema_through_a_transaction_pooler(connect: Connect) -> None:
    with TransactionPoolerProxy() as pooler:
        alias = connect("stock", STOCK, port=pooler.port)
        connections[alias].set_schema(MANADO)  # type: ignore[attr-defined]
        assert schema_read_by(alias) == "public"
        connections[alias].close()


def test_a_transaction_pooler_is_refused_when_connecting(connect: Connect) -> None:
    with TransactionPoolerProxy() as pooler:
        alias = connect("ours", OURS, port=pooler.port)
        with region_scope(registry.region_by_code("manado")), pytest.raises(TransactionPooler):
            schema_read_by(alias)
        connections[alias].close()
