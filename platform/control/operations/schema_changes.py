"""Bringing schemas up to date: render once, fan out, keep a ledger (decision D7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from django.apps import apps
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import DatabaseError, OperationalError
from psycopg.errors import LockNotAvailable

from control.operations.errors import RolloutRunning
from control.operations.models import SchemaChange, SchemaRollout
from control.regions.models import Region
from kernel import clock
from kernel.accounts.roles import seed_region_roles, seed_roles
from kernel.permissions import CONTROL_ROLES
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.fence import fence_sql, fenced_tables, without_fence
from kernel.tenancy.rendering import RenderedMigration, region_app_labels, render_pending_in_golden
from kernel.tenancy.state import CONTROL_NUMBER, RegionState
from kernel.tenancy.threads import in_this_scope

log = structlog.get_logger(__name__)

PARALLEL_REGIONS = 4
LOCK_TIMEOUT = "3s"
ATTEMPTS = 3
# An arbitrary constant: whoever holds this advisory lock is the one that changes schemas.
ROLLOUT_LOCK = 7_171_637_155


@dataclass(frozen=True)
class RolloutReport:
    """What one `migrate_platform` did: rendered changes, and per region the number applied or the failure."""

    rendered: int = 0
    applied: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def migrate_operator_side() -> None:
    """Apply Django's migrations of the operator side to `public`, and set its row fence (number 0).

    Not by Django's command: for any app it walks the migrations of all, with every region's models built, to write
    nothing but their names into `public`. That was half of the time of a first start.
    """
    shared = {config.label for config in apps.get_app_configs() if config.name in settings.SHARED_APPS}
    with control_scope():
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        executor.migrate([key for key in executor.loader.graph.leaf_nodes() if key[0] in shared])
        emit_post_migrate_signal(0, False, connection.alias)
        control_labels = {
            label.rsplit(".", 1)[-1] for label in settings.SHARED_APPS if label.startswith(("kernel.", "control."))
        }
        with transaction.atomic(), connection.cursor() as cursor:
            bare = without_fence(fenced_tables(control_labels), CONTROL_NUMBER)
            for statement in fence_sql(bare, CONTROL_NUMBER):
                cursor.execute(statement)
        seed_roles(CONTROL_ROLES)


def render_changes() -> int:
    """Render what the golden schema lacks into the ledger; returns how many. Raises NotRenderable."""
    return render_pending_in_golden(_keep)


def _keep(change: RenderedMigration) -> None:
    with control_scope():
        SchemaChange.objects.create(
            app=change.app,
            name=change.name,
            sql=change.sql,
            sha256=hashlib.sha256(change.sql.encode()).hexdigest(),
        )


def apply_changes(state: RegionState, changes: list[SchemaChange]) -> int:
    """Apply to one region, in one transaction, those changes that its own record lacks; returns how many.

    The region's record is written in the same transaction. The row fence is set on tables that gained it.
    """
    with region_scope(state), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        applied = recorder.applied_migrations()
        missing = [change for change in changes if (change.app, change.name) not in applied]
        if not missing:
            return 0
        cursor.execute("\n".join(change.sql for change in missing if change.sql) or "SELECT")
        bare = without_fence(fenced_tables(region_app_labels()), state.number)
        cursor.execute(";\n".join(fence_sql(bare, state.number)) or "SELECT")
        cursor.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            [(change.app, change.name, clock.now()) for change in missing],
        )
        return len(missing)


def _patiently(state: RegionState, changes: list[SchemaChange]) -> int:
    """`apply_changes`, tried again when somebody's long statement held a table."""
    for _ in range(ATTEMPTS - 1):
        try:
            return apply_changes(state, changes)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
    return apply_changes(state, changes)


def roll_out() -> RolloutReport:
    """Apply what is new to every region, four at a time. One region's failure is written down and stops no other.

    Raises RolloutRunning when another process is at it, NotRenderable.
    """
    with alone():
        return _roll_out()


@contextmanager
def alone() -> Iterator[None]:
    """Hold the database-wide lock of the rollout for the length of the block; may be held within itself.

    Raises RolloutRunning.
    """
    with control_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ROLLOUT_LOCK])
        if not cursor.fetchone()[0]:
            raise RolloutRunning
    try:
        yield
    finally:
        with control_scope(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ROLLOUT_LOCK])


def keep_rollouts_away() -> None:
    """No rollout begins until the open transaction ends. Raises RolloutRunning when one is under way elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [ROLLOUT_LOCK])
        if not cursor.fetchone()[0]:
            raise RolloutRunning


def _roll_out() -> RolloutReport:
    rendered = render_changes()
    with control_scope():
        changes = list(SchemaChange.objects.order_by("id"))
        states = [region.state() for region in Region.objects.exclude(status=Region.Status.PROVISIONING)]
    report = RolloutReport(rendered=rendered)

    def one(state: RegionState) -> None:
        failure = ""
        try:
            applied = _patiently(state, changes)
            with region_scope(state):
                seed_region_roles()
            report.applied[state.code] = applied
        except DatabaseError as error:
            failure = str(error)
            report.failed[state.code] = failure
            log.error("schema_rollout_failed", region=state.code, reason=failure)
        with control_scope():
            SchemaRollout.objects.update_or_create(
                region_id=state.number,
                defaults={
                    "state": SchemaRollout.State.FAILED if failure else SchemaRollout.State.CURRENT,
                    "failure": failure,
                    "attempted_at": clock.now(),
                    **({} if failure or not changes else {"last_change": changes[-1]}),
                },
            )

    with ThreadPoolExecutor(max_workers=PARALLEL_REGIONS) as pool:
        list(pool.map(in_this_scope(one), states))
    return report
