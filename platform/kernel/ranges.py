"""Equality as an overlap of ranges, so that exclusion constraints need no extension (architecture, rule 6)."""

from django.db import models


class Id8Range(models.Func):
    """`int8range(x, x, '[]')`: two of them overlap exactly when the ids are equal."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"
