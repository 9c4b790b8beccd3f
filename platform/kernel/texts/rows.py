"""The rows of a declared column: found by what stands in them, and written past the gate."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, OperationalError, models, transaction

from kernel.ids import Addressed
from kernel.texts import gate
from kernel.texts.places import Place


class RowLocked(Exception):
    """The row is approved, published or paid: its trigger keeps it as it is."""


def standing(place: Place, text: str, record: str = "") -> models.QuerySet[Any]:
    """The rows in which the text stands, or the one of `record` if it stands there."""
    rows = place.model._base_manager.filter(**{place.column: text})
    return rows.filter(**{key_of(place.model): record}) if record else rows


def key_of(model: type[models.Model]) -> str:
    """What `TextHold.record` names a row of this model by."""
    return "uid" if issubclass(model, Addressed) else "pk"


def write(place: Place, rows: models.QuerySet[Any], words: str) -> int:
    """Write the words into the rows, where they still are as `rows` says; how many were. Raises RowLocked."""
    try:
        with transaction.atomic(), gate.opened():
            return rows.update(**{place.column: words})
    except OperationalError:
        raise  # the connection is gone or two waited for one another: nothing was decided about the row
    except DatabaseError as error:
        raise RowLocked from error
