"""From where something was done: short, and shown in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from kernel import origin
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from tests.cast import Office

PHONE = (
    "Mozilla/5.0 (Linux; Android 8.0; SM-G9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0"


@pytest.mark.parametrize(
    ("address", "agent", "expected"),
    [
        ("203.0.113.7", PHONE, "203.0.113.7 · Android, Chrome"),
        ("203.0.113.7", EDGE, "203.0.113.7 · Windows, Edge"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "curl/8", "203.0.113.7"),
        ("not an address", "x" * 5000, ""),
    ],
)
def test_it_is_the_network_and_the_family_of_the_device(address: str, agent: str, expected: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address, headers={"User-Agent": agent})
    assert origin.described(request) == expected


def test_a_proxy_that_is_trusted_says_the_address_and_the_sender_cannot(settings: Any) -> None:
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.9", headers=forged)
    assert origin.described(request) == "192.0.2.9"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert origin.described(request) == "203.0.113.7"


def test_outside_of_a_request_there_is_none() -> None:
    with origin.of(RequestFactory().get("/", REMOTE_ADDR="192.0.2.9")):
        assert origin.current() == "192.0.2.9"
    assert origin.current() == ""


def test_what_a_person_does_carries_its_origin_onto_the_trail(
    office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    admin = signed_in(with_role("bkpsdm", "inspektorat"))
    values = {"name": "Bidang Baru", "category": "umum", "is_active": "on"}
    admin.post(f"/organisasi/unit/{office.unit.uid}/", values, headers={"User-Agent": PHONE}, REMOTE_ADDR="192.0.2.9")
    event = AuditEvent.objects.get(action="organisation.unit_changed")
    assert event.origin == "192.0.2.9 · Android, Chrome"
    assert "192.0.2.9 · Android, Chrome" in admin.get("/jejak/").content.decode()
