"""Acting posts (Plt, Plh) as the engine reads them: the level beside the own post, and whether held all month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.among import among_keys
from kernel.periods import Month
from tenants.employees.models import Placement
from tenants.employees.posts import Post, Posts
from tenants.rules.engine import ActingPost

# Person and position.
Holding = tuple[int, int]


def held_by_letters(posts: Mapping[int, Posts], month: Month) -> frozenset[Holding]:
    """Who holds which acting post on every day of the month by several letters in a row, as a Plt whose three months
    are renewed. One statement, none where every acting post is held by one letter all month."""
    parts = [employee for employee, held in posts.items() if any(not _is_whole(post, month) for post in held.acting)]
    if not parts:
        return frozenset()
    letters = Placement.objects.filter(
        among_keys("employee_id", parts), period__overlap=DateRange(month.first_day, month.end)
    ).exclude(kind=Placement.Kind.DEFINITIF)
    reached: dict[Holding, date] = {}
    for employee, position, period in letters.order_by("period").values_list("employee_id", "position_id", "period"):
        holding = employee, position
        if period.lower <= reached.get(holding, month.first_day):
            end = month.end if period.upper is None else period.upper
            reached[holding] = max(end, reached.get(holding, end))
    return frozenset(holding for holding, end in reached.items() if end >= month.end)


def acting_posts(employee: int, posts: Posts, month: Month, by_letters: frozenset[Holding]) -> tuple[ActingPost, ...]:
    """The person's acting posts as seen from the own one; `by_letters` are those of `held_by_letters`."""
    own = posts.definitive
    return (
        ()
        if own is None
        else tuple(_acting(own, post, month, (employee, post.position_id) in by_letters) for post in posts.acting)
    )


def _acting(own: Post, other: Post, month: Month, is_by_letters: bool) -> ActingPost:
    """`same_unit` means the same OPD, which pays the list."""
    (own_kelas, _category), (kelas, category) = own.terms, other.terms
    level = "equal" if kelas == own_kelas else "higher" if kelas > own_kelas else "lower"
    return ActingPost(
        level=cast("Any", level),
        kelas=kelas,
        position_category=category,
        unit_category=other.unit_category,
        same_unit=other.opd_id == own.opd_id,
        title=other.title,
        whole_month=is_by_letters or _is_whole(other, month),
    )


def _is_whole(post: Post, month: Month) -> bool:
    return post.since <= month.first_day and (post.until is None or post.until >= month.end)
