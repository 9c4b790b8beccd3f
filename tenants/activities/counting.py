"""The arithmetic of `points` for the database, where many activities are counted at once."""

from __future__ import annotations

from django.db.models import DecimalField, ExpressionWrapper, F, IntegerField, Subquery, Value
from django.db.models.functions import Cast, Round

_EXACT = DecimalField(max_digits=30, decimal_places=10)
_HUNDRED = Value(100, output_field=_EXACT)


def counted_points_in_sql(points: str | Subquery, weight: str | Subquery) -> Round:
    """`points.counted_points` over the columns of Activity; points and weight by name or as a subquery."""
    by_name = [F(each) if isinstance(each, str) else each for each in (points, weight)]
    product = by_name[0] * by_name[1] * F("volume") * F("percent") / _HUNDRED
    return Round(ExpressionWrapper(product, output_field=_EXACT), precision=2)


def counted_minutes_in_sql() -> Cast:
    """`points.counted_minutes` over the columns of Activity."""
    product = F("minutes") * F("percent") / _HUNDRED
    return Cast(Round(ExpressionWrapper(product, output_field=_EXACT)), IntegerField())
