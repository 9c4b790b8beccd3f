"""Introspection that asks for one schema by name instead of scanning every schema's tables."""

from typing import Any

from django.db.backends.postgresql.introspection import DatabaseIntrospection, TableInfo
from typing_extensions import override

from kernel.tenancy.context import scope_schema


class SchemaIntrospection(DatabaseIntrospection):
    """The search path holds one schema already, so only the table list needs a filter of its own.

    The stock query tests `pg_table_is_visible` for every table of every schema: 75 ms at 27,700 tables, three times for
    each migrated region (tenancy note, 2.2).
    """

    @override
    def get_table_list(self, cursor: Any) -> list[TableInfo]:  # type: ignore[override]
        cursor.execute(
            """
            SELECT c.relname,
                   CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END,
                   obj_description(c.oid, 'pg_class')
            FROM pg_catalog.pg_class c
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
              AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = %s)
            """,
            [scope_schema()],
        )
        return [TableInfo(*row) for row in cursor.fetchall() if row[0] not in self.ignored_tables]
