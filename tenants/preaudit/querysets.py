"""Questions about many hits."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.preaudit.models import Hit, Waiver  # noqa: F401  # in the class bases


class HitQuerySet(models.QuerySet["Hit"]):
    def of(self, month: Month, kind: str) -> HitQuerySet:
        return self.filter(month=month.first_day, kind=kind)

    def present(self) -> HitQuerySet:
        """Those that the newest look found again."""
        return self.filter(gone_at__isnull=True)

    def open(self) -> HitQuerySet:
        """Neither mended nor let through."""
        return self.present().exclude(Exists(_waiver()))

    def waived(self) -> HitQuerySet:
        """Let through, and still there."""
        return self.present().filter(Exists(_waiver()))

    def gone(self) -> HitQuerySet:
        """Mended: a later look did not find them any more."""
        return self.filter(gone_at__isnull=False)

    def in_opds(self, uids: Collection[UUID] | None) -> HitQuerySet:
        """Those of people whom these OPDs would pay; all of them when None."""
        return self if uids is None else self.filter(opd__uid__in=uids)

    def by_opd(self) -> dict[int, dict[str, int]]:
        """How many are open, open and grave, let through and mended, by the OPD's key."""
        present, waived = Q(gone_at__isnull=True), Q(Exists(_waiver()))
        rows = (
            self.order_by()
            .values_list("opd_id")
            .annotate(
                open=Count("pk", filter=present & ~waived),
                grave=Count("pk", filter=present & ~waived & Q(is_grave=True)),
                waived=Count("pk", filter=present & waived),
                gone=Count("pk", filter=~present),
            )
        )
        return {
            opd: {"open": free, "grave": grave, "waived": let, "gone": gone} for opd, free, grave, let, gone in rows
        }


def _waiver() -> WaiverQuerySet:
    """The standing waiver of the hit that is asked about."""
    from tenants.preaudit.models import Waiver

    return Waiver.objects.standing().filter(hit=OuterRef("pk"))


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def standing(self) -> WaiverQuerySet:
        """Those that nobody has taken back."""
        return self.filter(withdrawn_at__isnull=True)
