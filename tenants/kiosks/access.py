"""Who may see and change which screen and tablet, and which tablet is asking."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope
from kernel.tenancy.context import current_region
from tenants.kiosks.errors import NotOfKiosk
from tenants.kiosks.models import Kiosk, Screen
from tenants.kiosks.permissions import MANAGE, SHOW
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet
from tenants.punches.events import instant
from tenants.punches.models import PhoneKey
from tenants.punches.signatures import is_signed

# A tablet's clock may be far off; what it asks for shows nothing that it has not shown before.
_ASKED_WITHIN: Final = timedelta(days=2)


def units_in_scope(user: User, permission: str) -> UnitQuerySet:
    """The units in the OPDs for which the person holds the permission, by code."""
    return Unit.objects.active().in_opds(opd_scope(user, permission)).order_by("code")


def screen_to_manage(user: User, uid: UUID) -> Screen:
    """A screen of the OPDs in charge. Raises NotFound."""
    return _screen(user, uid, MANAGE)


def screen_to_show(user: User, uid: UUID) -> Screen:
    """A screen that the person may put up. Raises NotFound."""
    return _screen(user, uid, SHOW)


def _screen(user: User, uid: UUID, permission: str) -> Screen:
    screens = Screen.objects.in_use().in_opds(opd_scope(user, permission)).select_related("unit")
    found = screens.filter(uid=uid).first()
    if found is None:
        raise NotFound("screen")
    return found


def kiosk_to_manage(user: User, uid: UUID) -> Kiosk:
    """A tablet of the OPDs in charge. Raises NotFound."""
    kiosks = Kiosk.objects.in_use().in_opds(opd_scope(user, MANAGE)).select_related("unit", "key")
    found = kiosks.filter(uid=uid).first()
    if found is None:
        raise NotFound("kiosk")
    return found


def kiosk_asking(told: Any) -> Kiosk:
    """The installed tablet whose key signed this question ({body, sig}). Raises NotOfKiosk."""
    try:
        body, signature = told["body"], told["sig"]
        said = json.loads(body)
        device, asked = UUID(said["device"]), instant(said["at"])
        is_here = said["region"] == current_region().code and said["kind"] == "roster"
    except (KeyError, TypeError, ValueError) as error:
        raise NotOfKiosk from error
    kiosk = Kiosk.objects.in_use().select_related("unit", "key").filter(key__uid=device).first()
    if kiosk is None or kiosk.key is None or kiosk.key.state == PhoneKey.State.ENDED or not is_here:
        raise NotOfKiosk
    if asked is None or abs(clock.now() - asked) > _ASKED_WITHIN:
        raise NotOfKiosk
    if not is_signed(body, signature, kiosk.key.public_key):
        raise NotOfKiosk
    return kiosk
