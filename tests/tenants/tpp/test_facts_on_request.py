"""Facts that only some rule sets read are collected, frozen with the run, and left out where nobody reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.approvals.models import ApprovalRequest, Chain, DecisionDelay
from tenants.arrears.models import Recovery
from tenants.arrears.recoveries import open_recovery
from tenants.attendance.models import DayResult
from tenants.measures.recording import record_measures
from tenants.rules.engine import MonthFacts
from tenants.rules.models import StoredRuleSet
from tenants.tpp.actions import start_run
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.salary import Salary, record_salaries
from tests.cast import Person
from tests.rule_rows import ready_tree, store_rules

OCTOBER = Month(2026, 10)
READING = [
    {
        "kind": "gate",
        "id": f"uji_{fact}",
        "label": f"Ambang {fact}",
        "clause": {"text": "Uji.", "reference": "Uji"},
        "stage": "month",
        "fact": fact,
        "when": [{"at_least": "20", "factor": "0.75"}],
    }
    for fact in ("absent_days_year", "late_decisions", "log_days_missing")
]


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with clock.at(datetime(2026, 11, 4, 2, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def rules(*, measures: dict[str, Any], nodes: list[dict[str, Any]]) -> StoredRuleSet:
    """The Manado rule set with these measures and more nodes, in force from October 2026."""
    tree = ready_tree("manado")
    changed = {**tree, "measures": measures, "nodes": [*tree["nodes"], *nodes]}
    return store_rules(changed, since=OCTOBER.first_day)


@pytest.fixture
def facts_of_ani(ani: Person, bkpsdm: User, run_outbox: Callable[[], int]) -> Callable[[], MonthFacts]:
    """Run October and give what was frozen of Ani."""

    def run() -> MonthFacts:
        started = start_run(month=OCTOBER, actor=bkpsdm)
        run_outbox()
        return MonthFacts.from_json(FrozenFacts.objects.get(run=started, employee=ani.employee).text)

    return run


def test_what_no_rule_reads_is_not_collected(facts_of_ani: Callable[[], MonthFacts]) -> None:
    rules(measures={}, nodes=[])
    facts = facts_of_ani()
    assert (facts.absent_days_year, facts.late_decisions, facts.log_days_missing) == (None, None, None)
    assert facts.measures == {}


def test_days_without_reason_are_counted_from_january(ani: Person, facts_of_ani: Callable[[], MonthFacts]) -> None:
    rules(measures={}, nodes=READING)
    for day in (date(2025, 12, 31), date(2026, 1, 5), date(2026, 6, 2), date(2026, 11, 2)):
        DayResult.objects.create(
            employee=ani.employee,
            date=day,
            presence=DayResult.Presence.ABSENT,
            is_working_day=True,
            inputs_digest="0" * 64,
        )
    # The days of October itself are judged by the run: nobody punched on its working days.
    in_october = DayResult.objects.filter(employee=ani.employee, date__month=10, presence="tk")
    assert facts_of_ani().absent_days_year == 2 + in_october.count() > 2


def test_late_decisions_stand_on_the_superiors_own_record(
    ani: Person, budi: Person, facts_of_ani: Callable[[], MonthFacts]
) -> None:
    rules(measures={}, nodes=READING)
    request = ApprovalRequest.objects.create(
        document_kind="activity",
        document_uid=new_uid(),
        title="Laporan",
        owner=budi.employee,
        chain=Chain.objects.filter(document_kind="activity").latest("valid_from"),
        approver=ani.employee,
    )
    DecisionDelay.objects.create(
        approver=ani.employee,
        request=request,
        level=1,
        due_on=date(2026, 10, 9),
        outcome=DecisionDelay.Outcome.DECIDED,
        ended_on=date(2026, 10, 12),
        days_late=3,
    )
    assert facts_of_ani().late_decisions == 1


def test_a_working_day_without_a_log_is_missing_unless_the_person_was_away(
    facts_of_ani: Callable[[], MonthFacts],
) -> None:
    rules(measures={}, nodes=READING)
    facts = facts_of_ani()
    away = facts.counts.get("TK", 0)
    assert facts.log_days_missing == facts.working_days - away


def test_a_measure_is_frozen_and_sets_the_flag_of_its_code(
    ani: Person, bkpsdm: User, facts_of_ani: Callable[[], MonthFacts]
) -> None:
    rules(measures={"IP_ASN": {"label": "IP ASN", "per": "employee", "missing": "0"}}, nodes=[])
    record_measures(
        month=OCTOBER,
        code="IP_ASN",
        per="employee",
        values={ani.employee.pk: Decimal("71.5")},
        source="x",
        actor=bkpsdm,
    )
    facts = facts_of_ani()
    assert facts.measures == {"IP_ASN": Decimal("71.5")}
    assert facts.flags == {"ip_asn"}


def test_a_measure_of_zero_sets_no_flag(ani: Person, bkpsdm: User, facts_of_ani: Callable[[], MonthFacts]) -> None:
    rules(measures={"IP_ASN": {"label": "IP ASN", "per": "employee", "missing": "0"}}, nodes=[])
    record_measures(
        month=OCTOBER, code="IP_ASN", per="employee", values={ani.employee.pk: Decimal(0)}, source="x", actor=bkpsdm
    )
    assert facts_of_ani().flags == frozenset()


def test_tax_on_salary_and_tax_free_status_come_with_the_salary(
    ani: Person, bkpsdm: User, facts_of_ani: Callable[[], MonthFacts]
) -> None:
    rules(measures={}, nodes=[])
    record_salaries(
        month=OCTOBER, salaries={ani.employee.pk: Salary(Decimal(4_000_000), Decimal(12_500), "K/1")}, actor=bkpsdm
    )
    facts = facts_of_ani()
    assert (facts.salary_base, facts.salary_tax, facts.ptkp) == (Decimal(4_000_000), Decimal(12_500), "K/1")


def test_an_accepted_correction_is_a_listed_deduction_of_its_month(
    ani: Person, facts_of_ani: Callable[[], MonthFacts]
) -> None:
    rules(measures={}, nodes=[])
    open_recovery(
        employee_id=ani.employee.pk,
        amount=Decimal(150_000),
        of_months=(OCTOBER.previous, OCTOBER.previous),
        source=Recovery.Source.FINDING,
        source_uid=new_uid(),
        from_month=OCTOBER,
    )
    (deduction,) = facts_of_ani().deductions
    assert (deduction.code, deduction.amount) == ("KOREKSI", Decimal(150_000))
