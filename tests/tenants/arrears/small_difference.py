"""A finished difference run with one difference, written down without computing it: for pages and permissions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kernel import clock
from kernel.accounts.models import User
from tenants.arrears.models import DifferenceLine, DifferenceSlip, DifferenceSpan, Order
from tenants.arrears.storing import digest_of
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.rules.engine.canonical import sha256
from tenants.tpp.models import MonthLock, MonthRun
from tests.tenants.tpp.small_run import finished_run, lock_of, slip_in


def difference_run(base: MonthRun, state: str = MonthRun.State.DONE) -> MonthRun:
    """Run 1 of differences of May 2024, paid in June, without anybody in it."""
    run = MonthRun.objects.create(
        month=date(2024, 6, 1),
        kind=MonthRun.Kind.DIFFERENCE,
        number=1,
        state=state,
        rule_set=base.rule_set,
        rule_set_digest=base.rule_set_digest,
        reference_date=date(2024, 6, 1),
        finished_at=clock.now() if state == MonthRun.State.DONE else None,
        digest="b" * 64,
    )
    DifferenceSpan.objects.create(run=run, first_month=base.month, last_month=base.month)
    return run


def difference_of(employee: Employee, opd: Unit, user: User, net: int = 100_000) -> DifferenceSlip:
    """The employee's May 2024, locked at a million, with a difference of so much net in a finished run."""
    base = finished_run()
    slip = slip_in(base, employee, opd)
    lock = lock_of(base, opd, user)
    run = difference_run(base)
    old, new = Decimal(1_000_000), Decimal(1_000_000 + net)
    zero = dict.fromkeys(
        (
            f"{prefix}{name}"
            for prefix in ("old_", "new_", "")
            for name in ("tax", "contributions", "other_deductions", "rounding")
        ),
        Decimal(0),
    )
    made = DifferenceSlip(
        run=run,
        employee=employee,
        opd=opd,
        of_month=base.month,
        heading=slip.heading,
        base=lock,
        slip=slip,
        old_pagu=old,
        new_pagu=new,
        pagu=new - old,
        old_gross=old,
        new_gross=new,
        gross=new - old,
        old_net=old,
        new_net=new,
        net=new - old,
        is_rapel=True,
        is_koreksi=True,
        reasons=[{"fact": "days", "date": "2024-05-06", "old": "tk", "new": "S"}],
        rule_set=base.rule_set,
        facts_text="",
        facts_digest=sha256(""),
        **zero,
    )
    lines = [
        DifferenceLine(
            order=1,
            node_id="pagu",
            column="pagu",
            label="Pagu TPP",
            old=old,
            new=new,
            difference=new - old,
            reason="rule",
        )
    ]
    made.digest = digest_of(made, lines)
    made.save()
    for line in lines:
        line.slip = made
        line.save()
    return made


def lock_difference(made: DifferenceSlip, user: User) -> MonthLock:
    """The lock row of the difference's OPD, without what it brings."""
    return MonthLock.objects.create(
        month=made.run.month,
        kind=MonthRun.Kind.DIFFERENCE,
        opd=made.opd,
        run=made.run,
        digest="c" * 64,
        people=1,
        net_total=made.net,
        locked_by=user,
    )


def order_for(employee: Employee, user: User, amount: int = 250_000) -> Order:
    """A sum by decision for the employee's May 2024."""
    return Order.objects.create(
        employee=employee,
        of_month=date(2024, 5, 1),
        amount=amount,
        reason="Putusan 12/G/2024",
        reference="12/G/2024",
        source=Order.Source.COURT,
        source_uid=employee.uid,
        decided_by=user,
    )
