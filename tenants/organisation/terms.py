"""A position's class and category over time: recording a change, and correcting one."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action
from kernel.dated import Chronicle
from tenants.organisation import access
from tenants.organisation.models import Position, PositionTerms
from tenants.organisation.permissions import CLASSIFY_ORGANISATION


class Terms(NamedTuple):
    """What decides the amount of a post."""

    kelas: int
    category: str


TERMS: Final = Chronicle(
    PositionTerms,
    "position",
    Terms,
    changed=declare_action("organisation.terms_changed", "Kelas atau kategori jabatan berubah"),
    corrected=declare_action("organisation.terms_corrected", "Kelas atau kategori jabatan dibetulkan"),
    read_by=lambda position: {"opds": [position.unit.opd_id or position.unit_id]},
)


@transaction.atomic
def change_terms(
    *, uid: UUID, kelas: int, category: str, first: date, letter_number: str = "", actor: User
) -> PositionTerms:
    """Record class and category from `first` on, up to the next change that is recorded already.

    What counted already stays as it is. Raises NotAllowed, NotFound, DayTaken, MonthClosed.
    """
    return TERMS.change(_locked(actor, uid), first, Terms(kelas, category), letter_number, actor)


@transaction.atomic
def correct_terms(
    *,
    uid: UUID,
    terms_uid: UUID,
    kelas: int,
    category: str,
    first: date | None,
    letter_number: str,
    reason: str,
    actor: User,
) -> None:
    """Put a wrong record right, as `Chronicle.correct` says. Raises NotAllowed and what that raises."""
    TERMS.correct(
        _locked(actor, uid),
        terms_uid,
        first=first,
        value=Terms(kelas, category),
        letter_number=letter_number,
        reason=reason,
        actor=actor,
    )


def _locked(actor: User, uid: UUID) -> Position:
    """The position, locked, if the actor may classify it."""
    reached = access.position_for(actor, CLASSIFY_ORGANISATION, uid)
    return Position.objects.select_for_update().get(pk=reached.pk)
