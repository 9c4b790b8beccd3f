"""Models and migrations agree, and each app has one line of history."""

from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from kernel.tenancy.context import control_scope


def test_no_migration_is_missing(committed: None) -> None:
    said = StringIO()
    with control_scope():
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()


def test_each_app_has_one_line_of_history(committed: None) -> None:
    with control_scope():
        loader = MigrationLoader(connection)
    assert loader.detect_conflicts() == {}
