"""Questions about many differences, orders, recoveries and late facts."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, Max, Min, Q, QuerySet, Sum

from kernel.periods import Month
from tenants.tpp.querysets import of_counting_run, own_lock

if TYPE_CHECKING:
    from tenants.arrears.models import DifferenceSlip, LateFact, Order, Recovery, RecoveryShare  # noqa: F401 - bases


class DifferenceSlipQuerySet(models.QuerySet["DifferenceSlip"]):
    def locked(self) -> DifferenceSlipQuerySet:
        """Those whose OPD is locked on their run: part of what stands."""
        return self.filter(Exists(own_lock()))

    def unlocked(self) -> DifferenceSlipQuerySet:
        """Those whose OPD is not locked on their run."""
        return self.filter(~Exists(own_lock()))

    def of_counting_runs(self) -> DifferenceSlipQuerySet:
        """Those of the run that counts for their OPD in its month of payment."""
        return self.filter(of_counting_run())

    def of(self, run_id: int, opd_id: int | None = None) -> DifferenceSlipQuerySet:
        """Those of the run, of one OPD or of all."""
        found = self.filter(run=run_id)
        return found if opd_id is None else found.filter(opd=opd_id)

    def about(self, month: Month, kind: str) -> DifferenceSlipQuerySet:
        """Those about this payment of the month."""
        return self.filter(of_month=month.first_day, of_kind=kind)

    def in_opds(self, uids: Collection[UUID] | None) -> DifferenceSlipQuerySet:
        """Those of these OPDs; all of them when None."""
        return self if uids is None else self.filter(opd__uid__in=uids)

    def searched(self, text: str) -> DifferenceSlipQuerySet:
        """Those whose person's name holds the words, or whose NIP begins with the digits."""
        text = " ".join(text.split())
        digits = text.replace(" ", "")
        if not text:
            return self
        if digits.isascii() and digits.isdigit():
            return self.filter(heading__nip__startswith=digits)
        return self.filter(heading__name__icontains=text)

    def sums(self) -> dict[str, Any]:
        """Differences of the totals added up, plus and minus together; `people` counts each person once."""
        return self.aggregate(
            people=Count("employee", distinct=True),
            pagu=Sum("pagu"),
            gross=Sum("gross"),
            tax=Sum("tax"),
            contributions=Sum("contributions"),
            other_deductions=Sum("other_deductions"),
            rounding=Sum("rounding"),
            net=Sum("net"),
        )

    def paid(self) -> QuerySet[DifferenceSlip, Any]:
        """One row for each person of an OPD whose months add up to more than nothing: balance, and which months."""
        return self._balances(Q(balance__gt=0))

    def owed(self) -> QuerySet[DifferenceSlip, Any]:
        """The same of those whose months add up to less than nothing."""
        return self._balances(Q(balance__lt=0))

    def _balances(self, which: Q) -> QuerySet[DifferenceSlip, Any]:
        return (
            self.values("run", "opd", "employee")
            .annotate(balance=Sum("net"), months=Count("pk"), first_month=Min("of_month"), last_month=Max("of_month"))
            .filter(which)
            .order_by("opd", "employee")
        )

    def by_opd(self) -> QuerySet[DifferenceSlip, Any]:
        """One row for each OPD: people, months, and the sums of plus and minus months."""
        return (
            self.values("opd__uid", "opd__code", "opd__name")
            .annotate(
                people=Count("employee", distinct=True),
                months=Count("pk"),
                plus=Sum("net", filter=Q(net__gt=0), default=0),
                minus=Sum("net", filter=Q(net__lt=0), default=0),
                net_sum=Sum("net"),
            )
            .order_by("opd__code")
        )

    def by_month(self) -> QuerySet[DifferenceSlip, Any]:
        """One row for each payment that differs."""
        return (
            self.values("of_month", "of_kind")
            .annotate(
                people=Count("pk"),
                plus=Sum("net", filter=Q(net__gt=0), default=0),
                minus=Sum("net", filter=Q(net__lt=0), default=0),
                tax_sum=Sum("tax"),
                net_sum=Sum("net"),
            )
            .order_by("of_month", "of_kind")
        )


class OrderQuerySet(models.QuerySet["Order"]):
    def of(self, month: Month, kind: str) -> OrderQuerySet:
        """Those about this payment of the month."""
        return self.filter(of_month=month.first_day, of_kind=kind)

    def standing(self) -> OrderQuerySet:
        """Those that nobody has cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def waiting(self) -> OrderQuerySet:
        """Standing ones that no locked difference has taken."""
        return self.standing().filter(taken_in__isnull=True)


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def standing(self) -> RecoveryQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def due_in(self, month: Month) -> RecoveryQuerySet:
        """Standing ones from which the month may take, in the order in which they are settled."""
        return self.standing().filter(from_month__lte=month.first_day).order_by("employee_id", "from_month", "pk")


class RecoveryShareQuerySet(models.QuerySet["RecoveryShare"]):
    def in_force(self, month: Month) -> RecoveryShare | None:
        """What the region has set for the month; None where it has set nothing."""
        return self.filter(from_month__lte=month.first_day).order_by("-from_month").first()


class LateFactQuerySet(models.QuerySet["LateFact"]):
    def waiting(self) -> LateFactQuerySet:
        """Those that no locked difference run has looked at."""
        return self.filter(settled_by__isnull=True)

    def person_months(self) -> int:
        """How many person-months they touch."""
        return self.values("employee", "of_month").distinct().count()
