"""Questions about many disturbances; above all: which minutes are nobody's fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.tenancy.context import current_region
from tenants.organisation.models import Unit

if TYPE_CHECKING:
    from tenants.disturbances.models import Disturbance  # noqa: F401 (in the bases)


class DisturbanceQuerySet(models.QuerySet["Disturbance"]):
    def in_force(self) -> DisturbanceQuerySet:
        """Approved and not undone."""
        return self.filter(state="approved")

    def waiting(self) -> DisturbanceQuerySet:
        return self.filter(state="proposed")

    def touching(self, first: datetime, end: datetime) -> DisturbanceQuerySet:
        """Those with a minute between the two instants."""
        return self.filter(starts_at__lt=end, ends_at__gt=first)

    def reaching(self, opds: set[UUID] | None) -> DisturbanceQuerySet:
        """Those of these OPDs and of the whole region; all when None (as `kernel.permissions.opd_scope` answers)."""
        if opds is None:
            return self
        return self.filter(Q(is_everywhere=True) | Q(units__opd__uid__in=opds)).distinct()


@dataclass(frozen=True, slots=True)
class NeutralWindow:
    """Minutes in force, half-open. `cause` is the code, `words` what an ASN reads."""

    uid: UUID
    starts_at: datetime
    ends_at: datetime
    cause: str
    words: str
    # None: the whole region.
    units: frozenset[int] | None

    def holds(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at


@dataclass(frozen=True, slots=True)
class NeutralWindows:
    """The windows of a period, asked by unit; false when there is none."""

    windows: Sequence[NeutralWindow] = ()
    parents: Mapping[int, int | None] = field(default_factory=dict, repr=False)
    _of_unit: dict[int, tuple[NeutralWindow, ...]] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.windows)

    def covering(self, unit_id: int, instant: datetime) -> NeutralWindow | None:
        """The window in which this instant lies for people of the unit; the earliest of several."""
        return next((window for window in self.of_unit(unit_id) if window.holds(instant)), None)

    def of(self, unit_id: int, first: datetime, end: datetime) -> tuple[NeutralWindow, ...]:
        """The windows that touch the half-open span for people of the unit, in the order of their beginning."""
        return tuple(window for window in self.of_unit(unit_id) if window.starts_at < end and window.ends_at > first)

    def of_unit(self, unit_id: int) -> tuple[NeutralWindow, ...]:
        """The windows that count for people of the unit: its own, those of the units above, the region's."""
        if not self.windows:
            return ()
        if unit_id not in self._of_unit:
            line = frozenset(self._upward(unit_id))
            self._of_unit[unit_id] = tuple(
                window for window in self.windows if window.units is None or window.units & line
            )
        return self._of_unit[unit_id]

    def _upward(self, unit_id: int) -> Iterator[int]:
        seen: set[int] = set()
        current: int | None = unit_id
        while current is not None and current not in seen:
            seen.add(current)
            yield current
            current = self.parents.get(current)


def neutral_between(first: date, end: date) -> NeutralWindows:
    """The disturbances in force that may concern days of work of the half-open period, in the open region's zone.

    One statement; two when there is any. A day of work may end on the next date and begin on the one before, so a day
    on either side is taken in.
    """
    disturbances: DisturbanceQuerySet = apps.get_model("disturbances", "Disturbance").objects.all()
    zone, day = current_region().time_zone, timedelta(days=1)
    rows = (
        disturbances.in_force()
        .touching(clock.at_local(first - day, time(), zone), clock.at_local(end + day, time(), zone))
        .annotate(unit_ids=ArrayAgg("places__unit_id", filter=Q(places__isnull=False), default=[]))
        .order_by("starts_at", "pk")
        .values_list("uid", "starts_at", "ends_at", "cause", "is_everywhere", "unit_ids")
    )
    words = dict(disturbances.model.Cause.choices)
    windows = tuple(
        NeutralWindow(uid, starts_at, ends_at, cause, str(words[cause]), None if is_everywhere else frozenset(units))
        for uid, starts_at, ends_at, cause, is_everywhere, units in rows
    )
    if not windows:
        return NeutralWindows()
    return NeutralWindows(windows, dict(Unit.objects.values_list("pk", "parent_id")))
