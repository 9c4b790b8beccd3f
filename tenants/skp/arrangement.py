"""How the region keeps its SKP on a day: from BKN or here, by month or quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenants.skp.errors import KeptElsewhere
from tenants.skp.models import SkpSetting
from tenants.skp.rating_periods import RatingPeriod


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The setting in force. `since` is None where the region has never set one: BKN, monthly."""

    source: str = SkpSetting.Source.BKN
    months_per_period: int = 1
    behaviour: str = SkpSetting.Behaviour.SCORES
    since: date | None = None

    @property
    def is_kept_here(self) -> bool:
        return self.source == SkpSetting.Source.HERE

    @property
    def by_scores(self) -> bool:
        return self.behaviour == SkpSetting.Behaviour.SCORES


def arrangement_on(day: date) -> Arrangement:
    """The arrangement in force on the day. One statement."""
    found = SkpSetting.objects.in_force(day)
    if found is None:
        return Arrangement()
    return Arrangement(found.source, found.months_per_period, found.behaviour, found.valid_from)


def period_on(day: date) -> RatingPeriod:
    """The rating period in which the day lies, by the setting in force."""
    return RatingPeriod.of(day, arrangement_on(day).months_per_period)


def require_kept(period: RatingPeriod, source: str) -> Arrangement:
    """The arrangement of a period that this region keeps so. Raises KeptElsewhere."""
    found = arrangement_on(period.first_day)
    if found.source != source:
        raise KeptElsewhere(found.source, period)
    return found
