"""Letting somebody decide in one's stead for a time, and taking it back.

A delegation passes on what waits for its giver by name. What the giver decides on by a role, or by somebody else's
delegation, is not passed on. The receiver never decides on own documents: the database refuses it there as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require, user_may
from kernel.tenancy import here
from tenants.approvals.errors import DelegationRefused
from tenants.approvals.handlers import handlers
from tenants.approvals.models import Delegation
from tenants.approvals.permissions import DECIDE
from tenants.approvals.querysets import DelegationQuerySet
from tenants.employees.access import own_employee
from tenants.employees.models import Employee
from tenants.employees.querysets import reporting_lines_on

DELEGATED = declare_action("approvals.delegated", "Wewenang memutuskan didelegasikan")
WITHDRAWN = declare_action("approvals.delegation_withdrawn", "Delegasi ditarik")

ONE_DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Shown:
    """A delegation with its days as a person says them; `kinds` are the labels, empty for all."""

    delegation: Delegation
    first: date
    last: date
    kinds: Sequence[str]
    is_current: bool
    is_open: bool


@transaction.atomic
def delegate(
    *, receiver_uid: UUID, first: date, last: date, kinds: Collection[str] = (), note: str = "", actor: User
) -> Delegation:
    """What waits for the actor may also be decided by the receiver from `first` to `last` (both included).

    Raises NotAllowed, NotFound, DelegationRefused.
    """
    require(actor, DECIDE)
    giver = own_employee(actor)
    receiver = Employee.objects.select_related("user").filter(uid=receiver_uid).first()
    if receiver is None:
        raise NotFound("employee")
    today = here.today()
    if receiver.pk == giver.pk:
        raise DelegationRefused("self")
    if not receiver.is_active or receiver.user is None or not receiver.user.is_active:
        raise DelegationRefused("account", receiver.name)
    if not user_may(receiver.user, DECIDE):
        raise DelegationRefused("account", receiver.name)
    if last < first:
        raise DelegationRefused("reversed")
    if first < today:
        raise DelegationRefused("past")
    if (last - first).days >= MOST_DAYS:
        raise DelegationRefused("long")
    if set(kinds) - {known.code for known in handlers()}:
        raise DelegationRefused("kind")
    try:
        with transaction.atomic():
            made = Delegation.objects.create(
                giver=giver,
                receiver=receiver,
                period=DateRange(first, last + ONE_DAY),
                kinds=sorted(kinds),
                note=note,
            )
    except IntegrityError as error:
        if "delegation_once_at_a_time" not in str(error):
            raise
        raise DelegationRefused("twice", receiver.name) from error
    record(
        DELEGATED,
        actor=actor,
        subject=made,
        after={"receiver": str(receiver.uid), "first": first, "last": last, "kinds": made.kinds},
        note=note,
    )
    return made


@transaction.atomic
def withdraw_delegation(*, uid: UUID, actor: User) -> Delegation:
    """The giver takes it back, from now on. Twice is once. Raises NotAllowed, NotFound."""
    require(actor, DECIDE)
    found = Delegation.objects.select_for_update(of=("self",)).filter(uid=uid, giver__user=actor).first()
    if found is None:
        raise NotFound("delegation")
    if found.withdrawn_at is None:
        found.withdrawn_at = clock.now()
        found.save(update_fields=["withdrawn_at"])
        record(WITHDRAWN, actor=actor, subject=found)
    return found


def given_by(employee: Employee, today: date) -> list[Shown]:
    """The delegations of this person to others, the newest first. One statement."""
    return _shown(Delegation.objects.filter(giver=employee), today)


def received_by(employee: Employee, today: date) -> list[Shown]:
    """The delegations of others to this person that count now or will. One statement."""
    received = Delegation.objects.filter(receiver=employee, withdrawn_at__isnull=True, period__endswith__gt=today)
    return _shown(received, today)


def people_near(employee: Employee, day: date) -> list[Employee]:
    """Whom one would ask: own staff, colleagues under the same superior, the superior; with an account. By name."""
    lines = reporting_lines_on(day)
    superior = lines.superior_of(employee.pk)
    near = set(lines.subordinates_of(employee.pk))
    if superior is not None:
        near |= {superior, *lines.subordinates_of(superior)}
    near.discard(employee.pk)
    return list(Employee.objects.active().filter(pk__in=near, user__is_active=True).order_by("name", "pk"))


def _shown(rows: DelegationQuerySet, today: date) -> list[Shown]:
    labels = {known.code: str(known.label) for known in handlers()}
    shown = []
    for row in rows.select_related("giver", "receiver").order_by("-period", "-pk")[:50]:
        first, end = row.period.lower, row.period.upper
        is_open = row.withdrawn_at is None and today < end
        shown.append(
            Shown(
                delegation=row,
                first=first,
                last=end - ONE_DAY,
                kinds=[labels.get(code, code) for code in row.kinds],
                is_current=is_open and first <= today,
                is_open=is_open,
            )
        )
    return shown
