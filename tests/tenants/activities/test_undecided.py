"""Entries that the superior does not decide count by the region's rule, frozen as if approved; the delay is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from kernel.tenancy.state import RegionState
from tenants.activities.facts import approved_work
from tenants.activities.models import Activity
from tenants.approvals.actions import decide
from tenants.approvals.delays import late_decisions
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.overdue import follow_deadlines
from tenants.arrears.models import LateFact
from tenants.rules.actions import copy_ready_set, publish_rule_set, sign_rule_set
from tenants.rules.loading import loaded
from tests.cast import Person, with_regulation
from tests.closed_months import close_months
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent
from tests.tenants.rules.tables import confirm_tables_of

NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
def five_days(manado: RegionState, with_role: Callable[..., User]) -> None:
    """A rule set in force whose log rule counts entries that nobody decided within five days."""
    author = with_role("bkpsdm")
    draft = with_regulation(copy_ready_set(code="poin_aktivitas", valid_from=date(2026, 1, 1), actor=author), author)
    for signer in (author, with_role("bpkad")):
        sign_rule_set(uid=draft.uid, actor=signer)
    confirm_tables_of(loaded(draft), with_role("bpkad"))
    publish_rule_set(uid=draft.uid, actor=author)


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


def test_after_five_days_it_counts_with_its_points_and_the_delay_is_the_superiors(ani: Person, budi: Person) -> None:
    sent = make_sent(ani.employee, make_kind(), 3)
    request = ApprovalRequest.objects.order_by("pk").first()
    assert request is not None
    assert (request.rule_due_on, request.due_on, request.after_rule) == (
        date(2026, 11, 24),
        date(2026, 11, 24),
        "count",
    )
    with clock.at(THURSDAY + timedelta(days=5)):
        follow_deadlines()
        assert set(Activity.objects.values_list("state", flat=True)) == {"submitted"}
    with clock.at(THURSDAY + timedelta(days=6)):
        follow_deadlines()
    assert set(Activity.objects.values_list("state", "approved_points")) == {("approved", Decimal(2))}
    work = approved_work([ani.employee.pk], NOVEMBER)[ani.employee.pk]
    assert (work.points, work.waiting) == (Decimal(6), 0)
    assert {(row.verdict, row.decided_by) for row in Decision.objects.all()} == {("lapsed", None)}
    assert late_decisions([budi.employee.pk], NOVEMBER) == {budi.employee.pk: len(sent)}


def test_what_is_decided_in_time_adds_nothing(ani: Person, budi: Person) -> None:
    make_sent(ani.employee, make_kind())
    request = ApprovalRequest.objects.get()
    with clock.at(THURSDAY + timedelta(days=5)):
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    with clock.at(THURSDAY + timedelta(days=9)):
        assert follow_deadlines() == 0
    assert late_decisions([budi.employee.pk], NOVEMBER) == {budi.employee.pk: 0}


def test_what_nobody_decided_until_the_lock_counts_as_late(
    ani: Person, budi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sent(ani.employee, make_kind())
    close_months(monkeypatch, NOVEMBER)
    with clock.at(THURSDAY + timedelta(days=6)):
        follow_deadlines()
        assert follow_deadlines() == 0
    assert Activity.objects.get().state == "approved"
    assert LateFact.objects.get().employee == ani.employee
