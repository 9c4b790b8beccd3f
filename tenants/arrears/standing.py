"""What stands of closed person-months: the locked slip, the locked differences on it, and the facts they were from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from kernel.money import exact
from tenants.arrears.comparing import Side, Totals, Value, values_of
from tenants.arrears.locked import LockedMonth
from tenants.arrears.models import DifferenceLine, DifferenceSlip
from tenants.rules.engine import MonthFacts
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import Slip, SlipLine


@dataclass(slots=True)
class Standing:
    """Of one person: the locked slip, the locked differences in their order, and the facts that stand."""

    slip: Slip | None = None
    # Whether the locked slip can be paid: held ones wait, and so does their difference.
    is_paid: bool = True
    differences: list[DifferenceSlip] = field(default_factory=list)
    facts: MonthFacts | None = None

    @property
    def totals(self) -> Totals:
        total = Totals() if self.slip is None else Totals.of(self.slip)
        for difference in self.differences:
            total = total.plus(Totals.of(difference))
        return total

    @property
    def former(self) -> DifferenceSlip | None:
        return self.differences[-1] if self.differences else None

    @property
    def last_facts(self) -> MonthFacts | None:
        """What the last computation that stands was made from."""
        return self.facts if self.former is None else MonthFacts.from_json(self.former.facts_text)


def standing_of(month: LockedMonth, employee_ids: Collection[int]) -> dict[int, Standing]:
    """What stands of these people's month; every id has an entry. Four statements."""
    found = {employee: Standing() for employee in employee_ids}
    runs = {lock.run_id for lock in month.locks.values()}
    where = {employee: (month.lock_of(employee).run_id, month.lock_of(employee).opd_id) for employee in employee_ids}
    for facts in FrozenFacts.objects.filter(run__in=runs, employee__in=employee_ids):
        if (facts.run_id, facts.opd_id) == where[facts.employee_id]:
            found[facts.employee_id].facts = MonthFacts.from_json(facts.text)
    slips = Slip.objects.filter(run__in=runs, employee__in=employee_ids).paid()
    payable = set(slips.granted().values_list("pk", flat=True))
    for slip in slips:
        if (slip.run_id, slip.opd_id) == where[slip.employee_id]:
            found[slip.employee_id].slip = slip
            found[slip.employee_id].is_paid = slip.pk in payable
    locked = DifferenceSlip.objects.locked().about(month.month, month.kind).filter(employee__in=employee_ids)
    for difference in locked.select_related("rule_set").order_by("run__created_at", "pk"):
        found[difference.employee_id].differences.append(difference)
    return found


def sides_of(standings: Iterable[Standing]) -> dict[int, Side]:
    """What stands with its lines, by person; two statements."""
    standings = [one for one in standings if one.slip is not None or one.differences]
    slips = [one.slip.pk for one in standings if one.slip is not None]
    lines = _grouped(SlipLine.objects.filter(slip__in=slips).order_by("slip_id", "order"))
    later = [difference.pk for one in standings for difference in one.differences]
    differing = _grouped(DifferenceLine.objects.filter(slip__in=later).order_by("slip_id", "order"))
    sides: dict[int, Side] = {}
    for one in standings:
        side = Side()
        if one.slip is not None:
            side = Side(Totals.of(one.slip), values_of(lines.get(one.slip.pk, ())))
            employee = one.slip.employee_id
        for difference in one.differences:
            employee = difference.employee_id
            values = {
                (line.node_id, line.code, line.column, line.number): Value(
                    exact(line.difference), line.label, line.clause_reference
                )
                for line in differing.get(difference.pk, ())
            }
            side = side.with_difference(Totals.of(difference), values)
        sides[employee] = side
    return sides


def _grouped(lines: Iterable[SlipLine | DifferenceLine]) -> dict[int, list]:  # type: ignore[type-arg]
    return {slip: list(own) for slip, own in groupby(lines, key=attrgetter("slip_id"))}
