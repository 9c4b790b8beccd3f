"""The desk's pages: the queue, an incident from opening to closing, and what leaves the desk."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from control.containment.models import Imposition
from control.incidents.actions import attach
from control.incidents.models import Custody, Incident, Pack, TimelineEntry
from control.regions.models import Region
from control.watch.models import Alert, Detection
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.tenancy.context import control_scope
from kernel.testing.queries import assert_query_count
from tests.cast import Person
from tests.control.incidents.hits import NOW, a_hit
from tests.control.incidents.seen_pages import a_cloaked_page

SignedIn = Callable[..., Client]
KEY = "0199aaaa-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def _at_ten(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path
    with clock.at(NOW):
        yield


@pytest.fixture
def desk(operator: User, signed_in: SignedIn) -> Client:
    """An operator's browser."""
    return signed_in(operator, None)


def open_one(source: str = "hit-1", **changed: Any) -> Incident:
    with control_scope():
        return a_hit(source, **changed)


def an_alert(incident: Incident, *, events: int) -> Alert:
    with control_scope():
        return Alert.objects.create(
            detection=Detection.objects.get(code="judol_text"),
            version=1,
            group_key=f"{events}",
            group={"region": "manado"},
            region="manado",
            severity=2,
            first_at=NOW,
            last_at=NOW,
            events=events,
            incident=incident.uid,
        )


def again(incident: Incident) -> Incident:
    with control_scope():
        return Incident.objects.get(pk=incident.pk)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def path(incident: Incident, tail: str = "") -> str:
    return f"/insiden/{incident.uid}/{tail}"


def test_the_queue_has_the_worst_first_with_the_nearest_clock_in_words(desk: Client) -> None:
    open_one()
    open_one("hit-2", key="other", severity="critical", title="Halaman depan disusupi")
    page = words(desk.get("/insiden/"))
    assert page.index("Halaman depan disusupi") < page.index("Teks judi pada aktivitas")
    assert "Sisa 1 hari" in page
    assert "INS-2026-0002" in page


def test_the_queue_says_what_it_shows_and_what_is_mine(desk: Client, operator: User) -> None:
    mine = open_one()
    open_one("hit-2", key="other", title="Milik orang lain")
    desk.post(path(mine, "keadaan/"), {"to": "handling"})
    page = words(desk.get("/insiden/?keadaan=saya"))
    assert "Teks judi pada aktivitas" in page
    assert "Milik orang lain" not in page


@pytest.mark.parametrize(
    "query",
    ["tingkat=3", "jenis=drift", "wilayah=banjarmasin", "cari=203.0.113.9", "cari=INS-2026-0002", "cari=carian"],
)
def test_the_queue_is_narrowed(desk: Client, query: str) -> None:
    open_one()
    open_one(
        "hit-2",
        region="banjarmasin",
        kind="drift",
        severity="high",
        title="Yang dicarian",
        observables={"address": ["203.0.113.9"]},
    )
    page = words(desk.get(f"/insiden/?{query}"))
    assert "Yang dicarian" in page
    assert "Teks judi pada aktivitas" not in page


def test_an_empty_queue_says_so(desk: Client) -> None:
    assert "Tidak ada insiden yang cocok" in words(desk.get("/insiden/"))


def test_the_queue_asks_as_often_for_twenty_incidents_as_for_two(desk: Client) -> None:
    for number in range(2):
        open_one(f"hit-{number}", key=f"k{number}", severity="high")
    desk.get("/insiden/")
    assert_query_count("desk.queue", lambda: desk.get("/insiden/"))
    for number in range(2, 20):
        open_one(f"hit-{number}", key=f"k{number}", severity="high")
    assert_query_count("desk.queue", lambda: desk.get("/insiden/"))


def test_an_incident_asks_as_often_whatever_belongs_to_it(desk: Client) -> None:
    incident = open_one(severity="high", observables={"address": ["203.0.113.9"]})
    open_one("linked", key="linked", observables={"address": ["203.0.113.9"]})
    an_alert(incident, events=20)
    desk.get(path(incident))
    assert_query_count("desk.incident", lambda: desk.get(path(incident)))
    for number in range(10):
        an_alert(incident, events=number + 1)
        open_one(f"more-{number}", severity="high", observables={"address": [f"203.0.113.{number}"]})
        open_one(f"other-{number}", key=f"k{number}", observables={"address": [f"203.0.113.{number}"]})
        with control_scope():
            attach(incident, f"halaman-{number}.txt", b"isi", "Salinan")
    assert_query_count("desk.incident", lambda: desk.get(path(incident)))


