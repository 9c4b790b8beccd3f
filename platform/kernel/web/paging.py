"""Keyset paging: a page begins behind the last row of the one before, however many rows there are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model, Q, QuerySet
from typing_extensions import override

ROWS: Final = 25
PARAMETER: Final = "setelah"

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page; `next` is the cursor of the following page, "" on the last one."""

    rows: list[Row]
    next: str
    is_first: bool

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(queryset: QuerySet[Row], *, order: Sequence[str], cursor: str = "", size: int = ROWS) -> Page[Row]:
    """The `size` rows behind `cursor` in `order` (field names, `-` for descending, the last one unique).

    The fields must not be null. A cursor that this order did not make raises `BadRequest`.
    """
    if cursor:
        queryset = queryset.filter(_behind(queryset.model, order, _decode(queryset.model, order, cursor)))
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows=rows, next=_encode(rows[-1], order) if more else "", is_first=not cursor)


def _names(order: Sequence[str]) -> list[str]:
    return [name.removeprefix("-") for name in order]


def _field(model: type[Model], path: str) -> Field[Any, Any]:
    *relations, last = path.split("__")
    for relation in relations:
        related = model._meta.get_field(relation).related_model
        if related is None or isinstance(related, str):
            raise FieldDoesNotExist(f"{path!r} does not lead through relations")
        model = related
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(f"{path!r} is not a column")
    return field


def _encode(row: Model, order: Sequence[str]) -> str:
    values = [attrgetter(name.replace("__", "."))(row) for name in _names(order)]
    text = json.dumps(values, cls=_Exact, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _Exact(DjangoJSONEncoder):
    """Keeps microseconds, which Django's own encoder cuts to milliseconds."""

    @override
    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _decode(model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        names = _names(order)
        if not isinstance(values, list) or len(values) != len(names) or None in values:
            raise ValueError("not a cursor of this list")
        if any(isinstance(value, str) and "\0" in value for value in values):
            raise ValueError("no text of the database")
        return [_field(model, name).to_python(value) for name, value in zip(names, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, ValidationError) as error:
        raise BadRequest("unreadable cursor") from error


def _behind(model: type[Model], order: Sequence[str], values: list[Any]) -> Q:
    """(a, b) behind (x, y): a beyond x, or a equal to x and b beyond y."""
    alternatives = []
    for position, name in enumerate(order):
        column = name.removeprefix("-")
        beyond = "lt" if name.startswith("-") else "gt"
        equal = {f"{earlier.removeprefix('-')}": values[i] for i, earlier in enumerate(order[:position])}
        alternatives.append(Q(**equal, **{f"{column}__{beyond}": values[position]}))
    return reduce(Q.__or__, alternatives)
