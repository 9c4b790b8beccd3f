"""What later ordinary months take back: opened with its source, taken in parts that the month bears, carried until
settled.

A month's run takes the oldest first, all of them together at most the region's share of what is left of the month's pay
before them (`RecoveryShare`, else `SHARE_BY_DEFAULT`). What is settled is what locked, paid slips took; nothing is
written down about it beside the slips.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Min, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from kernel import clock
from kernel.among import among_keys
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.errors import RecoveryBegun
from tenants.arrears.models import Recovery, RecoveryShare
from tenants.calendars import closing
from tenants.rules.engine import FixedDeduction, listed_codes
from tenants.rules.loading import rules_on
from tenants.tpp.models import Slip, SlipLine

# Percent of the month's net, where the region has set none. No regulation names one for TPP; half leaves people able
# to live on it.
SHARE_BY_DEFAULT: Final = Decimal(50)


@dataclass(frozen=True, slots=True)
class Open:
    """A recovery with what is left of it, rupiah."""

    recovery: Recovery
    left: Decimal

    @property
    def settled(self) -> Decimal:
        return self.recovery.amount - self.left


def share_in(month: Month) -> Decimal:
    """The percent of the month's net that may be taken back. One statement."""
    found = RecoveryShare.objects.in_force(month)
    return SHARE_BY_DEFAULT if found is None else found.percent


def open_recoveries(employee_ids: Collection[int], month: Month) -> dict[int, list[Open]]:
    """The recoveries of these people that the month may take of, oldest first, with what locked slips of earlier months
    left of each; settled ones are left out. Two statements, one where there are none."""
    due = list(Recovery.objects.due_in(month).filter(among_keys("employee_id", employee_ids)))
    if not due:
        return {}
    return _left(
        due, taken_from({one.employee_id for one in due}, since=min(one.from_month for one in due), before=month)
    )


def settlements(employee_ids: Collection[int]) -> dict[int, list[Open]]:
    """Every standing recovery of these people, settled or not, with what is left of it now. Two statements."""
    standing = list(
        Recovery.objects.standing()
        .filter(among_keys("employee_id", employee_ids))
        .order_by("employee_id", "from_month", "pk")
    )
    if not standing:
        return {}
    taken = taken_from({one.employee_id for one in standing}, since=min(one.from_month for one in standing))
    return _left(standing, taken, with_settled=True)


def _left(
    recoveries: Iterable[Recovery], taken: dict[int, Decimal], *, with_settled: bool = False
) -> dict[int, list[Open]]:
    found: dict[int, list[Open]] = {}
    pool = dict(taken)
    for one in recoveries:
        settled = min(one.amount, pool.get(one.employee_id, Decimal(0)))
        pool[one.employee_id] = pool.get(one.employee_id, Decimal(0)) - settled
        if with_settled or settled < one.amount:
            found.setdefault(one.employee_id, []).append(Open(one, one.amount - settled))
    return found


def deductions_of(employee_ids: Collection[int], month: Month) -> dict[int, list[FixedDeduction]]:
    """What the month's run takes back from these people, as listed deductions with their limit.

    A recovery is due in the first month from its own that is not closed for the person; where the month's rules have no
    list for it, it waits for one that has. Six statements at most, one where nobody owes.
    """
    opened = open_recoveries(employee_ids, month)
    if not opened:
        return {}
    rules = rules_on(month.first_day)
    if rules is None or RECOVERY_CODE not in listed_codes(rules):
        return {}
    percent = share_in(month)
    taking = _taking_earlier(opened, month)
    found: dict[int, list[FixedDeduction]] = {}
    for employee, own in opened.items():
        for one in own:
            if not any(first >= one.recovery.from_month for first in taking.get(employee, ())):
                entry = FixedDeduction(RECOVERY_CODE, one.left, label_of(one.recovery), percent)
                found.setdefault(employee, []).append(entry)
    return found


