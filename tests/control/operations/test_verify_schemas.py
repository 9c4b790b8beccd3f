"""Every region's schema is the golden one, and a schema that is not is found."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from control.operations.schema_check import verify_schemas
from kernel.tenancy import registry
from kernel.tenancy.catalog import describe, outside_references
from kernel.tenancy.context import region_scope
from kernel.tenancy.errors import UnknownRegion
from kernel.tenancy.state import GOLDEN, RegionState


def test_provisioned_schemas_equal_the_golden_one(committed: None) -> None:
    found = {check.code: check.problems for check in verify_schemas()}
    assert found.keys() >= {"banjarmasin", "manado"}
    assert not any(found.values()), found


def test_the_description_is_of_everything(manado: RegionState) -> None:
    kinds = {line.split(" ", 1)[0] for line in describe()}
    assert kinds >= {"table", "column", "constraint", "index", "trigger", "function", "sequence"}


@pytest.mark.parametrize(
    ("drift", "found"),
    [
        ("ALTER TABLE jobs_job ADD COLUMN extra integer", "extra: column jobs_job.extra"),
        ("ALTER TABLE jobs_job ALTER COLUMN title DROP NOT NULL", "missing: column jobs_job.title"),
        ("ALTER TABLE jobs_job ALTER COLUMN title TYPE varchar(300)", "extra: column jobs_job.title"),
        ("ALTER TABLE jobs_job ALTER COLUMN step SET DEFAULT 'x'", "extra: column jobs_job.step"),
        ("ALTER TABLE jobs_job DROP CONSTRAINT job_progress_not_negative", "missing: constraint jobs_job.job_progress"),
        ("ALTER TABLE jobs_job DROP CONSTRAINT jobs_job_region_fence", "missing: constraint jobs_job.jobs_job_region"),
        ("ALTER TABLE jobs_job ALTER COLUMN region_id SET DEFAULT 7", "extra: column jobs_job.region_id"),
        ("DROP INDEX job_by_kind", "missing: index CREATE INDEX job_by_kind"),
        ("CREATE INDEX more ON jobs_job (title)", "extra: index CREATE INDEX more"),
        ("ALTER TABLE audit_auditevent DISABLE TRIGGER USER", "missing: trigger "),
        ("CREATE TABLE more (id bigint)", "extra: table more"),
        ("ALTER SEQUENCE jobs_job_id_seq INCREMENT BY 2", "extra: sequence jobs_job_id_seq"),
        ("DELETE FROM django_migrations WHERE app = 'jobs'", "change not applied: jobs.0001_initial"),
        ("INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())", "change unknown to the ledger"),
        (
            "ALTER TABLE jobs_job ADD CONSTRAINT away FOREIGN KEY (id) REFERENCES public.accounts_user (id)",
            "jobs_job.away refers to public.accounts_user",
        ),
        ("CREATE VIEW people AS SELECT id FROM public.accounts_user", "depends on column id of table public"),
    ],
)
def test_a_drift_is_found(manado: RegionState, drift: str, found: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(drift)
    (check,) = verify_schemas(["manado"])
    assert any(found in problem for problem in check.problems), check.problems


def test_a_region_that_does_not_exist_cannot_be_verified(committed: None) -> None:
    with pytest.raises(UnknownRegion):
        verify_schemas(["atlantis"])


def test_the_command_says_what_differs_and_fails(manado: RegionState) -> None:
    said = StringIO()
    call_command("verify_schemas", stdout=said)
    assert said.getvalue() == "2 schemas are as they must be\n"
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX job_by_kind")
    with pytest.raises(CommandError, match="1 of 1 schemas differ"):
        call_command("verify_schemas", "manado", stdout=said)
    assert "manado: missing: index CREATE INDEX job_by_kind" in said.getvalue()


@pytest.mark.parametrize("code", ["golden", "manado", "banjarmasin"])
def test_nothing_leaves_or_enters_a_regions_schema(committed: None, code: str) -> None:
    state = GOLDEN if code == "golden" else registry.region_by_code(code)
    with region_scope(state):
        assert outside_references() == []
