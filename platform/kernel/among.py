"""Conditions over hundreds of values as one array parameter.

The driver reads a statement's text anew when it has more than 50 parameters; for `IN` with 200 of them that costs more
than running it. PostgreSQL plans `= ANY (array)` as it plans `IN`.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models


class _Among(models.Func):
    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = models.BooleanField()

    def __init__(self, column: str, values: models.Value) -> None:
        super().__init__(models.F(column), values)


def among_keys(column: str, keys: Iterable[int]) -> models.Func:
    """For `filter`: the column, a key of eight bytes, is one of these."""
    return _Among(column, models.Value(list(keys), output_field=ArrayField(models.BigIntegerField())))


def among_uids(column: str, uids: Iterable[UUID]) -> models.Func:
    """For `filter`: the column is one of these uids."""
    return _Among(column, models.Value(list(uids), output_field=ArrayField(models.UUIDField())))
