"""Copies of one advert from three accounts are one incident, whatever each of them changed in it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client

from control.incidents.models import Incident
from control.watch.models import Alert, SecurityEvent
from kernel.tenancy.context import control_scope
from kernel.texts import holding
from kernel.texts.models import TextHold
from kernel.watching.names import JUDOL_TEXT_HELD
from tests.cast import Person
from tests.kernel.texts.writing import activity_by

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


@pytest.fixture(autouse=True)
def _committed_within_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where requests commit: what is told of a text that stands is told while the request is still answered."""
    at_once = SimpleNamespace(on_commit=lambda tell, robust: tell(), atomic=transaction.atomic)
    monkeypatch.setattr(holding, "transaction", at_once)


@pytest.fixture
def people(ani: Person, budi: Person, citra: Person) -> tuple[Person, ...]:
    return ani, budi, citra


def test_copies_from_three_accounts_are_one_incident(
    people: tuple[Person, ...], signed_in: Callable[..., Client], taken_in: Callable[[], list[SecurityEvent]]
) -> None:
    for person, text in zip(people, COPIES, strict=True):
        activity_by(person, text, signed_in)
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
        activity_by(person, text, signed_in)
    told = [event for event in taken_in() if event.name == JUDOL_TEXT_HELD]
    assert len({event.facts["print"] for event in told}) == 1


def test_unlike_adverts_from_three_accounts_are_not_one_text(
    people: tuple[Person, ...], signed_in: Callable[..., Client], taken_in: Callable[[], list[SecurityEvent]]
) -> None:
    for person, text in zip(people, UNLIKE, strict=True):
        activity_by(person, text, signed_in)
    assert TextHold.objects.filter(state="held").count() == 3
    taken_in()
    with control_scope():
        assert not Alert.objects.filter(detection__code="judol_same_text").exists()


def test_two_accounts_are_not_yet(
    people: tuple[Person, ...], signed_in: Callable[..., Client], taken_in: Callable[[], list[SecurityEvent]]
) -> None:
    for person, text in zip(people[:2], COPIES, strict=False):
        activity_by(person, text, signed_in)
    taken_in()
    with control_scope():
        assert not Alert.objects.filter(detection__code="judol_same_text").exists()
