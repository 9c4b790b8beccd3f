"""A run of May 2024 that would pay Ani although she died in April, for the tests of this folder."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.employees.models import ServiceStop
from tenants.tpp.models import MonthRun, Slip
from tests.cast import Office, Person
from tests.tenants.tpp.small_run import finished_run, slip_in


@pytest.fixture
def run(office: Office) -> MonthRun:
    return finished_run()


@pytest.fixture
def dead_ani(run: MonthRun, ani: Person, budi: Person, office: Office) -> Slip:
    """Ani's slip, of somebody who is dead; Budi's beside it is in order but for his account."""
    slip = slip_in(run, ani.employee, office.opd)
    beside = slip_in(run, budi.employee, office.opd)
    beside.heading |= {"kelas": 9, "golongan": "III/d"}
    beside.save(update_fields=["heading"])
    ServiceStop.objects.create(
        employee=ani.employee,
        kind="death",
        period=DateRange(date(2024, 4, 10), None),
        letter_number="SK 800/12",
        letter_date=date(2024, 4, 11),
    )
    return slip
