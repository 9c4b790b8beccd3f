"""What the region sees of its own security, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.tenancy.state import RegionState
from kernel.testing.queries import assert_query_count
from kernel.watching import gathering, names
from tenants.security.models import Answer, DailyCount, Incident
from tenants.security.tasks import take_counts, take_incident
from tests.cast import Office, Person
from tests.containment import stand

SignedIn = Callable[..., Client]


def told(**more: Any) -> dict[str, Any]:
    """An incident as the operators' desk tells it."""
    return {
        "incident": str(new_uid()),
        "version": 1,
        "number": "INS-2026-0007",
        "title": "Tulisan judi di catatan aktivitas",
        "kind": "Tulisan judi daring",
        "severity": "Tinggi",
        "severity_rank": 3,
        "state": "Ditangani",
        "is_open": True,
        "detected_at": "2026-11-23T02:00:00+00:00",
        "closed_at": None,
        "summary": "Tiga akun memasukkan tulisan yang sama.",
        "asks": [
            {
                "uid": str(new_uid()),
                "title": "Hubungi tiga pegawai",
                "of": "BKPSDM",
                "instruction": "Pastikan kata sandinya diganti.",
                "due_at": "2026-11-20T10:00:00+00:00",
                "done": False,
            }
        ],
        "notices": [],
        "contact": "Operator, operator@platform.test",
        **more,
    }


def take(manado: RegionState, digest: dict[str, Any]) -> None:
    """As the region's outbox brings it."""
    take_incident.apply(kwargs=digest, headers={"kd_region": manado.code}, throw=True)


@pytest.fixture
def diskominfo(with_role: Callable[..., User], signed_in: SignedIn) -> Client:
    return signed_in(with_role("diskominfo"))


def test_an_incident_is_shown_in_plain_words_with_what_is_asked_by_when(
    manado: RegionState, diskominfo: Client
) -> None:
    digest = told()
    take(manado, digest)
    assert "Tulisan judi di catatan aktivitas" in diskominfo.get("/keamanan/").content.decode()
    page = diskominfo.get(f"/keamanan/insiden/{digest['incident']}/").content.decode()
    for words in ("Hubungi tiga pegawai", "Pastikan kata sandinya diganti.", "18.00", "Lewat waktu", "Tiga akun"):
        assert words in page


def an_ask(title: str, due_at: str | None, *, done: bool = False) -> dict[str, Any]:
    return {"uid": str(new_uid()), "title": title, "of": "BKPSDM", "instruction": "", "due_at": due_at, "done": done}


def test_what_is_asked_of_whom_stands_on_top_the_soonest_first(manado: RegionState, diskominfo: Client) -> None:
    late, soon, done = "2026-11-20T10:00:00+00:00", "2099-01-01T00:00:00+00:00", "2026-11-19T00:00:00+00:00"
    take(manado, told(asks=[an_ask("Tanpa tenggat", None), an_ask("Nanti", soon), an_ask("Beres", done, done=True)]))
    take(manado, told(incident=str(new_uid()), asks=[an_ask("Yang lewat", late)]))
    take(manado, told(incident=str(new_uid()), is_open=False, asks=[an_ask("Sudah ditutup", soon)]))
    page = diskominfo.get("/keamanan/")
    assert [ask.title for _incident, ask in page.context["asks"]] == ["Yang lewat", "Nanti", "Tanpa tenggat"]
    said = page.content.decode()
    assert "Untuk BKPSDM, paling lambat" in said
    assert "Lewat waktu" in said


