"""What the pages of leave show, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from kernel.periods import Month
from kernel.tenancy import here
from tenants.attendance.models import AttendanceDocument
from tenants.attendance.moments import own_plans
from tenants.employees.models import Employee
from tenants.employees.querysets import standings_on
from tenants.leave.booking import accounts_of
from tenants.leave.checking import kinds_on
from tenants.leave.ledger import Account
from tenants.leave.models import LeaveBooking, LeaveEntry, LeaveKind


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar of own leave. `state` is the document's; `words` for a screen reader."""

    day: date
    state: str
    is_free: bool
    is_today: bool
    words: str


def own_kinds(employee_id: int, day: date) -> list[LeaveKind]:
    """The kinds that the person may ask for on the day, the yearly one first."""
    standing = standings_on([employee_id], day).get(employee_id)
    if standing is None:
        return []
    own = [kind for (_code, status), kind in kinds_on(day).items() if status == standing.status]
    return sorted(own, key=lambda kind: (kind.yearly_days is None, kind.name))


def choices_of(kinds: Sequence[LeaveKind], account: Account | None) -> list[tuple[str, str]]:
    """The kinds for a form, each with what is left of it or how long it may be."""
    return [(kind.code, f"{kind.name}: {_bound_words(kind, account)}") for kind in kinds]


def _bound_words(kind: LeaveKind, account: Account | None) -> str:
    if kind.yearly_days is not None:
        left = 0 if account is None else account.left
        return _("sisa %(days)s hari kerja") % {"days": left}
    if kind.most_days is not None:
        return _("paling lama %(days)s hari") % {"days": kind.most_days}
    if kind.most_months is not None:
        return _("paling lama %(months)s bulan") % {"months": kind.most_months}
    return _("tanpa batas lama")


def colleagues_of(employee_id: int, day: date) -> list[Employee]:
    """Active people of the same unit on the day, by name, without the person."""
    own = Employee.objects.placed_on(day).filter(pk=employee_id).first()
    unit = None if own is None else getattr(own, "unit_id", None)
    if unit is None:
        return []
    # As a tuple: the column is an annotation, which the type checker does not know.
    people = Employee.objects.active().placed_on(day).filter(Q(("unit_id", unit)))
    return list(people.exclude(pk=employee_id).order_by("name", "pk")[:200])


def leaves_of(employee_id: int) -> list[LeaveBooking]:
    """The person's leave with its documents, the newest first."""
    found = LeaveBooking.objects.filter(document__employee_id=employee_id)
    return list(found.select_related("document", "kind", "substitute").order_by("-document_id")[:50])


def entries_of(employee_id: int) -> list[LeaveEntry]:
    """The lines of the person's ledger, the newest first."""
    rows = LeaveEntry.objects.filter(employee_id=employee_id).select_related("document", "written_by")
    return list(rows.order_by("-pk")[:100])


def account_of(employee_id: int, year: int) -> Account | None:
    """The person's account of the year; None without one."""
    return accounts_of([employee_id])[employee_id].get(year)


def years_of(employee_id: int) -> list[Account]:
    """The person's accounts, the latest year first."""
    return list(reversed(accounts_of([employee_id])[employee_id].values()))


def balances(employee_ids: Collection[int], year: int) -> Mapping[int, Account]:
    """The account of the year of each of these people who has one."""
    return {employee: years[year] for employee, years in accounts_of(employee_ids).items() if year in years}


def month_of_leave(employee_id: int, month: Month) -> list[Cell]:
    """The days of the month with the person's own leave on them; free are those of the person's own plan."""
    rows = (
        AttendanceDocument.objects.of(employee_id)
        .standing()
        .touching(month.first_day, month.end)
        .filter(leave__isnull=False)
        .values_list("period", "state", "label")
    )
    standing = list(rows)
    plans = own_plans(employee_id, month.first_day, month.end)
    today = here.today()
    cells = []
    for day in month.days():
        plan = plans.get(day)
        is_free = plan is None or not plan.is_working_day
        state, words = next(
            ((state, label) for period, state, label in standing if period.lower <= day < period.upper),
            ("", "" if plan is None else plan.note),
        )
        cells.append(Cell(day, state, is_free, day == today, words))
    return cells
