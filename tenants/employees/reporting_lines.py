"""Who reports to whom on one day, from the map of positions and who holds them.

The superior of a person is the holder of the nearest position above the person's own that has one. A vacant position
is passed over. Of several holders the Plh comes first (the definitive holder is away), then the definitive one, then
the Plt; among equals who holds it longest. Nobody is their own superior: a person who also acts in the position above
is passed over there. A cycle in the map, or its top, ends the walk: then there is no superior.
Source: PermenPANRB 6/2022 (the direct superior rates; if vacant the Plt, else the next superior).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

_RANK: Final = {"plh": 0, "definitif": 1, "plt": 2}


@dataclass(frozen=True, slots=True)
class Holding:
    """One person in one position on the day; `kind` is definitif, plt or plh, `since` the first day."""

    employee_id: int
    position_id: int
    kind: str
    since: date
    placement_id: int

    @property
    def order(self) -> tuple[int, date, int]:
        return _RANK[self.kind], self.since, self.placement_id


@dataclass(frozen=True, slots=True)
class ReportingLines:
    """One day: `superiors` maps a position to the one above it; `holders` are in order of precedence."""

    superiors: Mapping[int, int | None]
    holders: Mapping[int, tuple[Holding, ...]]
    posts: Mapping[int, int]
    below: Mapping[int, tuple[int, ...]] = field(repr=False)

    @classmethod
    def of(cls, superiors: Mapping[int, int | None], holdings: Iterable[Holding]) -> ReportingLines:
        """Build it. `posts` is each person's own position: the definitive one, else the one acted in longest."""
        holders: dict[int, list[Holding]] = {}
        own: dict[int, Holding] = {}
        for holding in sorted(holdings, key=lambda h: h.order):
            holders.setdefault(holding.position_id, []).append(holding)
            known = own.get(holding.employee_id)
            if known is None or (holding.kind == "definitif" and known.kind != "definitif"):
                own[holding.employee_id] = holding
        below: dict[int, list[int]] = {}
        for position, superior in superiors.items():
            if superior is not None:
                below.setdefault(superior, []).append(position)
        return cls(
            superiors=superiors,
            holders={position: tuple(found) for position, found in holders.items()},
            posts={employee: holding.position_id for employee, holding in own.items()},
            below={position: tuple(found) for position, found in below.items()},
        )

    def line_of(self, employee_id: int) -> list[int]:
        """The person's superiors from the direct one to the top: distinct people, never the person."""
        line: list[int] = []
        for position in self._positions_above(employee_id):
            for holding in self.holders.get(position, ()):
                if holding.employee_id == employee_id:
                    continue
                if holding.employee_id not in line:
                    line.append(holding.employee_id)
                break
        return line

    def superior_of(self, employee_id: int) -> int | None:
        """The direct superior, or None at the top, without a position, or in a cycle of vacant positions."""
        for position in self._positions_above(employee_id):
            for holding in self.holders.get(position, ()):
                if holding.employee_id != employee_id:
                    return holding.employee_id
        return None

    def subordinates_of(self, employee_id: int) -> list[int]:
        """Everybody whose direct superior this person is, in the order of the ids."""
        candidates: set[int] = set()
        held = [
            position for position, found in self.holders.items() if any(h.employee_id == employee_id for h in found)
        ]
        for start in held:
            seen = {start}
            waiting = list(self.below.get(start, ()))
            while waiting:
                position = waiting.pop()
                if position in seen:
                    continue
                seen.add(position)
                found = self.holders.get(position, ())
                candidates.update(h.employee_id for h in found)
                # Below a vacant position, and below one that this person fills, people report to this person as well.
                if all(h.employee_id == employee_id for h in found):
                    waiting.extend(self.below.get(position, ()))
        candidates.discard(employee_id)
        return sorted(found for found in candidates if self.superior_of(found) == employee_id)

    def _positions_above(self, employee_id: int) -> Iterator[int]:
        position = self.posts.get(employee_id)
        seen: set[int] = set()
        while position is not None and position not in seen:
            seen.add(position)
            position = self.superiors.get(position)
            if position is not None:
                yield position
