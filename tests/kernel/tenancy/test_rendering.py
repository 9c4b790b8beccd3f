"""SQL texts of migrations are the ones that Django itself would write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, migrations, models, transaction
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from kernel.tenancy.rendering import _GrowingState
from kernel.tenancy.state import RegionState


def a_migration(name: str, *operations: Operation) -> migrations.Migration:
    kind: type[migrations.Migration] = type("Migration", (migrations.Migration,), {"operations": list(operations)})
    return kind(name, "organisation")


HOUSES_WITH_ROOMS = a_migration(
    "0001_houses",
    migrations.CreateModel("House", [("id", models.AutoField(primary_key=True)), ("number", models.IntegerField())]),
    migrations.CreateModel(
        "Room",
        [
            ("id", models.AutoField(primary_key=True)),
            ("house", models.ForeignKey("organisation.House", models.PROTECT)),
            ("beside", models.ForeignKey("organisation.Room", models.PROTECT, null=True)),
        ],
    ),
)
NUMBERS_ARE_UNIQUE = a_migration(
    "0002_unique",
    migrations.AddConstraint("House", models.UniqueConstraint(fields=["number"], name="house_number_unique")),
    migrations.AddField("House", "name", models.CharField(max_length=20, default="")),
    migrations.AddIndex("Room", models.Index(fields=["house", "id"], name="room_by_house")),
)
LARGER_KEYS = a_migration("0003_keys", migrations.AlterField("House", "id", models.BigAutoField(primary_key=True)))
A_NEW_NAME = a_migration("0003_name", migrations.RenameModel("House", "Building"))
NO_MORE_ROOMS = a_migration("0003_gone", migrations.DeleteModel("Room"))


@pytest.mark.parametrize("last", [LARGER_KEYS, A_NEW_NAME, NO_MORE_ROOMS], ids=lambda migration: migration.name)
def test_what_follows_after_additions_is_what_django_would_write(
    last: migrations.Migration, manado: RegionState
) -> None:
    ours, theirs = _GrowingState(), ProjectState()
    steps = [HOUSES_WITH_ROOMS, NUMBERS_ARE_UNIQUE, last]
    assert rendered(ours, steps, ours.prepare_for) == rendered(theirs, steps, lambda migration: theirs.apps)


def test_a_larger_key_makes_the_columns_that_point_to_it_larger_too(manado: RegionState) -> None:
    state = _GrowingState()
    texts = rendered(state, [HOUSES_WITH_ROOMS, NUMBERS_ARE_UNIQUE, LARGER_KEYS], state.prepare_for)
    assert any('ALTER TABLE "organisation_room"' in line and '"house_id" TYPE bigint' in line for line in texts[-1])


def test_an_applied_migration_is_known_to_the_next(manado: RegionState) -> None:
    state = _GrowingState()
    state.take_as_read(HOUSES_WITH_ROOMS)
    assert any(
        "room_by_house" in line for line in rendered(state, [NUMBERS_ARE_UNIQUE], state.prepare_for, run=False)[0]
    )


def rendered(
    state: ProjectState,
    steps: list[migrations.Migration],
    prepare: Callable[[migrations.Migration], object],
    run: bool = True,
) -> list[list[str]]:
    """The lines of each step; carried out one after the other, and then undone."""
    texts = []
    with transaction.atomic():
        for step in steps:
            prepare(step)
            with connection.schema_editor(collect_sql=True, atomic=False) as editor:
                step.apply(state, editor, collect_sql=True)
            texts.append([line for line in editor.collected_sql if not line.startswith("--")])
            if run:
                with connection.cursor() as cursor:
                    cursor.execute("\n".join(texts[-1]))
        transaction.set_rollback(True)
    return texts
