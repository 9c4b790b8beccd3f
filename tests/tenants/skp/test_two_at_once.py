"""A superior in two windows, and a person who takes back while being assessed: one effect, the other gets words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.skp.assessments import assess
from tenants.skp.models import Assessment, MonthlyRating, PeriodReport, Plan
from tenants.skp.reports import withdraw_report
from tests.cast import Person, make_employee, make_opd, make_position, make_user
from tests.tenants.skp.planning import LAST_DAY, NOVEMBER, approve_plan, keep_here, make_plan, realise, says


@pytest.fixture
def handed_in(fresh_region: RegionState) -> Iterator[tuple[Person, Person, Plan]]:
    """A person with a report that is handed in, the superior, and the plan; everything committed."""
    with clock.at(LAST_DAY):
        opd = make_opd()
        head = make_position(opd, "P-1", "Kepala", kind="jpt")
        post = make_position(opd, "P-2", "Pengelola", superior=head)
        chief, staff = make_user("198001012005011001", "Budi", "atasan"), make_user("198001012005011002", "Ani", "asn")
        superior = Person(chief, make_employee("Budi", head, user=chief))
        person = Person(staff, make_employee("Ani", post, user=staff))
        keep_here(make_user("198001012005011003", "BKPSDM", "bkpsdm"))
        plan = approve_plan(person, make_plan(person), superior)
        realise(person, plan)
        yield person, superior, plan


def at_once(region: RegionState, *deeds: Callable[[], object]) -> list[object]:
    """What each deed gave, or the error that refused it, all begun at the same moment."""
    ready = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        with region_scope(region), clock.at(LAST_DAY):
            try:
                ready.wait(timeout=20)
                return deed()
            except DomainError as error:
                return error
            finally:
                connection.close()

    with ThreadPoolExecutor(max_workers=len(deeds)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, deed) for deed in deeds]]


def test_two_windows_give_one_assessment(fresh_region: RegionState, handed_in: tuple[Person, Person, Plan]) -> None:
    person, superior, plan = handed_in
    entries = [says(plan, "sesuai"), says(plan, "di_atas", "di_atas")]
    outcomes = at_once(
        fresh_region,
        *(
            lambda entry=entry: assess(
                employee_uid=person.employee.uid,
                period=NOVEMBER,
                entry=entry,
                actor=User.objects.get(pk=superior.user.pk),
            )
            for entry in entries
        ),
    )
    kept = [outcome for outcome in outcomes if isinstance(outcome, Assessment)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    assert len(kept) == len(refused) == 1
    assert "sudah dinilai" in refused[0].message()
    assert MonthlyRating.objects.get().predikat == kept[0].predikat


def test_taking_back_and_assessing_at_once_have_one_winner(
    fresh_region: RegionState, handed_in: tuple[Person, Person, Plan]
) -> None:
    person, superior, plan = handed_in
    outcomes = at_once(
        fresh_region,
        lambda: assess(
            employee_uid=person.employee.uid,
            period=NOVEMBER,
            entry=says(plan),
            actor=User.objects.get(pk=superior.user.pk),
        ),
        lambda: withdraw_report(employee=person.employee, period=NOVEMBER, actor=User.objects.get(pk=person.user.pk)),
    )
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    was_assessed = isinstance(outcomes[0], Assessment)
    assert MonthlyRating.objects.exists() == was_assessed
    state = PeriodReport.objects.get().state
    assert state == (PeriodReport.State.ASSESSED if was_assessed else PeriodReport.State.DRAFT)
