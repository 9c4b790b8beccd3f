"""The question that a lock and a payment list ask: is every hit of the OPD mended or let through?

Accounts can be mended behind the lock, so a lock does not ask for them; everything that follows it does.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from kernel.periods import Month
from tenants.organisation.models import Unit
from tenants.payout.gates import Reason
from tenants.preaudit.checks import Mend
from tenants.preaudit.looking import open_now
from tenants.tpp.models import MonthLock, MonthRun


def nothing_open(month: Month, kind: str, opd_id: int) -> Iterator[Reason]:
    """A reason when something speaks against paying the OPD now; the checks are made anew."""
    opd = Unit.objects.get(pk=opd_id)
    run = MonthRun.objects.counting(month, kind, opd.uid)
    if run is None:
        return
    is_locked = MonthLock.objects.standing().of(month, kind).filter(opd=opd_id).exists()
    found = [seen for seen in open_now(run, opd_id) if is_locked or seen.check.mend != Mend.ACCOUNT]
    if found:
        text = ngettext(
            "%(count)s temuan pra-audit belum diperbaiki atau dikecualikan.",
            "%(count)s temuan pra-audit belum diperbaiki atau dikecualikan.",
            len(found),
        ) % {"count": len(found)}
        yield Reason("preaudit", text, reverse("preaudit-opd", args=[str(month), kind, opd.uid]))
