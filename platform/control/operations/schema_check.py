"""Does every region's schema still look like the golden one, and does none lean on another?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from control.operations.models import SchemaChange
from control.regions.models import Region
from kernel.tenancy.catalog import describe, differences, outside_references
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.errors import UnknownRegion
from kernel.tenancy.fence import fenced_tables
from kernel.tenancy.rendering import region_app_labels
from kernel.tenancy.state import GOLDEN, RegionState


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """What one region's schema has more, less or wrongly. Empty `problems`: as it must be."""

    code: str
    problems: tuple[str, ...]


def verify_schemas(codes: Collection[str] | None = None) -> list[SchemaCheck]:
    """Compare these regions' schemas (all of them when None) with the golden one; changes nothing.

    Compared are tables, columns, defaults, constraints, indexes, triggers, functions, sequences, views and the record
    of applied changes, each with the region's own row fence. Foreign keys and dependencies that leave a schema are
    problems too. Raises UnknownRegion.
    """
    with control_scope():
        regions = Region.objects.exclude(status=Region.Status.PROVISIONING)
        if codes is not None:
            regions = regions.filter(code__in=codes)
        states = [region.state() for region in regions]
        for code in sorted(set(codes or ()) - {state.code for state in states}):
            raise UnknownRegion(code)
        ledger = set(SchemaChange.objects.values_list("app", "name"))
    fenced = fenced_tables(region_app_labels())
    return [_check(state, ledger, fenced) for state in states]


def _check(state: RegionState, ledger: set[tuple[str, str]], fenced: list[str]) -> SchemaCheck:
    with region_scope(GOLDEN):
        expected = describe(fence=state, fenced=fenced)
    with region_scope(state):
        found = describe()
        if not found:
            return SchemaCheck(state.code, (f"schema {state.schema_name} does not exist",))
        problems = differences(expected, found) + outside_references()
        if not any(line.startswith("missing: table django_migrations") for line in problems):
            with connection.cursor() as cursor:
                cursor.execute("SELECT app, name FROM django_migrations")
                applied = {(app, name) for app, name in cursor.fetchall()}
            problems += [f"change not applied: {app}.{name}" for app, name in sorted(ledger - applied)]
            problems += [f"change unknown to the ledger: {app}.{name}" for app, name in sorted(applied - ledger)]
    return SchemaCheck(state.code, tuple(problems))
