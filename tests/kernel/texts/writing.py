"""Writing as a person does, by the page."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from kernel import clock
from tenants.activities.models import JobKind
from tests.cast import Person


def activity_by(person: Person, text: str, signed_in: Callable[..., Client]) -> None:
    """An activity of today with these words, handed in."""
    kind = JobKind.objects.filter(evidence_rule="", position_kinds=[]).order_by("code")[0]
    form = {
        "job_kind": str(kind.uid),
        "date": clock.today("Asia/Makassar").isoformat(),
        "starts_at": "00:00",
        "minutes": "1",
        "volume": "1",
        "description": text,
    }
    answer = signed_in(person.user).post("/aktivitas/baru/", form)
    assert answer.status_code == 302, answer.content.decode()[:500]
