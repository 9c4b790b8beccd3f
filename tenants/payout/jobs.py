"""Locking and signing many OPDs, as jobs with progress: one transaction for each OPD, so a kill loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.date_words import month_words
from kernel.errors import DomainError
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_opd
from tenants.payout.permissions import LOCK, SIGN
from tenants.payout.signing import sign_lock
from tenants.tpp.models import MonthLock

LOCK_WORK = "payout.lock"
SIGN_WORK = "payout.sign"


@transaction.atomic
def start_locking(*, month: Month, kind: str, opds: Sequence[Unit], reason: str, actor: User) -> Job:
    """Lock these OPDs in the background; what is not ready is told row by row."""
    require(actor, LOCK)
    return work.start(
        kind=LOCK_WORK,
        title=_("Kunci %(month)s") % {"month": month_words(month)},
        actor=actor,
        parameters={"month": str(month), "kind": kind, "opds": [str(opd.uid) for opd in opds], "reason": reason},
        total=len(opds),
    )


@transaction.atomic
def start_signing(*, locks: Collection[UUID], office: str, actor: User) -> Job:
    """Sign these locks for the office in the background."""
    require(actor, SIGN[office])
    return work.start(
        kind=SIGN_WORK,
        title=_("Tanda tangani kunci TPP"),
        actor=actor,
        parameters={"locks": [str(uid) for uid in locks], "office": office},
        total=len(locks),
    )


@work.work(LOCK_WORK)
def lock_opds(progress: work.Progress) -> None:
    """Begun again after a kill it finds what is locked already, and goes on."""
    asked, actor = progress.job.parameters, _actor(progress.job)
    month = Month.parse(asked["month"])
    opds = list(Unit.objects.filter(uid__in=asked["opds"]).order_by("code"))
    progress.forget_rows()
    locked = 0
    for done, opd in enumerate(opds):
        progress.advance(done, len(opds), opd.name[:200])
        try:
            lock_opd(month=month, opd=opd, actor=actor, kind=asked["kind"], reason=asked["reason"])
            locked += 1
        except DomainError as error:
            progress.row(error.message(), row_number=done + 1, subject=opd.name)
    progress.result(
        facts=[[_("OPD terkunci"), locked], [_("Belum siap"), len(opds) - locked]],
        url=f"{reverse('payout-month', args=[str(month)], urlconf='config.urls_region')}?jenis={asked['kind']}",
    )


@work.work(SIGN_WORK)
def sign_opds(progress: work.Progress) -> None:
    """Begun again after a kill it finds the own signatures, and goes on."""
    asked, actor = progress.job.parameters, _actor(progress.job)
    locks = list(
        MonthLock.objects.filter(uid__in=asked["locks"]).select_related("opd").order_by("month", "kind", "opd__code")
    )
    progress.forget_rows()
    signed = 0
    for done, lock in enumerate(locks):
        progress.advance(done, len(locks), lock.opd.name[:200])
        try:
            sign_lock(uid=lock.uid, office=asked["office"], actor=actor)
            signed += 1
        except DomainError as error:
            progress.row(error.message(), row_number=done + 1, subject=f"{lock.opd.name}, {month_words(lock.month)}")
    progress.result(
        facts=[[_("Ditandatangani"), signed], [_("Tidak ditandatangani"), len(locks) - signed]],
        url=reverse("payout-sign", urlconf="config.urls_region"),
    )


def _actor(job: Job) -> User:
    if job.started_by is None:
        raise LookupError(f"job {job.uid} was started by nobody")
    return job.started_by
