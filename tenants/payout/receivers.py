"""What payout does when another module tells something."""

from __future__ import annotations

from typing import Any

from kernel.accounts.models import User
from tenants.payout.models import Parcel, ParcelStep
from tenants.payout.payments.lists import void_lists
from tenants.tpp.models import MonthLock


def begin_again(sender: Any, *, lock: MonthLock, actor: User, **kwargs: Any) -> None:
    """What was to be paid by a lock that is reopened is not paid, and the OPD begins again with its closing."""
    parcel = Parcel.objects.select_for_update().filter(month=lock.month, kind=lock.kind, opd=lock.opd_id).first()
    if parcel is not None:
        void_lists(lock, actor=actor)
        number = parcel.steps.count() + 1
        ParcelStep.objects.create(parcel=parcel, number=number, kind=ParcelStep.Kind.REOPENED, by=actor, lock=lock)
