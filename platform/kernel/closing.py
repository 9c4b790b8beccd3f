"""Whose months are closed: asked by every app that writes facts of a month, answered by the app that closes months.

The OPDs of a region close a month one by one, so the question names the people or the OPDs that it is about; without
them it is whether any OPD has closed. The answer comes from above (the locks of a month's TPP); this registry lets the
apps below ask without importing it.

Who writes a fact and who closes its month meet at a gate: an advisory lock of the region and month, shared by writers,
taken alone by the lock. So a fact is either seen by the lock, or its writer sees the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Final, Protocol

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kernel.errors import MonthRefused
from kernel.periods import FIRST_DAY, Month
from kernel.tenancy.context import current_region


class Provider(Protocol):
    """Who knows the closed months. A period is half-open, `until` None: without end; people and OPDs come as keys."""

    def opds(self, opds: Collection[int] | None, first: date, until: date | None) -> Iterable[tuple[int, Month]]:
        """Which of these OPDs (of all, when None) have closed which months, by the months' first days."""
        ...

    def people(self, employees: Collection[int], first: date, until: date | None) -> Iterable[tuple[int, Month]]:
        """Which of these people's months are closed: those of the OPD that they belonged to."""
        ...

    def last_of_people(self) -> Mapping[int, Month]:
        """The last closed month of everybody who has one."""
        ...


_providers: list[Provider] = []

# Takes the person-months of closed months about which a fact came, and what it was, in words.
LateReceiver = Callable[[Collection[tuple[int, Month]], str], None]
_late_receivers: list[LateReceiver] = []

# The gate of a month has this number, the region's and the month's; that of every month has month 0.
_GATE: Final = 0x4B44
# A writer about more months than this holds the gate of every month.
_MOST_GATES: Final = 12


class MonthClosed(MonthRefused):
    """A fact of a month that is closed cannot be written or changed; the correction belongs to the next run."""

    status = 409
    code = "month_closed"
    words = _(
        "Bulan %(month)s sudah dikunci. Datanya tidak dapat diubah lagi; perubahan menjadi tambahan atau "
        "pengurangan pada perhitungan berikutnya."
    )


def register(provider: Provider) -> None:
    """Let this provider say which months are closed; call it from AppConfig.ready."""
    if provider not in _providers:
        _providers.append(provider)


def closed_months(
    first: date,
    until: date | None,
    *,
    employees: Collection[int] | None = None,
    opds: Collection[int] | None = None,
) -> set[Month]:
    """The months whose first day lies in the half-open period and that are closed for any of these people or OPDs.

    Without people and OPDs: for any OPD at all. Reads only.
    """
    found: set[Month] = set()
    for provider in _providers:
        if employees is not None:
            found.update(month for _employee, month in provider.people(employees, first, until))
        if opds is not None or employees is None:
            found.update(month for _opd, month in provider.opds(opds, first, until))
    return found


def closed_opds(first: date, until: date | None) -> set[tuple[int, Month]]:
    """(OPD, month) of every closed month in the half-open period. Reads only."""
    return {pair for provider in _providers for pair in provider.opds(None, first, until)}


def closed_person_months(employees: Collection[int], first: date, until: date | None) -> set[tuple[int, Month]]:
    """(employee, month) of these people whose month is closed, in the half-open period. Reads only."""
    return {pair for provider in _providers for pair in provider.people(employees, first, until)}


def closed_people(employees: Collection[int], month: Month) -> set[int]:
    """Those of these people whose month is closed. Reads only."""
    return {employee for employee, _month in closed_person_months(employees, month.first_day, month.end)}


def late_months(employee: int, first: date, last: date) -> set[Month]:
    """The person's closed months that have a day from `first` up to and with `last`: what is said about them is late.

    A late fact is kept and changes nothing that is locked; it comes out as a plus or minus of a difference run.
    """
    return closed_months(Month.of(first).first_day, Month.of(last).end, employees=[employee])


def register_late(receiver: LateReceiver) -> None:
    """Have the receiver told of facts that come after their month was closed; call it from AppConfig.ready."""
    if receiver not in _late_receivers:
        _late_receivers.append(receiver)


def late_fact(*, employee_ids: Collection[int], months: Collection[Month], what: str) -> set[tuple[int, Month]]:
    """A fact of these people about these months was written: tell who keeps what came late, in this transaction.

    `what` names the fact as a person would ("Surat", "Nilai SKP"). Gives the person-months that are closed, so that the
    caller can mark its row; nothing is told where none is.
    """
    if not employee_ids or not months:
        return set()
    hold(min(months).first_day, max(months).end)
    asked = {(employee, month) for employee in employee_ids for month in months}
    return _tell(asked & closed_person_months(employee_ids, min(months).first_day, max(months).end), what)


