"""The search path and the open scope never disagree: threads, pools, rollbacks, cursors of the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from kernel.accounts.models import Role
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, no_scope, region_scope
from kernel.tenancy.errors import TenancyError
from kernel.tenancy.state import RegionState
from kernel.tenancy.threads import in_this_scope
from tests.kernel.tenancy.conftest import OURS, Connect
from tests.kernel.tenancy.wire import Relay


@pytest.fixture
def here(committed: None) -> RegionState:
    return registry.region_by_code("manado")


@pytest.fixture
def there(committed: None) -> RegionState:
    return registry.region_by_code("banjarmasin")


@pytest.fixture
def pooled(connect: Connect) -> str:
    return connect("pooled", OURS, pool={"min_size": 1, "max_size": 1, "timeout": 10})


def seen(alias: str = "default") -> str | None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (name,) = cursor.fetchone()
        return None if name is None else str(name)


def divide_by_zero(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def in_a_thread(function: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result(30)


def backend_pid(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
        return int(pid)


# Scopes and threads


def test_without_a_scope_no_table_is_found(committed: None) -> None:
    with no_scope(), pytest.raises(ProgrammingError, match="does not exist"):
        Role.objects.count()


def test_the_operator_side_and_the_regions_see_their_own_tables(here: RegionState, there: RegionState) -> None:
    with region_scope(here):
        assert seen() == here.schema_name
        with control_scope():
            assert seen() == "public"
            with region_scope(there):
                assert seen() == there.schema_name
            assert seen() == "public"
        assert seen() == here.schema_name


def test_public_is_not_behind_a_region(here: RegionState) -> None:
    with region_scope(here), connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute("SELECT 1 FROM regions_region")


def test_a_thread_does_not_inherit_the_region(here: RegionState) -> None:
    def count() -> int:
        try:
            return Role.objects.count()
        finally:
            connections.close_all()

    with region_scope(here), pytest.raises(ProgrammingError):
        in_a_thread(count)


def test_a_region_is_handed_over_to_a_thread_on_purpose(here: RegionState) -> None:
    with region_scope(here):
        assert in_a_thread(in_this_scope(seen)) == here.schema_name


def test_a_scope_used_as_a_decorator_is_opened_anew_in_each_thread(here: RegionState, there: RegionState) -> None:
    begun = threading.Barrier(2, timeout=10)

    def visitor(state: RegionState) -> Callable[[], str | None]:
        @region_scope(state)
        def look() -> str | None:
            begun.wait()
            return seen()

        def run() -> str | None:
            try:
                return look()
            finally:
                connections.close_all()

        return run

    with ThreadPoolExecutor(2) as pool:
        found = [future.result(30) for future in [pool.submit(visitor(here)), pool.submit(visitor(there))]]
    assert found == [here.schema_name, there.schema_name]


def test_schemas_cannot_be_set_by_hand(here: RegionState) -> None:
    with pytest.raises(TenancyError):
        connection.set_schema(here.schema_name)  # type: ignore[attr-defined]
    with pytest.raises(TenancyError):
        connection.schema_name = here.schema_name  # type: ignore[attr-defined]


# The pool


def test_a_connection_from_the_pool_carries_nothing_over(pooled: str, here: RegionState, there: RegionState) -> None:
    with region_scope(here):
        assert seen(pooled) == here.schema_name
        pid = backend_pid(pooled)
    connections[pooled].close()
    with region_scope(there):
        assert seen(pooled) == there.schema_name
        assert backend_pid(pooled) == pid
    connections[pooled].close()
    with no_scope():
        assert seen(pooled) is None


def test_a_new_connection_of_the_pool_gets_its_path(pooled: str, here: RegionState) -> None:
    with region_scope(here):
        first = backend_pid(pooled)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        connections[pooled].close()
        assert seen(pooled) == here.schema_name
        assert backend_pid(pooled) != first


def test_threads_share_a_small_pool_and_keep_their_regions(
    connect: Connect, here: RegionState, there: RegionState
) -> None:
    alias = connect("pooled", OURS, pool={"min_size": 2, "max_size": 2, "timeout": 10})

    def visit(turn: int) -> bool:
        state = (here, there)[turn % 2]
        try:
            with region_scope(state):
                return seen(alias) == state.schema_name
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(visit, range(300)))


# The server's own report of the path, from PostgreSQL 18


@pytest.fixture
def counted(connect: Connect) -> Iterator[tuple[str, Relay]]:
    """Our backend through a relay that remembers the statements."""
    with Relay() as relay:
        alias = connect("counted", OURS, port=relay.port)
        yield alias, relay
        connections[alias].close()


def sets(relay: Relay) -> list[str]:
    return [statement for statement in relay.statements if statement.startswith("SET search_path")]


def reports_the_path(alias: str) -> bool:
    connections[alias].ensure_connection()
    return bool(connections[alias].pg_version >= 180000)  # type: ignore[attr-defined]


def test_the_path_is_sent_once_when_the_server_reports_it_and_each_time_when_not(
    counted: tuple[str, Relay], here: RegionState
) -> None:
    alias, relay = counted
    with region_scope(here):
        for _ in range(3):
            assert seen(alias) == here.schema_name
    assert len(sets(relay)) == (1 if reports_the_path(alias) else 3)


def test_a_rollback_takes_the_path_back_and_it_is_set_again(
    counted: tuple[str, Relay], here: RegionState, there: RegionState
) -> None:
    alias, _ = counted
    with region_scope(here):
        assert seen(alias) == here.schema_name
    with region_scope(there):
        with transaction.atomic(using=alias):
            assert seen(alias) == there.schema_name
            transaction.set_rollback(True, using=alias)
        assert seen(alias) == there.schema_name


def test_a_rollback_to_a_savepoint_takes_the_path_back_and_it_is_set_again(
    counted: tuple[str, Relay], here: RegionState, there: RegionState
) -> None:
    alias, _ = counted
    with transaction.atomic(using=alias):
        with region_scope(here):
            assert seen(alias) == here.schema_name
        with region_scope(there):
            with transaction.atomic(using=alias):
                assert seen(alias) == there.schema_name
                transaction.set_rollback(True, using=alias)
            assert seen(alias) == there.schema_name
        with region_scope(here):
            assert seen(alias) == here.schema_name


def test_after_a_failed_statement_the_transaction_can_be_left_and_the_path_is_right(
    counted: tuple[str, Relay], here: RegionState, there: RegionState
) -> None:
    alias, _ = counted
    with region_scope(here), transaction.atomic(using=alias):
        with region_scope(there), pytest.raises(DatabaseError), transaction.atomic(using=alias):
            divide_by_zero(alias)
        assert seen(alias) == here.schema_name
    with region_scope(there):
        assert seen(alias) == there.schema_name


def test_in_an_aborted_transaction_nothing_is_read_whatever_the_scope(
    counted: tuple[str, Relay], here: RegionState, there: RegionState
) -> None:
    alias, _ = counted
    with region_scope(here), transaction.atomic(using=alias):
        with pytest.raises(DatabaseError, match="division"):
            divide_by_zero(alias)
        with region_scope(there), pytest.raises(DatabaseError, match="aborted"):
            seen(alias)
        transaction.set_rollback(True, using=alias)
    with region_scope(there):
        assert seen(alias) == there.schema_name


def test_discard_all_does_not_leave_the_servers_default_path(counted: tuple[str, Relay], here: RegionState) -> None:
    alias, _ = counted
    with region_scope(here):
        assert seen(alias) == here.schema_name
        with connections[alias].cursor() as cursor:
            cursor.execute("DISCARD ALL")
        assert seen(alias) == here.schema_name


def test_a_path_changed_behind_our_back_is_set_right(counted: tuple[str, Relay], here: RegionState) -> None:
    alias, _ = counted
    with region_scope(here):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', 'public', false)")
        assert seen(alias) == here.schema_name


def test_a_server_side_cursor_reads_its_own_region(here: RegionState, there: RegionState) -> None:
    names: dict[str, set[str]] = {}
    for state in (here, there):
        with region_scope(state), transaction.atomic():
            Role.objects.create(code=f"canary-{state.code}", name="Kenari")
            names[state.code] = {role.code for role in Role.objects.iterator(chunk_size=2)}
            transaction.set_rollback(True)
    assert "canary-manado" in names["manado"] - names["banjarmasin"]
    assert "canary-banjarmasin" in names["banjarmasin"] - names["manado"]


def test_the_path_is_no_query_of_the_application(manado: RegionState, django_assert_num_queries: Any) -> None:
    with control_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with django_assert_num_queries(1):
        Role.objects.count()
