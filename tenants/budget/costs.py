"""What months cost an OPD's budget, by account code: the slips' criteria, the employer's contribution, borne tax.

The deductions of a person are paid out of the gross, so the gross is what the budget bears, besides what the region
pays on top. Held pay counts (it will be paid), except pay that is held for the budget itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from kernel.money import round_rupiah
from tenants.budget.accounts import HEALTH, Accounts
from tenants.budget.difference_costs import difference_costs
from tenants.budget.parts import budget_nodes, by_code, employer_ratios
from tenants.payout.payments.account_codes import TAX, group_of
from tenants.rules.engine import RuleSet, Slip
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthLock, MonthRun
from tenants.tpp.models import Slip as StoredSlip

# By account code, "" where no code is mapped; rupiah.
Costs = Mapping[str, Decimal]

# Every figure is that of one person, rounded, before it is added. PAJAK and JKN are `accounts.TAX` and `HEALTH`.
_SUMS = """
    SELECT s.run_id, s.opd_id, s.heading ->> 'status', part.name, sum(part.amount)
    FROM tpp_slip s
    JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted(run_id, opd_id)
        ON wanted.run_id = s.run_id AND wanted.opd_id = s.opd_id
    CROSS JOIN LATERAL (
        SELECT c.key, c.value::numeric FROM jsonb_each_text(s.criteria) c
        UNION ALL
        SELECT 'PAJAK', s.gross - coalesce((SELECT sum(c.value::numeric) FROM jsonb_each_text(s.criteria) c), 0)
        UNION ALL
        SELECT 'JKN', round((s.figures ->> n.node_id)::numeric * n.ratio)
        FROM unnest(%s::bigint[], %s::text[], %s::numeric[]) AS n(run_id, node_id, ratio)
        WHERE n.run_id = s.run_id AND s.figures ->> n.node_id IS NOT NULL
    ) AS part(name, amount)
    WHERE NOT s.is_practice AND NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements(s.holds) AS hold WHERE hold ->> 'node_id' = ANY(%s))
    GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class MonthCost:
    """What one run costs one OPD; `is_locked`: it stands, so it is committed."""

    run: MonthRun
    opd_id: int
    is_locked: bool
    costs: Costs


def costs_of_year(year: int, opds: Collection[int] | None = None) -> list[MonthCost]:
    """All months and kinds of the year as they count now, by OPD. The number of statements is fixed."""
    accounts = Accounts()
    costs, runs, locked = difference_costs(year, opds, accounts)
    slips = StoredSlip.objects.of_counting_runs().paid().filter(run__month__year=year)
    if opds is not None:
        slips = slips.filter(opd__in=opds)
    pairs = list(slips.order_by().values_list("run_id", "opd_id").distinct())
    if pairs:
        runs = runs | MonthRun.objects.select_related("rule_set").in_bulk({run for run, _opd in pairs})
        locks = MonthLock.objects.standing().filter(run__in={run for run, _opd in pairs})
        locked = locked | set(locks.values_list("run_id", "opd_id"))
        costs = costs | {pair: {} for pair in pairs} | _summed(pairs, runs, accounts)
    places = sorted(costs, key=lambda pair: (pair[1], runs[pair[0]].month, runs[pair[0]].kind))
    return [MonthCost(runs[run], opd, (run, opd) in locked, costs[run, opd]) for run, opd in places]


def _summed(
    pairs: Sequence[tuple[int, int]], runs: Mapping[int, MonthRun], accounts: Accounts
) -> dict[tuple[int, int], dict[str, Decimal]]:
    rules = {run: loaded(runs[run].rule_set) for run, _opd in pairs}
    ratios = [
        (run, node, ratio)
        for run, rule_set in rules.items()
        for node, ratio in employer_ratios(rule_set, runs[run].month).items()
    ]
    holding = {node for rule_set in rules.values() for node in budget_nodes(rule_set)}
    with connection.cursor() as cursor:
        cursor.execute(
            _SUMS,
            [
                [run for run, _opd in pairs],
                [opd for _run, opd in pairs],
                [run for run, _node, _ratio in ratios],
                [node for _run, node, _ratio in ratios],
                [ratio for _run, _node, ratio in ratios],
                sorted(holding),
            ],
        )
        rows = cursor.fetchall()
    parts: dict[tuple[int, int], dict[tuple[str, str], Decimal]] = {}
    for run, opd, status, part, total in rows:
        sums = parts.setdefault((run, opd), defaultdict(Decimal))
        sums[part, group_of(status or "")] += total
    return {pair: by_code(sums, rules[pair[0]], accounts) for pair, sums in parts.items()}


def costs_of_slips(
    slips: Iterable[tuple[str, Slip]], rule_set: RuleSet, month: date, accounts: Accounts
) -> dict[str, Decimal]:
    """As the sums above, of slips that are not stored; each with the person's status."""
    ratios = employer_ratios(rule_set, month)
    holding = budget_nodes(rule_set)
    parts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for status, slip in slips:
        if any(hold.node_id in holding for hold in slip.holds):
            continue
        group = group_of(status)
        for part, amount in slip.criteria.items():
            parts[part, group] += amount
        parts[TAX, group] += slip.gross - sum(slip.criteria.values(), Decimal(0))
        for node, ratio in ratios.items():
            parts[HEALTH, group] += round_rupiah(slip.figures.get(node, Decimal(0)) * ratio)
    return by_code(parts, rule_set, accounts)
