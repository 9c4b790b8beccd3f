"""Which run tells an OPD's month, and whether it is locked: the one place that asks the apps below."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.periods import Month
from tenants.organisation.models import Unit
from tenants.reports.errors import NothingToPrint
from tenants.reports.models import IssuedPaper
from tenants.reports.papers.opd_month import OpdMonth
from tenants.tpp.models import MonthLock, MonthRun


@dataclass(frozen=True, slots=True)
class Standing:
    """An OPD-month with its lock, None while it is open."""

    opd_month: OpdMonth
    lock: MonthLock | None


def run_of(month: Month, kind: str, opd: Unit) -> MonthRun | None:
    """The run that counts for the OPD."""
    return MonthRun.objects.select_related("rule_set").counting(month, kind, opd.uid)


def standing_of(month: Month, kind: str, opd: Unit) -> Standing:
    """How an OPD-month stands. Raises NothingToPrint."""
    run = run_of(month, kind, opd)
    if run is None:
        raise NothingToPrint(month)
    lock = MonthLock.objects.standing().of(month, kind).filter(opd=opd, run=run).first()
    return Standing(OpdMonth(month, kind, opd, run), lock)


def counts_still(paper: IssuedPaper) -> bool:
    """Whether the figures that the paper tells are final: its OPD is locked on its run, by the same lock."""
    locks = MonthLock.objects.standing().filter(run=paper.run_id, opd=paper.opd_id)
    return (locks if paper.lock_id is None else locks.filter(pk=paper.lock_id)).exists()
