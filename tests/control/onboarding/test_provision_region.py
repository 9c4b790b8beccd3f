"""Making a region from the command line, and all or nothing."""

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from control.onboarding.actions import FirstAdmin, NewRegion, provision_region
from control.onboarding.errors import CodeTaken
from control.regions.models import Region
from kernel.accounts.actors import System
from kernel.accounts.models import Role
from kernel.permissions import REGION_ROLES
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.signals import region_provisioned

TOMOHON = NewRegion(code="tomohon", kind="kota", name="Kota Tomohon", short_name="Tomohon", time_zone="Asia/Makassar")
ARGUMENTS = ["--kind=kota", "--name=Kota Tomohon", "--short-name=Tomohon", "--zone=wita", "--admin-name=Admin"]


@pytest.fixture(autouse=True)
def _fresh_registry(db: None) -> Iterator[None]:
    yield
    registry.forget()


def schema_exists(name: str) -> bool:
    with control_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = %s", [name])
        return bool(cursor.fetchone()[0])


def test_the_command_makes_a_live_region_with_every_role() -> None:
    said = StringIO()
    call_command("provision_region", "tomohon", *ARGUMENTS, "--admin-nip=198505052010021001", stdout=said)
    assert "is live" in said.getvalue()
    registry.forget()
    with region_scope(registry.live_region("tomohon")):
        assert set(Role.objects.values_list("code", flat=True)) == set(REGION_ROLES)


def test_a_code_that_is_taken_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="sudah dipakai"):
        call_command("provision_region", "manado", *ARGUMENTS, "--admin-nip=198505052010021001")
    with pytest.raises(CodeTaken):
        provision_region(new=NewRegion("manado", "kota", "Kota X", "X", "Asia/Jakarta"), actor=System("tests"))


def test_a_default_that_fails_leaves_nothing_behind() -> None:
    def fail(sender: object, **kwargs: object) -> None:
        raise RuntimeError("no defaults today")

    region_provisioned.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            provision_region(new=TOMOHON, first_admin=FirstAdmin("1", "Admin"), actor=System("tests"))
    finally:
        region_provisioned.disconnect(fail)
    assert not schema_exists("r_tomohon")
    with control_scope():
        assert not Region.objects.filter(code="tomohon").exists()


def test_provisioning_takes_the_same_number_of_statements_however_many_regions_exist(
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    with django_assert_max_num_queries(120):  # type: ignore[attr-defined]
        provision_region(new=TOMOHON, first_admin=FirstAdmin("1", "Admin"), actor=System("tests"))
