"""Which measures stand, which requests wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from kernel import clock

if TYPE_CHECKING:
    from control.containment.models import Imposition, PairedDeed  # noqa: F401 (in the bases)


class ImpositionQuerySet(models.QuerySet["Imposition"]):
    def standing(self) -> Self:
        """Neither lifted nor run out."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=clock.now()), lifted_at__isnull=True)

    def of_one_region(self) -> Self:
        """Those that were imposed on one region by itself."""
        return self.filter(everywhere__isnull=True)

    def of_all_regions(self, uid: UUID | None = None) -> Self:
        """Those that were imposed on all regions at once; of one such deed when it is named."""
        return self.filter(everywhere__isnull=False) if uid is None else self.filter(everywhere=uid)

    def run_out(self) -> Self:
        """Over by their own end, and not written down as ended yet."""
        return self.filter(until__lte=clock.now(), lifted_at__isnull=True)


class PairedDeedQuerySet(models.QuerySet["PairedDeed"]):
    def waiting(self) -> Self:
        """Those that another operator can still decide."""
        return self.filter(state="waiting", expires_at__gt=clock.now())
