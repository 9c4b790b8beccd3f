"""Making a region: registry row, schema, defaults, first administrator (decision D6)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from control.onboarding.errors import CodeTaken
from control.operations.models import SchemaChange, SchemaRollout
from control.operations.schema_changes import apply_changes
from control.regions.models import Domain, Region
from kernel import clock
from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.signals import region_provisioned

REGION_PROVISIONED = declare_action("regions.provisioned", "Wilayah disiapkan")


@dataclass(frozen=True, slots=True)
class NewRegion:
    """What an operator fills in. `code` becomes the subdomain and the schema's name."""

    code: str
    kind: str
    name: str
    short_name: str
    time_zone: str
    kemendagri_code: str = ""


def provision_region(*, new: NewRegion, actor: Actor) -> Region:
    """Registry row, host name, schema and the region's defaults, all or nothing; the region is live afterwards.

    The caller is on the operator side. Raises CodeTaken, ValidationError.
    """
    with control_scope(), transaction.atomic():
        if Region.objects.filter(code=new.code).exists():
            raise CodeTaken(new.code)
        region = Region(
            code=new.code,
            schema_name=f"r_{new.code}",
            kind=new.kind,
            name=new.name,
            short_name=new.short_name,
            time_zone=new.time_zone,
            kemendagri_code=new.kemendagri_code,
            status=Region.Status.ACTIVE,
            live_at=clock.now(),
        )
        region.full_clean()
        region.save()
        Domain.objects.create(domain=f"{new.code}.{settings.BASE_DOMAIN}", tenant=region, is_primary=True)
        changes = list(SchemaChange.objects.order_by("id"))
        state = region.state()
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{region.schema_name}"')
        apply_changes(state, changes)
        with region_scope(state):
            region_provisioned.send(sender=provision_region, region=state)
        SchemaRollout.objects.create(
            region=region, state=SchemaRollout.State.CURRENT, last_change=changes[-1] if changes else None
        )
        record(REGION_PROVISIONED, actor=actor, subject=region, after={"code": new.code, "name": new.name})
        transaction.on_commit(registry.announce_change)
    return region
