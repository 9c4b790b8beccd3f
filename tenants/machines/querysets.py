"""Questions about many machines."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from tenants.machines.models import KeptLine, Machine  # noqa: F401 (in the bases)


class MachineQuerySet(models.QuerySet["Machine"]):
    def active(self) -> MachineQuerySet:
        return self.filter(state="active")

    def reaching(self, opds: set[UUID] | None) -> MachineQuerySet:
        """Those of these OPDs and those that nobody has claimed; all when None (as `opd_scope` answers)."""
        return self if opds is None else self.filter(Q(state="listed") | Q(unit__opd__uid__in=opds))


class KeptLineQuerySet(models.QuerySet["KeptLine"]):
    def of_strangers(self) -> KeptLineQuerySet:
        """Those that wait for somebody to say whom the machine means by their PIN."""
        pins = apps.get_model("machines", "MachinePin").objects
        paired = pins.filter(device=OuterRef("machine__device"), pin=OuterRef("pin"))
        return self.filter(Q(reason="unknown_pin") | Q(~Exists(paired), reason="future", decision__isnull=True))

    def ahead(self) -> KeptLineQuerySet:
        """Those whose time was ahead when they came, and about which nobody has decided."""
        return self.filter(reason="future", decision__isnull=True)
