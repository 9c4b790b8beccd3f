"""Committed regions of a test's own, and their removal."""

import itertools
from collections.abc import Iterable

from django.db import connection

from control.onboarding.actions import NewRegion, provision_region
from control.operations.models import SchemaRollout
from control.regions.models import Domain, Region
from kernel.accounts.actors import System
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope
from kernel.tenancy.state import RegionState

_serial = itertools.count(1)


def make_region() -> RegionState:
    """A region made by the real provisioning and committed. Whoever makes it drops it."""
    code = f"uji{next(_serial):03d}"
    new = NewRegion(code=code, kind="kota", name=f"Kota {code}", short_name=code, time_zone="Asia/Makassar")
    provision_region(new=new, actor=System("tests"))
    return registry.region_by_code(code)


def drop_regions(states: Iterable[RegionState]) -> None:
    """Remove these regions with all that is in them."""
    if connection.in_atomic_block:
        raise RuntimeError("the test left a transaction open")
    with control_scope():
        for state in states:
            with connection.cursor() as cursor:
                cursor.execute(f'DROP SCHEMA IF EXISTS "{state.schema_name}" CASCADE')
            SchemaRollout.objects.filter(region_id=state.number).delete()
            Domain.objects.filter(tenant_id=state.number).delete()
            Region.objects.filter(pk=state.number).delete()
    registry.forget()
