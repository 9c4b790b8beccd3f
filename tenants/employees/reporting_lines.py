"""Who reports to whom on one day, from the map of positions and who holds them.

The superior of a person is the holder of the nearest position above the person's own that has one. A vacant position
is passed over. Of several holders the Plh comes first (the definitive holder is away), then the definitive one, then
the Plt; among equals who holds it longest. Nobody is their own superior: a person who also acts in the position above
is passed over there. A cycle in the map, or its top, ends the walk: then there is no superior.

A dated override comes before the map: the person it names is the superior, and the line goes on above that person's
post. It is asked for wherever the line passes through its person in the own post, so that the next superior of their
staff follows it as well.
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
class Override:
    """A superior against the map: of the holder of `position_id`, the holder of `superior_position_id`."""

    superior_id: int
    position_id: int
    superior_position_id: int


@dataclass(frozen=True, slots=True)
class ReportingLines:
    """One day: `superiors` maps a position to the one above it; `holders` are in order of precedence; `overrides` are
    by the person whose superior they name."""

    superiors: Mapping[int, int | None]
    holders: Mapping[int, tuple[Holding, ...]]
    posts: Mapping[int, int]
    below: Mapping[int, tuple[int, ...]] = field(repr=False)
    overrides: Mapping[int, Override] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        superiors: Mapping[int, int | None],
        holdings: Iterable[Holding],
        overrides: Mapping[int, Override] | None = None,
    ) -> ReportingLines:
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
            overrides=overrides or {},
        )

    def line_of(self, employee_id: int) -> list[int]:
        """The person's superiors from the direct one to the top: distinct people, never the person."""
        return list(self._line(employee_id))

    def superior_of(self, employee_id: int) -> int | None:
        """The direct superior, or None at the top, without a position, or in a cycle of vacant positions."""
        return next(self._line(employee_id), None)

    def subordinates_of(self, employee_id: int) -> list[int]:
        """Everybody whose direct superior this person is, in the order of the ids."""
        candidates = {person for person, found in self.overrides.items() if found.superior_id == employee_id}
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

    def _line(self, employee_id: int) -> Iterator[int]:
        told = {employee_id}
        position = self.posts.get(employee_id)
        seen = {position}
        followed: set[int] = set()
        # Whose override counts here: the person, then each superior met in the own post.
        override = self.overrides.get(employee_id)
        met = employee_id
        while position is not None:
            if override is not None and met not in followed:
                followed.add(met)
                met, position = override.superior_id, override.superior_position_id
                seen.add(position)
            else:
                position = self.superiors.get(position)
                if position is None or position in seen:
                    return
                seen.add(position)
                holding = next((h for h in self.holders.get(position, ()) if h.employee_id != employee_id), None)
                if holding is None:
                    override = None
                    continue
                met = holding.employee_id
            if met not in told:
                told.add(met)
                yield met
            override = self.overrides.get(met)
            if override is not None and override.position_id != position:
                override = None
