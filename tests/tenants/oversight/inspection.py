"""Makers for the tests of the inspectorate's workspace."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.periods import Month
from tenants.employees.models import Employee
from tenants.oversight.actions import open_finding
from tenants.oversight.models import Finding, Sample, SampledPerson

NOVEMBER = Month(2026, 11)
# Tuesday in December: November can be examined.
LATER = datetime(2026, 12, 8, 2, 0, tzinfo=UTC)


def make_sample(drawn_by: User, *people: Employee) -> Sample:
    """A sample of November with these people on it."""
    sample = Sample.objects.create(
        job_uid=new_uid(),
        month=NOVEMBER.first_day,
        percent=Decimal(5),
        riskiest=20,
        seed="a1",
        population=len(people),
        digest="0" * 64,
        drawn_by=drawn_by,
    )
    SampledPerson.objects.bulk_create(
        SampledPerson(sample=sample, order=order, employee=employee, why="chance", risk=0)
        for order, employee in enumerate(people, 1)
    )
    return sample


def make_finding(employee: Employee, actor: User, about: str = "19 November, laporan bulanan") -> Finding:
    """An open finding on November."""
    return open_finding(
        employee=employee,
        month=NOVEMBER,
        sampled=None,
        subject=Finding.Subject.ACTIVITY,
        about=about,
        text="Bukti tidak sesuai dengan uraian.",
        answer_due=date(2027, 1, 8),
        client_key=new_uid(),
        actor=actor,
    )
