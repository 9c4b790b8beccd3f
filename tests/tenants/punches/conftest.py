"""Phones that sign, registered as people register them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tenants.employees.models import Employee
from tenants.punches import views
from tenants.punches.actions import register_phone
from tests.cast import Person
from tests.tenants.attendance.week import MONDAY, at
from tests.tenants.punches.signing import SigningPhone

PhoneOf = Callable[..., SigningPhone]


@pytest.fixture(autouse=True)
def no_flood() -> None:
    """What other tests sent within the minute does not count here."""
    for flood in (views._runs, views._strangers):
        flood._counts.clear()


@pytest.fixture
def phone_of(manado: Any) -> PhoneOf:
    """`phone_of(ani)`: her phone, registered; its clock shows 07.25 on Monday, wrong by `off`."""

    def make(person: Person, *, off: timedelta = timedelta(), wall: datetime | None = None) -> SigningPhone:
        phone = SigningPhone("manado", (wall or at(MONDAY, "07:25")) + off)
        phone.device = str(register_phone(employee=of(person), jwk=phone.jwk, name="Chrome", actor=person.user).uid)
        return phone

    return make


def of(person: Person) -> Employee:
    """The person's employee row."""
    assert person.employee is not None
    return person.employee


@pytest.fixture
def sent(signed_in: Any) -> Callable[..., Any]:
    """`sent(phone, event, ...)`: the answers to a sending at this moment, by nobody who is signed in."""
    client: Client = signed_in(None)

    def send(phone: SigningPhone, *events: dict[str, str], **more: Any) -> list[dict[str, Any]]:
        answer = client.post("/absen/kirim/", phone.envelope(*events, **more), content_type="application/json")
        assert answer.status_code == 200, answer.content
        told: dict[str, Any] = answer.json()
        if told["mark"]:
            phone.hold(told["mark"])
        answers: list[dict[str, Any]] = told["answers"]
        return answers

    return send
