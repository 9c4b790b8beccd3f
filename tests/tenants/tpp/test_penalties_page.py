"""Discipline decisions: recorded with their months, never automatic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.arrears.models import LateFact
from tenants.tpp.errors import PenaltyRefused
from tenants.tpp.models import DisciplinePenalty
from tenants.tpp.penalties import record_penalty
from tests.cast import Office, Person, make_opd
from tests.closed_months import close_months

GOOD = {"tingkat": "sedang", "mulai": "2026-10", "sampai": "2027-04", "surat": "800/12/2026"}


@pytest.fixture
def client(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def test_a_decision_is_recorded_from_its_first_month(client: Client, ani: Person) -> None:
    answer = client.post("/tpp/hukuman/", {**GOOD, "nip": ani.employee.nip})
    assert answer.status_code == 302
    penalty = DisciplinePenalty.objects.get()
    assert (penalty.employee, penalty.from_month, penalty.until_month) == (
        ani.employee,
        date(2026, 10, 1),
        date(2027, 4, 1),
    )
    assert ani.employee.name in client.get("/tpp/hukuman/").content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nip": "1"}, "Tidak ada pegawai aktif"),
        ({"sampai": "2026-10"}, "sesudah bulan mulai"),
        ({"mulai": "nanti"}, "Isi bulan"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    client: Client, ani: Person, change: dict[str, str], words: str
) -> None:
    answer = client.post("/tpp/hukuman/", {**GOOD, "nip": ani.employee.nip, **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not DisciplinePenalty.objects.exists()


def test_a_decision_about_a_closed_month_is_kept_as_late_and_says_so(
    client: Client, office: Office, ani: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_months(monkeypatch, Month(2026, 10), opds=[office.opd])
    answer = client.post("/tpp/hukuman/", {**GOOD, "nip": ani.employee.nip}, follow=True)
    assert "Mulai Oktober 2026 bulannya sudah dikunci: potongan bulan itu lewat" in answer.content.decode()
    late = LateFact.objects.get()
    assert (late.employee, late.of_month, late.what) == (ani.employee, date(2026, 10, 1), "Hukuman disiplin")
    assert DisciplinePenalty.objects.get().from_month == date(2026, 10, 1)


def test_a_closed_month_of_another_opd_is_nothing_to_a_decision(
    client: Client, ani: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_months(monkeypatch, Month(2026, 10), opds=[make_opd("2.01", "Dinas Kesehatan")])
    assert (
        "dikunci" not in client.post("/tpp/hukuman/", {**GOOD, "nip": ani.employee.nip}, follow=True).content.decode()
    )
    assert DisciplinePenalty.objects.exists()
    assert not LateFact.objects.exists()


def test_a_letter_counts_once(client: Client, ani: Person, with_role: Callable[..., User]) -> None:
    client.post("/tpp/hukuman/", {**GOOD, "nip": ani.employee.nip})
    with pytest.raises(PenaltyRefused):
        record_penalty(
            employee=ani.employee,
            level="berat",
            from_month=Month(2026, 11),
            until_month=None,
            letter_number=GOOD["surat"],
            actor=with_role("bkpsdm"),
        )
