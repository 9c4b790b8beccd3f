"""Questions about sheets."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.fallback.models import ManualSheet  # noqa: F401  # in the class base


class ManualSheetQuerySet(models.QuerySet["ManualSheet"]):
    def of(self, month: Month) -> ManualSheetQuerySet:
        return self.filter(month=month.first_day)

    def confirmed(self) -> ManualSheetQuerySet:
        """Those that count."""
        return self.filter(state="confirmed")

    def in_opds(self, uids: Collection[UUID] | None) -> ManualSheetQuerySet:
        """Those of these OPDs; all of them when None."""
        return self if uids is None else self.filter(opd__uid__in=uids)