def test_the_region_sees_who_must_be_told_by_law_and_by_when(manado: RegionState, diskominfo: Client) -> None:
    notice = {
        "name": "Pemberitahuan kegagalan pelindungan data pribadi",
        "source": "UU 27/2022 Pasal 46",
        "recipient": "Subjek data pribadi",
        "sender": "Pemerintah daerah",
        "due_at": "2026-11-20T10:00:00+00:00",
        "state": "Belum dikirim",
        "is_waiting": True,
    }
    digest = told(notices=[notice])
    take(manado, digest)
    page = diskominfo.get(f"/keamanan/insiden/{digest['incident']}/").content.decode()
    for words in ("Kepada Subjek data pribadi", "Dikirim oleh Pemerintah daerah", "18.00", "UU 27/2022 Pasal 46"):
        assert words in page
    take(manado, {**digest, "version": 2, "notices": [{**notice, "state": "Terkirim", "is_waiting": False}]})
    assert "Terkirim" in diskominfo.get(f"/keamanan/insiden/{digest['incident']}/").content.decode()


def test_what_was_told_before_offices_were_named_is_still_shown(manado: RegionState, diskominfo: Client) -> None:
    digest = told()
    del digest["notices"], digest["asks"][0]["of"]
    take(manado, digest)
    assert diskominfo.get(f"/keamanan/insiden/{digest['incident']}/").status_code == 200
    assert "Hubungi tiga pegawai" in diskominfo.get("/keamanan/").content.decode()


def test_the_page_asks_the_same_however_much_there_is_to_show(manado: RegionState, diskominfo: Client) -> None:
    diskominfo.get("/keamanan/")
    take(manado, told())
    assert_query_count("security.home", lambda: diskominfo.get("/keamanan/"))
    for _more in range(3):
        take(manado, told(incident=str(new_uid())))
    assert_query_count("security.home", lambda: diskominfo.get("/keamanan/"))


def test_an_older_telling_changes_nothing(manado: RegionState) -> None:
    newer = told(version=3, state="Selesai", is_open=False, closed_at="2026-11-23T05:00:00+00:00")
    take(manado, newer)
    take(manado, {**newer, "version": 2, "state": "Ditangani", "is_open": True, "closed_at": None})
    assert (Incident.objects.get().state, Incident.objects.get().is_open) == ("Selesai", False)


def test_a_read_only_region_hears_of_its_incident_and_answers(manado: RegionState, diskominfo: Client) -> None:
    stand("manado", "read_only")
    digest = told()
    take(manado, digest)
    path = f"/keamanan/insiden/{digest['incident']}/permintaan/{digest['asks'][0]['uid']}/"
    assert diskominfo.post(path, {"kind": "acknowledged", "key": str(new_uid())}).status_code == 302
    assert Answer.objects.count() == 1


def test_an_answer_reaches_the_operators_desk_once(manado: RegionState, diskominfo: Client) -> None:
    digest, key = told(), str(new_uid())
    take(manado, digest)
    path = f"/keamanan/insiden/{digest['incident']}/permintaan/{digest['asks'][0]['uid']}/"
    for _turn in range(2):
        answer = diskominfo.post(path, {"kind": "done", "text": "Sudah diganti.", "key": key})
        assert answer["Location"] == f"/keamanan/insiden/{digest['incident']}/"
    assert Answer.objects.get().text == "Sudah diganti."
    assert "Sudah diganti." in diskominfo.get(f"/keamanan/insiden/{digest['incident']}/").content.decode()


def test_what_goes_up_says_who_and_to_what(manado: RegionState, with_role: Callable[..., User]) -> None:
    from uuid import UUID

    from tenants.security.actions import answer_ask

    digest, officer = told(), with_role("diskominfo")
    take(manado, digest)
    with gathering(work="tests") as gathered:
        answer_ask(
            incident=UUID(digest["incident"]),
            ask=UUID(digest["asks"][0]["uid"]),
            kind=Answer.Kind.ANSWER,
            text="Dua sudah, satu cuti.",
            key=new_uid(),
            actor=officer,
        )
        ((_side, event),) = gathered.events
        gathered.events.clear()
    assert (event["name"], event["subject"], event["person"]) == (
        names.INCIDENT_ANSWER,
        digest["asks"][0]["uid"],
        str(officer.uid),
    )
    assert event["facts"]["text"] == "Dua sudah, satu cuti."


