"""The record of deadlines that passed, and the trail of a request, on their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.approvals.actions import decide
from tenants.approvals.chains import StepInput
from tenants.approvals.models import ChainStep
from tenants.approvals.overdue import follow_deadlines
from tests.cast import Person
from tests.tenants.approvals.ladder import NOW, Ladder, hand_in
from tests.tenants.approvals.papers import Told

By = ChainStep.Approver
OWN = "/kotak-masuk/keterlambatan/?bulan=2026-11"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(NOW):
        yield


def of(person: Person) -> str:
    return f"/kotak-masuk/keterlambatan/{person.employee.uid}/?bulan=2026-11"


@pytest.fixture
def late(ani: Person, budi: Person, ladder: Ladder, paper_chain: Callable[..., None], papers: Told) -> None:
    """Budi let one of Ani's papers pass its day; it went up to the head."""
    paper_chain(StepInput(By.DIRECT_SUPERIOR, days_to_decide=3, after_deadline="atasan_berikutnya"))
    hand_in(ani, title="Surat Ani yang terlambat")
    with clock.at(NOW + timedelta(days=4)):
        follow_deadlines()


def test_the_superior_reads_the_own_record(late: None, budi: Person, signed_in: Callable[..., Client]) -> None:
    page = signed_in(budi.user).get(OWN).content.decode()
    assert "Surat Ani yang terlambat" in page
    assert "1 hari terlambat" in page
    assert "Naik ke pemutus berikutnya" in page
    other_month = signed_in(budi.user).get("/kotak-masuk/keterlambatan/?bulan=2026-10").content.decode()
    assert "Tidak ada keterlambatan bulan ini" in other_month
    assert signed_in(budi.user).get("/kotak-masuk/keterlambatan/?bulan=x").status_code == 400


def test_the_superiors_above_and_bkpsdm_read_it_and_nobody_else(
    late: None,
    ani: Person,
    budi: Person,
    citra: Person,
    ladder: Ladder,
    signed_in: Callable[..., Client],
    with_role: Callable[..., User],
) -> None:
    admin = with_role("bkpsdm")
    answers = {
        name: signed_in(user).get(of(budi)).status_code
        for name, user in {
            "budi": budi.user,
            "head": ladder.head.user,
            "sekda": ladder.sekda.user,
            "bkpsdm": admin,
            "ani": ani.user,
            "citra": citra.user,
            "other head": ladder.other_head.user,
        }.items()
    }
    assert answers == {
        "budi": 200,
        "head": 200,
        "sekda": 200,
        "bkpsdm": 200,
        "ani": 404,
        "citra": 404,
        "other head": 404,
    }
    assert "Budi" in signed_in(ladder.head.user).get(OWN).content.decode()
    assert "Budi" not in signed_in(ladder.other_head.user).get(OWN).content.decode()
    everybody = signed_in(admin).get(OWN).content.decode()
    assert "Semua atasan" in everybody
    assert str(budi.employee.uid) in everybody


def test_the_record_asks_a_committed_number_of_questions(
    late: None, budi: Person, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(budi.user)
    client.get(OWN)
    assert_query_count("approvals.delays", lambda: client.get(OWN))


def test_the_trail_says_who_when_before_after_and_from_where_to_who_may_know(
    ani: Person,
    budi: Person,
    citra: Person,
    ladder: Ladder,
    paper_chain: Callable[..., None],
    papers: Told,
    signed_in: Callable[..., Client],
    with_role: Callable[..., User],
) -> None:
    paper_chain(StepInput(By.DIRECT_SUPERIOR), StepInput(By.KEPALA_OPD, only_exceptions=True), StepInput(By.SEKDA))
    request = hand_in(ani)
    browser = signed_in(budi.user)
    browser.post("/kotak-masuk/putuskan/", {"setujui": str(request.uid)}, REMOTE_ADDR="192.0.2.9")
    decide(request_uids=[request.uid], verdict="returned", note="Lampirkan surat", actor=ladder.sekda.user)
    address = f"/kotak-masuk/{request.uid}/jejak/"
    page = browser.get(address).content.decode()
    for words in (
        "Dokumen diajukan",
        "Menunggu, tingkat 1: Budi",
        "Menunggu, tingkat 3: Sekda",
        "Tingkat 2 dilewati: syaratnya tidak terpenuhi",
        "Dikembalikan",
        "Lampirkan surat",
        "192.0.2.9",
    ):
        assert words in page
    owner = signed_in(ani.user).get(address).content.decode()
    assert "Lampirkan surat" in owner
    assert "192.0.2.9" not in owner
    assert "192.0.2.9" in signed_in(with_role("inspektorat")).get(address).content.decode()
    assert signed_in(citra.user).get(address).status_code == 404
