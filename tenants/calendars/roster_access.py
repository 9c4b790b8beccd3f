"""Whose roster somebody may draw up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.periods import Month
from kernel.permissions import opd_scope, require
from kernel.tenancy import here
from tenants.calendars.permissions import ROSTER
from tenants.employees.access import people_in_scope
from tenants.employees.models import Employee
from tenants.employees.querysets import EmployeeQuerySet
from tenants.organisation.models import Unit

# So many people stand in one grid; a bigger unit is drawn up by the units below it.
MOST_PEOPLE: Final = 120


def roster_units(user: User) -> list[Unit]:
    """The units for whose people the person draws up rosters, by code."""
    require(user, ROSTER)
    scope = opd_scope(user, ROSTER)
    units = Unit.objects.active().order_by("code")
    return list(units if scope is None else units.filter(Q(opd__uid__in=scope) | Q(uid__in=scope)))


def roster_unit(user: User, uid: UUID | str) -> Unit:
    """The unit, if it is one of these. Raises NotFound."""
    found = next((unit for unit in roster_units(user) if str(unit.uid) == str(uid)), None)
    if found is None:
        raise NotFound("unit")
    return found


def people_of_roster(user: User, unit: Unit, month: Month) -> list[Employee]:
    """The people of the unit and those below it, by name, with the annotation `unit_id`; so many as a grid takes."""
    return list(_people(user, unit, day_of(month)).order_by("name", "pk")[:MOST_PEOPLE])


def roster_person(user: User, uid: UUID, month: Month) -> Employee:
    """Somebody for whom the person draws up rosters, with the annotation `unit_id`. Raises NotFound."""
    require(user, ROSTER)
    found = people_in_scope(user, ROSTER, day_of(month)).filter(uid=uid).first()
    if found is None:
        raise NotFound("employee")
    return found


def day_of(month: Month) -> date:
    """The day by whose posts the month's people are found: today, or the month's nearest to it."""
    return min(max(here.today(), month.first_day), month.end - timedelta(days=1))


def _people(user: User, unit: Unit, day: date) -> EmployeeQuerySet:
    units = Unit.objects.tree().subtree(unit.pk)
    # As a tuple: the column is an annotation of `placed_on`, which the type checker does not know.
    return people_in_scope(user, ROSTER, day).filter(Q(("unit_id__in", units)))


@reader("roster")
def may_read_sheet(user: User, stored: StoredFile) -> bool:
    """The sheet of a roster: who sent it in."""
    return stored.owner_id == user.pk
