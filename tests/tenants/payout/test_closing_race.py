"""A fact that arrives as its month is locked is in, is refused, or is noted as late: never lost. With real commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from kernel.accounts.models import User
from kernel.tenancy.state import RegionState
from tenants.arrears.models import LateFact
from tenants.attendance.actions import DocumentIn, record_documents
from tenants.attendance.models import AttendanceDocument
from tenants.calendars.closing import MonthClosed
from tenants.employees.models import Employee
from tenants.payout.actions import lock_opd
from tenants.payout.errors import FactsChanged
from tenants.payout.models import LedgerEntry
from tenants.tpp.models import MonthFacts, MonthLock, SalaryBase
from tenants.tpp.salary import record_salary_bases
from tests.cast import make_user
from tests.tenants.payout.at_once import Beside, Office, compute, office
from tests.tenants.payout.closing_steps import is_intact, take_steps_again
from tests.tenants.tpp.pilot import MAY, staffed

__all__ = ["office"]


def letter(person: Employee, day: date, official: User) -> None:
    draft = DocumentIn(kind="I", label="Izin", first=day, last=day, letter_number="800/1", reason="Keluarga")
    record_documents(employees=[person], draft=draft, actor=official)


def test_a_fact_that_is_being_written_is_waited_for_and_then_asks_for_a_new_run(
    fresh_region: RegionState, office: Office
) -> None:
    official, opd, people = office
    locker = Beside(fresh_region, lambda: lock_opd(month=MAY, opd=opd, actor=official))
    with transaction.atomic():
        record_salary_bases(month=MAY, amounts={people[0].pk: Decimal(9_000_000)}, actor=official)
        locker.start()
        locker.join(timeout=1)
        assert locker.is_alive()
    locker.join(timeout=60)
    assert isinstance(locker.refused, FactsChanged)
    assert not MonthLock.objects.exists()
    run = compute(official)
    take_steps_again(MAY, opd)
    assert lock_opd(month=MAY, opd=opd, actor=official).run == run
    assert '"salary_base":"9000000"' in MonthFacts.objects.get(run=run, employee=people[0]).text


def test_a_fact_that_comes_while_the_month_is_locked_waits_and_is_refused(
    fresh_region: RegionState, office: Office
) -> None:
    official, opd, people = office
    late = Beside(
        fresh_region,
        lambda: record_salary_bases(month=MAY, amounts={people[0].pk: Decimal(9_000_000)}, actor=official),
    )
    with transaction.atomic():
        lock_opd(month=MAY, opd=opd, actor=official)
        late.start()
        late.join(timeout=1)
        assert late.is_alive()
    late.join(timeout=60)
    assert isinstance(late.refused, MonthClosed)
    assert SalaryBase.objects.get(employee=people[0]).amount == 4_000_000


def test_a_letter_that_comes_while_the_month_is_locked_is_kept_as_late(
    fresh_region: RegionState, office: Office
) -> None:
    official, opd, people = office
    late = Beside(fresh_region, lambda: letter(people[0], MAY.first_day, official))
    with transaction.atomic():
        lock_opd(month=MAY, opd=opd, actor=official)
        late.start()
        late.join(timeout=1)
        assert late.is_alive()
    late.join(timeout=60)
    assert late.refused is None
    assert AttendanceDocument.objects.get().employee == people[0]
    note = LateFact.objects.get()
    assert (note.employee, note.of_month, note.what) == (people[0], MAY.first_day, "Surat")
    assert is_intact(MAY)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_letters_and_the_lock_in_any_order_lose_nothing(fresh_region: RegionState, office: Office, seed: int) -> None:
    official, opd, people = office
    order = Random(seed)  # noqa: S311 - an order, no secret
    workdays = [day for day in MAY.days() if day.weekday() < 5]
    letters = [(person, day) for person in people for day in order.sample(workdays, 2)]
    acts: list[Callable[[], object]] = [
        lambda person=person, day=day: letter(person, day, official)  # type: ignore[misc]
        for person, day in letters
    ]
    acts.insert(order.randrange(len(acts) + 1), lambda: lock_opd(month=MAY, opd=opd, actor=official))
    threads = [Beside(fresh_region, act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    refused = [thread.refused for thread in threads if thread.refused is not None]
    assert AttendanceDocument.objects.count() == len(letters)
    if MonthLock.objects.exists():
        # Who came before the lock would have stopped it: everybody came after it, and is noted.
        assert refused == []
        assert {(row.employee_id, row.of_month) for row in LateFact.objects.all()} == {
            (person.pk, MAY.first_day) for person in people
        }
    else:
        assert [type(error) for error in refused] == [FactsChanged]
        assert not LateFact.objects.exists()
        run = compute(official)
        take_steps_again(MAY, opd)
        assert lock_opd(month=MAY, opd=opd, actor=official).run == run
    assert is_intact(MAY)


def test_two_people_lock_the_same_opd_at_once(fresh_region: RegionState, office: Office) -> None:
    official, opd, people = office
    colleague = make_user("198505052010021002", "Kedua", "bkpsdm")
    threads = [
        Beside(fresh_region, lambda who=who: lock_opd(month=MAY, opd=opd, actor=who))  # type: ignore[misc]
        for who in (official, colleague, official, colleague)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [thread.refused for thread in threads] == [None] * 4
    lock = MonthLock.objects.get()
    assert LedgerEntry.objects.filter(kind="net_tpp", lock=lock).count() == len(people)
    assert LedgerEntry.objects.filter(lock=lock).by_kind()["net_tpp"] == lock.net_total


def test_another_month_and_another_day_do_not_wait_for_a_lock(fresh_region: RegionState, office: Office) -> None:
    official, opd, _people = office
    # Of the people whose slips are being locked the rows are held, so somebody of another OPD writes.
    (stranger,) = staffed(2, people=1)[1]
    other = Beside(fresh_region, lambda: letter(stranger, MAY.end + timedelta(days=1), official))
    with transaction.atomic():
        lock_opd(month=MAY, opd=opd, actor=official)
        other.start()
        other.join(timeout=60)
        assert not other.is_alive()
    assert other.refused is None
