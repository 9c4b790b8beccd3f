"""Waiting documents follow people: who left a post hands its documents on, and a superior said anew gets them.

A change that begins later is followed by the night's task once it has begun.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.dispatch import receiver

from kernel.accounts.actors import System
from kernel.tenancy import here
from tenants.approvals.rerouting import reroute_from, reroute_of_owner
from tenants.employees.models import Employee
from tenants.employees.signals import placement_changed, superior_changed

_ACTOR: Final = System("approvals.rerouting")


@receiver(placement_changed, dispatch_uid="approvals.placement")
def _follow_placement(sender: Any, employee: Employee, first: date, **kwargs: Any) -> None:
    if first <= here.today():
        reroute_from(employee, actor=_ACTOR)


@receiver(superior_changed, dispatch_uid="approvals.superior")
def _follow_superior(sender: Any, employee: Employee, first: date, **kwargs: Any) -> None:
    if first <= here.today():
        reroute_of_owner(employee, actor=_ACTOR)
