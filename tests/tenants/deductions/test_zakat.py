"""Zakat: the person alone gives and takes it back, from the running month on; officials read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.deductions.models import ZakatConsent
from tenants.deductions.reading import consents_of
from tests.cast import Person

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def client(ani: Person, signed_in: SignedIn) -> Client:
    return signed_in(ani.user)


def given(client: Client, mulai: str = "2026-11", **figure: str) -> int:
    return client.post("/zakat/", {"mulai": mulai, **(figure or {"persen": "2,5"})}).status_code


def of(ani: Person, number: int) -> list[Decimal]:
    found = consents_of([ani.employee.pk], Month(2026, number), codes={"ZAKAT"}).get(ani.employee.pk, ())
    return [figure for consent in found if (figure := consent.percent or consent.amount) is not None]


def test_consent_counts_from_its_month_on_and_the_page_says_so(client: Client, ani: Person) -> None:
    assert given(client) == 302
    assert (of(ani, 10), of(ani, 11), of(ani, 12)) == ([], [Decimal("2.5")], [Decimal("2.5")])
    assert "2,5%" in client.get("/zakat/").content.decode()
    assert AuditEvent.objects.filter(action="deductions.zakat_given").count() == 1


def test_consent_never_reaches_back(client: Client, ani: Person) -> None:
    assert given(client, "2026-10") == 422
    assert ZakatConsent.objects.count() == 0


def test_a_new_consent_takes_the_place_of_the_old_from_its_month_on(client: Client, ani: Person) -> None:
    given(client)
    assert given(client, "2026-12", jumlah="100.000") == 302
    assert (of(ani, 11), of(ani, 12)) == ([Decimal("2.5")], [Decimal(100_000)])


def test_a_consent_replaced_in_its_first_month_counts_nowhere(client: Client, ani: Person) -> None:
    given(client)
    given(client, persen="5")
    assert of(ani, 11) == [Decimal(5)]


def test_it_is_taken_back_from_a_month_on_and_never_for_a_month_that_is_over(client: Client, ani: Person) -> None:
    given(client)
    assert client.post("/zakat/tarik/", {"berhenti": "2026-10"}).status_code == 422
    assert client.post("/zakat/tarik/", {"berhenti": "2026-12"}).status_code == 302
    assert (of(ani, 11), of(ani, 12)) == ([Decimal("2.5")], [])


def test_taking_back_ends_also_a_consent_that_was_to_begin_later(client: Client, ani: Person) -> None:
    given(client)
    given(client, "2026-12", jumlah="100.000")
    client.post("/zakat/tarik/", {"berhenti": "2026-11"})
    assert (of(ani, 11), of(ani, 12)) == ([], [])


def test_nothing_to_take_back_is_said(client: Client) -> None:
    answer = client.post("/zakat/tarik/", {"berhenti": "2026-11"})
    assert answer.status_code == 422
    assert "Tidak ada persetujuan" in answer.content.decode()


def test_sum_and_percent_together_are_refused(client: Client) -> None:
    assert given(client, persen="2,5", jumlah="100.000") == 422


def test_officials_read_consents_and_cannot_give_one(
    client: Client, with_role: Callable[..., User], signed_in: SignedIn, ani: Person
) -> None:
    given(client)
    finance = signed_in(with_role("bpkad"))
    page = assert_query_count("deductions.consents", lambda: finance.get("/potongan/zakat/?bulan=2026-11"))
    assert ani.employee.name in page.content.decode()
    assert ani.employee.name not in finance.get("/potongan/zakat/?bulan=2026-10").content.decode()
    assert given(finance) == 403
