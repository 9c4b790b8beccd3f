"""Who may see and change which disturbance."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, user_may
from tenants.disturbances.models import Disturbance
from tenants.disturbances.permissions import DECIDE, PROPOSE, READ
from tenants.organisation.models import Unit
from tenants.organisation.querysets import UnitQuerySet

EVIDENCE_FILE = "disturbance"


def units_to_name(user: User) -> UnitQuerySet:
    """The units for which the person may propose a disturbance."""
    return Unit.objects.active().in_opds(opd_scope(user, PROPOSE))


def may_name_region(user: User) -> bool:
    """Whether the person may propose one for the whole region."""
    return user_may(user, PROPOSE) and opd_scope(user, PROPOSE) is None


def readable_disturbance(user: User, uid: UUID) -> Disturbance:
    """A disturbance that touches an OPD in the person's charge. Raises NotFound."""
    found = (
        Disturbance.objects.reaching(opd_scope(user, READ))
        .select_related("proposed_by", "decided_by", "undone_by", "file")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise NotFound("disturbance")
    return found


def disturbance_to_change(uid: UUID) -> Disturbance:
    """The disturbance, locked until the transaction ends. Raises NotFound."""
    found = Disturbance.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if found is None:
        raise NotFound("disturbance")
    return found


def may_take_back(user: User, disturbance: Disturbance) -> bool:
    """Whether the person may end a waiting proposal: who decides, and who made it."""
    return user_may(user, DECIDE) or disturbance.proposed_by_id == user.pk


@reader(EVIDENCE_FILE)
def may_read_evidence(user: User, stored: StoredFile) -> bool:
    """The evidence of a disturbance: whoever may read the disturbance."""
    if not user_may(user, READ):
        return False
    return Disturbance.objects.reaching(opd_scope(user, READ)).filter(file=stored).exists()
