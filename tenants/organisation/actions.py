"""What officials do to units and positions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.permissions import require
from tenants.organisation import access
from tenants.organisation.errors import OfficeRefused, SuperiorCycle
from tenants.organisation.models import Position, Unit
from tenants.organisation.permissions import CLASSIFY_ORGANISATION, MANAGE_ORGANISATION

UNIT_CHANGED = declare_action("organisation.unit_changed", "Unit diubah")
POSITION_CHANGED = declare_action("organisation.position_changed", "Jabatan diubah")

# What moves money or approvals needs the permission to classify.
_CLASSIFYING: Final = frozenset({"category", "kind", "office", "superior"})


@transaction.atomic
def change_unit(*, uid: UUID, values: Mapping[str, Any], actor: User) -> Unit:
    """Change name, category, is_active. Raises NotAllowed, NotFound."""
    reached = access.unit_for(actor, MANAGE_ORGANISATION, uid)
    unit = Unit.objects.select_for_update().get(pk=reached.pk)
    different = _different(unit, values, ("name", "category", "is_active"))
    if different & _CLASSIFYING:
        require(actor, CLASSIFY_ORGANISATION)
    _apply(unit, values, different, UNIT_CHANGED, actor)
    return unit


@transaction.atomic
def change_position(*, uid: UUID, values: Mapping[str, Any], actor: User) -> Position:
    """Change title, kind, superior (a Position or None), office, is_active; class and category are `terms`.

    Raises NotAllowed, NotFound, SuperiorCycle, OfficeRefused.
    """
    reached = access.position_for(actor, MANAGE_ORGANISATION, uid)
    position = Position.objects.select_for_update().get(pk=reached.pk)
    different = _different(position, values, ("title", "kind", "superior", "office", "is_active"))
    if different & _CLASSIFYING:
        require(actor, CLASSIFY_ORGANISATION)
    superior: Position | None = values.get("superior")
    if "superior" in different and superior is not None and position.pk in Position.objects.line_above([superior.pk]):
        raise SuperiorCycle
    if different & {"office", "is_active"}:
        _require_free_office(
            position, values.get("office", position.office), values.get("is_active", position.is_active)
        )
    _apply(position, values, different, POSITION_CHANGED, actor)
    return position


def _require_free_office(position: Position, office: str, is_active: bool) -> None:
    """One position of each office; a head of an OPD in each OPD. Offices are few, so all of them are locked."""
    if not office or not is_active:
        return
    same = Position.objects.select_for_update(of=("self",)).active().filter(office=office).exclude(pk=position.pk)
    if office == Position.Office.KEPALA_OPD:
        if position.unit.kind != Unit.Kind.OPD:
            raise OfficeRefused("")
        same = same.filter(unit_id=position.unit_id)
    other = same.order_by("pk").first()
    if other is not None:
        raise OfficeRefused(other.title)


def _different(row: models.Model, values: Mapping[str, Any], fields: tuple[str, ...]) -> set[str]:
    return {name for name in fields if name in values and getattr(row, name) != values[name]}


def _apply(row: models.Model, values: Mapping[str, Any], different: set[str], action: str, actor: User) -> None:
    if not different:
        return
    before = {name: _plain(getattr(row, name)) for name in sorted(different)}
    for name in different:
        setattr(row, name, values[name])
    row.save(update_fields=sorted(different))
    record(
        action,
        actor=actor,
        subject=row,
        before=before,
        after={name: _plain(values[name]) for name in sorted(different)},
    )


def _plain(value: Any) -> Any:
    return value.code if isinstance(value, Position) else value
