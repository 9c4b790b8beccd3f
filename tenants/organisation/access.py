"""Who may see and change which units and positions."""

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope, require
from tenants.organisation.models import Position, Unit


def unit_for(user: User, permission: str, uid: UUID) -> Unit:
    """The unit, if the person holds the permission in its OPD. Raises NotAllowed, NotFound."""
    require(user, permission)
    unit = Unit.objects.in_opds(opd_scope(user, permission)).select_related("opd", "parent").filter(uid=uid).first()
    if unit is None:
        raise NotFound("unit")
    return unit


def position_for(user: User, permission: str, uid: UUID) -> Position:
    """The position, if the person holds the permission in its OPD. Raises NotAllowed, NotFound."""
    require(user, permission)
    position = (
        Position.objects.in_opds(opd_scope(user, permission))
        .select_related("unit__opd", "superior__unit")
        .filter(uid=uid)
        .first()
    )
    if position is None:
        raise NotFound("position")
    return position
