"""Recording discipline decisions: the cut is a decision with a start month, never an automatic result (PP 94/2021)."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.permissions import require
from kernel.watching import names
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.tpp.errors import PenaltyRefused
from tenants.tpp.models import DisciplinePenalty
from tenants.tpp.permissions import PENALTIES

RECORDED = declare_action("tpp.penalty_recorded", "Hukuman disiplin dicatat", event=names.SENSITIVE_CREATE)
# How late facts call it.
LATE: Final = "Hukuman disiplin"


@transaction.atomic
def record_penalty(
    *, employee: Employee, level: str, from_month: Month, until_month: Month | None, letter_number: str, actor: Actor
) -> DisciplinePenalty:
    """A discipline decision that counts from `from_month` up to but without `until_month`.

    Of the person's closed months it is a late fact: nothing locked changes, the next difference run takes the cut back.
    Raises PenaltyRefused.
    """
    if isinstance(actor, User):
        require(actor, PENALTIES)
    if until_month is not None and until_month <= from_month:
        raise PenaltyRefused("months")
    try:
        with transaction.atomic():
            penalty = DisciplinePenalty.objects.create(
                employee=employee,
                level=level,
                from_month=from_month.first_day,
                until_month=until_month.first_day if until_month else None,
                letter_number=letter_number.strip(),
                recorded_by=actor if isinstance(actor, User) else None,
            )
    except IntegrityError as error:
        raise PenaltyRefused("known") from error
    until = None if until_month is None else until_month.first_day
    closing.late_period(employee.pk, from_month.first_day, until, LATE)
    record(
        RECORDED,
        actor=actor,
        subject=penalty,
        after={"employee": employee.uid, "level": level, "from": str(from_month), "until": str(until_month or "")},
    )
    return penalty


def late_from(penalty: DisciplinePenalty) -> Month | None:
    """The first month of the decision that the person's OPD has closed; None where none is."""
    closed = closing.closed_months(penalty.from_month, penalty.until_month, employees=[penalty.employee_id])
    return min(closed, default=None)
