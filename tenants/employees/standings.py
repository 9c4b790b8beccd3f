"""A person's status and golongan over time: recording a change, and correcting one."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action
from kernel.dated import Chronicle
from tenants.employees import access
from tenants.employees.models import Employee, Standing
from tenants.employees.posts import StandingFacts

STANDINGS: Final = Chronicle(
    Standing,
    "employee",
    StandingFacts,
    changed=declare_action("employees.standing_changed", "Status atau golongan berubah"),
    corrected=declare_action("employees.standing_corrected", "Status atau golongan dibetulkan"),
    read_by=lambda employee: {"employees": [employee.pk]},
)


@transaction.atomic
def change_standing(
    *, uid: UUID, status: str, golongan: str, first: date, letter_number: str = "", actor: User
) -> Standing:
    """Record the status and golongan from `first` on, up to the next change that is recorded already.

    What counted already stays as it is. Raises NotAllowed, NotFound, OwnRecord, DayTaken, MonthClosed.
    """
    return STANDINGS.change(_locked(actor, uid), first, StandingFacts(status, golongan), letter_number, actor)


@transaction.atomic
def correct_standing(
    *,
    uid: UUID,
    standing_uid: UUID,
    status: str,
    golongan: str,
    first: date | None,
    letter_number: str,
    reason: str,
    actor: User,
) -> None:
    """Put a wrong record right, as `Chronicle.correct` says. Raises NotAllowed, OwnRecord and what that raises."""
    STANDINGS.correct(
        _locked(actor, uid),
        standing_uid,
        first=first,
        value=StandingFacts(status, golongan),
        letter_number=letter_number,
        reason=reason,
        actor=actor,
    )


def _locked(actor: User, uid: UUID) -> Employee:
    """The person, locked, if the actor manages them."""
    reached = access.employee_to_manage(actor, uid)
    return Employee.objects.select_for_update(of=("self",)).get(pk=reached.pk)
