"""How a figure of a slip is written beside the rules."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django import template

from kernel.web.templatetags.kd import number

register = template.Library()
_PLACES = Decimal("0.0001")


@register.filter
def figure(value: Decimal | None) -> str:
    """A figure with at most four digits behind the comma; a dash where there is none."""
    return "–" if value is None else number(value.quantize(_PLACES, ROUND_HALF_UP))
