"""What roles were given by the platform, in regions that are older than the record of it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.db import connection

from kernel.accounts.models import Role, User
from kernel.permissions import names_for_role
from tenants.employees.accounts import set_role_permissions

SQL: str = import_module("kernel.accounts.migrations.0006_what_roles_were_offered").OFFERED_SO_FAR


def test_what_a_region_took_out_of_a_role_counts_as_given_before(with_role: Callable[..., User]) -> None:
    officer, before = with_role("diskominfo"), names_for_role("inspektorat")
    set_role_permissions(role_code="inspektorat", names=[n for n in before if n != "audit.read"], actor=officer)
    Role.objects.update(offered=[])
    with connection.cursor() as cursor:
        cursor.execute(SQL)
    role = Role.objects.get(code="inspektorat")
    assert "audit.read" not in role.permissions
    assert sorted(role.offered) == before


def test_an_empty_role_was_offered_nothing(manado: object) -> None:
    Role.objects.create(code="baru", name="Baru")
    with connection.cursor() as cursor:
        cursor.execute(SQL)
    assert Role.objects.get(code="baru").offered == []
