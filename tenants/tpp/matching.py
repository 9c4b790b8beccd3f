"""The lines of two computations of one person-month, matched by what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Protocol, TypeVar

from kernel.money import exact

# By node, the event's code, column, and number among their like; a node's label may say its class.
LineKey = tuple[str, str, str, int]

_ZERO: Final = Decimal(0)
_SIGNS: Final[Mapping[str, int]] = {"pagu": 1, "tax": -1, "contribution": -1, "deduction": -1, "rounding": 1}


class Line(Protocol):
    """What is read of a line: the engine's, a stored one, or a part of either."""

    @property
    def node_id(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def inputs(self) -> Mapping[str, Any]: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def effect(self) -> Decimal | None: ...


L = TypeVar("L", bound=Line)


def by_key(lines: Iterable[L]) -> dict[LineKey, L]:
    """The lines under keys that mean the same in another computation of the month, in their order."""
    found: dict[LineKey, L] = {}
    for line in lines:
        number = 0
        while (key := (line.node_id, str(line.inputs.get("code", "")), line.column, number)) in found:
            number += 1
        found[key] = line
    return found


def to_net(line: Line | None) -> Decimal:
    """What the line brings to the net, rupiah: by its column, or by its effect between pagu and gross."""
    if line is None:
        return _ZERO
    if line.column in _SIGNS and line.amount is not None:
        return exact(line.amount) * _SIGNS[line.column]
    return _ZERO if line.effect is None else exact(line.effect)