def test_an_incident_leads_to_the_alerts_behind_it_also_of_what_was_merged_into_it(desk: Client) -> None:
    incident, other = open_one(observables={"address": ["203.0.113.9"]}), open_one("hit-2", key="other")
    assert "Peringatan" not in words(desk.get(path(incident)))
    alert, merged = an_alert(incident, events=7), an_alert(other, events=2)
    with control_scope():
        Incident.objects.filter(pk=other.pk).update(merged_into=incident)
    page = words(desk.get(path(incident)))
    for one, count in ((alert, "7 peristiwa"), (merged, "2 peristiwa")):
        assert f'href="/pantauan/peringatan/{one.uid}/"' in page
        assert count in page
    assert 'href="/pantauan/peristiwa/?cari=203.0.113.9"' in page


def test_what_marks_an_incident_fills_the_measure_against_it(desk: Client, ani: Person) -> None:
    marks = {"account": [str(ani.user.uid)], "address": ["203.0.113.9"], "digest": ["c" * 64]}
    incident = open_one(observables=marks)
    page = words(desk.get(path(incident)))
    for measure, asked in (
        ("accounts_locked", f"akun={ani.user.uid}"),
        ("networks_blocked", "jaringan=203.0.113.9"),
        ("files_quarantined", f"sidik={'c' * 64}"),
    ):
        assert f'href="/wilayah/manado/pengendalian/{measure}/?incident={incident.uid}&amp;{asked}"' in page
    form = words(desk.get(f"/wilayah/manado/pengendalian/accounts_locked/?akun={ani.user.uid}"))
    assert f"{ani.user.uid}</textarea>" in form


def test_what_marks_an_incident_is_searched_in_all_regions_without_writing_it_again(desk: Client) -> None:
    incident = open_one(observables={"print": ["0123456789abcdef"]})
    address = f"/tanda/?incident={incident.uid}&amp;wilayah=manado&amp;jenis=text&amp;tanda=0123456789abcdef"
    assert address in words(desk.get(path(incident)))
    form = words(desk.get(address.replace("&amp;", "&")))
    assert '<option value="text" selected>' in form
    assert "0123456789abcdef</textarea>" in form


def test_an_operator_opens_an_incident_that_was_found_yesterday(desk: Client) -> None:
    answer = desk.post(
        "/insiden/baru/",
        {
            "title": "Telepon dari TTIS",
            "kind": "data_leak",
            "severity": 3,
            "region": "manado",
            "summary": "Tabel gaji beredar.",
            "began_at": "2026-11-19T08:00",
            "detected_at": "2026-11-19T09:00",
        },
    )
    with control_scope():
        made = Incident.objects.get()
        due = made.notices.get().due_at
    assert answer["Location"] == path(made)
    # Nine in the west is two in UTC.
    assert (made.detected_at, due) == (NOW - timedelta(hours=25), NOW - timedelta(hours=1))
    assert "Lewat 1 jam" in words(desk.get(path(made)))


def test_what_has_not_happened_yet_is_said_beside_the_field(desk: Client) -> None:
    form = {"title": "x", "kind": "other", "severity": 1, "summary": "x", "detected_at": "2026-11-21T09:00"}
    answer = desk.post("/insiden/baru/", form)
    assert answer.status_code == 422
    assert "belum terjadi" in str(answer.context["form"].errors["detected_at"])


@pytest.mark.parametrize(
    ("tail", "form", "field"),
    [
        ("catatan/", {"text": "Ditelepon."}, "at"),
        ("data-pribadi/", {}, "known_at"),
        ("tugas/", {"title": "Telepon penyedia hosting"}, "due_at"),
        ("laporan/", {"title": "Uji"}, "began_at"),
    ],
)
@pytest.mark.parametrize("year", ["0001", "0206", "9999"])
def test_a_mistyped_year_is_said_beside_the_field_and_nothing_is_kept(
    desk: Client, tail: str, form: dict[str, str], field: str, year: str
) -> None:
    incident = open_one()
    answer = desk.post(path(incident, tail), {**form, field: f"{year}-01-01T00:00"})
    assert answer.status_code == 422
    assert "Periksa tahunnya" in words(answer)
    with control_scope():
        assert incident.entries.count() == 1
    assert desk.get(path(incident)).status_code == 200


@pytest.mark.parametrize("number", ["-5", "99999999999"])
def test_no_fewer_people_than_none_are_affected(desk: Client, number: str) -> None:
    incident = open_one()
    assert desk.post(path(incident, "laporan/"), {"title": "Uji", "affected_people": number}).status_code == 422
    assert again(incident).affected_people is None


