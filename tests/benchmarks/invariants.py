"""What must hold in the database after a load, however fast it was. Each function gives what is wrong, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from tests.benchmarks.loadgen import Outcome
from tests.benchmarks.workloads.machines import LogLedger, StoredLine
from tests.benchmarks.workloads.punch import Ledger


def punches(connection: psycopg.Connection[Any], schemas: Sequence[str], ledger: Ledger) -> list[str]:
    """Every answered punch is stored exactly once, where and for whom it was sent, under the number of its receipt;
    a refused one is nowhere; nothing else came in meanwhile."""
    wrong: Counter[str] = Counter()
    seen: Counter[UUID] = Counter()
    for schema in schemas:
        rows = connection.execute(
            sql.SQL("SELECT id, employee_id, kind, receipt FROM {} WHERE received_at >= %s").format(
                sql.Identifier(schema, "punches_punch")
            ),
            (ledger.began,),
        ).fetchall()
        receipts = Counter(row[3] for row in rows)
        wrong["two punches with one receipt number"] += sum(n - 1 for n in receipts.values())
        for uid, employee_id, kind, receipt in rows:
            seen[uid] += 1
            sent = ledger.sent.get(uid)
            if sent is None:
                wrong["a punch that nobody sent"] += 1
                continue
            if (sent.schema, sent.employee_id, sent.kind) != (schema, employee_id, kind):
                wrong["a punch in the wrong region, for the wrong person or of the wrong kind"] += 1
            if uid not in ledger.receipts and uid not in ledger.lost:
                wrong["a punch that was refused and is stored"] += 1
            if ledger.receipts.get(uid, {receipt}) != {receipt}:
                wrong["a receipt with another number than the stored punch"] += 1
    wrong["an answered punch that is not stored"] += sum(1 for uid in ledger.receipts if not seen[uid])
    wrong["a punch stored twice"] += sum(n - 1 for n in seen.values() if n > 1)
    return [f"{number} x {words}" for words, number in wrong.items() if number]


def machine_lines(connection: psycopg.Connection[Any], ledger: LogLedger) -> list[str]:
    """Every line that the machines sent is a punch of its person exactly once, at the time and of the kind that it
    says; nothing is kept aside, and nothing else came in."""
    wrong: Counter[str] = Counter()
    for schema, sent in ledger.sent.items():
        rows = connection.execute(
            sql.SQL(
                "SELECT device, employee_id, captured_at, kind FROM {} WHERE source = 'machine' AND received_at >= %s"
            ).format(sql.Identifier(schema, "punches_punch")),
            (ledger.began,),
        ).fetchall()
        found = Counter(StoredLine(*row) for row in rows)
        wrong["a line that is not stored"] += (sent - found).total()
        wrong["a line stored twice, or one that nobody sent"] += (found - sent).total()
        kept = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, "machines_keptline"))
        ).fetchone()
        wrong["a line kept aside"] += 0 if kept is None else kept[0]
    return [f"{number} x {words}" for words, number in wrong.items() if number]


def answers(outcome: Outcome) -> list[str]:
    """Nothing but what was planned came back."""
    return [f"{number} x {kind}" for kind, number in outcome.errors.items()]


def runs(told: Sequence[dict[str, Any]]) -> list[str]:
    """Each run is right in itself and all have the same digest: the same facts give the same slips."""
    wrong = [words for run in told for words in run["wrong"]]
    digests = {run["digest"] for run in told}
    if len(digests) != 1:
        wrong.append(f"{len(digests)} digests from the same facts")
    return wrong
