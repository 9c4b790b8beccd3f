"""Questions about many runs, slips and issues."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.tpp.models import GoLive, MonthRun, RunIssue, Slip  # noqa: F401 - GoLive names a base below


class MonthRunQuerySet(models.QuerySet["MonthRun"]):
    def of(self, month: Month) -> MonthRunQuerySet:
        return self.filter(month=month.first_day)

    def going(self) -> MonthRunQuerySet:
        """Those that wait or work."""
        return self.filter(state__in=["queued", "running"])

    def done(self) -> MonthRunQuerySet:
        return self.filter(state="done")

    def counting(self, month: Month) -> MonthRun | None:
        """The run that counts for the month: the locked one, else the newest finished one."""
        return self.of(month).done().order_by(models.F("lock__id").asc(nulls_last=True), "-number").first()


class GoLiveQuerySet(models.QuerySet["GoLive"]):
    def standing(self) -> GoLiveQuerySet:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def signed(self) -> GoLiveQuerySet:
        """Those of them that two people have signed."""
        return self.standing().filter(signed_at__isnull=False)


class SlipQuerySet(models.QuerySet["Slip"]):
    def paid(self) -> SlipQuerySet:
        """Without practice slips."""
        return self.filter(is_practice=False)

    def payable(self) -> SlipQuerySet:
        """Paid ones that no rule holds."""
        return self.paid().filter(holds=[])

    def of_counting_runs(self) -> SlipQuerySet:
        """Slips of the run that counts for its month."""
        from tenants.tpp.models import MonthRun

        counting = (
            MonthRun.objects.done()
            .filter(month=OuterRef("run__month"))
            .order_by(models.F("lock__id").asc(nulls_last=True), "-number")
        )
        return self.filter(run=Subquery(counting.values("pk")[:1]))

    def in_opds(self, uids: Collection[UUID] | None) -> SlipQuerySet:
        """Those whose post was in these OPDs; all of them when None."""
        return self if uids is None else self.filter(opd__uid__in=uids)

    def searched(self, text: str) -> SlipQuerySet:
        """Those whose person's name holds the words, or whose NIP begins with the digits."""
        text = " ".join(text.split())
        if not text:
            return self
        digits = text.replace(" ", "")
        if digits.isascii() and digits.isdigit():
            return self.filter(heading__nip__startswith=digits)
        return self.filter(heading__name__icontains=text)

    def sums(self) -> dict[str, object]:
        """Totals of the printed amounts."""
        return self.aggregate(
            people=Count("pk"),
            pagu=Sum("pagu"),
            gross=Sum("gross"),
            tax=Sum("tax"),
            contributions=Sum("contributions"),
            other_deductions=Sum("other_deductions"),
            rounding=Sum("rounding"),
            net=Sum("net"),
        )

    def sums_apart(self) -> dict[str, Any]:
        """What is in no payable sum: practice slips, and paid ones that a rule holds, with their net."""
        held = Q(is_practice=False) & ~Q(holds=[])
        return self.aggregate(
            practice=Count("pk", filter=Q(is_practice=True)),
            practice_net=Sum("net", filter=Q(is_practice=True)),
            held=Count("pk", filter=held),
            held_net=Sum("net", filter=held),
        )

    def by_opd(self) -> QuerySet[Slip, Any]:
        """One row for each OPD and standing: code, name, whether it practises, people and sums."""
        return (
            self.values("opd__uid", "opd__code", "opd__name", "is_practice")
            .annotate(
                people=Count("pk"),
                pagu_sum=Sum("pagu"),
                gross_sum=Sum("gross"),
                tax_sum=Sum("tax"),
                contributions_sum=Sum("contributions"),
                other_deductions_sum=Sum("other_deductions"),
                net_sum=Sum("net"),
            )
            .order_by("opd__code", "is_practice")
        )


class RunIssueQuerySet(models.QuerySet["RunIssue"]):
    def counts(self) -> dict[str, Any]:
        """How many of each kind: errors, outside, waiting."""
        kinds = {"errors": "error", "outside": "outside", "waiting": "waiting"}
        return self.aggregate(**{name: Count("pk", filter=Q(kind=kind)) for name, kind in kinds.items()})

    def errors(self) -> RunIssueQuerySet:
        """People who could not be computed."""
        return self.filter(kind="error")

    def listed(self) -> models.QuerySet[RunIssue]:
        """With their people, in the order of names."""
        return self.select_related("employee").order_by("employee__name", "pk")

    def waiting(self) -> RunIssueQuerySet:
        """People of OPDs that are not in the pilot yet."""
        return self.filter(kind="waiting")

    def outside(self) -> RunIssueQuerySet:
        """People who are not on the nominative list."""
        return self.filter(kind="outside")


def locked_months(first: date, until: date | None) -> list[Month]:
    """The months locked in the half-open period, for `tenants.calendars.closing`."""
    from tenants.tpp.models import MonthLock

    locks = MonthLock.objects.filter(month__gte=first)
    if until is not None:
        locks = locks.filter(month__lt=until)
    return [Month.of(month) for month in locks.values_list("month", flat=True)]
