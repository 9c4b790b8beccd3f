"""What the lock of a difference run asks and brings with it: called by the app that locks, inside its transaction."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from tenants.arrears import recoveries
from tenants.arrears.models import DifferenceSlip, LateFact, Order, Recovery
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthLock, MonthRun

STANDS_UNDER_DIFFERENCES = gettext_lazy(
    "Atas bulan ini sudah ada selisih yang dikunci. Kuncinya tidak dapat dibuka; perubahan masuk selisih berikutnya."
)
RECOVERIES_OPENED = declare_action("arrears.recoveries_opened", "Pengembalian dari selisih dimulai")
RECOVERIES_WITHDRAWN = declare_action("arrears.recoveries_withdrawn", "Pengembalian dari selisih ditarik")


def reasons_against(run: MonthRun, opd_id: int) -> list[str]:
    """Why the OPD's differences cannot be locked: what they were compared with no longer stands, one sentence each.

    Call it with the run's row held. Facts and rules that changed since are no reason: they are the next run's. Holds
    the orders that are in them.
    """
    rows = list(DifferenceSlip.objects.of(run.pk, opd_id).select_related("base").order_by("pk"))
    reasons = []
    if not rows:
        reasons.append(_("Tidak ada selisih untuk OPD ini pada perhitungan ini."))
    reopened = sum(row.base.reopened_at is not None for row in rows)
    if reopened:
        reasons.append(
            ngettext(
                "%(count)d bulan pegawai berasal dari bulan yang kuncinya sudah dibuka. Hitung ulang selisihnya.",
                "%(count)d bulan pegawai berasal dari bulan yang kuncinya sudah dibuka. Hitung ulang selisihnya.",
                reopened,
            )
            % {"count": reopened}
        )
    if overtaken := _overtaken(rows):
        reasons.append(
            ngettext(
                "Untuk %(count)d bulan pegawai selisih lain sudah dikunci sesudah perhitungan ini. Hitung ulang dulu.",
                "Untuk %(count)d bulan pegawai selisih lain sudah dikunci sesudah perhitungan ini. Hitung ulang dulu.",
                overtaken,
            )
            % {"count": overtaken}
        )
    if _orders_changed(rows):
        reasons.append(_("Ada keputusan jumlah yang dibatalkan sesudah perhitungan ini. Hitung ulang dulu."))
    return reasons


def _overtaken(rows: Sequence[DifferenceSlip]) -> int:
    """Rows on whose person-month other differences are locked than those that they were compared with."""
    newest: dict[tuple[int, object, str], int] = {}
    locked = DifferenceSlip.objects.locked().filter(
        employee__in={row.employee_id for row in rows}, of_month__in={row.of_month for row in rows}
    )
    for pk, *place in locked.order_by("run__created_at", "pk").values_list("pk", "employee", "of_month", "of_kind"):
        newest[tuple(place)] = pk
    return sum(newest.get((row.employee_id, row.of_month, row.of_kind)) != row.former_id for row in rows)


def _orders_changed(rows: Sequence[DifferenceSlip]) -> bool:
    uids = {uid for row in rows for uid in row.orders}
    if not uids:
        return False
    standing = Order.objects.standing().filter(uid__in=uids).select_for_update(of=("self",))
    return {str(order.uid) for order in standing.order_by("pk")} != uids


def locked(lock: MonthLock, actor: Actor) -> None:
    """What the lock of the OPD's differences brings with it: orders are taken, minus sums begin to be taken back, late
    facts of these months are settled."""
    rows = DifferenceSlip.objects.of(lock.run_id, lock.opd_id)
    for row in rows.exclude(orders=[]).order_by("pk"):
        Order.objects.filter(uid__in=row.orders, taken_in__isnull=True).update(taken_in=row)
    opened = 0
    for balance in rows.owed():
        recoveries.open_recovery(
            employee_id=balance["employee"],
            amount=-balance["balance"],
            of_months=(Month.of(balance["first_month"]), Month.of(balance["last_month"])),
            source=Recovery.Source.DIFFERENCE,
            source_uid=lock.uid,
        )
        opened += 1
    if opened:
        record(RECOVERIES_OPENED, actor=actor, subject=lock, after={"people": opened})
    _late_facts_of(lock).update(settled_by=lock)


def _late_facts_of(lock: MonthLock):  # type: ignore[no-untyped-def]
    """Waiting late facts that the run could see: of its months, of this OPD's people, noted before it began."""
    span = lock.run.span
    bases = (
        MonthLock.objects.standing()
        .ordinary()
        .filter(opd=lock.opd_id, month__gte=span.first_month, month__lte=span.last_month)
    )
    people = FrozenFacts.objects.filter(run__locks__in=bases, opd=F("run__locks__opd")).values("employee")
    return LateFact.objects.waiting().filter(
        of_month__gte=span.first_month,
        of_month__lte=span.last_month,
        noted_at__lt=lock.run.created_at,
        employee__in=people,
    )


def reopened(lock: MonthLock, actor: Actor) -> None:
    """Undo what the lock of the OPD's differences brought with it. Raises RecoveryBegun once something was taken."""
    recoveries.withdraw(source=Recovery.Source.DIFFERENCE, source_uid=lock.uid)
    record(RECOVERIES_WITHDRAWN, actor=actor, subject=lock)
    Order.objects.filter(taken_in__run=lock.run_id, taken_in__opd=lock.opd_id).update(taken_in=None)
    LateFact.objects.filter(settled_by=lock).update(settled_by=None)


def differences_on(lock: MonthLock) -> bool:
    """Whether locked differences stand on this ordinary lock: it cannot be reopened under them."""
    return DifferenceSlip.objects.locked().filter(base=lock).exists()
