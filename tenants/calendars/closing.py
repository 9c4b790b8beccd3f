"""The registry of closed months under the name that the apps above the calendar ask by, and what is for all OPDs."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kernel.closing import (
    MonthClosed,
    Provider,
    closed_months,
    closed_opds,
    closed_people,
    closed_person_months,
    hold,
    hold_alone,
    is_closed,
    late_fact,
    late_months,
    late_period,
    note_late,
    opds_open_from,
    open_from,
    people_open_from,
    register,
    register_late,
    require_open,
    require_open_period,
)
from kernel.periods import Month
from tenants.organisation.models import Unit

__all__ = [
    "ClosedForSome",
    "MonthClosed",
    "Provider",
    "closed_months",
    "closed_opds",
    "closed_people",
    "closed_person_months",
    "hold",
    "hold_alone",
    "is_closed",
    "late_fact",
    "late_months",
    "late_period",
    "note_late",
    "opds_open_from",
    "open_from",
    "people_open_from",
    "register",
    "register_late",
    "require_open",
    "require_open_for_all",
    "require_open_period",
]

# So many OPDs are named; of more it is said how many.
_NAMED: Final = 3


class ClosedForSome(MonthClosed):
    """Something that counts for every OPD cannot reach into a month that some of them have closed."""

    words = _(
        "%(month)s sudah dikunci untuk %(opds)s, sedangkan isian ini berlaku untuk semua OPD. Pilih bulan sesudahnya, "
        "atau buka dulu kunci OPD itu. Bila uangnya sudah dibayar, perubahannya lewat perhitungan selisih."
    )

    def __init__(self, month: Month, opds: str) -> None:
        self.opds = opds
        super().__init__(month)


def require_open_for_all(first: date) -> None:
    """For what counts for every OPD from the first day of a month on: raise ClosedForSome with the names of the OPDs
    that have closed that month or, where none has, the next one that any of them has.

    Otherwise these months stay open until the transaction ends.
    """
    hold(first, None)
    closed = closed_opds(first, None)
    if not closed:
        return
    month = min(month for _opd, month in closed)
    raise ClosedForSome(month, names_of({opd for opd, other in closed if other == month}))


def names_of(opds: set[int]) -> str:
    """The names of these OPDs by code, the first three of many."""
    names = list(Unit.objects.filter(pk__in=opds).order_by("code").values_list("name", flat=True)[:_NAMED])
    more = len(opds) - len(names)
    listed = ", ".join(names)
    if not more:
        return listed
    return ngettext("%(opds)s dan %(count)d OPD lain", "%(opds)s dan %(count)d OPD lain", more) % {
        "opds": listed,
        "count": more,
    }
