"""Which months are closed: asked by every app that writes facts of a month, answered by the app that closes months.

The answer comes from above (the lock of a month's TPP); this registry lets the apps below ask without importing it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from kernel.errors import MonthRefused
from kernel.periods import FIRST_DAY, Month

# Takes a half-open period of dates (`until` None: without end), gives the closed months whose first day lies in it.
Provider = Callable[[date, date | None], Iterable[Month]]
_providers: list[Provider] = []


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


def closed_months(first: date, until: date | None) -> set[Month]:
    """The closed months whose first day lies in the half-open period."""
    return {month for provider in _providers for month in provider(first, until)}


def is_closed(month: Month) -> bool:
    """Whether facts of this month are final. One short query."""
    return bool(closed_months(month.first_day, month.end))


def require_open(first: date, last: date | None = None) -> None:
    """Raise MonthClosed when the day `first`, or any day up to and with `last`, lies in a closed month."""
    end = Month.of(last or first).end
    closed = closed_months(Month.of(first).first_day, end)
    if closed:
        raise MonthClosed(min(closed))


def require_open_period(first: date | None, end: date | None) -> None:
    """Raise MonthClosed when a day of the half-open period (None: no bound) lies in a closed month."""
    closed = closed_months(FIRST_DAY if first is None else Month.of(first).first_day, end)
    if closed:
        raise MonthClosed(min(closed))


def open_from() -> date | None:
    """The first day behind the last closed month; None while none is closed."""
    closed = closed_months(FIRST_DAY, None)
    return max(closed).end if closed else None
