"""Differences and their lines between the comparison and the database, with digests that tell whether they changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from kernel.money import decimal_text, exact
from tenants.arrears.comparing import TOTALS, Difference
from tenants.arrears.evaluating import Found, Fresh
from tenants.arrears.locked import LockedMonth
from tenants.arrears.models import DifferenceIssue, DifferenceLine, DifferenceSlip
from tenants.rules.engine import canonical_json
from tenants.rules.engine.canonical import sha256
from tenants.tpp.models import MonthRun


def write(run: MonthRun, month: LockedMonth, found: Sequence[Found]) -> int:
    """Store what was found of these people in at most three statements; gives how many differ. Call it inside a
    transaction."""
    DifferenceIssue.objects.bulk_create(_issues(run, month, found))
    differing = [(one, one.difference) for one in found if one.difference is not None]
    made = [_row(run, month, one, difference) for one, difference in differing]
    lines = [_lines(difference) for _, difference in differing]
    for row, own in zip(made, lines, strict=True):
        row.digest = digest_of(row, own)
    slips = DifferenceSlip.objects.bulk_create(made)
    for slip, own in zip(slips, lines, strict=True):
        for line in own:
            line.slip = slip
    DifferenceLine.objects.bulk_create([line for own in lines for line in own], batch_size=2000)
    return len(slips)


def _issues(run: MonthRun, month: LockedMonth, found: Iterable[Found]) -> Iterable[DifferenceIssue]:
    for one in found:
        employee = one.fresh.employee_id
        if one.trouble is not None:
            kind, place, reason = DifferenceIssue.Kind.ERROR, one.trouble.place, one.trouble.reason
        elif one.held:
            kind, place, reason = DifferenceIssue.Kind.HELD, "rules", one.held
        else:
            continue
        yield DifferenceIssue(
            run=run,
            employee_id=employee,
            opd_id=month.lock_of(employee).opd_id,
            of_month=month.month.first_day,
            of_kind=month.kind,
            kind=kind,
            place=place,
            reason=reason,
        )


def _row(run: MonthRun, month: LockedMonth, one: Found, difference: Difference) -> DifferenceSlip:
    fresh = one.fresh
    lock = month.lock_of(fresh.employee_id)
    # Without facts the person is off the list.
    text = "" if fresh.facts is None else fresh.facts.to_json()
    totals: dict[str, Decimal] = {}
    for name in TOTALS:
        totals[f"old_{name}"] = getattr(difference.old, name)
        totals[f"new_{name}"] = getattr(difference.new, name)
        totals[name] = getattr(difference.totals, name)
    return DifferenceSlip(
        run=run,
        employee_id=fresh.employee_id,
        opd_id=lock.opd_id,
        of_month=month.month.first_day,
        of_kind=month.kind,
        heading=_heading(fresh),
        base=lock,
        slip=fresh.standing.slip,
        former=fresh.standing.former,
        is_rapel=one.is_rapel,
        is_koreksi=one.is_koreksi,
        is_decided=one.is_decided,
        reasons=list(one.reasons),
        orders=[str(order.uid) for order in fresh.orders],
        rule_set=month.stored,
        facts_text=text,
        facts_digest=sha256(text),
        **totals,
    )


def _heading(fresh: Fresh) -> dict[str, Any]:
    """As on the slip of that month; who had none is named as they were on its reference date."""
    if fresh.standing.slip is not None:
        return dict(fresh.standing.slip.heading)
    if fresh.person is None:
        raise LookupError(f"employee {fresh.employee_id} differs without a slip and without a post")
    return dict(fresh.person.heading)


def _lines(difference: Difference) -> list[DifferenceLine]:
    return [
        DifferenceLine(
            order=order,
            node_id=line.key[0],
            code=line.key[1],
            column=line.key[2],
            number=line.key[3],
            label=line.label,
            clause_reference=line.clause_reference,
            old=line.old,
            new=line.new,
            difference=line.difference,
            reason=line.reason,
        )
        for order, line in enumerate(difference.lines, 1)
    ]


def digest_of(row: DifferenceSlip, lines: Iterable[DifferenceLine]) -> str:
    """sha256 over what the difference says: the same facts, rules and standing give the same value."""
    content: dict[str, Any] = {
        "month": f"{row.of_month:%Y-%m}",
        "kind": str(row.of_kind),
        "facts": row.facts_digest,
        "kinds": [row.is_rapel, row.is_koreksi, row.is_decided],
        "reasons": row.reasons,
        "orders": row.orders,
        "totals": {
            f"{prefix}{name}": _text(getattr(row, f"{prefix}{name}"))
            for name in TOTALS
            for prefix in ("old_", "new_", "")
        },
        "lines": [
            [
                line.order,
                line.node_id,
                line.code,
                line.column,
                line.number,
                line.label,
                line.clause_reference,
                _text(line.old),
                _text(line.new),
                _text(line.difference),
                str(line.reason),
            ]
            for line in lines
        ],
    }
    return sha256(canonical_json(content))


def _text(value: Any) -> str:
    return decimal_text(exact(value).normalize() if value else Decimal(0))
