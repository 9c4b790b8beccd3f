"""The search path follows the region context, and a failed SET raises.

Differences from django-tenants 4.0.1, each with a test in tests/kernel/tenancy/:

* the schema comes from the context variable, so there is no per-connection tenant that can go stale in a thread, a pool
  or an async view, and no process-wide stack;
* the path holds that one schema; `public` is never behind a region;
* a failed `SET search_path` raises unless the transaction is already aborted (the stock backend swallows it and the
  next statement runs on the previous tenant's path);
* from PostgreSQL 18 the server reports `search_path` with every change, so the SET is left out when the server itself
  says that the path is right; on older servers it is sent for every cursor;
* a transaction pooler is recognised when a connection is opened, and refused.
"""

from typing import Any
from weakref import WeakSet

from django.conf import settings
from django_tenants.postgresql_backend import base as stock
from psycopg import pq
from typing_extensions import override

from kernel.tenancy.backend.introspection import SchemaIntrospection
from kernel.tenancy.context import scope_schema
from kernel.tenancy.errors import TenancyError, TransactionPooler

# Connections found to lead straight to a server; one from our own pool is asked once in its life.
_direct: "WeakSet[Any]" = WeakSet()
_ABORTED = pq.TransactionStatus.INERROR


class DatabaseWrapper(stock.DatabaseWrapper):  # type: ignore[misc]
    """PostgreSQL through one schema at a time."""

    _setting_search_path: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.introspection = SchemaIntrospection(self)

    @property
    def schema_name(self) -> str:
        """The schema of the open scope; read by django-tenants' router and by introspection."""
        return scope_schema()

    @schema_name.setter
    def schema_name(self, value: str | None) -> None:
        # The stock constructor assigns it; the context variable stays the only truth.
        if value is not None:
            raise TenancyError("the schema follows the region context; open region_scope() or control_scope()")

    @override
    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        raise TenancyError("set_tenant is not used here; open region_scope() or control_scope()")

    @override
    def set_schema_to_public(self) -> None:
        """The stock constructor calls this; a fresh connection belongs to nobody here."""

    @override
    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.connection in _direct or settings.DATABASE_POOLER_IS_SESSION_MODE:
            return
        # A pooler answers the handshake with a process id of its own invention; the server tells the real one.
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_catalog.pg_backend_pid()")
            if cursor.fetchone()[0] != self.connection.info.backend_pid:
                raise TransactionPooler("the server is reached through a pooler; only session mode is safe")
        _direct.add(self.connection)

    @override
    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        schema = self.schema_name
        info = self.connection.info
        if info.parameter_status("search_path") == schema:
            return
        if info.transaction_status == _ABORTED:
            # The next statement fails by itself, or is the ROLLBACK that we must let through.
            return
        stock._check_schema_name(schema)
        self._setting_search_path = True
        try:
            # On the driver's own cursor: the path is not a query of the application and is not counted as one.
            with self.wrap_database_errors, self.connection.cursor() as raw:
                raw.execute(f'SET search_path = "{schema}"')
        finally:
            self._setting_search_path = False
