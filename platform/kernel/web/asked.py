"""What an address asks for."""

from __future__ import annotations

from django.http import HttpRequest

from kernel.errors import NotFound
from kernel.periods import Month


def month_asked(request: HttpRequest, otherwise: Month) -> Month:
    """The month of `?bulan=2026-10`; another one where nothing readable is asked for."""
    try:
        return Month.parse(request.GET.get("bulan", ""))
    except ValueError:
        return otherwise


def month_named(text: str) -> Month:
    """The month that is a part of the address. Raises NotFound."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise NotFound("month") from error