def test_an_incident_is_led_to_its_end(desk: Client) -> None:
    incident = open_one(severity="high")
    for to in ("handling", "contained", "recovered"):
        assert desk.post(path(incident, "keadaan/"), {"to": to}).status_code == 302
    refused = desk.post(path(incident, "keadaan/"), {"to": "closed"})
    assert refused.status_code == 422
    assert "Masih ada pemberitahuan" in words(refused)
    with control_scope():
        notice, lessons = incident.notices.get(), incident.tasks.get(is_lessons=True)
    proof = SimpleUploadedFile("tanda-terima.txt", b"diterima")
    sent = desk.post(
        path(incident, f"pemberitahuan/{notice.uid}/kirim/"),
        {"sent_at": "2026-11-20T09:30", "receipt": "TT-9", "proof": proof},
    )
    assert sent["Location"].endswith("#tenggat")
    desk.post(path(incident, f"tugas/{lessons.uid}/"), {"state": "done", "outcome": "Kata sandi bawaan diganti."})
    assert desk.post(path(incident, "keadaan/"), {"to": "closed"}).status_code == 302
    page = words(desk.get(path(incident)))
    assert "tanda-terima.txt" in page
    assert "Kata sandi bawaan diganti." in page
    assert again(incident).state == "closed"


@pytest.mark.parametrize("tail", ["kembali/", "alarm-palsu/", "gabung/", "tingkat/"])
def test_a_step_without_a_reason_is_refused_beside_the_field(desk: Client, tail: str) -> None:
    incident = open_one()
    answer = desk.post(path(incident, tail), {"severity": 4, "into": "INS-2026-0001"})
    assert answer.status_code == 422
    assert "wajib" in words(answer).lower() or "harus" in words(answer).lower()


def test_a_note_stays_and_is_marked_as_a_key_event(desk: Client) -> None:
    incident = open_one()
    desk.post(path(incident, "catatan/"), {"text": "Diskominfo ditelepon.", "at": "2026-11-20T09:15"})
    with control_scope():
        entry = incident.entries.get(text="Diskominfo ditelepon.")
    assert entry.at == NOW - timedelta(minutes=45)
    desk.post(path(incident, f"penting/{entry.uid}/"), {"on": "1"})
    page = desk.get(path(incident))
    assert [row.is_key for row in page.context["timeline"].rows] == [True, True]


def many_notes(incident: Incident, count: int) -> None:
    """One each second after ten."""
    with control_scope():
        TimelineEntry.objects.bulk_create(
            TimelineEntry(
                incident=incident,
                at=NOW + timedelta(seconds=place),
                origin="operator",
                text=f"Peristiwa {place}.",
                is_key=place % 100 == 0,
                actor_name="Operator",
            )
            for place in range(count)
        )


def a_measure(incident: Incident, at: datetime) -> None:
    with control_scope():
        Imposition.objects.create(
            region=Region.objects.get(code="manado"),
            measure="uploads_off",
            reason=f"Pada {at:%H:%M:%S}",
            incident=incident.uid,
            imposed_by="Operator",
            imposed_at=at,
        )


def test_a_measure_stands_on_the_timeline_among_what_happened(desk: Client) -> None:
    incident = open_one()
    many_notes(incident, 2)
    a_measure(incident, NOW + timedelta(milliseconds=500))
    said = [row.text for row in desk.get(path(incident)).context["timeline"].rows]
    assert said[1:] == ["Peristiwa 0.", "Kota Manado: Unggahan ditutup. Pada 03:00:00", "Peristiwa 1."]


def test_the_report_s_form_proposes_what_was_done_and_keeps_what_was_written(desk: Client) -> None:
    incident = open_one()
    desk.post(path(incident, "keadaan/"), {"to": "handling"})
    a_measure(incident, NOW + timedelta(minutes=5))
    form = desk.get(path(incident)).context["report_form"]
    assert form["recovery"].value() == (
        "20 November 2026, 11.00 WITA: Insiden mulai ditangani.\n"
        "20 November 2026, 11.05 WITA: Kota Manado: Unggahan ditutup. Pada 03:05:00"
    )
    desk.post(path(incident, "laporan/"), {"title": "Uji", "recovery": "Akun dipulihkan."})
    assert desk.get(path(incident)).context["report_form"]["recovery"].value() == "Akun dipulihkan."


