"""Questions about issued papers, signers and bundles."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.organisation.models import Unit
    from tenants.reports.models import IssuedPaper, PaperBundle, Signer  # noqa: F401 (in the bases)


class SignerQuerySet(models.QuerySet["Signer"]):
    def on(self, day: date) -> SignerQuerySet:
        """Those who sign on this day."""
        return self.filter(period__contains=day)

    def of_units(self, unit_ids: Collection[int]) -> SignerQuerySet:
        """Those of these units and of the region."""
        return self.filter(Q(unit__in=unit_ids) | Q(unit__isnull=True))


class IssuedPaperQuerySet(models.QuerySet["IssuedPaper"]):
    def of_opd_month(self, month: Month, kind: str, opd: Unit) -> IssuedPaperQuerySet:
        """The papers of an OPD-month, without its slips."""
        return self.filter(month=month.first_day, kind=kind, opd=opd, slip__isnull=True)

    def valid(self) -> IssuedPaperQuerySet:
        return self.filter(state="valid")


class PaperBundleQuerySet(models.QuerySet["PaperBundle"]):
    def of_opd_month(self, month: Month, kind: str, opd: Unit | None) -> PaperBundleQuerySet:
        """The bundles of an OPD-month; with None those of the whole region."""
        return self.filter(month=month.first_day, kind=kind, opd=opd)

    def expired(self, now: datetime) -> PaperBundleQuerySet:
        """Those whose files are due to be thrown away."""
        return self.filter(expires_at__lte=now).exclude(parts=[])
