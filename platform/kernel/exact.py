"""A model field for figures that must come back as they went in: PostgreSQL's `numeric` without a fixed scale.

A trace carries quotients with twenty decimals and whole rupiah in one column; a fixed scale would cut the first.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from typing_extensions import override

from kernel.money import exact

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    # Django's fields take type arguments in the stubs only.
    _Field = models.Field


class ExactDecimalField(_Field):
    """A `Decimal` of any size and scale. A float is refused before it reaches the database."""

    @override
    def get_internal_type(self) -> str:
        return "ExactDecimalField"

    @override
    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "numeric"

    @override
    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else exact(value)

    @override
    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None or hasattr(value, "resolve_expression") else exact(value)
