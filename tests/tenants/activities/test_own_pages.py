"""The pages on which a person enters activities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.testing.queries import assert_query_count
from tenants.activities.models import Activity
from tenants.employees.models import Placement
from tests.cast import Office, Person, make_position
from tests.files import pdf
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent, sent_form

PDF = pdf()


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


def test_the_form_proposes_minutes_from_the_norm_and_a_start_behind_the_last_one(
    ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    kind = make_kind(norm_minutes=45)
    make_sent(ani.employee, kind, 3)
    response = signed_in(ani.user).get(f"/aktivitas/baru/?jenis={kind.uid}")
    form = response.context["form"]
    assert (form["minutes"].value(), str(form["starts_at"].value())) == (45, "00:30:00")


def test_the_first_tap_offers_favourites_and_the_last_day(
    ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    rare, often = make_kind("T-1"), make_kind("T-2", name="Mengolah data")
    make_sent(ani.employee, often, 2)
    with clock.at(THURSDAY.replace(day=20)):
        response = signed_in(ani.user).get("/aktivitas/baru/")
    choices = response.context["choices"]
    assert choices.favourites == [often]
    assert [activity.job_kind for activity in choices.last] == [often, often]
    assert rare in response.context["kinds"]


def test_the_page_offers_the_work_of_the_post_held_on_the_chosen_day(
    ani: Person, budi: Person, office: Office, signed_in: Callable[..., Client]
) -> None:
    post = make_position(office.unit, "P-9", "Kepala Seksi", kind="pengawas", superior=office.section_head)
    Placement.objects.filter(employee=ani.employee).update(period=DateRange(date(2024, 1, 1), date(2026, 11, 16)))
    Placement.objects.create(employee=ani.employee, position=post, period=DateRange(date(2026, 11, 16), None))
    before, now = make_kind("T-1", position_kinds=["pelaksana"]), make_kind("T-2", position_kinds=["pengawas"])
    client = signed_in(ani.user)
    on_friday, today = (
        {kind.code for kind in client.get(f"/aktivitas/baru/{query}").context["kinds"]}
        for query in ("?tanggal=2026-11-13", "")
    )
    assert (before.code in on_friday, now.code in on_friday) == (True, False)
    assert (before.code in today, now.code in today) == (False, True)
    refused = client.post("/aktivitas/baru/", sent_form(now.uid, date="2026-11-13"))
    assert refused.status_code == 422
    assert "bukan untuk jabatan Anda pada tanggal itu" in refused.content.decode()


def test_the_same_form_sent_twice_is_one_activity(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> None:
    client, form = signed_in(ani.user), sent_form(make_kind().uid)
    first, second = client.post("/aktivitas/baru/", form), client.post("/aktivitas/baru/", form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Activity.objects.get().state == Activity.State.SUBMITTED


def test_an_overlap_is_said_beside_the_start_and_keeps_what_was_typed(
    ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    kind = make_kind()
    client = signed_in(ani.user)
    client.post("/aktivitas/baru/", sent_form(kind.uid))
    response = client.post("/aktivitas/baru/", sent_form(kind.uid, starts_at="08:15", description="Yang kedua"))
    assert response.status_code == 422
    assert "08.00 sampai 08.30" in response.context["form"].errors["starts_at"][0]
    assert "Yang kedua" in response.content.decode()


def test_evidence_is_stored_with_the_activity(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> None:
    kind = make_kind(needs_evidence=True)
    client = signed_in(ani.user)
    without = client.post("/aktivitas/baru/", sent_form(kind.uid))
    assert without.context["form"].errors["evidence"] == ["Jenis pekerjaan ini perlu bukti: foto atau PDF."]
    assert not Activity.objects.exists()
    upload = SimpleUploadedFile("surat.pdf", PDF)
    assert client.post("/aktivitas/baru/", sent_form(kind.uid, evidence=upload)).status_code == 302
    assert [row.file.name for row in Activity.objects.get().evidence.all()] == ["surat.pdf"]


def test_a_file_that_is_no_photo_or_pdf_is_refused_beside_its_field(
    ani: Person, budi: Person, signed_in: Callable[..., Client]
) -> None:
    upload = SimpleUploadedFile("bukti.html", b"<script>alert(1)</script>")
    response = signed_in(ani.user).post("/aktivitas/baru/", sent_form(make_kind().uid, evidence=upload))
    assert response.status_code == 422
    assert "Jenis berkas ini tidak diterima" in response.context["form"].errors["evidence"][0]


def test_many_drafts_are_handed_in_at_once(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> None:
    kind = make_kind()
    client = signed_in(ani.user)
    for hour in range(8, 12):
        client.post("/aktivitas/baru/", sent_form(kind.uid, starts_at=f"{hour:02d}:00", langkah="draf"))
    drafts = [str(uid) for uid in Activity.objects.filter(state="draft").values_list("uid", flat=True)]
    assert len(drafts) == 4
    client.post("/aktivitas/kirim/", {"pilih": drafts})
    assert Activity.objects.filter(state="submitted").count() == 4


def test_the_list_asks_a_committed_number_of_questions(
    ani: Person, budi: Person, manado_rules: object, signed_in: Callable[..., Client]
) -> None:
    make_sent(ani.employee, make_kind(), 30)
    client = signed_in(ani.user)
    client.get("/aktivitas/")
    response = assert_query_count("activities.list", lambda: client.get("/aktivitas/"))
    assert len(response.context["page"]) == 25


def test_handing_in_asks_a_committed_number_of_questions(
    ani: Person, budi: Person, manado_rules: object, signed_in: Callable[..., Client]
) -> None:
    kind = make_kind()
    client = signed_in(ani.user)
    client.post("/aktivitas/baru/", sent_form(kind.uid))
    form = sent_form(kind.uid, starts_at="10:00")
    response = assert_query_count("activities.new.post", lambda: client.post("/aktivitas/baru/", form))
    assert response.status_code == 302


def test_the_pages_of_a_new_activity_ask_a_committed_number_of_questions(
    ani: Person, budi: Person, manado_rules: object, signed_in: Callable[..., Client]
) -> None:
    kind = make_kind()
    make_sent(ani.employee, kind, 5)
    client = signed_in(ani.user)
    client.get("/aktivitas/baru/")
    with clock.at(THURSDAY.replace(day=20)):
        chosen = assert_query_count("activities.new.choose", lambda: client.get("/aktivitas/baru/"))
        form = assert_query_count("activities.new.form", lambda: client.get(f"/aktivitas/baru/?jenis={kind.uid}"))
    assert len(chosen.context["choices"].last) == 5
    assert form.context["form"]["minutes"].value() == 30
