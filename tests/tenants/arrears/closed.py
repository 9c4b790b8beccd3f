"""Locked months of four small OPDs, backdated rules and difference runs over them, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
import yaml
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from tenants.arrears.actions import start_difference
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.rules.actions import load_rule_set_file, publish_rule_set, sign_rule_set
from tenants.rules.engine import MonthFacts, evaluate, load_rule_set
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthRun
from tests.cast import with_regulation
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, RunOf, after

Difference = Callable[..., MonthRun]
# Pagu of class 7 and 8 in the Manado rules, by which the people of the four OPDs are paid.
RAISE = {"2970000": "3000000", "3369000": "3400000"}


@pytest.fixture
def closed_months(four_opds: list[Unit], run_of: RunOf, bkpsdm: User) -> list[Unit]:
    """May, June and July 2024 computed and locked for everybody; the four OPDs."""
    for month in (MAY, JUNE, JULY):
        run_of(month)
        with clock.at(after(month)):
            lock_whole_month(month, actor=bkpsdm)
    return four_opds


@pytest.fixture
def difference(bkpsdm: User, run_outbox: Callable[[], int]) -> Difference:
    """Start a difference run over May to July (or the months given), paid in August, and work it to the end."""

    def start(first: Month = MAY, last: Month = JULY, *, paid_in: Month = JULY.next, opds: object = None) -> MonthRun:
        with clock.at(after(paid_in)):
            run = start_difference(month=paid_in, first=first, last=last, opds=opds, actor=bkpsdm)  # type: ignore[arg-type]
            run_outbox()
        run.refresh_from_db()
        return run

    return start


def first_person(opd: Unit) -> Employee:
    """The person of class 7 in the OPD."""
    return Employee.objects.filter(placements__position__unit=opd).order_by("pk")[0]


def backdated(
    rules: StoredRuleSet, start: date, signers: tuple[User, User], changes: Mapping[str, str] = RAISE
) -> StoredRuleSet:
    """The rules with other figures, signed by both and published from `start`."""
    text = rules.text
    for before, now in changes.items():
        if before not in text:
            raise AssertionError(before)
        text = text.replace(before, now)
    tree = yaml.safe_load(text)
    example = tree["examples"][0]
    changed = load_rule_set({**tree, "examples": []})
    example["expect"] = {"net": str(evaluate(changed, MonthFacts.from_mapping(example["facts"])).net)}
    tree["examples"] = [example]
    draft = load_rule_set_file(text=yaml.safe_dump(tree, sort_keys=False), valid_from=start, actor=signers[0])
    draft = with_regulation(draft, signers[0])
    for signer in signers:
        sign_rule_set(uid=draft.uid, actor=signer)
    return publish_rule_set(uid=draft.uid, actor=signers[0])


def letter(employee: Employee, day: date, kind: str, decided_by: User) -> AttendanceDocument:
    """An approved letter for the day."""
    return AttendanceDocument.objects.create(
        employee=employee,
        kind=kind,
        label=kind,
        period=DateRange(day, day + timedelta(days=1)),
        letter_number=f"SRT/{day:%d}",
        state=AttendanceDocument.State.APPROVED,
        decided_by=decided_by,
        decided_at=clock.now(),
    )
