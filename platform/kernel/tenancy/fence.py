"""The row fence: root tables carry their region's number, the database and the ORM both check it.

A CHECK with the region's own constant stands in each schema (written at provisioning), so a row written through a wrong
search path is refused by the database; `from_db` refuses a row read through one. The two know nothing of each other.
"""

from collections.abc import Collection
from typing import Any, Self

from django.apps import apps
from django.db import connection, models
from typing_extensions import override

from kernel.tenancy.context import scope_number
from kernel.tenancy.errors import FenceBreached, NoRegion

FENCE_COLUMN = "region_id"


def number_of_new_row() -> int | None:
    """The fence's default: the open scope's number."""
    # Outside of any scope a row can be thought of (Django's checks make one) but not stored: the column is NOT NULL.
    try:
        return scope_number()
    except NoRegion:
        return None


class Fenced(models.Model):
    """A root row of one region (or of the operator side, number 0)."""

    region_number = models.SmallIntegerField(default=number_of_new_row, editable=False, db_column=FENCE_COLUMN)

    class Meta:
        abstract = True

    @classmethod
    @override
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        row = super().from_db(db, field_names, values, **options)
        # A deferred column was not read and has nothing to say.
        found = row.__dict__.get("region_number")
        if found is not None and found != scope_number():
            raise FenceBreached(cls._meta.db_table, scope_number(), found)
        return row


def fenced_tables(app_labels: Collection[str]) -> list[str]:
    """The tables of these apps that carry the fence, in a stable order."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, Fenced) and model._meta.app_label in app_labels and model._meta.managed
    )


def fence_constraint(table: str) -> str:
    """The name of a table's fence. On a sharded server errors carry a suffix: match by prefix."""
    return f"{table[:50]}_region_fence"


def without_fence(tables: Collection[str], number: int) -> list[str]:
    """Those of these tables that stand in the open scope's schema without this number's fence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        standing = {table for (table,) in cursor.fetchall()}
        cursor.execute(
            """
            SELECT c.relname, k.conname, pg_get_constraintdef(k.oid, true)
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
            WHERE k.connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
                  AND k.contype = 'c' AND k.convalidated
            """
        )
        found = set(cursor.fetchall())
    return [
        table
        for table in tables
        if table in standing and (table, fence_constraint(table), f"CHECK ({FENCE_COLUMN} = {number:d})") not in found
    ]


def fence_sql(tables: Collection[str], number: int) -> list[str]:
    """Statements that set this region's constant on each table; they lock and read the tables.

    A row with 0 in a region was there before its table had the column: the change that added it was rendered in the
    golden schema, whose number is 0.
    """
    statements = []
    for table in tables:
        constraint = fence_constraint(table)
        statements += [
            f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{constraint}"',
            # The table's name is our own model's.
            *([f'UPDATE "{table}" SET {FENCE_COLUMN} = {number:d} WHERE {FENCE_COLUMN} = 0'] if number else []),  # noqa: S608
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{constraint}" CHECK ({FENCE_COLUMN} = {number:d})',
            f'ALTER TABLE "{table}" ALTER COLUMN {FENCE_COLUMN} SET DEFAULT {number:d}',
        ]
    return statements
