"""Questions about many units and positions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, FilteredRelation, Q

from tenants.organisation.unit_tree import UnitTree

if TYPE_CHECKING:
    from tenants.organisation.models import Position, Unit  # noqa: F401 (in the bases)


class UnitQuerySet(models.QuerySet["Unit"]):
    def active(self) -> UnitQuerySet:
        return self.filter(is_active=True)

    def opds(self) -> UnitQuerySet:
        """The roots."""
        return self.filter(parent__isnull=True)

    def in_opds(self, uids: Collection[UUID] | None) -> UnitQuerySet:
        """The units of these OPDs; all of them when None (as `kernel.permissions.opd_scope` answers)."""
        return self if uids is None else self.filter(opd__uid__in=uids)

    def tree(self) -> UnitTree:
        """All units of this queryset as one value, in the order of their codes. One statement."""
        return UnitTree.of(self.order_by("code").values_list("pk", "parent_id"))


class PositionQuerySet(models.QuerySet["Position"]):
    def active(self) -> PositionQuerySet:
        return self.filter(is_active=True)

    def in_opds(self, uids: Collection[UUID] | None) -> PositionQuerySet:
        """The positions in units of these OPDs; all of them when None."""
        return self if uids is None else self.filter(unit__opd__uid__in=uids)

    def on(self, day: date) -> PositionQuerySet:
        """With the terms of that day as the annotations `kelas` and `category` (None where none are recorded)."""
        return self.annotate(term=FilteredRelation("terms", condition=Q(terms__period__contains=day))).annotate(
            kelas=F("term__kelas"), category=F("term__category")
        )

    def line_above(self, position_ids: Collection[int]) -> dict[int, int | None]:
        """These positions and all above them: position to superior position. One statement; a cycle ends it."""
        rows = self.raw(
            """
            WITH RECURSIVE line(id, superior_id) AS (
                SELECT id, superior_id FROM organisation_position WHERE id = ANY(%s)
                UNION
                SELECT above.id, above.superior_id
                FROM organisation_position above JOIN line ON above.id = line.superior_id
            )
            SELECT id, superior_id FROM line
            """,
            [list(position_ids)],
        )
        return {row.pk: row.superior_id for row in rows}
