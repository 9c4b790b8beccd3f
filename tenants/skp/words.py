"""How periods are named to people."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kernel.date_words import month_words
from tenants.skp.rating_periods import RatingPeriod

_ROMAN = ("I", "II", "III", "IV")


def period_label(period: RatingPeriod) -> str:
    """`Oktober 2026` or `Triwulan IV 2026`."""
    if period.length == 1:
        return month_words(period.first_day)
    return _("Triwulan %(number)s %(year)d") % {"number": _ROMAN[period.quarter - 1], "year": period.year}
