"""Schema changes of the region apps as SQL text, rendered once (decisions D6 and D7).

Rendering walks Django's own migrations in the golden schema with a collecting schema editor, applies each text there
and keeps it. A new region is all texts in one transaction; an existing one gets those that it lacks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

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


# Operations whose SQL speaks of their own table only, and of the keys to which it points.
_ONLY_ADDING: Final = (CreateModel, AddField, AddIndex, AddConstraint, RunSQL)


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


class _GrowingState(ProjectState):
    """The models as the migrations read so far leave them; a change that only adds reloads one model.

    Django rebuilds, after each operation, every model that is related to the changed one however far away: nearly all
    of a region's, which made 25 of the 30 seconds of a first rollout. Models that point to the changed one are needed
    only by what renames, alters or removes: such a migration begins with everything built anew.
    """

    _is_only_adding = False

    def prepare_for(self, migration: Migration) -> None:
        """To be called before `migration` is applied."""
        is_only_adding = all(type(operation) in _ONLY_ADDING for operation in migration.operations)
        if self._is_only_adding and not is_only_adding:
            self._forget_built_models()
        self._is_only_adding = is_only_adding
        _ = self.apps  # Built once here; the operations would each build their own.

    def take_as_read(self, migration: Migration) -> None:
        """What an applied migration changed, without building a model."""
        self._forget_built_models()
        migration.mutate_state(self, preserve=False)

    def _forget_built_models(self) -> None:
        self.__dict__.pop("apps", None)

    # Django's own method, which its type stubs leave out.
    def _find_reload_model(self, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        if self._is_only_adding:
            return {(app_label, model_name)}
        related: set[tuple[str, str]] = super()._find_reload_model(app_label, model_name, delay)  # type: ignore[misc]
        return related


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
        state = _GrowingState(real_apps=executor.loader.unmigrated_apps)
        rendered = 0
        for migration, _backwards in full_plan:
            key = (migration.app_label, migration.name)
            if key in applied or migration.app_label not in labels:
                state.take_as_read(migration)
                continue
            state.prepare_for(migration)
            with transaction.atomic():
                with connection.schema_editor(collect_sql=True, atomic=False) as editor:
                    migration.apply(state, editor, collect_sql=True)
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
