"""The posts that a person holds on one day and the standing of that day, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Final, NamedTuple, Protocol
from uuid import UUID


class Period(Protocol):
    """A half-open range of dates, as the database gives it; `upper` is None while it runs."""

    @property
    def lower(self) -> Any: ...
    @property
    def upper(self) -> Any: ...


class StandingFacts(NamedTuple):
    """Status and golongan as they count on a day; golongan is "" for who has none."""

    status: str
    golongan: str


_COLUMNS: Final = (
    "pk",
    "kind",
    "period",
    "position_id",
    "position__uid",
    "position__code",
    "position__title",
    "position__kind",
    "terms__kelas",
    "terms__category",
    "position__superior_id",
    "position__unit_id",
    "position__unit__uid",
    "position__unit__code",
    "position__unit__name",
    "position__unit__category",
    "position__unit__opd_id",
    "position__unit__opd__uid",
    "position__unit__opd__code",
    "position__unit__opd__name",
)


@dataclass(frozen=True, slots=True)
class Post:
    """One placement with its position, the position's terms of that day, unit and OPD. `kind` is definitif, plt or plh.

    `kelas` and `position_category` are None where no terms are recorded for the day.
    """

    placement_id: int
    kind: str
    period: Period
    position_id: int
    position_uid: UUID
    position_code: str
    title: str
    position_kind: str
    kelas: int | None
    position_category: str | None
    superior_position_id: int | None
    unit_id: int
    unit_uid: UUID
    unit_code: str
    unit_name: str
    unit_category: str
    opd_id: int
    opd_uid: UUID
    opd_code: str
    opd_name: str

    COLUMNS: ClassVar[tuple[str, ...]] = _COLUMNS

    @property
    def terms(self) -> tuple[int, str]:
        """Class and category. Raises LookupError where none are recorded for the day."""
        if self.kelas is None or self.position_category is None:
            raise LookupError(f"position {self.position_id} has no terms on that day")
        return self.kelas, self.position_category

    @property
    def since(self) -> date:
        first: date = self.period.lower
        return first

    @property
    def until(self) -> date | None:
        """The first day on which it is over, None while it runs."""
        end: date | None = self.period.upper
        return end


@dataclass(frozen=True, slots=True)
class Posts:
    """A person's posts of one day: at most one definitive, any number acting, the longest held first."""

    definitive: Post | None
    acting: tuple[Post, ...]

    @classmethod
    def of(cls, posts: Sequence[Post]) -> Posts:
        return cls(
            next((post for post in posts if post.kind == "definitif"), None),
            tuple(post for post in posts if post.kind != "definitif"),
        )

    @property
    def own(self) -> Post | None:
        """The definitive post, else the first acting one."""
        return self.definitive or next(iter(self.acting), None)


@dataclass(frozen=True, slots=True)
class PostHistory:
    """Every post of one person on any day: each placement once for each period of its position's terms.

    In order of the placements; the second of a pair is the terms' period, None where the position has none.
    """

    rows: Sequence[tuple[Post, Period | None]]

    def on(self, day: date) -> Posts:
        """The posts of the day, with the terms of that day."""
        found: dict[int, Post] = {}
        for post, terms in self.rows:
            if not _covers(post.period, day):
                continue
            if terms is not None and _covers(terms, day):
                found[post.placement_id] = post
            else:
                found.setdefault(post.placement_id, replace(post, kelas=None, position_category=None))
        return Posts.of(list(found.values()))


def _covers(period: Period, day: date) -> bool:
    return (period.lower is None or period.lower <= day) and (period.upper is None or day < period.upper)
