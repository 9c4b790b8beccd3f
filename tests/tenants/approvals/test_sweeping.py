"""Approving in bulk: exceptions are never swept along, changes and others are told, and a mistake is undone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.jobs.models import Job
from kernel.testing.queries import assert_query_count
from tenants.approvals import sweeping, undoing
from tenants.approvals.actions import Submission, add_remarks, decide, submit_many, withdraw
from tenants.approvals.chains import StepInput
from tenants.approvals.models import ApprovalRequest, ChainStep, Decision
from tenants.approvals.sweeping import Seen
from tenants.employees.models import Placement
from tests.cast import Office, Person, make_employee, make_position, make_user
from tests.tenants.approvals.papers import Papers, Told

TODAY = date(2026, 11, 19)
NOW = clock.at_local(TODAY, time(9), "Asia/Makassar")
HTMX = {"HX-Request": "true"}
DECIDE = "/kotak-masuk/putuskan/"
Chain = Callable[..., None]


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def inbox(budi: Person, signed_in: Callable[..., Client]) -> Client:
    return signed_in(budi.user)


def hand_in(owner: Person, count: int, *remarks: str) -> list[ApprovalRequest]:
    return submit_many(
        document_kind="paper",
        submissions=[Submission(uuid.uuid4(), owner.employee, f"Surat {n}", TODAY, remarks) for n in range(count)],
        actor=owner.user,
    )


def form_of(page: Any) -> dict[str, list[str]]:
    """What a browser would send with the page: every tick and every hidden field."""
    html = page.content.decode()
    html = html[html.index('action="/kotak-masuk/putuskan/"') :]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", html[: html.index("</form>")]):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found.get("type") != "checkbox" or " checked" in tag:
            fields.setdefault(found["name"], []).append(found.get("value", ""))
    return fields


def state_of(*requests: ApprovalRequest) -> list[str]:
    return [ApprovalRequest.objects.get(pk=request.pk).state for request in requests]


def test_the_form_ticks_the_ordinary_ones_and_has_no_tick_for_an_exception(
    ani: Person, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    plain, (odd,) = hand_in(ani, 3), hand_in(ani, 1, "Tanpa bukti")
    page = inbox.get("/kotak-masuk/")
    form = form_of(page)
    assert sorted(form["pilih"]) == sorted(str(request.uid) for request in plain)
    assert f"{odd.uid}=1" in form["lihat"]
    html = page.content.decode()
    assert html.index("Tanpa bukti") < html.index("3 wajar")
    assert "Setujui <span data-count>3</span> yang wajar" in html
    answer = inbox.post(DECIDE, {**form, "putusan": "wajar"}, follow=True)
    assert "3 dokumen disetujui." in answer.content.decode()
    assert state_of(*plain, odd) == ["approved"] * 3 + ["waiting"]


def test_a_forged_form_cannot_sweep_an_exception(ani: Person, inbox: Client, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    (plain,), (odd,) = hand_in(ani, 1), hand_in(ani, 1, "Tanpa bukti")
    for verdict in ("wajar", "approved"):
        form = {"pilih": [str(plain.uid), str(odd.uid)], "lihat": [f"{odd.uid}=1"], "putusan": verdict}
        answer = inbox.post(DECIDE, form, follow=True)
        assert "1 dokumen perlu dilihat, jadi tidak ikut disetujui." in answer.content.decode()
    assert state_of(plain, odd) == ["approved", "waiting"]


def test_what_became_an_exception_meanwhile_stays_behind(
    ani: Person, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    first, second, third = hand_in(ani, 3)
    form = form_of(inbox.get("/kotak-masuk/"))
    remarks = {request.document_uid: ["Uraian mirip dokumen lain"] for request in (second, third)}
    add_remarks(document_kind="paper", remarks=remarks, actor=System("tests"))
    # The button of one row is no way around it: on the page the document was an ordinary one.
    alone = inbox.post(DECIDE, {**form, "setujui": str(third.uid)}, follow=True).content.decode()
    assert "1 dokumen perlu dilihat, jadi tidak ikut disetujui." in alone
    answer = inbox.post(DECIDE, {**form, "putusan": "wajar"}, follow=True).content.decode()
    assert "1 dokumen disetujui." in answer
    assert "2 dokumen perlu dilihat, jadi tidak ikut disetujui." in answer
    assert "Uraian mirip dokumen lain" in answer
    assert state_of(first, second, third) == ["approved", "waiting", "waiting"]
    # Seen as an exception it is approved by its own button.
    inbox.post(DECIDE, {**form_of(inbox.get("/kotak-masuk/")), "setujui": str(second.uid)})
    assert state_of(second) == ["approved"]


def test_a_changed_document_in_a_stale_window_is_not_decided(
    ani: Person, inbox: Client, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_chain()
    versions = {"now": "1"}
    monkeypatch.setattr(Papers, "version", lambda self, uids: dict.fromkeys(uids, versions["now"]))
    first, second = hand_in(ani, 2)
    form = form_of(inbox.get("/kotak-masuk/"))
    versions["now"] = "2"
    answer = inbox.post(DECIDE, {**form, "putusan": "wajar"})
    assert answer.status_code == 412
    assert "sudah diubah sesudah Anda membukanya" in answer.content.decode()
    refused = {
        **form,
        "pilih": str(first.uid),
        "putusan": "returned",
        "verdict": "returned",
        "reason": "bukti",
        "note": "",
    }
    assert inbox.post(DECIDE, refused).status_code == 412
    assert state_of(first, second) == ["waiting", "waiting"]


def test_of_many_only_the_changed_one_is_left(
    ani: Person, inbox: Client, paper_chain: Chain, papers: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_chain()
    changed: set[uuid.UUID] = set()
    monkeypatch.setattr(Papers, "version", lambda self, uids: {uid: "2" if uid in changed else "1" for uid in uids})
    first, second = hand_in(ani, 2)
    form = form_of(inbox.get("/kotak-masuk/"))
    changed.add(second.document_uid)
    answer = inbox.post(DECIDE, {**form, "putusan": "wajar"}, follow=True).content.decode()
    assert "1 dokumen disetujui." in answer
    assert "1 dokumen sudah diubah sesudah Anda membukanya" in answer
    assert state_of(first, second) == ["approved", "waiting"]


def test_the_second_click_has_one_effect_and_the_same_answer(
    ani: Person, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    hand_in(ani, 2)
    form = {**form_of(inbox.get("/kotak-masuk/")), "putusan": "wajar"}
    inbox.post(DECIDE, form)
    again = inbox.post(DECIDE, form, headers=HTMX)
    assert again.status_code == 200
    assert "2 dokumen sudah Anda putuskan sebelumnya." in again.content.decode()
    assert papers.calls == [("approved", 2, "")]


def test_the_second_approver_is_told_what_was_decided_and_by_whom(
    ani: Person, budi: Person, citra: Person, inbox: Client, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain(StepInput(ChainStep.Approver.ROLE_IN_REGION, role_code="bpkad"))
    other_user = make_user("198001012005011003", "Farah", "bpkad")
    (request,) = hand_in(ani, 1)
    first, second = signed_in(citra.user), signed_in(other_user)
    form = {**form_of(second.get("/kotak-masuk/")), "setujui": str(request.uid)}
    decide(request_uids=[request.uid], verdict="returned", note="Bukti kurang", actor=citra.user)
    for headers, whole in ((HTMX, False), ({}, True)):
        answer = second.post(DECIDE, form, headers=headers)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert ("<html" in html) is whole
        assert "Keputusan Anda tidak disimpan." in html
        assert "Citra" in html
        # The list as it stands now comes along.
        assert "Tidak ada yang menunggu" in html
        assert answer.headers.get("KD-Part") == (None if whole else "1")
    assert first.get("/kotak-masuk/").status_code == 200
    assert Decision.objects.count() == 1


def test_what_the_owner_took_back_is_told(ani: Person, inbox: Client, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    (request,) = hand_in(ani, 1)
    form = {**form_of(inbox.get("/kotak-masuk/")), "setujui": str(request.uid)}
    withdraw(document_kind="paper", document_uids=[request.document_uid], owner=ani.employee, actor=ani.user)
    answer = inbox.post(DECIDE, form)
    assert answer.status_code == 409
    assert "Keputusan Anda tidak disimpan." in answer.content.decode()


def test_a_moved_approver_is_told_and_the_document_goes_on(
    ani: Person, budi: Person, citra: Person, office: Office, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    (request,) = hand_in(ani, 1)
    form = {**form_of(inbox.get("/kotak-masuk/")), "setujui": str(request.uid)}
    Placement.objects.filter(employee=budi.employee).update(period=DateRange(date(2024, 1, 1), TODAY))
    Placement.objects.create(
        employee=budi.employee,
        position=make_position(office.opd, "P-88", "Analis", superior=office.head),
        period=DateRange(TODAY, None),
    )
    successor = make_employee("Gita", office.section_head, since=TODAY)
    answer = inbox.post(DECIDE, form)
    assert answer.status_code == 403
    assert "Anda tidak lagi memutuskan dokumen ini." in answer.content.decode()
    request.refresh_from_db()
    assert (request.state, request.approver) == ("waiting", successor)


def test_what_is_somebody_elses_stays_unknown(
    ani: Person, budi: Person, citra: Person, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain()
    (odd,) = hand_in(ani, 1, "Tanpa bukti")
    browser = signed_in(citra.user)
    for form in ({"setujui": str(odd.uid)}, {"pilih": str(odd.uid), "putusan": "wajar"}):
        answer = browser.post(DECIDE, form)
        assert answer.status_code == 404
        assert "Tanpa bukti" not in answer.content.decode()


def test_an_approval_is_undone_within_minutes_and_the_documents_wait_again(
    ani: Person, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    requests = hand_in(ani, 3)
    form = {**form_of(inbox.get("/kotak-masuk/")), "putusan": "wajar"}
    page = inbox.post(DECIDE, form, headers=HTMX).content.decode()
    assert "3 dokumen disetujui" in page
    found = re.search(r'name="saat" value="([^"]+)"', page)
    assert found is not None
    with clock.at(NOW + timedelta(minutes=9)):
        answer = inbox.post("/kotak-masuk/batalkan/", {"saat": found[1]}, follow=True)
    html = answer.content.decode()
    assert "3 persetujuan dibatalkan. Dokumennya menunggu keputusan Anda lagi." in html
    assert all(f"{request.uid}=0@1.1" in html for request in requests)
    assert state_of(*requests) == ["waiting"] * 3
    assert papers.calls == [("approved", 3, ""), ("undone", 3, "")]
    again = inbox.post("/kotak-masuk/batalkan/", {"saat": found[1]}, follow=True).content.decode()
    assert "3 persetujuan tetap berlaku" in again


def test_an_undo_comes_too_late_or_is_nobodys(
    ani: Person, budi: Person, citra: Person, inbox: Client, paper_chain: Chain, papers: Told, signed_in: Any
) -> None:
    paper_chain()
    hand_in(ani, 1)
    inbox.post(DECIDE, {**form_of(inbox.get("/kotak-masuk/")), "putusan": "wajar"})
    moment = {"saat": Decision.objects.get().decided_at.isoformat()}
    assert signed_in(citra.user).post("/kotak-masuk/batalkan/", moment).status_code == 404
    for text in ("kemarin", "2026-11-19T09:00"):
        assert inbox.post("/kotak-masuk/batalkan/", {"saat": text}).status_code == 400
    with clock.at(NOW + timedelta(minutes=11)):
        late = inbox.post("/kotak-masuk/batalkan/", moment)
        assert late.status_code == 409
        assert "Sudah lewat 10 menit." in late.content.decode()
        assert (
            "Batalkan" not in inbox.get(f"/kotak-masuk/?batalkan={moment['saat'].replace('+', '%2B')}").content.decode()
        )
    assert set(ApprovalRequest.objects.values_list("state", flat=True)) == {"approved"}


@pytest.fixture
def head(office: Office) -> Person:
    """Above Budi."""
    user = make_user("198001012005011003", "Farah", "asn", "atasan")
    return Person(user, make_employee("Farah", office.head, user=user))


@pytest.fixture
def two_levels(paper_chain: Chain, papers: Told) -> None:
    paper_chain(StepInput(ChainStep.Approver.DIRECT_SUPERIOR), StepInput(ChainStep.Approver.NEXT_SUPERIOR))


def pass_up(owner: Person, by: Person, count: int, *remarks: str) -> list[ApprovalRequest]:
    requests = hand_in(owner, count, *remarks)
    decide(request_uids=[request.uid for request in requests], verdict="approved", actor=by.user)
    return requests


def test_what_came_up_is_one_row_for_each_person_below(
    ani: Person, budi: Person, head: Person, two_levels: None, signed_in: Any
) -> None:
    plain, (odd,) = pass_up(ani, budi, 7), pass_up(ani, budi, 1, "Tanpa bukti")
    (own,) = hand_in(budi, 1)
    browser = signed_in(head.user)
    page = browser.get("/kotak-masuk/")
    html = page.content.decode()
    assert [(row.name, row.ordinary, row.exceptions) for row in page.context["senders"]] == [("Budi", 7, 1)]
    assert "Setujui 7 yang wajar" in html
    # One by one stands only what came directly.
    assert str(own.uid) in html
    assert not any(str(request.uid) in html for request in (*plain, odd))
    opened = browser.get(f"/kotak-masuk/?dari={budi.employee.uid}").content.decode()
    assert all(str(request.uid) in opened for request in (*plain, odd))
    assert str(own.uid) not in opened
    answer = browser.post(DECIDE, {**form_of(page), "naik": f"{budi.employee.uid}:7"}, follow=True).content.decode()
    assert "7 dokumen disetujui." in answer
    assert state_of(*plain, odd, own) == ["approved"] * 7 + ["waiting", "waiting"]


def test_a_row_sweeps_no_more_than_it_told_and_nothing_that_came_later(
    ani: Person, budi: Person, head: Person, two_levels: None, signed_in: Any
) -> None:
    early = pass_up(ani, budi, 3)
    browser = signed_in(head.user)
    form = {**form_of(browser.get("/kotak-masuk/")), "naik": f"{budi.employee.uid}:3"}
    with clock.at(NOW + timedelta(minutes=1)):
        late = pass_up(ani, budi, 2)
        odd = early[0]
        add_remarks(document_kind="paper", remarks={odd.document_uid: ["Tanpa bukti"]}, actor=System("tests"))
        browser.post(DECIDE, form)
    assert state_of(*early, *late) == ["waiting", "approved", "approved", "waiting", "waiting"]
    fewer = {"sampai": clock.now().isoformat(), "naik": f"{budi.employee.uid}:1"}
    with clock.at(NOW + timedelta(minutes=2)):
        browser.post(DECIDE, {**fewer, "sampai": clock.now().isoformat()})
    assert state_of(*late).count("approved") == 1


@pytest.mark.parametrize("pressed", ["", "x:1", "3"])
def test_a_row_that_is_none_is_refused(head: Person, budi: Person, signed_in: Any, pressed: str) -> None:
    form = {"naik": pressed or "x", "sampai": NOW.isoformat()}
    assert signed_in(head.user).post(DECIDE, form).status_code == 400
    for count in (-1, 0, 10**12):
        forged = {**form, "naik": f"{budi.employee.uid}:{count}"}
        assert signed_in(head.user).post(DECIDE, forged).status_code == 400
    unknown = {"naik": f"{uuid.uuid4()}:1", "sampai": NOW.isoformat()}
    assert signed_in(head.user).post(DECIDE, unknown).status_code == 404


def test_a_long_row_is_approved_by_a_job(
    ani: Person,
    budi: Person,
    head: Person,
    two_levels: None,
    signed_in: Any,
    run_outbox: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeping, "MOST_AT_ONCE", 4)
    plain, (odd,) = pass_up(ani, budi, 10), pass_up(ani, budi, 1, "Tanpa bukti")
    browser = signed_in(head.user)
    answer = browser.post(DECIDE, {**form_of(browser.get("/kotak-masuk/")), "naik": f"{budi.employee.uid}:10"})
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/pekerjaan/{job.uid}/"
    run_outbox()
    job.refresh_from_db()
    assert (job.state, job.result["facts"][0][1]) == ("done", 10)
    assert state_of(*plain, odd) == ["approved"] * 10 + ["waiting"]
    assert Decision.objects.filter(decided_by=head.user).count() == 10


def test_the_list_is_narrowed_by_kind_and_by_person(
    ani: Person, budi: Person, citra: Person, office: Office, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    (of_ani,) = hand_in(ani, 1)
    user = make_user("198001012005011004", "Hana", "asn")
    hana = Person(user, make_employee("Hana", office.staff, user=user))
    (of_hana,) = hand_in(hana, 1)
    for query, shown, hidden in (
        ("cari=hana", of_hana, of_ani),
        (f"cari={ani.employee.nip}", of_ani, of_hana),
        ("jenis=paper&cari=ani", of_ani, of_hana),
    ):
        page = inbox.get(f"/kotak-masuk/?{query}").content.decode()
        assert str(shown.uid) in page
        assert str(hidden.uid) not in page
    none = inbox.get("/kotak-masuk/?jenis=activity").content.decode()
    assert "Tidak ada yang cocok" in none
    assert inbox.get("/kotak-masuk/?dari=bukan").status_code == 400
    # The filter is kept behind a decision.
    answer = inbox.post(DECIDE, {"setujui": str(of_hana.uid), "cari": "hana"})
    assert "cari=hana" in answer.headers["Location"]


def test_an_ordinary_day_of_fifteen_people_stands_on_one_page_by_person(
    budi: Person, office: Office, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    people = []
    for number in range(15):
        user = make_user(f"1980010120050120{number:02}", f"Staf {number:02}", "asn")
        people.append(Person(user, make_employee(f"Staf {number:02}", office.staff, user=user)))
    for person in people:
        hand_in(person, 4)
    page = assert_query_count("approvals.inbox.day", lambda: inbox.get("/kotak-masuk/"))
    groups = page.context["groups"]
    assert [(group.name, group.day, len(group.entries)) for group in groups] == [
        (person.employee.name, TODAY, 4) for person in people
    ]
    assert "Setujui <span data-count>60</span> yang wajar" in page.content.decode()


def test_the_page_of_sums_asks_a_committed_number_of_questions(
    ani: Person, budi: Person, head: Person, two_levels: None, signed_in: Any
) -> None:
    browser = signed_in(head.user)
    pass_up(ani, budi, 3)
    browser.get("/kotak-masuk/")
    assert_query_count("approvals.inbox.sums", lambda: browser.get("/kotak-masuk/"))
    pass_up(ani, budi, 30)
    assert_query_count("approvals.inbox.sums", lambda: browser.get("/kotak-masuk/"))


def test_two_hundred_on_the_page_take_as_many_statements_as_twenty(
    ani: Person, budi: Person, inbox: Client, paper_chain: Chain, papers: Told
) -> None:
    paper_chain()
    counts = {}
    for size in (20, 200):
        uids = [str(request.uid) for request in hand_in(ani, size)]
        form = {"pilih": uids, "lihat": [f"{uid}=0" for uid in uids], "putusan": "wajar"}
        with CaptureQueriesContext(connection) as captured:
            answer = inbox.post(DECIDE, form)
        assert answer.status_code == 302
        counts[size] = len(captured)
    assert ApprovalRequest.objects.filter(state="approved").count() == 220
    assert abs(counts[200] - counts[20]) <= 2


def test_two_moments_of_one_second_are_two_undos(ani: Person, budi: Person, paper_chain: Chain, papers: Told) -> None:
    paper_chain()
    first, second = hand_in(ani, 2)
    moments: list[datetime] = []
    for number, request in enumerate((first, second)):
        with clock.at(NOW + timedelta(microseconds=number)):
            swept = sweeping.approve_one(uid=request.uid, seen=Seen(False, ""), actor=budi.user)
            assert swept.undo is not None
            moments.append(swept.undo.decided_at)
    undoing.undo_approvals(decided_at=moments[1], actor=User.objects.get(pk=budi.user.pk))
    assert state_of(first, second) == ["approved", "waiting"]
    with pytest.raises(NotFound):
        undoing.undo_approvals(decided_at=NOW - timedelta(minutes=1), actor=budi.user)
