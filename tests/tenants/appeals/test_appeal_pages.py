"""The pages of appeals: from the line of the slip to the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.testing.queries import assert_query_count
from tenants.appeals.models import Appeal
from tenants.tpp.models import Slip
from tests.cast import make_opd
from tests.tenants.appeals.objecting import TEXT, decided, objection, remedied
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import MAY

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with clock.at(datetime(2024, 6, 10, 2, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def line(slip: Slip) -> int:
    return slip.lines.get(node_id="disiplin").order


def test_every_line_of_the_own_slip_leads_to_an_appeal(
    slip: Slip, owner: User, bkpsdm: User, line: int, signed_in: SignedIn
) -> None:
    lock_whole_month(MAY, actor=bkpsdm)
    own = signed_in(owner).get(f"/tpp/slip/{slip.uid}/").content.decode()
    assert f'href="/tpp/keberatan/slip/{slip.uid}/{line}/"' in own
    assert "paling lambat Senin, 24 Juni 2024" in own or "paling lambat 24 Juni 2024" in own
    assert "/tpp/keberatan/slip/" not in signed_in(bkpsdm).get(f"/tpp/slip/{slip.uid}/").content.decode()
    with clock.at(datetime(2024, 7, 1, 2, 0, tzinfo=UTC)):
        assert "/tpp/keberatan/slip/" not in signed_in(owner).get(f"/tpp/slip/{slip.uid}/").content.decode()


def test_from_the_line_to_the_outcome(
    slip: Slip, owner: User, operator_opd: User, bkpsdm: User, line: int, signed_in: SignedIn
) -> None:
    lock_whole_month(MAY, actor=bkpsdm)
    client = signed_in(owner)
    page = f"/tpp/keberatan/slip/{slip.uid}/{line}/"
    assert "Apa yang menurut Anda keliru" in client.get(page).content.decode()
    form = {"uraian": TEXT, "kunci": str(new_uid())}
    sent = client.post(page, form)
    assert sent.status_code == 302
    assert client.post(page, form).headers["Location"] == sent.headers["Location"]
    made = Appeal.objects.get()
    decided(made, operator_opd)
    official = signed_in(bkpsdm)
    assert slip.heading["name"] in official.get("/tpp/keberatan/daerah/").content.decode()
    shown = official.get(f"/tpp/keberatan/{made.uid}/").content.decode()
    assert "Tentukan hasil" in shown
    assert "Putuskan di kotak masuk" in shown
    wrong = official.post(
        f"/tpp/keberatan/{made.uid}/hasil/", {"hasil": "amount", "jumlah": "", "catatan": "Surat", "versi": "1"}
    )
    assert wrong.status_code == 422
    assert "lebih untuk menambah" in wrong.content.decode()
    right = {"hasil": "amount", "jumlah": "118.800", "catatan": "Surat tugas 094/12/2024", "versi": "1"}
    assert official.post(f"/tpp/keberatan/{made.uid}/hasil/", right).status_code == 302
    decided(made, bkpsdm)
    answer = client.get(f"/tpp/keberatan/{made.uid}/").content.decode()
    assert "Diterima" in answer
    assert "Rp118.800" in answer
    assert "Keberatan: diterima" in client.get(f"/tpp/slip/{slip.uid}/").content.decode()


@pytest.mark.parametrize(("text", "words"), [("", "Bidang ini"), ("pendek", "10")])
def test_too_few_words_are_refused_beside_the_field(
    text: str, words: str, slip: Slip, owner: User, line: int, signed_in: SignedIn
) -> None:
    page = f"/tpp/keberatan/slip/{slip.uid}/{line}/"
    answer = signed_in(owner).post(page, {"uraian": text, "kunci": str(new_uid())})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Appeal.objects.exists()


def test_an_empty_list_says_where_appeals_begin(owner: User, signed_in: SignedIn) -> None:
    assert "Belum ada keberatan" in signed_in(owner).get("/tpp/keberatan/").content.decode()


def test_an_appeal_is_read_by_whom_it_concerns(
    slip: Slip, owner: User, operator_opd: User, bkpsdm: User, signed_in: SignedIn, with_role: Callable[..., User]
) -> None:
    made = objection(slip, owner)
    page = f"/tpp/keberatan/{made.uid}/"
    stranger = with_role("operator_opd", opd=make_opd("9.05", "Dinas Lain"))
    for user, status in ((owner, 200), (operator_opd, 200), (bkpsdm, 200), (with_role("asn"), 404), (stranger, 404)):
        assert signed_in(user).get(page).status_code == status
    assert slip.heading["name"] not in signed_in(stranger).get("/tpp/keberatan/daerah/").content.decode()


def test_a_page_that_was_open_too_long_changes_nothing(
    slip: Slip, owner: User, operator_opd: User, bkpsdm: User, signed_in: SignedIn
) -> None:
    made = objection(slip, owner)
    remedied(made, bkpsdm, None)
    late = {"hasil": "facts", "jumlah": "", "catatan": "lain", "versi": "1"}
    answer = signed_in(bkpsdm).post(f"/tpp/keberatan/{made.uid}/hasil/", late)
    assert answer.status_code == 422
    assert "tidak lagi menunggu" in answer.content.decode()


def test_the_lists_ask_the_same_for_many(slip: Slip, owner: User, bkpsdm: User, signed_in: SignedIn) -> None:
    client, official = signed_in(owner), signed_in(bkpsdm)
    objection(slip, owner)
    assert_query_count("appeals.own", lambda: client.get("/tpp/keberatan/"))
    assert_query_count("appeals.region", lambda: official.get("/tpp/keberatan/daerah/"))
    for node in slip.lines.exclude(node_id="disiplin").values_list("node_id", flat=True).distinct()[:8]:
        objection(slip, owner, order=slip.lines.filter(node_id=node)[0].order)
    assert Appeal.objects.count() > 5
    assert_query_count("appeals.own", lambda: client.get("/tpp/keberatan/"))
    assert_query_count("appeals.region", lambda: official.get("/tpp/keberatan/daerah/"))
