"""The approver's inbox, with and without htmx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel import clock
from kernel.testing.queries import assert_query_count
from tenants.activities.actions import send_activity
from tenants.activities.models import Activity
from tenants.approvals.models import ApprovalRequest, Decision
from tests.cast import Person
from tests.files import handed_out, pdf
from tests.tenants.activities.work import THURSDAY, entry, make_kind, make_sent

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


@pytest.fixture
def inbox(budi: Person, signed_in: Callable[..., Client]) -> Client:
    """Budi's browser."""
    return signed_in(budi.user)


def fetch(browser: Client, address: str) -> Any:
    """What the browser is given in the end."""
    answer = browser.get(address)
    return handed_out(answer) if answer.status_code == 302 else answer


def uids_of(*activities: Activity) -> list[str]:
    found = ApprovalRequest.objects.filter(document_uid__in=[activity.uid for activity in activities])
    return [str(uid) for uid in found.values_list("uid", flat=True)]


def test_exceptions_come_first_and_only_the_ordinary_ones_are_ticked(ani: Person, inbox: Client) -> None:
    kind = make_kind()
    ordinary = make_sent(ani.employee, kind, 2)
    odd = send_activity(employee=ani.employee, actor=ani.user, draft=entry(kind, minutes=300))
    page = inbox.get("/kotak-masuk/").content.decode()
    (odd_uid,) = uids_of(odd)
    positions = [page.index(uid) for uid in (odd_uid, *uids_of(*ordinary))]
    assert positions[0] == min(positions)
    assert f'value="{odd_uid}" checked' not in page
    assert all(f'value="{uid}" checked' in page for uid in uids_of(*ordinary))
    assert "300 menit, norma 30" in page


def test_the_ticked_ones_are_approved_and_it_is_said(ani: Person, inbox: Client) -> None:
    activities = make_sent(ani.employee, make_kind(), 3)
    data = {"pilih": uids_of(*activities), "putusan": "approved"}
    page = inbox.post("/kotak-masuk/putuskan/", data, follow=True)
    assert page.redirect_chain[0][0].startswith("/kotak-masuk/?batalkan=")
    assert "3 dokumen disetujui." in page.content.decode()
    assert "Tidak ada yang menunggu" in page.content.decode()
    assert set(Activity.objects.values_list("state", flat=True)) == {"approved"}


def test_htmx_gets_the_list_and_the_announcement_for_a_screen_reader(ani: Person, inbox: Client) -> None:
    activities = make_sent(ani.employee, make_kind(), 2)
    one = uids_of(activities[0])[0]
    page = inbox.post("/kotak-masuk/putuskan/", {"setujui": one, "pilih": uids_of(*activities)}, headers=HTMX)
    html = page.content.decode()
    assert "<html" not in html
    assert 'id="live" hx-swap-oob' in html
    assert "1 dokumen disetujui." in html
    assert Activity.objects.filter(state="submitted").count() == 1


def test_the_second_supervisor_is_told_that_it_is_decided(ani: Person, inbox: Client) -> None:
    (activity,) = make_sent(ani.employee, make_kind())
    data = {"setujui": uids_of(activity)[0]}
    inbox.post("/kotak-masuk/putuskan/", data)
    page = inbox.post("/kotak-masuk/putuskan/", data, follow=True)
    assert "1 dokumen sudah Anda putuskan sebelumnya." in page.content.decode()


def test_a_return_asks_for_the_reason_and_the_owner_reads_it(
    ani: Person, inbox: Client, signed_in: Callable[..., Client]
) -> None:
    (activity,) = make_sent(ani.employee, make_kind())
    uid = uids_of(activity)[0]
    asked = inbox.post("/kotak-masuk/putuskan/", {"kembalikan": uid})
    assert asked.status_code == 200
    assert not Decision.objects.exists()
    empty = {"pilih": uid, "putusan": "returned", "verdict": "returned", "reason": "lain", "note": ""}
    refused = inbox.post("/kotak-masuk/putuskan/", empty, headers=HTMX)
    assert refused.status_code == 422
    assert "Tulis alasannya." in refused.content.decode()
    inbox.post("/kotak-masuk/putuskan/", {**empty, "reason": "bukti", "note": "Lampirkan surat"})
    activity.refresh_from_db()
    assert activity.state == "returned"
    own = signed_in(ani.user)
    for address in ("/aktivitas/?bulan=2026-11", "/kotak-masuk/", f"/aktivitas/{activity.uid}/"):
        assert "Bukti belum ada atau belum sesuai: Lampirkan surat" in own.get(address).content.decode()


