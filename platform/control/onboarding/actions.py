"""Making a region: registry row, schema, defaults, first administrator (decision D6)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from control.onboarding.errors import CodeTaken
from control.operations.models import SchemaChange, SchemaRollout
from control.operations.schema_changes import apply_changes, keep_rollouts_away
from control.regions.models import Domain, Region
from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.codes import issue_codes
from kernel.accounts.models import Role, RoleGrant, User
from kernel.audit.record import declare_action, record
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.tenancy.signals import region_provisioned

FIRST_ADMIN_ROLES = ("asn", "bkpsdm", "diskominfo")

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


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """The region's first administrator: holds BKPSDM and Diskominfo, and brings in everybody else."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The live region; the first administrator sets a password with `code`, which is shown once and kept nowhere."""

    region: Region
    code: str


def provision_region(*, new: NewRegion, actor: Actor, first_admin: FirstAdmin | None = None) -> Provisioned:
    """Registry row, host name, schema, the region's defaults and its first administrator, all or nothing.

    The region is live afterwards. Raises CodeTaken, RolloutRunning, ValidationError.
    """
    code = ""
    with control_scope(), transaction.atomic():
        # The region would miss a change that is being rendered, and the rollout would not know the region.
        keep_rollouts_away()
        # Its host would be the one that hands out files.
        if Region.objects.filter(code=new.code).exists() or f"{new.code}.{settings.BASE_DOMAIN}" == settings.FILES_HOST:
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
        try:
            with transaction.atomic():
                region.save()
        except IntegrityError as error:
            # Two operators at once; the unique code let one of them through.
            raise CodeTaken(new.code) from error
        Domain.objects.create(domain=f"{new.code}.{settings.BASE_DOMAIN}", tenant=region, is_primary=True)
        changes = list(SchemaChange.objects.order_by("id"))
        state = region.state()
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{region.schema_name}"')
        apply_changes(state, changes)
        with region_scope(state):
            region_provisioned.send(sender=provision_region, region=state)
            if first_admin is not None:
                code = _make_first_admin(first_admin)
        SchemaRollout.objects.create(
            region=region, state=SchemaRollout.State.CURRENT, last_change=changes[-1] if changes else None
        )
        record(REGION_PROVISIONED, actor=actor, subject=region, after={"code": new.code, "name": new.name})
        transaction.on_commit(registry.announce_change)
    return Provisioned(region, code)


def _make_first_admin(first_admin: FirstAdmin) -> str:
    user = User(login=first_admin.login, display_name=first_admin.name)
    user.set_unusable_password()
    user.save()
    for role in Role.objects.filter(code__in=FIRST_ADMIN_ROLES):
        RoleGrant.objects.create(user=user, role=role)
    (code,) = issue_codes([user.pk], moment=clock.now()).values()
    return code
