"""The names of a region. Each change moves the region's version and reaches every process at once."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from control.regions.errors import NameOfAnother, NameTaken, NoName
from control.regions.models import Domain, Region
from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.tenancy import registry
from kernel.watching import names

NAME_ADDED = declare_action("regions.name_added", "Alamat wilayah ditambah", event=names.CONFIG_CHANGE)
NAME_REMOVED = declare_action("regions.name_removed", "Alamat wilayah dihapus", event=names.CONFIG_CHANGE)

# A host name as DNS takes it: two labels at least, the last one not a number (RFC 1123).
_NAME: Final = re.compile(
    r"\A(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\Z"
)


def _locked(code: str) -> Region:
    region: Region | None = Region.objects.select_for_update().filter(code=code).first()
    if region is None:
        raise NotFound("region")
    return region


@transaction.atomic
def add_name(*, code: str, name: str, actor: Actor) -> str:
    """Let the region be reached by another host name too; gives it in lower case. Has it already, nothing happens.

    Installed apps learn of it with their next contact and send punches there when the other names are blocked. Raises
    NotFound, NoName, NameTaken, NameOfAnother for an operators' host or one that a region's code may become.
    """
    region = _locked(code)
    wanted = name.strip().rstrip(".").lower()
    if not _NAME.match(wanted):
        raise NoName
    if Domain.objects.filter(tenant=region, domain=wanted).exists():
        return wanted
    if (
        wanted in settings.OPERATOR_HOSTS
        or wanted == settings.FILES_HOST
        or wanted.partition(".")[2] == settings.BASE_DOMAIN
    ):
        raise NameOfAnother
    try:
        with transaction.atomic():
            Domain.objects.create(domain=wanted, tenant=region, is_primary=False)
    except IntegrityError as error:
        raise NameTaken from error
    _renamed(region, NAME_ADDED, actor, wanted)
    return wanted


@transaction.atomic
def remove_name(*, code: str, name: str, actor: Actor) -> None:
    """Answer by this host name no more. Raises NotFound, also for the name that the region was made with."""
    region = _locked(code)
    if not Domain.objects.filter(tenant=region, domain=name, is_primary=False).delete()[0]:
        raise NotFound("name")
    _renamed(region, NAME_REMOVED, actor, name)


def _renamed(region: Region, deed: str, actor: Actor, name: str) -> None:
    region.version = F("version") + 1
    region.save(update_fields=["version"])
    region.refresh_from_db()
    record(deed, actor=actor, subject=region, note=name)
    transaction.on_commit(registry.announce_change)
