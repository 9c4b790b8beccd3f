"""Until when a person may object to a slip."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.calendars.querysets import calendar_for
from tenants.rules.engine import calendar_rule
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthLock, Slip

# Where the rules say nothing: two weeks from the day on which the month was locked.
AFTER_THE_LOCK: Final = timedelta(days=14)


def last_day_for(slip: Slip) -> date | None:
    """The last day for an objection; None as long as nothing ends it (no rule, and the OPD's month is not locked).

    The rule set's `objection_until_day` counts days of the following month, calendar or working days of the OPD. A slip
    that is locked only after that day can be objected to for two weeks all the same: nobody loses the way because the
    office was late. A difference of the slip that is locked later opens it for two weeks again. The slip comes from
    `SlipQuerySet.with_lock`.
    """
    by_rule = _by_rule(slip)
    locked = None if slip.locked_at is None else _locked_on(slip)
    if locked is None:
        return by_rule
    by_lock = locked + AFTER_THE_LOCK
    return by_lock if by_rule is None or by_rule < locked else by_rule


def _by_rule(slip: Slip) -> date | None:
    rule = calendar_rule(loaded(slip.run.rule_set))
    if rule is None or rule.objection_until_day is None:
        return None
    following = Month.of(slip.run.month).next
    if rule.days == "calendar":
        return following.first_day + timedelta(days=min(rule.objection_until_day, len(following.days())) - 1)
    working = calendar_for(following).working_days(slip.opd_id, following)
    if not working:
        return following.days()[-1]
    return working[min(rule.objection_until_day, len(working)) - 1]


def _locked_on(slip: Slip) -> date | None:
    """The day of the newest lock: of the slip's own run, or of a difference of it."""
    of_slip = Q(run=slip.run_id) | Q(run__differences__slip=slip.pk)
    lock = MonthLock.objects.standing().filter(of_slip, opd=slip.opd_id).order_by("-locked_at").first()
    return None if lock is None else clock.local_date(lock.locked_at, current_region().time_zone)
