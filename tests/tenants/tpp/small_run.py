"""A finished run with one slip, written down without computing it: for pages and permissions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kernel import clock
from kernel.accounts.models import User
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.rules.engine import ready_rule_sets
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tests.rule_rows import store_rules


def stored_rules(state: str = "published") -> StoredRuleSet:
    """The Manado rule set as a row, in force from 2024 on when published."""
    return store_rules(
        ready_rule_sets()["manado"],
        since=date(2024, 1, 1),
        title="TPP Kota Manado",
        regulation="Perwali Manado 1/2022 jo 30/2023",
        state=state,
    )


def finished_run() -> MonthRun:
    """Run 1 of May 2024, finished, without anybody in it."""
    rules = stored_rules()
    return MonthRun.objects.create(
        month=date(2024, 5, 1),
        number=1,
        state=MonthRun.State.DONE,
        rule_set=rules,
        rule_set_digest=rules.digest,
        reference_date=date(2024, 5, 1),
        finished_at=clock.now(),
        digest="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )


def slip_in(run: MonthRun, employee: Employee, opd: Unit, net: int = 1_000_000) -> Slip:
    """The employee's slip in the run, without lines."""
    amount = Decimal(net)
    return Slip.objects.create(
        run=run,
        employee=employee,
        opd=opd,
        heading={
            "nip": employee.nip,
            "name": employee.name,
            "golongan": "III/a",
            "status": "PNS",
            "position": "Pengelola Data",
            "kelas": 7,
            "unit": opd.name,
            "opd": opd.name,
            "opd_code": opd.code,
        },
        pagu=amount,
        gross=amount,
        tax=0,
        contributions=0,
        net=amount,
        facts_digest="f" * 64,
        digest="d" * 64,
    )


def lock_of(run: MonthRun, opd: Unit, user: User) -> MonthLock:
    """The OPD's month, locked on the run."""
    slips = Slip.objects.filter(run=run, opd=opd)
    return MonthLock.objects.create(
        month=run.month,
        kind=run.kind,
        opd=opd,
        run=run,
        digest="a" * 64,
        people=slips.paid().count(),
        net_total=slips.payable().net_sum(),
        locked_by=user,
    )
