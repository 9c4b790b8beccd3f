"""Whether a leave may be taken as it is asked for, and which days it costs.

The limits are the kind's (`LeaveKind`), which the region may change; source of the defaults: `defaults.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kernel.tenancy import here
from tenants.attendance.counting import ONE_DAY, OwnDays, by_year, own_days
from tenants.employees.models import Employee
from tenants.employees.nip import InvalidNip, read_nip
from tenants.employees.querysets import standings_on
from tenants.leave.errors import LeaveRefused, NoLedgerYet
from tenants.leave.ledger import RESERVED, Entry, Terms, shortage
from tenants.leave.models import YEARLY, LeaveBooking, LeaveEntry, LeaveKind, LedgerStart

_STANDING: Final = ("submitted", "approved")


@dataclass(frozen=True, slots=True)
class LeaveAsk:
    """A leave as it is asked for; `last` is its last day, `travel_days` the calendar days at its end for the way to a
    place that is hard to reach."""

    kind: str
    first: date
    last: date
    reason: str = ""
    address: str = ""
    phone: str = ""
    substitute: Employee | None = None
    travel_days: int = 0
    letter_number: str = ""
    has_letter: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """A leave that may be taken: its kind on that day and the days that it costs by year."""

    kind: LeaveKind
    days: Mapping[str, int]


def ledger_start() -> int | None:
    """The year from which on the region keeps the ledger; None while it does not."""
    return LedgerStart.objects.order_by("-pk").values_list("year", flat=True).first()


def kinds_on(day: date) -> dict[tuple[str, str], LeaveKind]:
    """The kinds that are offered on the day, by code and status. One statement."""
    return {(kind.code, kind.status): kind for kind in LeaveKind.objects.in_force(day) if kind.is_offered}


def yearly_kinds(years: Collection[int]) -> dict[int, dict[str, LeaveKind]]:
    """The rows of the yearly leave in force on each 1 January, by year and status. One statement."""
    rows = list(LeaveKind.objects.filter(code=YEARLY).order_by("valid_from", "pk"))
    found: dict[int, dict[str, LeaveKind]] = {}
    for year in years:
        own = found.setdefault(year, {})
        for row in rows:
            if row.valid_from <= date(year, 12, 31):
                own[row.status] = row
    return found


class PersonTerms:
    """The yearly leave's terms of one status for any of the years that `kinds` has (`yearly_kinds`)."""

    def __init__(self, kinds: Mapping[int, Mapping[str, LeaveKind]], status: str) -> None:
        self._known = {year: own[status].terms for year, own in kinds.items() if status in own}

    def __call__(self, year: int) -> Terms:
        return self._known.get(year, Terms(0))


def years_around(entries: Collection[Entry], *more: int) -> range:
    """All years that the accounts of these entries may ask the terms of."""
    years = {entry.year for entry in entries} | {here.today().year, *more}
    return range(min(years), max(years) + 2)


def service_months(nip: str, on: date) -> int | None:
    """Whole months since the appointment that the NIP tells; None where it tells none. A number of a PPPK knows the
    year only, which counts from January."""
    try:
        read = read_nip(nip, this_year=on.year)
    except InvalidNip:
        return None
    month = 1 if read.is_pppk else read.code
    return (on.year - read.appointed_in) * 12 + on.month - month


def book_all(people: Sequence[Employee], ask: LeaveAsk) -> list[Booked]:
    """What the leave costs each of these people, in their order; nothing is written. Statements do not grow with them.

    The caller holds the rows of these people, so that two requests of one person do not count the same days.
    Raises LeaveRefused (with the name where there are several), NoLedgerYet.
    """
    start = ledger_start()
    if start is None:
        raise NoLedgerYet
    if ask.last < ask.first:
        raise LeaveRefused("backwards")
    statuses = standings_on([person.pk for person in people], ask.first)
    kinds = kinds_on(ask.first)
    days = own_days([(person.pk, ask.first, ask.last) for person in people])
    entries = LeaveEntry.objects.of_people([person.pk for person in people]).by_person()
    earlier = _standing_leaves([person.pk for person in people])
    found = []
    for person, own in zip(people, days, strict=True):
        standing = statuses.get(person.pk)
        status = "" if standing is None else standing.status
        try:
            kind = kinds.get((ask.kind, status))
            if kind is None:
                raise LeaveRefused("no_kind")
            found.append(_booked(person, kind, ask, own, entries.get(person.pk, []), earlier.get(person.pk, []), start))
        except LeaveRefused as refused:
            if len(people) > 1:
                refused.person = person.name
            raise
    return found


