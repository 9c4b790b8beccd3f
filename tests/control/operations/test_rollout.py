"""Bringing all regions up to date."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from control.onboarding.actions import NewRegion, provision_region
from control.operations import schema_changes
from control.operations.errors import RolloutRunning
from control.operations.models import SchemaChange, SchemaRollout
from control.operations.schema_changes import RolloutReport, alone, roll_out
from control.operations.schema_check import verify_schemas
from kernel.accounts.actors import System
from kernel.accounts.models import Role
from kernel.audit.models import AuditEvent
from kernel.permissions import names_for_role
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.rendering import NotRenderable
from kernel.tenancy.state import RegionState
from tests.control.operations.annex.models import Room

REGIONS = ("banjarmasin", "manado")


def rollout_of(code: str) -> SchemaRollout:
    with control_scope():
        return SchemaRollout.objects.select_related("last_change").get(region__code=code)


def rooms_of(code: str) -> list[str]:
    with region_scope(registry.region_by_code(code)):
        return [f"{room.name} {room.region_number}" for room in Room.objects.order_by("pk")]


def provision(code: str) -> RegionState:
    provision_region(
        new=NewRegion(code=code, kind="kota", name=code, short_name=code, time_zone="Asia/Jayapura"),
        actor=System("tests"),
    )
    return registry.region_by_code(code)


def test_a_second_run_does_nothing(own_database: None) -> None:
    assert roll_out() == RolloutReport(rendered=0, applied=dict.fromkeys(REGIONS, 0), failed={})


def test_a_new_table_reaches_every_region_with_each_regions_own_fence(annex: str) -> None:
    report = roll_out()
    assert (report.rendered, report.applied, report.failed) == (2, dict.fromkeys(REGIONS, 2), {})
    for code in REGIONS:
        number = registry.region_by_code(code).number
        assert rooms_of(code) == [f"lama {number}"]
        with region_scope(registry.region_by_code(code)), pytest.raises(IntegrityError, match="region_fence"):
            Room.objects.create(name="salah", region_number=number + 1)
    assert not [check for check in verify_schemas() if check.problems]


def test_a_region_made_after_a_release_is_like_one_that_was_migrated(annex: str) -> None:
    roll_out()
    provision("jayapura")
    assert not [check for check in verify_schemas() if check.problems]


def test_a_region_that_is_busy_is_written_down_and_taken_up_by_the_next_run(
    annex: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_changes, "LOCK_TIMEOUT", "100ms")
    provision("jayapura")
    busy = registry.region_by_code("manado")
    with connection.cursor() as cursor, region_scope(busy), transaction.atomic():
        cursor.execute(f'LOCK TABLE "{busy.schema_name}".django_migrations')
        report = roll_out_elsewhere()
        assert report.applied == {"banjarmasin": 2, "jayapura": 2}
        assert "lock timeout" in report.failed["manado"]
        assert rollout_of("manado").state == SchemaRollout.State.FAILED
        assert rollout_of("jayapura").state == SchemaRollout.State.CURRENT
    report = roll_out()
    assert (report.rendered, report.applied, report.failed) == (0, {"banjarmasin": 0, "jayapura": 0, "manado": 2}, {})
    caught_up = rollout_of("manado")
    assert (caught_up.state, caught_up.failure, str(caught_up.last_change)) == (
        SchemaRollout.State.CURRENT,
        "",
        "annex.0002_rooms_are_fenced",
    )


def roll_out_elsewhere() -> RolloutReport:
    """The rollout on a connection of its own, as another process would run it."""
    from concurrent.futures import ThreadPoolExecutor

    def run() -> RolloutReport:
        try:
            return roll_out()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(60)


def test_a_region_whose_schema_is_gone_stops_no_other(annex: str) -> None:
    with control_scope(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA r_banjarmasin CASCADE")
    report = roll_out()
    assert (report.applied, list(report.failed)) == ({"manado": 2}, ["banjarmasin"])
    assert verify_schemas(["banjarmasin"])[0].problems == ("schema r_banjarmasin does not exist",)


def test_two_rollouts_do_not_run_at_once(own_database: None) -> None:
    with alone(), pytest.raises(RolloutRunning):
        roll_out_elsewhere()
    assert roll_out_elsewhere().failed == {}


def test_a_change_that_is_not_kept_is_not_in_golden_either(annex: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(change: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(schema_changes, "_keep", crash)
        with pytest.raises(RuntimeError):
            roll_out()
    assert roll_out().rendered == 2
    with control_scope():
        assert SchemaChange.objects.filter(app="annex").count() == 2


def test_a_migration_that_runs_python_is_refused(annex: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import migrations

    from tests.control.operations.annex.migrations import __name__ as package

    module = __import__(f"{package}.0001_rooms", fromlist=["Migration"])
    python = migrations.RunPython(lambda apps, editor: None)
    monkeypatch.setattr(module.Migration, "operations", [*module.Migration.operations, python])
    with pytest.raises(NotRenderable, match=r"annex\.0001_rooms"):
        roll_out()


def test_the_command_names_the_regions_that_failed(annex: str) -> None:
    with control_scope(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA r_manado CASCADE")
    said = StringIO()
    with pytest.raises(CommandError, match="manado"):
        call_command("migrate_platform", stdout=said)
    assert "2 schema changes rendered, 1 regions changed" in said.getvalue()


def test_plain_migrate_is_refused(own_database: None) -> None:
    with pytest.raises(CommandError, match="migrate_platform"):
        call_command("migrate")


def test_a_region_of_an_older_release_gets_the_permissions_that_are_new_and_not_those_that_it_took_away(
    own_database: None,
) -> None:
    new, taken = "security.read", "audit.read"
    with region_scope(registry.region_by_code("manado")):
        role = Role.objects.get(code="diskominfo")
        role.offered = [name for name in role.offered if name != new]
        role.permissions = [name for name in role.permissions if name not in (new, taken)]
        role.save()
    assert roll_out().failed == {}
    with region_scope(registry.region_by_code("manado")):
        role.refresh_from_db()
        assert new in role.permissions
        assert taken not in role.permissions
        assert set(role.offered) == set(names_for_role("diskominfo"))
        (event,) = AuditEvent.objects.filter(action="accounts.role_extended")
        assert (event.after, event.actor_name) == ({"role": "diskominfo", "added": [new]}, "migrate_platform")
        role.permissions = [name for name in role.permissions if name != new]
        role.save()
    roll_out()
    with region_scope(registry.region_by_code("manado")):
        assert new not in Role.objects.get(code="diskominfo").permissions