def late_period(employee: int, first: date, until: date | None, what: str) -> set[Month]:
    """As `late_fact`, for a fact of one person about the half-open period (None: without end) from `first`; gives the
    months of it that are closed."""
    begin = Month.of(first).first_day
    hold(begin, until)
    months = closed_months(begin, until, employees=[employee])
    _tell({(employee, month) for month in months}, what)
    return months


def note_late(spans: Collection[tuple[int, date, date]], what: str) -> set[tuple[int, Month]]:
    """As `late_fact`, for facts of (employee, first day, last day) each; days are included. Two statements for all."""
    if not spans:
        return set()
    begin = Month.of(min(first for _employee, first, _last in spans)).first_day
    until = Month.of(max(last for _employee, _first, last in spans)).end
    hold(begin, until)
    by_employee: dict[int, set[Month]] = {}
    for employee, month in closed_person_months({employee for employee, _first, _last in spans}, begin, until):
        by_employee.setdefault(employee, set()).add(month)
    late = {
        (employee, month)
        for employee, first, last in spans
        for month in by_employee.get(employee, ())
        if Month.of(first) <= month <= Month.of(last)
    }
    return _tell(late, what)


def _tell(late: set[tuple[int, Month]], what: str) -> set[tuple[int, Month]]:
    if late:
        for receiver in _late_receivers:
            receiver(late, what)
    return late


def is_closed(month: Month, employee: int | None = None) -> bool:
    """Whether facts of this month are final for the person; for people of any OPD when None. Reads only."""
    return bool(closed_months(month.first_day, month.end, employees=None if employee is None else [employee]))


def require_open(
    first: date,
    last: date | None = None,
    *,
    employees: Collection[int] | None = None,
    opds: Collection[int] | None = None,
) -> None:
    """Raise MonthClosed when the day `first`, or any day up to and with `last`, lies in a closed month of theirs.

    Otherwise these months stay open until the transaction ends: whoever closes one waits. Holds the gates of its
    months.
    """
    _require_open(Month.of(first).first_day, Month.of(last or first).end, employees, opds)


def require_open_period(
    first: date | None,
    end: date | None,
    *,
    employees: Collection[int] | None = None,
    opds: Collection[int] | None = None,
) -> None:
    """As `require_open`, for the half-open period (None: no bound)."""
    _require_open(FIRST_DAY if first is None else Month.of(first).first_day, end, employees, opds)


def _require_open(
    first: date, until: date | None, employees: Collection[int] | None, opds: Collection[int] | None
) -> None:
    hold(first, until)
    closed = closed_months(first, until, employees=employees, opds=opds)
    if closed:
        raise MonthClosed(min(closed))


def open_from(*, employees: Collection[int] | None = None, opds: Collection[int] | None = None) -> date | None:
    """The first day behind the last month that any of these people or OPDs has closed (any OPD at all without them).

    None while none is closed. Reads only.
    """
    closed = closed_months(FIRST_DAY, None, employees=employees, opds=opds)
    return max(closed).end if closed else None


def people_open_from() -> dict[int, date]:
    """For everybody with a closed month the first day behind the last one, by employee. Reads only."""
    last: dict[int, Month] = {}
    for provider in _providers:
        for employee, month in provider.last_of_people().items():
            last[employee] = max(month, last.get(employee, month))
    return {employee: month.end for employee, month in last.items()}


def opds_open_from() -> dict[int, date]:
    """For every OPD with a closed month the first day behind the last one, by OPD. Reads only."""
    last: dict[int, Month] = {}
    for opd, month in closed_opds(FIRST_DAY, None):
        last[opd] = max(month, last.get(opd, month))
    return {opd: month.end for opd, month in last.items()}


def hold(first: date, until: date | None) -> None:
    """Nobody closes a month of the half-open period before this transaction ends; waits for who is closing one.

    Ask what is closed after it, not before. Outside of a transaction it holds nothing.
    """
    gates = _gates(first, until)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(gate) FROM unnest(%s::bigint[]) AS gate", [gates])


def hold_alone(month: Month) -> None:
    """Nobody writes a fact of the month before this transaction ends; waits for who is writing one.

    For who closes the month, as the first thing after its people and before any other row.
    """
    gates = [_gate(0), _gate(_serial(month))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(gate) FROM unnest(%s::bigint[]) AS gate", [gates])


def _gates(first: date, until: date | None) -> list[int]:
    begin = _serial(Month.of(first))
    # A month is in the period with its first day, and a period that begins inside a month writes into that month.
    end = None if until is None else max(_serial(Month.of(until)) + (until.day > 1), begin + 1)
    if end is None or end - begin > _MOST_GATES:
        return [_gate(0)]
    return [_gate(serial) for serial in range(begin, end)]


def _serial(month: Month) -> int:
    return month.year * 12 + month.number


def _gate(serial: int) -> int:
    return _GATE << 40 | current_region().number << 20 | serial
