"""What difference runs cost an OPD's budget: what closed months give more or less, in the year in which it is paid.

What was paid too much is charged off here and comes back through later slips, whose gross counts in full; so over both
the codes bear what people really got.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum

from kernel.money import round_rupiah
from tenants.arrears.criteria import criterion_of
from tenants.arrears.models import DifferenceLine, DifferenceSlip
from tenants.budget.accounts import HEALTH, Accounts
from tenants.budget.parts import by_code, employer_ratios
from tenants.payout.payments.account_codes import TAX, group_of
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthLock, MonthRun

# Run, OPD, rule set, status.
_PLACE = ("slip__run_id", "slip__opd_id", "slip__rule_set_id", "slip__heading__status")
Pair = tuple[int, int]


def difference_costs(
    year: int, opds: Collection[int] | None, accounts: Accounts
) -> tuple[dict[Pair, dict[str, Decimal]], dict[int, MonthRun], set[Pair]]:
    """Costs by code of each (run, OPD) that counts, the runs, and which pairs are locked. One statement without any
    difference in the year, six with some."""
    slips = DifferenceSlip.objects.filter(run__month__year=year, run__state=MonthRun.State.DONE)
    if opds is not None:
        slips = slips.filter(opd__in=opds)
    places = list(slips.order_by().values_list("run_id", "opd_id").distinct())
    if not places:
        return {}, {}, set()
    runs = MonthRun.objects.select_related("rule_set").in_bulk({run for run, _opd in places})
    locked = set(MonthLock.objects.standing().filter(run__in=runs).values_list("run_id", "opd_id"))
    wanted = _counting(places, runs, locked)
    rules = {
        stored.pk: loaded(stored)
        for stored in StoredRuleSet.objects.filter(pk__in=slips.filter(run__in=runs).values("rule_set"))
    }
    parts: dict[tuple[int, int, int], dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    of_slips = slips.filter(run__in=runs).order_by()
    for run, opd, rule_set, status, gross in of_slips.values_list(
        "run_id", "opd_id", "rule_set_id", "heading__status"
    ).annotate(gross_total=Sum("gross")):
        parts[run, opd, rule_set][TAX, group_of(status or "")] += gross
    lines = DifferenceLine.objects.filter(slip__in=of_slips.values("pk")).order_by()
    sums = lines.filter(column="gross").values_list(*_PLACE, "label").annotate(total=Sum("difference"))
    for run, opd, rule_set, status, label, total in sums:
        criterion = criterion_of(label, rules[rule_set])
        if criterion is not None:
            # What no criterion explains stays with the tax that the region bears.
            parts[run, opd, rule_set][criterion, group_of(status or "")] += total
            parts[run, opd, rule_set][TAX, group_of(status or "")] -= total
    contributions = lines.filter(column="contribution").values_list(*_PLACE, "slip__of_month", "node_id", "difference")
    for run, opd, rule_set, status, of_month, node, difference in contributions:
        ratio = employer_ratios(rules[rule_set], of_month).get(node, Decimal(0))
        parts[run, opd, rule_set][HEALTH, group_of(status or "")] += round_rupiah(difference * ratio)
    costs: dict[Pair, dict[str, Decimal]] = {pair: defaultdict(Decimal) for pair in wanted}
    for (run, opd, rule_set), found in parts.items():
        if (run, opd) in wanted:
            for code, amount in by_code(found, rules[rule_set], accounts).items():
                costs[run, opd][code] += amount
    return costs, runs, locked & wanted


def _counting(places: Collection[Pair], runs: dict[int, MonthRun], locked: set[Pair]) -> set[Pair]:
    """Every locked pair; of the others the newest run of a month, where the OPD's month has no lock of its own."""
    found = locked & set(places)
    taken = {(runs[run].month, opd) for run, opd in found}
    newest: dict[tuple[object, int], int] = {}
    for run, opd in sorted(places, key=lambda place: runs[place[0]].number):
        newest[runs[run].month, opd] = run
    return found | {(run, opd) for (month, opd), run in newest.items() if (month, opd) not in taken}
