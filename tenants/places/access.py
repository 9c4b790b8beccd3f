"""Who may see and change which places."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope, require, user_may
from tenants.employees.access import employees_for
from tenants.employees.querysets import EmployeeQuerySet
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet
from tenants.places.models import DutyLetter, Place, PlaceAssignment
from tenants.places.permissions import MANAGE_PLACES, VIEW_PLACES
from tenants.places.querysets import PlaceQuerySet


def places_for(user: User) -> PlaceQuerySet:
    """Those that concern the person's OPDs."""
    return Place.objects.seen_by(opd_scope(user, VIEW_PLACES))


def place_to_see(user: User, uid: UUID) -> Place:
    """Raises NotFound for a stranger as for an unknown uid."""
    found = places_for(user).select_related("opd", "created_by", "replaces").filter(uid=uid).first()
    if found is None:
        raise NotFound("place")
    return found


def place_to_change(user: User, uid: UUID, *, lock: bool = False) -> Place:
    """A place that an OPD of the person's keeps; the region's own only for who has it all.

    Raises NotAllowed, NotFound.
    """
    require(user, MANAGE_PLACES)
    places = Place.objects.select_for_update(of=("self",)) if lock else Place.objects
    found = places.kept_by(opd_scope(user, MANAGE_PLACES)).select_related("opd").filter(uid=uid).first()
    if found is None:
        raise NotFound("place")
    return found


def may_change(user: User, place: Place) -> bool:
    """Whether `place_to_change` would give it, for the buttons of a page."""
    scope = opd_scope(user, MANAGE_PLACES)
    return scope is None or (place.opd is not None and place.opd.uid in scope)


def assignment_to_end(user: User, uid: UUID) -> PlaceAssignment:
    """An assignment for a unit, person or letter in the person's charge, locked. Raises NotAllowed, NotFound."""
    require(user, MANAGE_PLACES)
    rows = PlaceAssignment.objects.select_for_update(of=("self",)).with_whom().select_related("place__opd")
    found = rows.filter(uid=uid).first()
    if found is None or not in_charge(user, found):
        raise NotFound("place_assignment")
    return found


def in_charge(user: User, row: PlaceAssignment) -> bool:
    """Whether the person has the unit, person or letter in charge for whom the place counts."""
    if opd_scope(user, MANAGE_PLACES) is None:
        return True
    if row.unit_id is not None:
        return units_in_charge(user).filter(pk=row.unit_id).exists()
    if row.employee_id is not None:
        return people_in_charge(user).filter(pk=row.employee_id).exists()
    return row.letter_id is not None and letters_in_charge(user).filter(pk=row.letter_id).exists()


def units_in_charge(user: User) -> UnitQuerySet:
    """The units to which the person may assign places."""
    return Unit.objects.active().in_opds(opd_scope(user, MANAGE_PLACES))


def people_in_charge(user: User) -> EmployeeQuerySet:
    """The people to whom the person may assign places."""
    return employees_for(user, MANAGE_PLACES).active()


def letters_in_charge(user: User) -> models.QuerySet[DutyLetter]:
    """The letters of assignment of the person's OPDs."""
    scope = opd_scope(user, MANAGE_PLACES)
    return DutyLetter.objects.all() if scope is None else DutyLetter.objects.filter(opd__uid__in=scope)


def opd_in_charge(user: User) -> Unit | None:
    """The OPD for which the person makes places: None for the region, or where there are several to choose from."""
    scope = opd_scope(user, MANAGE_PLACES)
    return None if scope is None or len(scope) != 1 else Unit.objects.filter(uid__in=scope).first()


def may_change_the_regions(user: User) -> bool:
    """Whether the person changes places that no OPD keeps."""
    return user_may(user, MANAGE_PLACES) and opd_scope(user, MANAGE_PLACES) is None
