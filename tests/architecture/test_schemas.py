"""A region's schema is self-contained: what the models say. What the database says: tests/control/operations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from config.installed_apps import BOTH, CONTROL, REGION


def labels(names: list[str]) -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name in names}


def relations(app_labels: set[str]) -> Iterator[tuple[str, str]]:
    """(model.field, label of the app it points to) of every relation of these apps."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in app_labels:
            for field in model._meta.get_fields():
                target = field.related_model
                if isinstance(field, models.ForeignKey | models.ManyToManyField) and isinstance(target, type):
                    yield f"{model._meta.label}.{field.name}", target._meta.app_label


def test_no_key_of_a_region_points_to_the_operator_side() -> None:
    region = labels(REGION) | labels(BOTH)
    assert not [name for name, target in relations(region) if target not in region]


def test_no_key_of_an_app_in_both_schemas_points_to_an_app_in_one() -> None:
    both = labels(BOTH)
    assert not [name for name, target in relations(both) if target not in both]


def test_no_key_of_the_operator_side_points_into_a_region() -> None:
    region = labels(REGION)
    control = labels(CONTROL) | labels(BOTH)
    assert not [name for name, target in relations(control) if target in region]


def test_the_walk_sees_a_key_that_leaves() -> None:
    """Django's own auth refers to contenttypes: within the operator side, but out of a region's reach."""
    assert ("auth.Permission.content_type", "contenttypes") in set(relations({"auth"}))


def test_every_app_with_tables_is_in_a_list() -> None:
    placed = labels(BOTH) | labels(CONTROL) | labels(REGION) | {"account"}
    assert {model._meta.app_label for model in apps.get_models()} <= placed


@pytest.mark.parametrize("app", ["django.contrib.contenttypes", "django.contrib.auth"])
def test_content_types_and_djangos_auth_stand_in_public_only(app: str) -> None:
    assert app in settings.SHARED_APPS
    assert app not in settings.TENANT_APPS


def test_our_models_do_not_rest_on_djangos_permissions() -> None:
    user = apps.get_model(settings.AUTH_USER_MODEL)
    assert {field.name for field in user._meta.get_fields()}.isdisjoint({"groups", "user_permissions"})


def test_no_key_of_the_operator_side_makes_django_look_into_a_region() -> None:
    """Before a row of a table that stands on both sides is removed, Django asks what points at it; in a region the
    operators' tables are not there. The database's own constraint refuses on the operators' side."""
    both = labels(BOTH)
    looking = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in labels(CONTROL):
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            if (
                isinstance(field, models.ForeignKey)
                and isinstance(target, type)
                and target._meta.app_label in both
                and field.remote_field.on_delete is not models.DO_NOTHING
            ):
                looking.append(f"{model._meta.label}.{field.name}")
    assert looking == []
