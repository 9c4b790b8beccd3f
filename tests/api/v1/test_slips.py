"""`/api/v1/slips`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.test import Client

from tenants.tpp.models import MonthRun, Slip
from tests.cast import make_user

SignedIn = Callable[..., Client]


def owner_of(slip: Slip) -> object:
    """The slip's person, with an account."""
    employee = slip.employee
    if employee.user is None:
        employee.user = make_user(employee.nip, employee.name, "asn")
        employee.save(update_fields=["user"])
    return employee.user


def test_the_owner_reads_every_line_and_they_add_up(month_run: MonthRun, signed_in: SignedIn) -> None:
    slip = Slip.objects.filter(run=month_run).order_by("id")[0]
    client = signed_in(owner_of(slip))
    listed = client.get("/api/v1/slips").json()["results"]
    assert [item["uid"] for item in listed] == [str(slip.uid)]
    read = client.get(f"/api/v1/slips/{slip.uid}").json()
    assert Decimal(read["net"]) == slip.net
    assert not read["is_locked"]
    for column in ("gross", "tax"):
        parts = [Decimal(line["amount"]) for line in read["lines"] if line["column"] == column]
        assert sum(parts) == Decimal(read[column])
    assert all(line["clause_reference"] for line in read["lines"])


def test_another_persons_slip_is_not_found(month_run: MonthRun, signed_in: SignedIn) -> None:
    first, second = Slip.objects.filter(run=month_run).order_by("id")[:2]
    answer = signed_in(owner_of(second)).get(f"/api/v1/slips/{first.uid}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
