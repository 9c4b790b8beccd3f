"""What was confirmed in one region is searched for in all others: the search, the ledger, the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.test import Client

from control.pages.models import Capture, Scan, WatchedName
from control.regions.models import Region
from control.signatures import actions, listing, searching
from control.signatures.actions import SEARCH_TASK
from control.signatures.errors import NoSignature, SignatureStands
from control.signatures.models import Search, Signature
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from kernel.errors import NotFound
from kernel.files.actions import store_made
from kernel.judol import text_print
from kernel.tenancy.context import control_scope
from kernel.texts.gate import opened
from tenants.organisation.models import Unit
from tests.cast import make_opd

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ADVERT = "Main di MERPATI88 pasti menang, wd cepat setiap hari"
DISGUISED = "Main di 𝐌𝐄𝐑𝐏𝐀𝐓𝐈𝟖𝟖 pasti menаng,  wd cepat setiap hari!!"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture(autouse=True)
def _at_noon(db: None) -> Iterator[None]:
    with clock.at(NOON):
        yield


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, Any]]]:
    events: list[tuple[str, Mapping[str, Any]]] = []
    monkeypatch.setattr(actions, "emit", lambda name, /, **facts: events.append((name, facts)))
    return events


@pytest.fixture
def confirm(operator: User) -> Callable[..., Signature]:
    def make(kind: str, written: str, **said: Any) -> Signature:
        with control_scope():
            return actions.confirm(
                **{
                    "kind": kind,
                    "written": written,
                    "reason": "Terbukti di Manado",
                    "region": "manado",
                    "incident": None,
                    "actor": operator,
                    **said,
                }
            )

    return make


def long_there(code: str, name: str) -> Unit:
    """An office whose name was written before the detector knew such texts."""
    with opened():
        return make_opd(code, name)


def work() -> None:
    """Do what the outbox holds, as a worker of the scan lane does."""
    with control_scope():
        messages = list(OutboxMessage.objects.filter(task=SEARCH_TASK, sent_at=None))
    for message in messages:
        current_app.tasks[SEARCH_TASK].apply(kwargs=message.kwargs, throw=True)


def in_banjarmasin(signature: Signature) -> Search:
    with control_scope():
        return Search.objects.prefetch_related("hits").get(signature=signature, region__code="banjarmasin")


def test_a_signature_of_one_region_is_searched_in_all_others_and_each_hit_is_told(
    confirm: Callable[..., Signature], in_region: Callable[[str], Any], told: list[Any]
) -> None:
    incident = uuid4()
    with in_region("banjarmasin"):
        planted = long_there("1.01", DISGUISED)
        make_opd("1.02", "Dinas Pendidikan")
    with in_region("manado"):
        long_there("1.01", ADVERT)
    signature = confirm("text", ADVERT, incident=incident)
    work()
    search = in_banjarmasin(signature)
    assert (search.state, search.found, search.finished_at) == ("done", 1, NOON)
    [hit] = search.hits.all()
    assert (hit.place, hit.row, hit.excerpt) == (
        "organisation.Unit.name",
        str(planted.uid),
        DISGUISED.replace("  ", " "),
    )
    [(name, facts)] = told
    assert name == "signature_found"
    assert (facts["region"], facts["origin"], facts["incident"]) == ("banjarmasin", "manado", str(incident))
    assert facts["places"] == ["organisation.Unit.name"]
    with control_scope():
        assert not Search.objects.filter(signature=signature, region__code="manado").exists()
        [progress] = listing.of_incident(incident)
    assert progress.is_complete
    assert (progress.with_hits, progress.hits, progress.late) == (1, 1, 0)


def test_a_text_whose_words_stayed_in_its_region_is_searched_by_its_print(
    confirm: Callable[..., Signature], in_region: Callable[[str], Any], told: list[Any]
) -> None:
    with in_region("banjarmasin"):
        planted = long_there("1.01", DISGUISED)
    signature = confirm("text", text_print(ADVERT))
    work()
    [hit] = in_banjarmasin(signature).hits.all()
    assert hit.row == str(planted.uid)


def test_a_text_that_waits_for_a_reviewer_is_found_too(
    confirm: Callable[..., Signature], in_region: Callable[[str], Any], told: list[Any]
) -> None:
    with in_region("banjarmasin"):
        make_opd("1.01", DISGUISED)
    signature = confirm("text", ADVERT)
    work()
    assert [hit.place for hit in in_banjarmasin(signature).hits.all()] == ["texts.TextHold.text"]


def test_a_file_is_known_by_its_digest(
    confirm: Callable[..., Signature], in_region: Callable[[str], Any], told: list[Any]
) -> None:
    with in_region("banjarmasin"):
        kept = store_made(content=ContentFile(b"test", "rekap.pdf"), purpose="uji", owner=None, kind="application/pdf")
        store_made(content=ContentFile(b"lain", "lain.pdf"), purpose="uji", owner=None, kind="application/pdf")
    signature = confirm("digest", DIGEST.upper())
    work()
    search = in_banjarmasin(signature)
    assert [(hit.place, hit.row) for hit in search.hits.all()] == [("files.StoredFile", str(kept.uid))]
    assert search.compared >= 2


@pytest.mark.parametrize("host", ["merpati88.example", "www.merpati88.example"])
def test_a_foreign_site_is_found_in_texts_and_on_scanned_pages(
    host: str, confirm: Callable[..., Signature], in_region: Callable[[str], Any], told: list[Any]
) -> None:
    with in_region("banjarmasin"):
        for number, text in enumerate(
            [
                "Lihat masuk.merpati88.example/promo",
                "https://MERPATI88.example",
                "merpati88.example.org",
                "xmerpati88.example",
            ]
        ):
            long_there(f"1.0{number}", text)
    with control_scope():
        name = WatchedName.objects.create(
            region=Region.objects.get(code="banjarmasin"), name="a.go.id", kind="own", token="t", added_by="x"
        )
        scan = Scan.objects.create(name=name, verdict="clean", url="https://a.go.id/")
        for visitor, outbound in (("A", []), ("B", ["www.merpati88.example"]), ("C", ["xmerpati88.example"])):
            Capture.objects.create(
                scan=scan, visitor=visitor, url="https://a.go.id/", verdict="clean", outbound=outbound
            )
    signature = confirm("domain", host)
    work()
    found = [(hit.place, hit.excerpt or hit.row) for hit in in_banjarmasin(signature).hits.all()]
    assert found == [
        ("organisation.Unit.name", "Lihat masuk.merpati88.example/promo"),
        ("organisation.Unit.name", "https://MERPATI88.example"),
        ("pages", "https://a.go.id/"),
    ]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("kata PASTI  menang, wd cepat kata", True),
        ("pаsti mеnang wd cepat", True),
        ("pasti menang wd cepatnya", False),
        ("menang pasti wd cepat", False),
    ],
)
def test_a_phrase_is_found_in_the_middle_of_a_text_as_it_reads(
    text: str, is_found: bool, confirm: Callable[..., Signature], in_region: Callable[[str], Any], told: list[Any]
) -> None:
    with in_region("banjarmasin"):
        long_there("1.01", text)
    signature = confirm("phrase", "Pasti menang: wd cepat!")
    work()
    assert bool(in_banjarmasin(signature).found) is is_found
    assert bool(told) is is_found


@pytest.mark.parametrize(
    ("kind", "written", "reason"),
    [
        ("text", "pendek", "text"),
        ("text", "!!! ??? ... --- ...", "text"),
        ("phrase", "menang", "phrase"),
        ("phrase", "wd cepat", "phrase"),
        ("phrase", "pastimenangbanyak", "phrase"),
        ("digest", "abc", "digest"),
        ("digest", "g" * 64, "digest"),
        ("domain", "http://a.example/", "domain"),
        ("domain", "10.0.0.1", "domain"),
        ("domain", "manadokota.go.id", "government"),
        ("domain", "wa.me", "usual"),
    ],
)
def test_what_marks_nothing_or_too_much_is_refused(
    kind: str, written: str, reason: str, confirm: Callable[..., Signature]
) -> None:
    with pytest.raises(NoSignature) as refused:
        confirm(kind, written)
    assert refused.value.reason == reason


def test_a_signature_needs_a_reason_and_a_known_region_and_stands_once(confirm: Callable[..., Signature]) -> None:
    with pytest.raises(NoSignature):
        confirm("digest", DIGEST, reason=" ")
    with pytest.raises(NotFound):
        confirm("digest", DIGEST, region="tidakada")
    confirm("digest", DIGEST)
    with pytest.raises(SignatureStands):
        confirm("digest", DIGEST, region="banjarmasin")


def test_a_region_that_cannot_be_searched_is_tried_again_and_does_not_stop_the_others(
    confirm: Callable[..., Signature], monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    real = searching.search_in

    def broken(signature: Signature, region: Region) -> searching.Outcome:
        if region.code == "banjarmasin":
            raise RuntimeError
        return real(signature, region)

    monkeypatch.setattr(actions, "search_in", broken)
    signature = confirm("digest", DIGEST, region=None)
    work()
    with control_scope():
        assert Search.objects.get(signature=signature, region__code="manado").state == "done"
    assert (in_banjarmasin(signature).state, in_banjarmasin(signature).failure) == ("waiting", "RuntimeError")
    for _ in range(3):
        work()
    assert in_banjarmasin(signature).state == "waiting"
    work()
    assert (in_banjarmasin(signature).state, in_banjarmasin(signature).attempts) == ("failed", 5)


def test_what_nobody_took_is_sent_again_and_is_told_as_late_after_a_quarter_of_an_hour(
    confirm: Callable[..., Signature], monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = confirm("digest", DIGEST)
    with control_scope():
        OutboxMessage.objects.all().delete()
        assert actions.resume() == 0
        with clock.at(NOON + timedelta(minutes=3)):
            assert actions.resume() == 1
            assert listing.progress_of(signature).late == 0
        with clock.at(NOON + timedelta(minutes=16)):
            assert listing.progress_of(signature).late == 1
        assert OutboxMessage.objects.filter(task=SEARCH_TASK).count() == 1


def test_a_search_whose_worker_died_is_taken_up_again_and_a_second_run_changes_nothing(
    confirm: Callable[..., Signature], told: list[Any]
) -> None:
    signature = confirm("digest", DIGEST)
    with control_scope():
        search = Search.objects.get(signature=signature)
        Search.objects.filter(pk=search.pk).update(state="running", started_at=NOON)
        assert actions.run(search.uid) is None
        with clock.at(NOON + timedelta(minutes=6)):
            assert actions.resume() == 1
            done = actions.run(search.uid)
            assert done is not None
            assert done.state == "done"
            assert actions.run(search.uid) is None


def test_a_withdrawn_signature_is_searched_no_further_and_may_be_confirmed_again(
    confirm: Callable[..., Signature], operator: User
) -> None:
    signature = confirm("digest", DIGEST)
    with control_scope():
        actions.withdraw(uid=signature.uid, actor=operator)
        assert AuditEvent.objects.filter(action="signatures.withdrawn").count() == 1
    work()
    assert in_banjarmasin(signature).state == "waiting"
    assert confirm("digest", DIGEST).pk != signature.pk


def test_an_operator_confirms_sees_the_progress_and_takes_it_back(
    operator: User, signed_in: Callable[..., Client], in_region: Callable[[str], Any], told: list[Any]
) -> None:
    desk, incident = signed_in(operator, None), uuid4()
    with in_region("banjarmasin"):
        long_there("1.01", DISGUISED)
    form = str(desk.get(f"/tanda/?incident={incident}&wilayah=manado").content, "utf-8")
    assert str(incident) in form
    answer = desk.post(
        "/tanda/",
        {"kind": "text", "written": ADVERT, "region": "manado", "reason": "Terbukti", "incident": str(incident)},
        follow=True,
    )
    assert "0 / 1" in str(answer.content, "utf-8")
    work()
    page = str(desk.get(answer.request["PATH_INFO"]).content, "utf-8")
    assert "1 / 1" in page
    assert "organisation.Unit.name" in page
    assert "1 di 1 wilayah" in str(desk.get("/tanda/").content, "utf-8")
    assert "Tanda ini ditarik" in str(desk.post(f"{answer.request['PATH_INFO']}tarik/", follow=True).content, "utf-8")


def test_what_is_refused_is_told_beside_its_field(operator: User, signed_in: Callable[..., Client]) -> None:
    desk = signed_in(operator, None)
    answer = desk.post("/tanda/", {"kind": "digest", "written": "abc", "reason": "Terbukti"})
    assert answer.status_code == 422
    assert "id_written_error" in str(answer.content, "utf-8")
