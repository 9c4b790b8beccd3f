"""Questions about many appeals."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from tenants.appeals.models import Appeal  # noqa: F401  # in the class base


class AppealQuerySet(models.QuerySet["Appeal"]):
    def in_opds(self, uids: Collection[UUID] | None) -> AppealQuerySet:
        """Those about slips of these OPDs; all of them when None."""
        return self if uids is None else self.filter(opd__uid__in=uids)
