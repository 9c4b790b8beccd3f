"""The tree of units as one immutable value: who stands above and below a unit, answered without the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class UnitTree:
    """Ids of units: `parents` maps each unit to its parent (None for an OPD)."""

    parents: Mapping[int, int | None]
    children: Mapping[int, tuple[int, ...]] = field(repr=False)

    @classmethod
    def of(cls, parents: Iterable[tuple[int, int | None]]) -> UnitTree:
        """Build it from (unit, parent) pairs; the order of the pairs is the order of the children."""
        above = dict(parents)
        below: dict[int, list[int]] = {}
        for unit, parent in above.items():
            if parent is not None:
                below.setdefault(parent, []).append(unit)
        return cls(above, {unit: tuple(units) for unit, units in below.items()})

    def upward(self, unit_id: int) -> Iterator[int]:
        """The unit itself, its parent, and so on up to the OPD. A broken tree (a cycle) ends the walk."""
        seen: set[int] = set()
        current: int | None = unit_id
        while current is not None and current not in seen:
            seen.add(current)
            yield current
            current = self.parents.get(current)

    def opd_of(self, unit_id: int) -> int:
        """The root above the unit."""
        *_, root = self.upward(unit_id)
        return root

    def subtree(self, unit_id: int) -> list[int]:
        """The unit and everything below it, parents before their children."""
        found: list[int] = []
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            found.append(current)
            waiting.extend(reversed(self.children.get(current, ())))
        return found

    @property
    def roots(self) -> list[int]:
        return [unit for unit, parent in self.parents.items() if parent is None]
