"""Recording discipline decisions: the cut is a decision with a start month, never an automatic result (PP 94/2021)."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.permissions import require
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.tpp.errors import PenaltyRefused
from tenants.tpp.models import DisciplinePenalty
from tenants.tpp.permissions import PENALTIES

RECORDED = declare_action("tpp.penalty_recorded", "Hukuman disiplin dicatat")


@transaction.atomic
def record_penalty(
    *, employee: Employee, level: str, from_month: Month, until_month: Month | None, letter_number: str, actor: Actor
) -> DisciplinePenalty:
    """A discipline decision that counts from `from_month` up to but without `until_month`.

    Raises PenaltyRefused, and closing.MonthClosed when it would change a closed month.
    """
    if isinstance(actor, User):
        require(actor, PENALTIES)
    if until_month is not None and until_month <= from_month:
        raise PenaltyRefused("months")
    closed = closing.closed_months(from_month.first_day, until_month.first_day if until_month else None)
    if closed:
        raise closing.MonthClosed(min(closed))
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
    record(
        RECORDED,
        actor=actor,
        subject=penalty,
        after={"employee": employee.uid, "level": level, "from": str(from_month), "until": str(until_month or "")},
    )
    return penalty
