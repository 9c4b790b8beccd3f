"""Questions about many machines."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from tenants.machines.models import KeptLine, Machine  # noqa: F401 (in the bases)


class MachineQuerySet(models.QuerySet["Machine"]):
    def active(self) -> MachineQuerySet:
        return self.filter(state="active")

    def reaching(self, opds: set[UUID] | None) -> MachineQuerySet:
        """Those of these OPDs and those that nobody has claimed; all when None (as `opd_scope` answers)."""
        return self if opds is None else self.filter(Q(state="listed") | Q(unit__opd__uid__in=opds))


class KeptLineQuerySet(models.QuerySet["KeptLine"]):
    def ahead(self) -> KeptLineQuerySet:
        """Those whose time was ahead when they came, and about which nobody has decided."""
        return self.filter(reason="future", decision__isnull=True)
