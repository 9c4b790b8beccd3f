"""Questions about findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from kernel.accounts.models import User
from kernel.permissions import opd_scope, user_may
from kernel.tenancy import here

if TYPE_CHECKING:
    from tenants.oversight.models import Finding  # noqa: F401  # in the class base


class FindingQuerySet(models.QuerySet["Finding"]):
    def answerable_by(self, user: User) -> FindingQuerySet:
        """Those about this person, and those about people of the OPDs whose operator the person is."""
        from tenants.employees.models import Employee
        from tenants.oversight.permissions import ANSWER

        own = Q(employee__user=user)
        if not user_may(user, ANSWER):
            return self.filter(own)
        today = here.today()
        people = Employee.objects.in_opds(opd_scope(user, ANSWER), today)
        return self.filter(own | Q(employee__in=people.values("pk")))

    def unfinished(self) -> FindingQuerySet:
        return self.exclude(state="closed")