def test_evidence_is_read_by_its_owner_the_approver_and_who_oversees_and_nobody_else(
    ani: Person,
    budi: Person,
    citra: Person,
    inbox: Client,
    signed_in: Callable[..., Client],
    with_role: Callable[..., object],
) -> None:
    upload = SimpleUploadedFile("surat.pdf", pdf())
    draft = entry(make_kind(), files=[upload])
    activity = send_activity(employee=ani.employee, actor=ani.user, draft=draft)
    address = f"/berkas/{activity.evidence.get().file.uid}/"
    assert address in inbox.get("/kotak-masuk/").content.decode()
    answers = {
        "ani": fetch(signed_in(ani.user), address),
        "budi": fetch(inbox, address),
        "citra": fetch(signed_in(citra.user), address),
        "bkpsdm": fetch(signed_in(with_role("bkpsdm")), address),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "ani": 200,
        "budi": 200,
        "citra": 404,
        "bkpsdm": 200,
    }
    assert answers["budi"].headers["Content-Disposition"].startswith("attachment")
    inbox.post("/kotak-masuk/putuskan/", {"setujui": uids_of(activity)[0]})
    assert fetch(inbox, address).status_code == 200


def test_evidence_is_read_by_who_oversees_the_opd(
    ani: Person, budi: Person, signed_in: Callable[..., Client], with_role: Callable[..., object]
) -> None:
    draft = entry(make_kind(), files=[SimpleUploadedFile("surat.pdf", pdf())])
    activity = send_activity(employee=ani.employee, actor=ani.user, draft=draft)
    stored = activity.evidence.get().file
    assert fetch(signed_in(with_role("inspektorat")), f"/berkas/{stored.uid}/").status_code == 200


def test_another_region_knows_nothing_of_a_request(
    ani: Person, budi: Person, eka: Person, signed_in: Callable[..., Client]
) -> None:
    (activity,) = make_sent(ani.employee, make_kind())
    eka_browser = signed_in(eka.user, "banjarmasin")
    assert eka_browser.get(f"/kotak-masuk/{uids_of(activity)[0]}/").status_code == 404
    assert eka_browser.get(f"/aktivitas/{activity.uid}/").status_code == 404


def test_the_empty_inbox_says_what_comes_next(budi: Person, inbox: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.activities import checks
    from tenants.activities.window import EntryRule

    monkeypatch.setattr(checks, "entry_rule", lambda day: EntryRule(1, "calendar"))
    page = inbox.get("/kotak-masuk/").content.decode()
    assert "Aktivitas November 2026 dapat diajukan sampai Selasa, 1 Desember 2026." in page


def test_own_decisions_are_listed_and_one_is_taken_back(ani: Person, inbox: Client) -> None:
    (activity,) = make_sent(ani.employee, make_kind())
    (uid,) = uids_of(activity)
    inbox.post("/kotak-masuk/putuskan/", {"setujui": uid})
    assert uid in inbox.get("/kotak-masuk/riwayat/").content.decode()
    refused = inbox.post(f"/kotak-masuk/{uid}/tarik/", {"note": ""})
    assert refused.status_code == 422
    inbox.post(f"/kotak-masuk/{uid}/tarik/", {"note": "Keliru"})
    activity.refresh_from_db()
    assert activity.state == "returned"


def test_the_inbox_asks_a_committed_number_of_questions(ani: Person, inbox: Client) -> None:
    make_sent(ani.employee, make_kind(), 30)
    inbox.get("/kotak-masuk/")
    response = assert_query_count("approvals.inbox", lambda: inbox.get("/kotak-masuk/"))
    assert len(response.context["page"]) == 30


def test_a_bulk_approval_asks_a_committed_number_of_questions(ani: Person, inbox: Client) -> None:
    activities = make_sent(ani.employee, make_kind(), 20)
    uids = uids_of(*activities)
    data = {"pilih": uids, "lihat": [f"{uid}=01" for uid in uids], "putusan": "wajar"}
    inbox.get("/kotak-masuk/")
    assert_query_count("approvals.decide.bulk", lambda: inbox.post("/kotak-masuk/putuskan/", data))
    assert Activity.objects.filter(state="approved").count() == 20