def test_an_answer_without_words_is_said_beside_the_field(manado: RegionState, diskominfo: Client) -> None:
    digest = told()
    take(manado, digest)
    path = f"/keamanan/insiden/{digest['incident']}/permintaan/{digest['asks'][0]['uid']}/"
    answer = diskominfo.post(path, {"kind": "answer", "text": " ", "key": str(new_uid())})
    assert answer.status_code == 422
    assert "Tuliskan jawabannya" in answer.content.decode()


def test_a_closed_incident_takes_no_answer(manado: RegionState, diskominfo: Client) -> None:
    digest = told(is_open=False, closed_at="2026-11-23T05:00:00+00:00")
    take(manado, digest)
    path = f"/keamanan/insiden/{digest['incident']}/permintaan/{digest['asks'][0]['uid']}/"
    answer = diskominfo.post(path, {"kind": "done", "key": str(new_uid())})
    assert answer.status_code == 422
    assert not Answer.objects.exists()


def test_an_answer_stays_as_it_was_given(manado: RegionState, diskominfo: Client) -> None:
    digest = told()
    take(manado, digest)
    path = f"/keamanan/insiden/{digest['incident']}/permintaan/{digest['asks'][0]['uid']}/"
    diskominfo.post(path, {"kind": "acknowledged", "key": str(new_uid())})
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Answer.objects.update(text="lain")


def test_measures_are_shown_with_reason_and_end(manado: RegionState, diskominfo: Client) -> None:
    stand("manado", "uploads_off", reason="Berkas judi", until="2030-01-01T00:00:00+00:00")
    stand("manado", "networks_blocked", reason="Percobaan masuk", networks=["203.0.113.0/24"])
    page = diskominfo.get("/keamanan/")
    assert [one.label for one in page.context["measures"]] == ["Unggahan ditutup", "Jaringan diblokir"]
    said = page.content.decode()
    for words in ("Berkas judi", "203.0.113.0/24", "Absen tetap diterima"):
        assert words in said


def test_a_locked_account_is_named_with_the_reason(manado: RegionState, diskominfo: Client, ani: Person) -> None:
    stand("manado", "accounts_locked", reason="Akun menulis promosi judi", accounts=[str(ani.user.uid)])
    said = diskominfo.get("/keamanan/").content.decode()
    assert f"<b>Akun dikunci</b>: {ani.user.display_name}" in said
    assert "Akun menulis promosi judi" in said


def test_counts_are_absolute_so_a_second_telling_changes_nothing(manado: RegionState, diskominfo: Client) -> None:
    def tell(count: int) -> None:
        one = {"name": "authn_login_fail", "severity": "low", "count": count, "last_at": "2026-11-23T02:00:00+00:00"}
        unknown = {**one, "name": "nothing_of_ours"}
        take_counts.apply(kwargs={"day": DAY, "counts": [one, unknown]}, headers={"kd_region": manado.code}, throw=True)

    from kernel.tenancy import here

    DAY = here.today().isoformat()
    for count in (12, 12, 9):
        tell(count)
    assert DailyCount.objects.get().count == 12
    assert "Gagal masuk" in diskominfo.get("/keamanan/").content.decode()


def test_who_may_read_may_not_answer(
    manado: RegionState, office: Office, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    digest = told()
    take(manado, digest)
    leader = signed_in(with_role("kepala_daerah"))
    assert leader.get(f"/keamanan/insiden/{digest['incident']}/").status_code == 200
    path = f"/keamanan/insiden/{digest['incident']}/permintaan/{digest['asks'][0]['uid']}/"
    assert leader.post(path, {"kind": "done", "key": str(new_uid())}).status_code == 403


def test_an_incident_of_another_region_is_not_there(manado: RegionState, eka: Person, diskominfo: Client) -> None:
    assert diskominfo.get(f"/keamanan/insiden/{new_uid()}/").status_code == 404
