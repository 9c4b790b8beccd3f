"""Questions about many assemblies."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from tenants.assemblies.models import Assembly  # noqa: F401 (in the bases)


class AssemblyQuerySet(models.QuerySet["Assembly"]):
    def standing(self) -> AssemblyQuerySet:
        """Those that nobody called off."""
        return self.filter(cancelled_at__isnull=True)

    def between(self, first: date, end: date) -> AssemblyQuerySet:
        """Those of the half-open period."""
        return self.filter(date__gte=first, date__lt=end)

    def visible_at(self, moment: datetime) -> AssemblyQuerySet:
        """Without the inspections that have not begun: who is inspected does not know before."""
        return self.exclude(is_inspection=True, starts_at__gt=moment)

    def in_opds(self, uids: Collection[UUID] | None) -> AssemblyQuerySet:
        """Those that call a unit or a leader of these OPDs; all of them when None."""
        return self if uids is None else self.filter(called_units__unit__opd__uid__in=uids).distinct()


class Called(NamedTuple):
    """Somebody was called: on which date, to which ceremony of the rule set, and whether the person came."""

    employee_id: int
    date: date
    code: str
    attended: bool


def called_between(employee_ids: Collection[int] | None, first: date, end: date) -> list[Called]:
    """What these people (everybody when None) were called to in the half-open period, once it is over.

    Who was excused by an official is not named; a document of the day is for the asker to know. An assembly that goes
    on, or was called off, is not there. At most eight statements, however many assemblies and people; one without any.
    """
    from tenants.assemblies.presence import called_and_came

    return called_and_came(employee_ids, first, end)
