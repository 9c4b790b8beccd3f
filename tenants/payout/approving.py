"""The closing of a month and its payout as documents of the region: the newest finished run of an open month.

With a chain in force for either, `lock_month` asks for its approval of exactly that run. A new run needs a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.accounts.actors import Actor
from kernel.date_words import month_words
from tenants.approvals.errors import NotRecallable
from tenants.approvals.handlers import Candidate, Details, RegionHandler, handler
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.region_documents import reason_against
from tenants.arrears.models import DifferenceSlip
from tenants.tpp.models import MonthLock, MonthRun, Slip

MONTH_CLOSE = "month_close"
PAYOUT = "payout"
_MOST_CANDIDATES = 12


class Runs(RegionHandler):
    """Runs, before their month is locked."""

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Refused once an OPD is locked on the run."""
        uids = [request.document_uid for request in requests]
        runs = list(MonthRun.objects.filter(uid__in=uids).order_by("pk").select_for_update(of=("self",)))
        if MonthLock.objects.filter(run__in=runs).exists():
            raise NotRecallable

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Refused once an OPD is locked on the run."""
        self.on_recalled(requests, actor=actor, at=at, note="")
        return {}

    @override
    def version(self, uids: Collection[UUID]) -> Mapping[UUID, str]:
        return dict(MonthRun.objects.filter(uid__in=uids).values_list("uid", "digest"))

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        return {
            run.uid: Details(
                facts=[
                    (_("Perhitungan"), f"#{run.number}"),
                    (_("Pegawai dibayar"), number_format(run.people, use_l10n=True)),
                    (_("Bersih"), f"Rp{number_format(run.net_total, 0, use_l10n=True, force_grouping=True)}"),
                    (_("Belum dapat dihitung"), number_format(run.errors, use_l10n=True)),
                ],
                url=reverse("payout-month", args=[run.month.strftime("%Y-%m")]),
            )
            for run in MonthRun.objects.filter(uid__in=uids)
        }

    @override
    def candidates(self) -> Sequence[Candidate]:
        unlocked = Slip.objects.filter(run=OuterRef("pk")).unlocked()
        newest = MonthRun.objects.done().order_by("-month", "kind", "-number").distinct("month", "kind")
        differing = DifferenceSlip.objects.filter(run=OuterRef("pk")).unlocked()
        paying = MonthRun.objects.filter(Exists(unlocked) | Exists(differing), pk__in=newest)
        runs = paying.order_by("-month", "kind")[:_MOST_CANDIDATES]
        return [
            Candidate(
                run.uid,
                _("%(month)s, perhitungan #%(number)d") % {"month": month_words(run.month), "number": run.number},
                self._measure(run),
                reverse("payout-month", args=[run.month.strftime("%Y-%m")]),
            )
            for run in runs
        ]

    def _measure(self, run: MonthRun) -> Decimal | None:
        return None


@handler(MONTH_CLOSE)
class MonthClosings(Runs):
    """The facts of the month are final."""

    label = gettext_lazy("Tutup bulan")


@handler(PAYOUT)
class Payouts(Runs):
    """What is paid. The measure is the net total in rupiah."""

    label = gettext_lazy("Pembayaran TPP")
    measure_label: str | Promise = gettext_lazy("rupiah")

    @override
    def _measure(self, run: MonthRun) -> Decimal:
        return run.net_total


def reasons_against_locking(run: MonthRun) -> list[str]:
    """Which approvals of this run are missing, in words; empty where no chain asks for one."""
    return [reason for kind in (MONTH_CLOSE, PAYOUT) if (reason := reason_against(kind, run.uid))]


def payout_reasons_against(run: MonthRun) -> list[str]:
    """The same for a run that closes no month: only its payment is asked about."""
    reason = reason_against(PAYOUT, run.uid)
    return [reason] if reason else []