def _taking_earlier(opened: dict[int, list[Open]], month: Month) -> dict[int, list[date]]:
    """By person the earlier months, from that of the oldest recovery on, that are to take of it themselves: months that
    nobody has closed, and those of a paid slip that waits for its lock. Practice takes nothing."""
    since = min(one.recovery.from_month for own in opened.values() for one in own)
    if since >= month.first_day:
        return {}
    closed = closing.closed_months(since, month.first_day)
    waiting = [earlier.first_day for earlier in _months_from(since, month) if earlier not in closed]
    found = {employee: list(waiting) for employee in opened}
    # Another OPD may be locked before the person's own.
    slips = Slip.objects.of_counting_runs().unlocked().paid().filter(run__kind="ordinary", employee__in=opened.keys())
    within = slips.filter(run__month__gte=since, run__month__lt=month.first_day)
    for employee, first in within.values_list("employee", "run__month"):
        found[employee].append(first)
    return found


def label_of(recovery: Recovery) -> str:
    """The line's words on a slip. Frozen with the facts: the same whoever collects them."""
    with translation.override("id"):
        words = {"first": Month.of(recovery.of_month), "last": Month.of(recovery.of_month_last)}
        if recovery.source == Recovery.Source.FINDING:
            return _("Pengembalian atas temuan %(first)s") % words
        if recovery.of_month == recovery.of_month_last:
            return _("Pengembalian atas selisih %(first)s") % words
        return _("Pengembalian atas selisih %(first)s sampai %(last)s") % words


def taken_from(employee_ids: Collection[int], *, since: date, before: Month | None = None) -> dict[int, Decimal]:
    """What slips that are locked and paid took back from these people, from the month of `since` on, up to (without)
    `before`; who lost nothing has no entry. One statement."""
    paid = Slip.objects.locked().granted().filter(among_keys("employee_id", employee_ids), run__month__gte=since)
    lines = SlipLine.objects.filter(slip__in=paid, column="deduction", inputs__code=RECOVERY_CODE)
    if before is not None:
        lines = lines.filter(slip__run__month__lt=before.first_day)
    return dict(lines.values_list("slip__employee").annotate(total=Sum("amount")).order_by())


def first_open_month(employee_id: int) -> Month:
    """The running month, or the first one after it that is not closed for the person."""
    month = Month.of(clock.today(current_region().time_zone))
    while closing.is_closed(month, employee_id):
        month = month.next
    return month


def open_recovery(
    *,
    employee_id: int,
    amount: Decimal,
    of_months: tuple[Month, Month],
    source: str,
    source_uid: UUID,
    from_month: Month | None = None,
) -> Recovery:
    """Take the sum back from the person's first open month on (or from `from_month`); once for each source and person.

    The caller holds the rights and writes the audit entry of what it comes from.
    """
    # A month that is being closed has either taken it or is not its first.
    closing.hold((from_month or Month.of(clock.today(current_region().time_zone))).first_day, None)
    made, _is_new = Recovery.objects.standing().get_or_create(
        source=source,
        source_uid=source_uid,
        employee_id=employee_id,
        defaults={
            "amount": amount,
            "of_month": of_months[0].first_day,
            "of_month_last": of_months[1].first_day,
            "from_month": (from_month or first_open_month(employee_id)).first_day,
        },
    )
    return made


def is_begun(source: str, source_uid: UUID) -> bool:
    """Whether slips that are locked and paid have taken something from one of the people since they owe it."""
    return bool(_begun(Recovery.objects.standing().filter(source=source, source_uid=source_uid)))


def withdraw(*, source: str, source_uid: UUID) -> None:
    """Nothing of this source is taken back any more. Raises RecoveryBegun once something was."""
    standing = Recovery.objects.standing().filter(source=source, source_uid=source_uid)
    first = standing.aggregate(first=Min("from_month"))["first"]
    if first is None:
        return
    closing.hold(first, None)
    if _begun(standing):
        raise RecoveryBegun
    standing.update(withdrawn_at=clock.now())


def _begun(recoveries: Iterable[Recovery]) -> set[int]:
    """People of whose recovery something is settled: older ones are settled first."""
    own = {one.pk for one in recoveries}
    people = {one.employee_id for one in recoveries}
    return {
        employee
        for employee, opened in settlements(people).items()
        for one in opened
        if one.recovery.pk in own and one.settled
    }


def _months_from(first: date, until: Month) -> list[Month]:
    """The months from the first up to, without, `until`."""
    months = []
    month = Month.of(first)
    while month < until:
        months.append(month)
        month = month.next
    return months
