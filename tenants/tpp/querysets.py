"""Questions about many runs, slips and issues."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from kernel.periods import Month
from tenants.holds.models import HoldRelease

if TYPE_CHECKING:
    from tenants.tpp.models import GoLive, MonthLock, MonthRun, RunIssue, Slip  # noqa: F401 - GoLive names a base below


class MonthRunQuerySet(models.QuerySet["MonthRun"]):
    def of(self, month: Month, kind: str = "ordinary") -> MonthRunQuerySet:
        return self.filter(month=month.first_day, kind=kind)

    def going(self) -> MonthRunQuerySet:
        """Those that wait or work."""
        return self.filter(state__in=["queued", "running"])

    def done(self) -> MonthRunQuerySet:
        return self.filter(state="done")

    def covering(self, opd: UUID | OuterRef | F) -> MonthRunQuerySet:
        """Those whose scope has the OPD, given by its uid."""
        named = Func(F("scope"), Value("opds"), function="jsonb_extract_path", output_field=models.JSONField())
        within = Func(
            named,
            Cast(opd if isinstance(opd, OuterRef | F) else Value(opd), models.TextField()),
            function="jsonb_exists",
            output_field=models.BooleanField(),
        )
        return self.filter(Coalesce(within, True))

    def counting_by_opd(self, month: Month, kind: str = "ordinary") -> dict[int, MonthRun]:
        """The run that counts for each OPD with a slip in it, by the OPD's key. Two statements."""
        from tenants.tpp.models import Slip

        slips = Slip.objects.of_counting_runs().filter(run__month=month.first_day, run__kind=kind)
        pairs = list(slips.order_by().values_list("opd_id", "run_id").distinct())
        runs = self.in_bulk({run for _opd, run in pairs})
        return {opd: runs[run] for opd, run in pairs}

    def counting(self, month: Month, kind: str = "ordinary", opd: UUID | None = None) -> MonthRun | None:
        """The run that counts for the OPD: that of its lock, else the newest finished one that has it.

        Without an OPD the newest finished run of the month.
        """
        done = self.of(month, kind).done()
        if opd is None:
            return done.order_by("-number").first()
        locked = done.filter(locks__opd__uid=opd, locks__reopened_at__isnull=True).first()
        return locked or done.covering(opd).order_by("-number").first()


class MonthLockQuerySet(models.QuerySet["MonthLock"]):
    def standing(self) -> MonthLockQuerySet:
        """Those that nobody has reopened."""
        return self.filter(reopened_at__isnull=True)

    def ordinary(self) -> MonthLockQuerySet:
        """Those of the month's own allowance, which close the facts of the month."""
        return self.filter(kind="ordinary")

    def of(self, month: Month, kind: str = "ordinary") -> MonthLockQuerySet:
        return self.filter(month=month.first_day, kind=kind)


def own_lock() -> MonthLockQuerySet:
    """Of rows with `run` and `opd`: the standing lock of the OPD on that run."""
    from tenants.tpp.models import MonthLock

    return MonthLock.objects.standing().filter(run=OuterRef("run"), opd=OuterRef("opd"))


def of_counting_run() -> Q:
    """Of rows with `run` and `opd`: whether that run counts for the OPD in its month and kind: that of the lock, else
    the newest finished one that has the OPD."""
    from tenants.tpp.models import MonthLock, MonthRun

    same = {"month": OuterRef("run__month"), "kind": OuterRef("run__kind")}
    locks = MonthLock.objects.standing().filter(**same, opd=OuterRef("opd"))
    newer = MonthRun.objects.done().filter(**same, number__gt=OuterRef("run__number")).covering(OuterRef("opd__uid"))
    is_newest = Q(run__state="done") & ~Exists(locks) & ~Exists(newer)
    return Q(Exists(locks.filter(run=OuterRef("run")))) | is_newest


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
        """Paid ones that nothing holds."""
        return self.paid().filter(holds=[])

    def released(self) -> SlipQuerySet:
        """Paid ones that were held as they were computed, and of which everything that held them was lifted since."""
        named = Func(
            Func(Value("node_id"), F("node_id"), function="jsonb_build_object"),
            function="jsonb_build_array",
            output_field=models.JSONField(),
        )
        holds_it = Func(
            OuterRef("holds"),
            named,
            template="(%(expressions)s)",
            arg_joiner=" @> ",
            output_field=models.BooleanField(),
        )
        lifted = (
            HoldRelease.objects.counting()
            .filter(holds_it, employee=OuterRef("employee"), month=OuterRef("run__month"))
            .filter(run_kind=OuterRef("run__kind"))
            .order_by()
            .values("employee")
            .annotate(count=Count("pk"))
            .values("count")
        )
        holding = Func(F("holds"), function="jsonb_array_length", output_field=models.IntegerField())
        return self.paid().exclude(holds=[]).annotate(lifted=Subquery(lifted)).filter(lifted=holding)

    def granted(self) -> SlipQuerySet:
        """Paid ones that nothing holds, or holds any more."""
        return self.filter(Q(pk__in=self.payable().values("pk")) | Q(pk__in=self.released().values("pk")))

    def of_counting_runs(self) -> SlipQuerySet:
        """Slips of the run that counts for their month, kind and OPD."""
        return self.filter(of_counting_run())

    def locked(self) -> SlipQuerySet:
        """Slips whose OPD is locked on their run."""
        return self.filter(Exists(own_lock()))

    def unlocked(self) -> SlipQuerySet:
        """Slips whose OPD is not locked on their run."""
        return self.filter(~Exists(own_lock()))

    def with_lock(self) -> SlipQuerySet:
        """With `locked_at`, and so `is_locked`."""
        # By name: the attribute is declared on the model, which the type checker takes for a clash.
        locked_at: Any = {"locked_at": Subquery(own_lock().values("locked_at")[:1])}
        return self.annotate(**locked_at)

    def as_it_stands(self) -> SlipQuerySet:
        """With `locked_at`, and with `is_counting`: whether its run is the one that counts."""
        # By name, as above.
        is_counting: Any = {"is_counting": Case(When(of_counting_run(), then=True), default=False)}
        return self.with_lock().annotate(**is_counting)

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

    def net_sum(self) -> Decimal:
        """The sum of the net amounts, rupiah."""
        return self.aggregate(net=Sum("net"))["net"] or Decimal(0)

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
