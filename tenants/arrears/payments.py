"""What is compared: the month's own allowance, and THR and the 13th month by the month in which they are paid."""

from __future__ import annotations

from datetime import date
from typing import Final

from kernel.date_words import month_words
from tenants.tpp.models import MonthRun

# In the order in which they are compared: THR and the 13th month may stand on what the month gives.
COMPARED: Final = (MonthRun.Kind.ORDINARY, MonthRun.Kind.THR, MonthRun.Kind.THIRTEENTH)


def payment_words(kind: str, month: date) -> str:
    """`Juni 2024`, or `THR Juni 2024`."""
    words = month_words(month)
    return words if kind == MonthRun.Kind.ORDINARY else f"{MonthRun.Kind(kind).label} {words}"