@dataclass(frozen=True, slots=True)
class _Leave:
    """A leave that stands: waiting or approved."""

    code: str
    first: date
    last: date
    instead_of_yearly: bool


def _standing_leaves(employee_ids: Collection[int]) -> dict[int, list[_Leave]]:
    rows = (
        LeaveBooking.objects.filter(document__employee_id__in=list(employee_ids), document__state__in=_STANDING)
        .order_by("document__period")
        .values_list("document__employee_id", "kind__code", "document__period", "kind__instead_of_yearly")
    )
    found: dict[int, list[_Leave]] = {}
    for employee, code, period, instead in rows:
        found.setdefault(employee, []).append(_Leave(code, period.lower, period.upper - ONE_DAY, instead))
    return found


def _booked(
    person: Employee,
    kind: LeaveKind,
    ask: LeaveAsk,
    own: OwnDays,
    entries: Sequence[Entry],
    earlier: Sequence[_Leave],
    start: int,
) -> Booked:
    if ask.substitute is not None and ask.substitute.pk == person.pk:
        raise LeaveRefused("substitute")
    if not own.has_post:
        raise LeaveRefused("no_post")
    if not own.working:
        raise LeaveRefused("free_days")
    served = service_months(person.nip, ask.first)
    if kind.min_service_months and served is not None and served < kind.min_service_months:
        raise LeaveRefused("service", months=kind.min_service_months)
    if kind.most_times is not None and sum(leave.code == kind.code for leave in earlier) >= kind.most_times:
        raise LeaveRefused("times", most=kind.most_times)
    own = _without_way(kind, ask, own)
    counted = own.working if kind.counts == LeaveKind.Counts.WORKING else own.calendar
    _require_length(kind, ask, own, len(counted), earlier)
    if kind.letter_from_days is not None and len(counted) >= kind.letter_from_days and not ask.has_letter:
        raise LeaveRefused("letter", days=kind.letter_from_days)
    days = by_year(counted)
    if kind.yearly_days is not None:
        _require_balance(kind, days, entries, earlier, start)
    return Booked(kind, days)


def _without_way(kind: LeaveKind, ask: LeaveAsk, own: OwnDays) -> OwnDays:
    """The days without those of the way, which cost nothing."""
    if not ask.travel_days:
        return own
    last = own.last - timedelta(days=ask.travel_days)
    working = tuple(day for day in own.working if day <= last)
    if ask.travel_days > kind.travel_most or not working:
        raise LeaveRefused("travel", most=kind.travel_most)
    return OwnDays(own.first, last, working, own.has_post)


def _require_length(kind: LeaveKind, ask: LeaveAsk, own: OwnDays, counted: int, earlier: Sequence[_Leave]) -> None:
    if kind.most_days is not None and counted > kind.most_days:
        raise LeaveRefused("too_long", most=kind.most_days, asked=counted)
    if kind.most_months is None:
        return
    begin, months = ask.first, kind.most_months
    # A leave that goes on where the one before ended is one leave with its extension.
    for leave in reversed(earlier):
        if leave.code == kind.code and leave.last + ONE_DAY == begin:
            begin, months = leave.first, kind.most_months + kind.extension_months
    until = months_later(begin, months) - ONE_DAY
    if own.last > until:
        raise LeaveRefused("too_long_months", until=until)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 27))


def _require_balance(
    kind: LeaveKind, days: Mapping[str, int], entries: Sequence[Entry], earlier: Sequence[_Leave], start: int
) -> None:
    years = sorted(int(year) for year in days)
    if years[0] < start:
        raise LeaveRefused("too_early", year=start)
    for leave in earlier:
        for year in years:
            if leave.instead_of_yearly and leave.first.year <= year <= leave.last.year:
                raise LeaveRefused("long_leave_year", year=year)
    asked = [Entry(int(year), RESERVED, -count) for year, count in days.items()]
    terms = PersonTerms(yearly_kinds(years_around([*entries, *asked])), kind.status)
    short = shortage(entries, asked, terms, here.today().year)
    if short is not None:
        # A year with enough days of its own may have passed them on to the one that is short.
        wanted = days.get(str(short.year), sum(days.values()))
        raise LeaveRefused("short", year=short.year, left=short.left, asked=wanted)
