"""Writing the ledger: what a leave costs in its state, and the lines of the turn of a year.

Everything is written as the difference between what should stand and what stands, so that doing it twice is harmless.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import models, transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.among import among_keys
from kernel.delivery import outbox
from kernel.tenancy import here
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee
from tenants.employees.querysets import standings_on
from tenants.leave import ledger
from tenants.leave.checking import PersonTerms, yearly_kinds, years_around
from tenants.leave.ledger import Account, Entry, accounts, missing_lines
from tenants.leave.models import LeaveBooking, LeaveEntry
from tenants.leave.stopping import follow_stops

TURN_TASK = "tenants.leave.tasks.turn_years"

_RESERVATION = (ledger.RESERVED, ledger.RELEASED)
_USE = (ledger.TAKEN, ledger.RETURNED)


def book(documents: Sequence[AttendanceDocument], *, actor: Actor) -> None:
    """Have the ledger, and the stops of paid service, say what these documents cost in their state; documents without a
    booking cost nothing.

    A fixed number of statements however many they are. A year that is closed already is turned again after the commit.
    """
    costing = (
        models.Q(kind__yearly_days__isnull=False) | ~models.Q(kind__stops_service="") | models.Q(stop__isnull=False)
    )
    found = {
        booking.document_id: booking
        for booking in LeaveBooking.objects.filter(
            costing, among_keys("document_id", [document.pk for document in documents])
        ).select_related("kind")
    }
    follow_stops([(document, found[document.pk]) for document in documents if document.pk in found], actor=actor)
    bookings = {key: booking for key, booking in found.items() if booking.kind.yearly_days is not None}
    if not bookings:
        return
    written = _written(bookings)
    rows: list[LeaveEntry] = []
    for document in documents:
        booking = bookings.get(document.pk)
        if booking is None:
            continue
        waits = document.state == AttendanceDocument.State.SUBMITTED
        counts = document.state == AttendanceDocument.State.APPROVED
        sums = written.get(document.pk, {})
        for year in sorted({int(year) for year in booking.days} | {year for year, _sort in sums}):
            cost = -booking.days.get(str(year), 0)
            for sort, wanted in ((_RESERVATION, cost if waits else 0), (_USE, cost if counts else 0)):
                days = wanted - sums.get((year, sort[0]), 0)
                if days:
                    what = sort[0] if days < 0 else sort[1]
                    rows.append(
                        LeaveEntry(
                            employee_id=document.employee_id,
                            year=year,
                            what=what,
                            days=days,
                            document=document,
                            written_by=actor if isinstance(actor, User) else None,
                        )
                    )
    LeaveEntry.objects.bulk_create(rows)
    late = sorted({row.employee_id for row in rows if row.year < here.today().year})
    if late:
        outbox.send(TURN_TASK, employee_ids=late)


def _written(document_ids: Collection[int]) -> dict[int, dict[tuple[int, str], int]]:
    """What the ledger says of each document by year and sort (the first name of each pair)."""
    rows = (
        LeaveEntry.objects.filter(among_keys("document_id", document_ids))
        .order_by()
        .values_list("document_id", "year", "what")
        .annotate(sum=models.Sum("days"))
    )
    found: dict[int, dict[tuple[int, str], int]] = {}
    for document, year, what, days in rows:
        own = found.setdefault(document, {})
        key = (year, _RESERVATION[0] if what in _RESERVATION else _USE[0])
        own[key] = own.get(key, 0) + days
    return found


def accounts_of(employee_ids: Collection[int]) -> dict[int, dict[int, Account]]:
    """The accounts of these people by key and year, computed from the ledger; three statements."""
    return {employee: found for employee, (_entries, found) in _computed(employee_ids).items()}


def _computed(employee_ids: Collection[int]) -> dict[int, tuple[list[Entry], dict[int, Account]]]:
    today = here.today()
    entries = LeaveEntry.objects.of_people(employee_ids).by_person()
    every = [entry for own in entries.values() for entry in own]
    kinds = yearly_kinds(years_around(every))
    statuses = standings_on(employee_ids, today)
    found: dict[int, tuple[list[Entry], dict[int, Account]]] = {}
    for employee in employee_ids:
        standing = statuses.get(employee)
        terms = PersonTerms(kinds, "" if standing is None else standing.status)
        own = entries.get(employee, [])
        found[employee] = (own, accounts(own, terms, today.year))
    return found


@transaction.atomic
def turn_years(employee_ids: Collection[int]) -> int:
    """Write what the turns of years ask for, of these people: carried over and expired. Gives how many lines.

    Doing it again writes nothing; after a late correction of a closed year it writes the difference.
    """
    ids = sorted(set(employee_ids))
    list(Employee.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    rows = [
        LeaveEntry(employee_id=employee, year=line.year, what=line.what, days=line.days)
        for employee, (entries, found) in _computed(ids).items()
        for line in missing_lines(entries, found.values())
    ]
    LeaveEntry.objects.bulk_create(rows)
    return len(rows)
