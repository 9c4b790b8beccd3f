"""The pages of the watch over names, as an operator uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from control.pages import actions, watching
from control.pages.models import Capture, Scan, WatchedName
from kernel import clock
from kernel.accounts.models import User
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import control_scope
from tests.control.pages.planted import OFFERS, SPAM, home, is_robot
from tests.control.pages.servers import Asked, Internet, Reply, serving
from tests.control.pages.test_watching import NAME, PUBLIC, Names

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def desk(operator: User, signed_in: Callable[..., Client]) -> Client:
    return signed_in(operator, None)


@pytest.fixture
def watched(operator: User) -> WatchedName:
    with control_scope():
        name = actions.add_name(region="manado", name=NAME, actor=operator)
        WatchedName.objects.filter(pk=name.pk).update(state="proved", next_scan_at=MORNING)
        return name


def shown(answer: object) -> str:
    return str(answer.content, "utf-8")  # type: ignore[attr-defined]


def scanned_twice(watched: WatchedName) -> Scan:
    """The name as a robot finds it doctored, seen twice."""

    def site(asked: Asked) -> Reply:
        if asked.path != "/":
            return Reply("Tidak ada", 404)
        return Reply(SPAM.format(words=OFFERS[0][0], url=OFFERS[0][1]) if is_robot(asked) else home())

    with serving(site) as port, control_scope():
        internet = Internet({NAME: [[PUBLIC]]}, {(PUBLIC, 80): port})
        for minutes in (0, 10):
            with clock.at(MORNING + timedelta(minutes=minutes)):
                scan = watching.scan_name(watched.uid, fetcher=internet.fetcher(), servers=Names())
    assert scan is not None
    return scan


def test_an_operator_adds_a_name_and_is_told_how_it_is_proved(desk: Client) -> None:
    answer = desk.post("/situs/tambah/", {"region": "manado", "name": NAME}, follow=True)
    with control_scope():
        name = WatchedName.objects.get(name=NAME)
    assert name.txt_value in shown(answer)
    assert f"https://{NAME}{name.file_path}" in shown(answer)
    assert "Periksa bukti" in shown(answer)


@pytest.mark.parametrize("name", ["localhost", "10.0.0.1", "http://a.go.id/", NAME])
def test_what_cannot_be_added_is_told_beside_the_field(name: str, desk: Client, watched: WatchedName) -> None:
    answer = desk.post("/situs/tambah/", {"region": "manado", "name": name})
    assert answer.status_code == 422
    assert "id_name_error" in shown(answer)


def test_a_proof_that_is_not_there_yet_is_told_and_one_that_is_begins_the_watch(
    desk: Client, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = Names()
    monkeypatch.setattr(actions, "make_fetcher", lambda: Internet().fetcher())
    monkeypatch.setattr(actions, "MachineNameServers", lambda: servers)
    with control_scope():
        name = actions.add_name(region="manado", name=NAME, actor=operator)
    assert "belum ditemukan" in shown(desk.post(f"/situs/{name.uid}/periksa-bukti/", follow=True))
    servers.said[NAME, "TXT"] = [name.txt_value]
    answer = desk.post(f"/situs/{name.uid}/periksa-bukti/", follow=True)
    assert "terbukti" in shown(answer)
    assert "Pindai sekarang" in shown(answer)


def test_a_scan_is_asked_for_and_goes_to_the_scan_lane(desk: Client, watched: WatchedName) -> None:
    asked = shown(desk.post(f"/situs/{watched.uid}/pindai/", follow=True))
    assert "Pemindaian diminta" in asked
    assert "Pemindaian menunggu giliran" in asked
    assert "Pemindaian berikutnya" not in asked
    with control_scope():
        [message] = OutboxMessage.objects.filter(task="control.pages.tasks.scan")
        WatchedName.objects.update(scanning_since=clock.now())
    assert message.kwargs == {"uid": str(watched.uid)}
    answer = desk.post(f"/situs/{watched.uid}/pindai/", follow=True)
    assert "sedang berjalan" in shown(answer)


def test_a_finding_stands_on_top_with_what_whom_was_shown(desk: Client, watched: WatchedName, operator: User) -> None:
    with control_scope():
        actions.add_name(region="banjarmasin", name="a.go.id", actor=operator)
    scan = scanned_twice(watched)
    listed = shown(desk.get("/situs/"))
    assert listed.index(NAME) < listed.index(">a.go.id<")
    assert "1 situs bermasalah" in listed
    assert "Menipu mesin pencari" in shown(desk.get(f"/situs/{watched.uid}/"))
    page = shown(desk.get(f"/situs/pindaian/{scan.uid}/"))
    assert "judul halaman mempromosikan judi" in page
    assert "Dinas Pendidikan Kota" in page
    assert OFFERS[0][0] in page
    assert f'href="{OFFERS[0][1]}' not in page


def test_what_is_not_enough_for_a_finding_is_shown_as_that(desk: Client, watched: WatchedName) -> None:
    remark = "Terlihat, tetapi belum cukup untuk disebut temuan"
    with control_scope():
        scan = Scan.objects.create(name=watched, verdict=Scan.Verdict.CLEAN, url="x", reasons=["A:hidden_anchor"])
    pages = (f"/situs/{watched.uid}/", f"/situs/pindaian/{scan.uid}/")
    for path in pages:
        assert remark in shown(desk.get(path))
    with control_scope():
        Scan.objects.update(verdict=Scan.Verdict.INJECTED)
    for path in pages:
        assert "tautan tersembunyi ke situs judi" in shown(desk.get(path))
        assert remark not in shown(desk.get(path))


def test_the_bytes_of_a_page_are_handed_out_and_never_opened(desk: Client, watched: WatchedName) -> None:
    scan = scanned_twice(watched)
    with control_scope():
        capture = Capture.objects.get(scan=scan, visitor="B")
    answer = desk.get(f"/situs/isi/{capture.uid}/")
    assert b"<title>" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_list_can_be_narrowed_to_one_region(desk: Client, watched: WatchedName) -> None:
    assert NAME in shown(desk.get("/situs/?wilayah=manado"))
    assert NAME not in shown(desk.get("/situs/?wilayah=banjarmasin"))


def test_a_name_is_stopped_and_its_scans_stay(desk: Client, watched: WatchedName) -> None:
    scanned_twice(watched)
    answer = shown(desk.post(f"/situs/{watched.uid}/hentikan/", follow=True))
    assert "tidak dipantau lagi" in answer
    assert "Menipu mesin pencari" in answer
    assert "Pindai sekarang" not in answer
