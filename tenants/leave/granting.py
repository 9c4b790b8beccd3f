"""The yearly work: everybody's right of the year, and the turn of the years before. Harmless however often it runs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.permissions import require
from kernel.tenancy import here
from tenants.employees.models import Employee
from tenants.employees.querysets import standings_on
from tenants.leave import ledger
from tenants.leave.booking import turn_years
from tenants.leave.checking import ledger_start, service_months, yearly_kinds
from tenants.leave.errors import NoLedgerYet
from tenants.leave.models import LeaveEntry
from tenants.leave.permissions import MANAGE

GRANT_WORK: Final = "leave.grant"
BATCH: Final = 500


@transaction.atomic
def start_granting(*, actor: User) -> Job:
    """Grant the running year in the background. Raises NoLedgerYet."""
    require(actor, MANAGE)
    if ledger_start() is None:
        raise NoLedgerYet
    year = here.today().year
    return work.start(kind=GRANT_WORK, title=_("Hak cuti tahunan %(year)s") % {"year": year}, actor=actor)


@work.work(GRANT_WORK)
def grant_as_job(progress: work.Progress) -> None:
    """Grant the running year, with progress."""
    granted, turned = grant_year(progress=lambda done, total: progress.advance(done, total, _("Memberi hak cuti")))
    progress.result(
        facts=[[_("Pegawai yang haknya ditulis"), granted], [_("Baris pergantian tahun"), turned]],
        url=reverse("leave-balances", urlconf="config.urls_region"),
    )


def grant_year(*, progress: Callable[[int, int], None] | None = None) -> tuple[int, int]:
    """Write the running year's right for everybody who has it and lacks it, and turn the years before.

    Gives how many people were granted something and how many lines of turns were written. Each batch is one
    transaction that holds its people.
    """
    people = sorted(Employee.objects.active().values_list("pk", flat=True))
    granted = turned = 0
    for begin in range(0, len(people), BATCH):
        batch = people[begin : begin + BATCH]
        with transaction.atomic():
            granted += _grant(batch)
            turned += turn_years(batch)
        if progress is not None:
            progress(begin + len(batch), len(people))
    return granted, turned


def _grant(employee_ids: Collection[int]) -> int:
    today = here.today()
    people = list(Employee.objects.select_for_update(of=("self",)).filter(pk__in=list(employee_ids)).order_by("pk"))
    kinds = yearly_kinds([today.year])[today.year]
    statuses = standings_on(employee_ids, today)
    sums: dict[tuple[int, str], int] = {
        (employee, what): days
        for employee, what, days in LeaveEntry.objects.of_people(employee_ids)
        .filter(year=today.year, what__in=[ledger.GRANT, ledger.OPENING])
        .order_by()
        .values_list("employee_id", "what")
        .annotate(sum=models.Sum("days"))
    }
    rows = []
    for person in people:
        standing = statuses.get(person.pk)
        kind = None if standing is None else kinds.get(standing.status)
        if kind is None or not kind.yearly_days or (person.pk, ledger.OPENING) in sums:
            continue
        served = service_months(person.nip, today)
        if served is not None and served < kind.min_service_months:
            continue
        days = kind.yearly_days - sums.get((person.pk, ledger.GRANT), 0)
        if days:
            rows.append(LeaveEntry(employee=person, year=today.year, what=ledger.GRANT, days=days))
    LeaveEntry.objects.bulk_create(rows)
    return len(rows)
