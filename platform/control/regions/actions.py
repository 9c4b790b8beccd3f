"""An operator's switches over a region, and its names. Each change moves the region's version and reaches every process
at once."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from control.regions.errors import NameOfAnother, NameTaken, NoName, ReasonMissing
from control.regions.models import Domain, Region
from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.tenancy import registry

MADE_READ_ONLY = declare_action("regions.made_read_only", "Wilayah dibuat hanya-baca")
MADE_WRITABLE = declare_action("regions.made_writable", "Wilayah dapat diubah lagi")
FALLBACK_ON = declare_action("regions.fallback_on", "Wilayah masuk mode cadangan")
FALLBACK_OFF = declare_action("regions.fallback_off", "Wilayah keluar dari mode cadangan")
SUSPENDED = declare_action("regions.suspended", "Wilayah ditangguhkan")
RESUMED = declare_action("regions.resumed", "Wilayah dibuka lagi")
NAME_ADDED = declare_action("regions.name_added", "Alamat wilayah ditambah")
NAME_REMOVED = declare_action("regions.name_removed", "Alamat wilayah dihapus")

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
def set_read_only(*, code: str, on: bool, reason: str, actor: Actor) -> Region:
    """Refuse every write while pages stay readable, or let writes in again. What is set already stays as it is.

    Raises NotFound, ReasonMissing (switching on needs a reason that people will read).
    """
    return _set(code, "read_only", MADE_READ_ONLY if on else MADE_WRITABLE, on=on, reason=reason, actor=actor)


@transaction.atomic
def set_fallback(*, code: str, on: bool, reason: str, actor: Actor) -> Region:
    """Lead every page of the region to its continuity kit while punches still come in, or open the pages again.

    Raises NotFound, ReasonMissing (switching on needs a reason that people will read).
    """
    return _set(code, "fallback", FALLBACK_ON if on else FALLBACK_OFF, on=on, reason=reason, actor=actor)


def _set(code: str, switch: str, deed: str, *, on: bool, reason: str, actor: Actor) -> Region:
    """Turn one of the switches that a region's people see, with the reason they read."""
    region = _locked(code)
    is_on, words = f"is_{switch}", f"{switch}_reason"
    if getattr(region, is_on) == on:
        return region
    if on and not reason.strip():
        raise ReasonMissing
    setattr(region, is_on, on)
    setattr(region, words, reason.strip() if on else "")
    region.version = F("version") + 1
    region.save(update_fields=[is_on, words, "version"])
    region.refresh_from_db()
    record(deed, actor=actor, subject=region, note=reason.strip())
    transaction.on_commit(registry.announce_change)
    return region


@transaction.atomic
def set_suspended(*, code: str, on: bool, reason: str, actor: Actor) -> Region:
    """Close the region's address (a plain page, no schema touched), or open it again. Its data stay as they are.

    Raises NotFound, ReasonMissing.
    """
    region = _locked(code)
    wanted = Region.Status.SUSPENDED if on else Region.Status.ACTIVE
    if region.status == wanted:
        return region
    if on and not reason.strip():
        raise ReasonMissing
    before = region.status
    region.status = wanted
    region.version = F("version") + 1
    region.save(update_fields=["status", "version"])
    region.refresh_from_db()
    record(
        SUSPENDED if on else RESUMED,
        actor=actor,
        subject=region,
        before={"status": before},
        after={"status": wanted},
        note=reason.strip(),
    )
    transaction.on_commit(registry.announce_change)
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
    if wanted in settings.OPERATOR_HOSTS or wanted.partition(".")[2] == settings.BASE_DOMAIN:
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