def test_an_incident_of_many_events_shows_the_newest_and_leads_to_the_others(desk: Client) -> None:
    incident = open_one()
    many_notes(incident, 300)
    a_measure(incident, NOW + timedelta(seconds=20))
    a_measure(incident, NOW + timedelta(seconds=250))
    page = desk.get(path(incident))
    said = [row.text for row in page.context["timeline"].rows]
    assert (len(said), said[0], said[-1]) == (101, "Peristiwa 200.", "Peristiwa 299.")
    assert "201 peristiwa sebelumnya" in words(page)
    assert path(incident, "linimasa/") in words(page)


def test_the_whole_timeline_is_paged_and_leaves_nothing_out(desk: Client) -> None:
    incident = open_one()
    many_notes(incident, 250)
    for seconds in (-600, 99.5, 130, 9000):
        a_measure(incident, NOW + timedelta(seconds=seconds))
    said, address = [], path(incident, "linimasa/")
    while address:
        page = desk.get(address)
        said += [row.text for row in page.context["rows"]]
        following = page.context["page"].next
        address = f"{path(incident, 'linimasa/')}?setelah={following}" if following else ""
    assert [text for text in said if text.startswith("Peristiwa")] == [f"Peristiwa {place}." for place in range(250)]
    places = [place for place, text in enumerate(said) if text.startswith("Kota Manado")]
    # Before all, behind the entry of second 99 (one entry and one measure came before), of second 130, behind all.
    assert places == [0, 102, 134, 254]


def test_only_key_events_are_shown_and_a_flag_leads_back_there(desk: Client) -> None:
    incident = open_one()
    many_notes(incident, 201)
    address = path(incident, "linimasa/?penting=1")
    assert [row.text for row in desk.get(address).context["rows"]][1:] == [
        "Peristiwa 0.",
        "Peristiwa 100.",
        "Peristiwa 200.",
    ]
    with control_scope():
        entry = incident.entries.get(text="Peristiwa 100.")
    answer = desk.post(path(incident, f"penting/{entry.uid}/"), {"on": "0", "here": "penting=1"})
    assert answer["Location"] == f"{address}#peristiwa-{entry.uid}"
    assert "Peristiwa 100." not in words(desk.get(address))


@pytest.mark.parametrize(
    ("tail", "form"),
    [
        ("catatan/", {"text": "Diskominfo ditelepon."}),
        ("tugas/", {"title": "Telepon penyedia hosting"}),
    ],
)
def test_what_is_sent_twice_stands_once_and_other_words_are_something_new(
    desk: Client, tail: str, form: dict[str, str]
) -> None:
    incident = open_one()
    (field,) = form
    for value in (form[field], form[field], "Kata lain"):
        assert desk.post(path(incident, tail), {field: value, "key": KEY}).status_code == 302
    with control_scope():
        assert incident.entries.filter(source__startswith="form:").count() == 2
        assert incident.tasks.filter(title__in=[form[field], "Kata lain"]).count() == (2 if tail == "tugas/" else 0)


def test_an_incident_that_is_reported_twice_by_one_press_is_one(desk: Client) -> None:
    form = {"title": "Telepon dari TTIS", "kind": "other", "severity": 1, "summary": "x", "key": KEY}
    assert desk.post("/insiden/baru/", form)["Location"] == desk.post("/insiden/baru/", form)["Location"]
    with control_scope():
        assert Incident.objects.count() == 1


def test_the_same_file_is_registered_once(desk: Client) -> None:
    incident = open_one()
    for _ in range(2):
        file = SimpleUploadedFile("halaman.txt", b"isi")
        assert desk.post(path(incident, "bukti/"), {"file": file, "what": "Salinan"}).status_code == 302
    with control_scope():
        assert incident.evidence.count() == 1


def test_what_a_stranger_wrote_is_shown_as_text(desk: Client) -> None:
    incident = open_one(title="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")
    page = words(desk.get(path(incident)))
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_as_person_and_as_robot_is_words_and_never_a_page(desk: Client) -> None:
    incident = open_one(kind="judol_page", key="page:x")
    with control_scope():
        a_cloaked_page(NOW - timedelta(minutes=10))
    page = words(desk.get(path(incident)))
    assert "&lt;b&gt;contoh promosi&lt;/b&gt;</ins>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "jauh.example" in page
    assert 'href="https://dinas.manado.example' not in page
    for active in ("<script>alert", "<b>contoh", "<iframe", '<img src="http'):
        assert active not in page


