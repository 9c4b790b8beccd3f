"""Questions about many screens, tablets and PINs."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from tenants.kiosks.models import Kiosk, Pin, Screen  # noqa: F401 (in the bases)


class ScreenQuerySet(models.QuerySet["Screen"]):
    def in_use(self) -> ScreenQuerySet:
        return self.filter(ended_at__isnull=True)

    def in_opds(self, uids: Collection[UUID] | None) -> ScreenQuerySet:
        """Those of units in these OPDs; all of them when None."""
        return self if uids is None else self.filter(unit__opd__uid__in=uids)


class KioskQuerySet(models.QuerySet["Kiosk"]):
    def in_use(self) -> KioskQuerySet:
        return self.filter(ended_at__isnull=True)

    def in_opds(self, uids: Collection[UUID] | None) -> KioskQuerySet:
        """Those of units in these OPDs; all of them when None."""
        return self if uids is None else self.filter(unit__opd__uid__in=uids)


class PinQuerySet(models.QuerySet["Pin"]):
    def holders(self, employee_ids: Collection[int]) -> set[int]:
        """Those of these people who have a PIN."""
        return set(self.filter(employee_id__in=employee_ids).values_list("employee_id", flat=True))
