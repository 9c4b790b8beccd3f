"""The nightly look at every lock: lines add up to slips, slips to their lock, locks to the ledger. Reads only.

Sums only, in a fixed number of statements for all months; the digests of a month are recomputed by `verifying`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog
from django.db import connection

from kernel.tenancy.context import current_region

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that does not hold: its name, and the lock or slip (uid) of which it does not."""

    invariant: str
    subject: str


# Each gives the uid of what breaks it. Source: reliability, section 6, numbers 2, 6 and 10.
INVARIANTS: Final = {
    "lines_are_the_slip": """
        SELECT s.uid FROM tpp_slip s
        JOIN tpp_monthlock l ON l.run_id = s.run_id AND l.opd_id = s.opd_id
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE "column" = 'pagu'), 0) AS pagu,
                coalesce(sum(amount) FILTER (WHERE "column" = 'gross'), 0) AS gross,
                coalesce(sum(amount) FILTER (WHERE "column" = 'tax'), 0) AS tax,
                coalesce(sum(amount) FILTER (WHERE "column" = 'contribution'), 0) AS contribution,
                coalesce(sum(amount) FILTER (WHERE "column" = 'deduction'), 0) AS deduction,
                coalesce(sum(amount) FILTER (WHERE "column" = 'rounding'), 0) AS rounding
            FROM tpp_slipline WHERE slip_id = s.id
        ) line ON true
        WHERE (s.pagu, s.gross, s.tax, s.contributions, s.other_deductions, s.rounding)
            <> (line.pagu, line.gross, line.tax, line.contribution, line.deduction, line.rounding)
    """,
    "slips_are_the_lock": """
        SELECT l.uid FROM tpp_monthlock l
        JOIN tpp_slip s ON s.run_id = l.run_id AND s.opd_id = l.opd_id AND NOT s.is_practice
        GROUP BY l.id
        HAVING l.people <> count(*)
            OR l.net_total < coalesce(sum(s.net) FILTER (WHERE s.holds = '[]'), 0)
            OR l.net_total > sum(s.net)
    """,
    "lock_is_the_ledger": """
        SELECT l.uid FROM tpp_monthlock l
        LEFT JOIN payout_ledgerentry e ON e.lock_id = l.id AND e.kind = 'net_tpp'
        LEFT JOIN tpp_slip s ON s.id = e.slip_id
        WHERE l.kind <> 'difference'
        GROUP BY l.id
        HAVING coalesce(sum(e.amount) FILTER (WHERE s.holds = '[]'), 0)
            <> CASE WHEN l.reopened_at IS NULL THEN l.net_total ELSE 0 END
    """,
    "entries_are_the_slip": """
        SELECT s.uid FROM payout_ledgerentry e
        JOIN tpp_slip s ON s.id = e.slip_id
        WHERE e.reverses_id IS NULL AND e.amount <> CASE e.kind
            WHEN 'net_tpp' THEN s.net WHEN 'tax' THEN s.tax
            WHEN 'contribution' THEN s.contributions WHEN 'deduction' THEN s.other_deductions END
    """,
    "a_reopened_lock_pays_nothing": """
        SELECT l.uid FROM tpp_monthlock l JOIN payout_ledgerentry e ON e.lock_id = l.id
        WHERE l.reopened_at IS NOT NULL GROUP BY l.id, e.kind HAVING sum(e.amount) <> 0
    """,
    "signatures_are_of_the_lock": """
        SELECT l.uid FROM payout_locksignature g JOIN tpp_monthlock l ON l.id = g.lock_id WHERE g.digest <> l.digest
    """,
    "a_list_is_its_rows": """
        SELECT p.uid FROM payout_paymentlist p LEFT JOIN payout_paymentrow r ON r.list_id = p.id
        GROUP BY p.id HAVING p.people <> count(r.id) OR p.total <> coalesce(sum(r.amount), 0)
    """,
    "lists_pay_what_the_ledger_grants": """
        SELECT min(l.uid::text) FROM tpp_monthlock l
        JOIN payout_paymentlist p ON p.lock_id = l.id
        JOIN payout_paymentrow r ON r.list_id = p.id AND r.follows_id IS NULL AND r.state <> 'void'
        GROUP BY l.id, r.employee_id
        HAVING sum(r.amount) > (
            SELECT coalesce(sum(e.amount), 0) FROM payout_ledgerentry e
            WHERE e.lock_id = l.id AND e.employee_id = r.employee_id AND e.kind = 'net_tpp'
        )
    """,
    "nobody_is_paid_twice": """
        SELECT min(l.uid::text) FROM tpp_monthlock l
        JOIN tpp_slip s ON s.run_id = l.run_id AND s.opd_id = l.opd_id AND NOT s.is_practice
        WHERE l.reopened_at IS NULL AND l.kind <> 'difference'
        GROUP BY l.month, l.kind, s.employee_id HAVING count(*) > 1
    """,
}


def breaches() -> list[Breach]:
    """What is broken in the open region, at most a hundred of each; every one is written to the log as an error."""
    found = []
    with connection.cursor() as cursor:
        for invariant, statement in INVARIANTS.items():
            cursor.execute(f"{statement} LIMIT 100")
            found += [Breach(invariant, str(uid)) for (uid,) in cursor.fetchall()]
    for breach in found:
        log.error("lock_invariant_broken", region=current_region().code, **_told(breach))
    return found


def _told(breach: Breach) -> dict[str, str]:
    return {"invariant": breach.invariant, "subject": breach.subject}
