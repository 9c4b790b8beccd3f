"""The row fence: the database refuses to write, the ORM refuses to read, a row with another region's number."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.jobs.models import Job
from kernel.tenancy.context import control_scope, no_scope, region_scope
from kernel.tenancy.errors import FenceBreached, NoRegion
from kernel.tenancy.fence import Fenced, fence_constraint, fenced_tables, number_of_new_row
from kernel.tenancy.rendering import region_app_labels
from kernel.tenancy.state import RegionState

# The root tables of a region. A table leaves this list only by a decision.
ROOTS = {
    "accounts.User",
    "audit.AuditEvent",
    "files.StoredFile",
    "jobs.Job",
    "organisation.Unit",
    "employees.Employee",
    "punches.PhoneKey",
    "punches.Probe",
    "punches.Punch",
    "punches.PunchProof",
    "attendance.DayResult",
    "activities.Activity",
    "tpp.Slip",
}


def job(**values: object) -> Job:
    return Job(kind="tests.fence", title="Uji", **values)


def break_the_databases_fence(table: str) -> None:
    """As if a region's schema had been restored without it: only the ORM's half is left."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{fence_constraint(table)}"')


def test_a_row_gets_its_regions_number(manado: RegionState, banjarmasin: RegionState) -> None:
    first = job()
    first.save()
    with region_scope(banjarmasin):
        second = job()
        second.save()
    with control_scope():
        third = job()
        third.save()
    assert [row.region_number for row in (first, second, third)] == [manado.number, banjarmasin.number, 0]


def test_a_row_thought_of_in_one_region_cannot_be_stored_in_another(
    manado: RegionState, banjarmasin: RegionState
) -> None:
    row = job()
    with region_scope(banjarmasin), pytest.raises(IntegrityError, match="jobs_job_region_fence"):
        row.save()


def test_bulk_create_is_fenced(manado: RegionState, banjarmasin: RegionState) -> None:
    rows = [job(), job()]
    with region_scope(banjarmasin), pytest.raises(IntegrityError, match="region_fence"):
        Job.objects.bulk_create(rows)


def test_an_update_cannot_move_a_row(manado: RegionState, banjarmasin: RegionState) -> None:
    job().save()
    with pytest.raises(IntegrityError, match="region_fence"):
        Job.objects.update(region_number=banjarmasin.number)


def test_raw_sql_is_fenced_and_needs_not_name_the_number(manado: RegionState, banjarmasin: RegionState) -> None:
    insert = "INSERT INTO accounts_role (code, name, permissions) VALUES ('x', 'x', '[]')"
    event = "INSERT INTO audit_auditevent (at, action, actor_kind, actor_name, {}subject_kind, subject_name, before, "
    event += "after, note, request_id, origin) VALUES (now(), 'x', 'system', 'x', {}'', '', '{{}}', '{{}}', '', '', '')"
    with connection.cursor() as cursor:
        cursor.execute(insert)
        cursor.execute(event.format("", ""))
        assert AuditEvent.objects.get(action="x").region_number == manado.number
        with pytest.raises(IntegrityError, match="region_fence"):
            cursor.execute(event.format("region_id, ", f"{banjarmasin.number}, "))


def test_a_statement_through_another_regions_path_is_refused_by_the_database(
    manado: RegionState, banjarmasin: RegionState
) -> None:
    """The path is wrong, the scope is right: what a bug in the backend, the pool or a pooler would do."""
    row = job()
    with pytest.raises(IntegrityError, match="region_fence"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {banjarmasin.schema_name}.jobs_job (uid, region_id, kind, title, state, step, done, total, "  # noqa: S608
            "error_rows, parameters, result, failure, is_cancel_requested, created_at) "
            "VALUES (gen_random_uuid(), %s, 'x', 'x', 'queued', '', 0, 0, 0, '{}', '{}', '', false, now())",
            [row.region_number],
        )


def test_a_row_of_another_region_is_not_read(manado: RegionState, banjarmasin: RegionState) -> None:
    break_the_databases_fence("jobs_job")
    job(region_number=banjarmasin.number).save()
    with pytest.raises(FenceBreached):
        Job.objects.get()
    with pytest.raises(FenceBreached):
        list(Job.objects.iterator())


def test_a_joined_row_of_another_region_is_not_read(manado: RegionState, banjarmasin: RegionState) -> None:
    break_the_databases_fence("accounts_user")
    stranger = User(login="1", display_name="x", region_number=banjarmasin.number)
    stranger.save()
    job(started_by=stranger).save()
    with pytest.raises(FenceBreached):
        Job.objects.select_related("started_by").get()


def test_a_deferred_number_is_not_asked(manado: RegionState) -> None:
    job().save()
    assert Job.objects.only("title").get().title == "Uji"


def test_without_a_scope_a_row_has_no_number_and_cannot_be_stored(db: None) -> None:
    with no_scope():
        assert number_of_new_row() is None
        with pytest.raises(DatabaseError), transaction.atomic():
            job().save()


def test_without_a_scope_a_fenced_row_cannot_even_be_made_from_the_database(manado: RegionState) -> None:
    with no_scope(), pytest.raises(NoRegion):
        Job.from_db("default", ["id", "region_number"], [1, 1])


def test_every_root_table_is_fenced() -> None:
    fenced = {model._meta.label for model in apps.get_models() if issubclass(model, Fenced)}
    assert fenced >= ROOTS


def test_every_fenced_table_has_its_constraint_in_each_region(manado: RegionState, banjarmasin: RegionState) -> None:
    tables = fenced_tables(region_app_labels())
    assert len(tables) >= len(ROOTS)
    for region in (manado, banjarmasin):
        with region_scope(region), connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, pg_get_constraintdef(k.oid, true) FROM pg_constraint k JOIN pg_class c "
                "ON c.oid = k.conrelid WHERE k.conname LIKE '%%_region_fence' AND k.connamespace = %s::regnamespace",
                [region.schema_name],
            )
            assert dict(cursor.fetchall()) == dict.fromkeys(tables, f"CHECK (region_id = {region.number})")


def test_the_operators_own_tables_carry_number_zero(manado: RegionState) -> None:
    both = {label.rsplit(".", 1)[-1] for label in settings.SHARED_APPS if label.startswith("kernel.")}
    with control_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE "
            "k.connamespace = 'public'::regnamespace AND pg_get_constraintdef(k.oid, true) = 'CHECK (region_id = 0)'"
        )
        assert {table for (table,) in cursor.fetchall()} == set(fenced_tables(both))
