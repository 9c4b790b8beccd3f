"""Questions about many runs, slips and issues."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.tpp.models import MonthRun, RunIssue, Slip


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


class SlipQuerySet(models.QuerySet["Slip"]):
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

    def by_opd(self) -> QuerySet[Slip, Any]:
        """One row for each OPD: code, name, people and sums."""
        return (
            self.values("opd__uid", "opd__code", "opd__name")
            .annotate(
                people=Count("pk"),
                pagu_sum=Sum("pagu"),
                gross_sum=Sum("gross"),
                tax_sum=Sum("tax"),
                contributions_sum=Sum("contributions"),
                other_deductions_sum=Sum("other_deductions"),
                net_sum=Sum("net"),
            )
            .order_by("opd__code")
        )


class RunIssueQuerySet(models.QuerySet["RunIssue"]):
    def errors(self) -> RunIssueQuerySet:
        """People who could not be computed."""
        return self.filter(kind="error")

    def listed(self) -> models.QuerySet[RunIssue]:
        """With their people, in the order of names."""
        return self.select_related("employee").order_by("employee__name", "pk")

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
