"""Copies of one advert from three accounts are one incident, whatever each of them changed in it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client

from control.incidents.models import Incident
from control.watch.models import Alert, SecurityEvent
from kernel import clock
from kernel.tenancy.context import control_scope
from kernel.texts import gate
from kernel.texts.models import TextHold
from kernel.watching.names import JUDOL_TEXT_HELD
from tenants.activities.models import JobKind
from tests.cast import Person

ADVERT = "Main di CONTOHWIN77, situs slot gacor, bonus new member, wd cepat"
COPIES = (
    ADVERT,
    "Selamat pagi semua, main di CONTOHWIN88, situs slot g a c o r, bonus new member, wd cepat",
    "Izin share, main di BAMBUTOTO, situs slot gacor, bonus member baru, wd cepat",
)
UNLIKE = (
    ADVERT,
    "scatter hitam pecah terus bareng kakek zeus, modal receh auto maxwin",
    "prediksi togel sgp malam ini, mix parlay terbaik, deposit pulsa tanpa potongan",
)


def write_as(person: Person, text: str, signed_in: Callable[..., Client]) -> None:
    """A draft of an activity, by the page."""
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


@pytest.fixture(autouse=True)
def _committed_within_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where requests commit: what is told of a text that stands is told while the request is still answered."""
    at_once = SimpleNamespace(on_commit=lambda tell, robust: tell(), atomic=transaction.atomic)
    monkeypatch.setattr(gate, "transaction", at_once)


@pytest.fixture
def people(ani: Person, budi: Person, citra: Person) -> tuple[Person, ...]:
    return ani, budi, citra


def test_copies_from_three_accounts_are_one_incident(
    people: tuple[Person, ...], signed_in: Callable[..., Client], taken_in: Callable[[], list[SecurityEvent]]
) -> None:
    for person, text in zip(people, COPIES, strict=True):
        write_as(person, text, signed_in)
        taken_in()
    assert TextHold.objects.filter(state="held").count() == 3
    with control_scope():
        assert Alert.objects.filter(detection__code="judol_same_text").count() == 1
        incident = Incident.objects.get()
        assert (incident.kind, incident.severity) == ("judol_text", 3)


def test_copies_in_one_bundle_find_each_other_too(
    people: tuple[Person, ...], signed_in: Callable[..., Client], taken_in: Callable[[], list[SecurityEvent]]
) -> None:
    for person, text in zip(people, COPIES, strict=True):
        write_as(person, text, signed_in)
    told = [event for event in taken_in() if event.name == JUDOL_TEXT_HELD]
    assert len({event.facts["print"] for event in told}) == 1


def test_unlike_adverts_from_three_accounts_are_not_one_text(
    people: tuple[Person, ...], signed_in: Callable[..., Client], taken_in: Callable[[], list[SecurityEvent]]
) -> None:
    for person, text in zip(people, UNLIKE, strict=True):
        write_as(person, text, signed_in)
    assert TextHold.objects.filter(state="held").count() == 3
    taken_in()
    with control_scope():
        assert not Alert.objects.filter(detection__code="judol_same_text").exists()


def test_two_accounts_are_not_yet(
    people: tuple[Person, ...], signed_in: Callable[..., Client], taken_in: Callable[[], list[SecurityEvent]]
) -> None:
    for person, text in zip(people[:2], COPIES, strict=False):
        write_as(person, text, signed_in)
    taken_in()
    with control_scope():
        assert not Alert.objects.filter(detection__code="judol_same_text").exists()
