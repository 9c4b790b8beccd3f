"""Schema changes of the region apps as SQL text, rendered once (decisions D6 and D7).

Rendering walks Django's own migrations in the golden schema with a collecting schema editor, applies each text there
and keeps it. A new region is all texts in one transaction; an existing one gets those that it lacks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from kernel.tenancy.context import region_scope
from kernel.tenancy.errors import TenancyError
from kernel.tenancy.state import GOLDEN, GOLDEN_SCHEMA

# Library migrations that mend old rows by Python; every region of ours was made after them, so there is nothing to
# mend. A new one on an upgrade is refused until somebody has read it and, if rows exist by then, made it a job.
NOTHING_TO_MEND = frozenset(
    {("account", "0006_emailaddress_lower"), ("account", "0008_emailaddress_unique_primary_email_fixup")}
)


# Django gives each unique or indexed text column a second index for LIKE 'x%': a fifth of a region's indexes, used by
# no query here (tenancy note, 2.3). Where a prefix is searched, the model names an index with its operator class.
_LIKE_TWIN = re.compile(r'CREATE INDEX "\w+_like" ON "\w+" \("\w+" (varchar|text)_pattern_ops\);?$')


class NotRenderable(TenancyError):
    """A migration of a region app that cannot be one SQL text: data migrations are jobs, not migrations."""


@dataclass(frozen=True, slots=True)
class RenderedMigration:
    """One migration of one region app as SQL that names no schema. `sql` is empty for state-only migrations."""

    app: str
    name: str
    sql: str


def region_app_labels() -> list[str]:
    """Labels of the apps whose tables stand in a region's schema."""
    from django.apps import apps

    return sorted(
        config.label
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
        or f"{type(config).__module__}.{type(config).__name__}" in settings.TENANT_APPS
    )


def render_pending_in_golden(keep: Callable[[RenderedMigration], None]) -> int:
    """Render and apply, in the golden schema, every migration that it does not have yet; returns how many.

    `keep` is called with each, in the order applied and in the transaction that applies it, so that what golden has and
    what is kept never differ. Must run outside of a transaction. Raises NotRenderable.
    """
    with region_scope(GOLDEN):
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{GOLDEN_SCHEMA}"')
        executor = MigrationExecutor(connection)
        executor.recorder.ensure_schema()
        labels = set(region_app_labels())
        targets = [key for key in executor.loader.graph.leaf_nodes() if key[0] in labels]
        # Dependencies on operator-side apps (contenttypes, auth) are in the graph but never in a region.
        full_plan = executor.migration_plan(targets, clean_start=True)
        applied = MigrationRecorder(connection).applied_migrations()
        state = executor._create_project_state()  # type: ignore[attr-defined]
        rendered = 0
        for migration, _backwards in full_plan:
            key = (migration.app_label, migration.name)
            if key in applied or migration.app_label not in labels:
                migration.mutate_state(state, preserve=False)
                continue
            with transaction.atomic():
                with connection.schema_editor(collect_sql=True, atomic=False) as editor:
                    state = migration.apply(state, editor, collect_sql=True)
                sql = _clean(migration.app_label, migration.name, editor.collected_sql)
                with connection.cursor() as cursor:
                    if sql:
                        cursor.execute(sql)
                MigrationRecorder(connection).record_applied(*key)
                keep(RenderedMigration(*key, sql))
            rendered += 1
        return rendered


def _clean(app: str, name: str, collected: list[str]) -> str:
    if any("CANNOT BE WRITTEN AS SQL" in line for line in collected) and (app, name) not in NOTHING_TO_MEND:
        raise NotRenderable(f"{app}.{name} runs Python; make it a job")
    return "\n".join(
        line
        for line in collected
        if line.strip() and not line.lstrip().startswith("--") and not _LIKE_TWIN.match(line.strip())
    )