def test_incidents_that_share_an_address_are_shown_with_each_other(desk: Client) -> None:
    incident = open_one(observables={"address": ["203.0.113.9"], "domain": ["a.example"]})
    open_one("hit-2", region="banjarmasin", observables={"address": ["203.0.113.9"]}, title="Yang lain")
    page = desk.get(path(incident))
    (link,) = page.context["linked"]
    assert (link.incident.number, [row.value for row in link.shared]) == ("INS-2026-0002", ["203.0.113.9"])


def test_evidence_leaves_as_a_download_and_the_download_is_written_down(desk: Client) -> None:
    incident = open_one()
    with control_scope():
        piece = attach(incident, "halaman.html", b"<script>alert(1)</script>", "Salinan halaman")
    answer = desk.get(path(incident, f"bukti/{piece.uid}/"))
    assert b"".join(answer) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    with control_scope():
        assert list(Custody.objects.values_list("deed", "actor_name")) == [
            ("attached", "Deteksi"),
            ("downloaded", "Operator"),
        ]


def test_evidence_that_was_changed_on_the_disk_does_not_leave(desk: Client, settings: Any) -> None:
    incident = open_one()
    with control_scope():
        piece = attach(incident, "halaman.txt", b"isi asli", "Salinan halaman")
    (Path(settings.FILES_DIR) / "control" / piece.file.path).write_bytes(b"isi lain")
    answer = desk.get(path(incident, f"bukti/{piece.uid}/"))
    assert answer.status_code == 409
    assert "tidak lagi sama" in words(answer)
    with control_scope():
        assert Custody.objects.latest("id").deed == "refused"
        assert AuditEvent.objects.filter(action="incidents.evidence_altered").count() == 1


def test_evidence_of_another_incident_is_not_found(desk: Client) -> None:
    incident, other = open_one(), open_one("hit-2", key="other")
    with control_scope():
        piece = attach(other, "halaman.txt", b"isi", "Salinan")
    assert desk.get(path(incident, f"bukti/{piece.uid}/")).status_code == 404


def test_a_pack_is_made_in_the_background_and_downloaded(desk: Client) -> None:
    incident = open_one(severity="high")
    answer = desk.post(path(incident, "paket/"), {"kind": "report"})
    with control_scope():
        job = Job.objects.get()
        assert OutboxMessage.objects.get(kwargs={"job_uid": str(job.uid)}).task == work.RUN_CONTROL_TASK
        work.run(str(job.uid))
        pack = Pack.objects.get()
    assert answer["Location"] == f"/pekerjaan/{job.uid}/"
    assert path(incident, f"paket/{pack.uid}/") in words(desk.get(answer["Location"]))
    got = desk.get(path(incident, f"paket/{pack.uid}/"))
    content = b"".join(got)
    assert {"manifest.json", "laporan-bssn.pdf", "laporan-internal.pdf"} <= set(
        zipfile.ZipFile(BytesIO(content)).namelist()
    )
    assert pack.sha256 in words(desk.get(path(incident)))
    with control_scope():
        assert StoredFile.objects.get(pk=pack.file_id).sha256 == pack.sha256
        assert Custody.objects.get(pack=pack).deed == "downloaded"


def test_the_incident_is_there_for_another_system(desk: Client) -> None:
    incident = open_one(observables={"domain": ["contoh.example"]})
    answer = desk.get(path(incident, "insiden.json"))
    found = json.loads(answer.content)
    assert (found["number"], found["severity"], found["regions"]) == ("INS-2026-0001", "medium", ["manado"])
    assert found["observables"][0]["value"] == "contoh.example"
    assert answer["Content-Disposition"] == 'attachment; filename="INS-2026-0001.json"'


def test_a_legal_clock_gets_a_new_version_with_its_source(desk: Client) -> None:
    form = {
        "hours": 12,
        "recipient": "TTIS provinsi",
        "sender": "Diskominfo",
        "source": "Edaran TTIS",
        "source_checked_on": "2026-11-20",
        "note": "",
    }
    assert desk.post("/insiden/tenggat/bssn/", form).status_code == 302
    page = words(desk.get("/insiden/tenggat/"))
    assert "12 jam" in page
    assert "Edaran TTIS" in page
    assert "Peraturan BSSN 1/2024 Pasal 15" in words(desk.get("/insiden/tenggat/bssn/"))


def test_what_is_not_there_is_not_found(desk: Client) -> None:
    incident = open_one()
    answers = [
        desk.get("/insiden/0199aaaa-0000-7000-8000-000000000000/"),
        desk.get("/insiden/tenggat/tidak-ada/"),
        desk.get("/insiden/templat/999999/"),
        desk.post(path(incident, "paket/"), {"kind": "lainnya"}),
    ]
    assert {answer.status_code for answer in answers} == {404}
