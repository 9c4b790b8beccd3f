"""Taking files in: what becomes of bytes and rows by the verdict, and what the person is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.files import actions, antivirus, sandbox, scanning
from kernel.files.actions import open_clean, quarantine_files, store_file, store_made, store_sheet, store_text
from kernel.files.antivirus import AntivirusAway
from kernel.files.errors import FileRefused, FileWithheld, NotUnderReview
from kernel.files.inspection.findings import Finding, Verdict
from kernel.files.models import StoredFile
from kernel.files.sandbox import ChildBusy
from kernel.files.storage import apart
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from kernel.usage import count_here
from kernel.watching import gathering
from tests.cast import Person
from tests.containment import stand
from tests.files import jpeg, pdf
from tests.kernel.files.inspection import documents, hostile

ADVERT = "situs slot gacor maxwin MENANG88 daftar sekarang bonus new member depo pulsa"


@pytest.fixture
def diskominfo(with_role: Callable[..., User]) -> User:
    return with_role("diskominfo")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any, manado: RegionState) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path


def kept(folder: Path) -> set[bytes]:
    """Every content that lies anywhere below the folder that is served from."""
    return {path.read_bytes() for path in (folder / "files").rglob("*") if path.is_file()}


def sent(content: bytes, name: str, ani: Person, **more: Any) -> StoredFile:
    return store_file(upload=ContentFile(content, name), purpose="letter", owner=ani.user, **more)


def refusal(content: bytes, name: str, ani: Person, **more: Any) -> FileRefused:
    with pytest.raises(FileRefused) as refused, transaction.atomic():
        sent(content, name, ani, **more)
    return refused.value


def tied_sheet() -> bytes:
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    tied = documents.relation(b"externalLinkPath", b"file:///D:/2025.xlsx")(empty)
    return documents.repacked(documents.sheet(), add={"xl/externalLinks/_rels/externalLink1.xml.rels": tied})


def doubted(ani: Person) -> StoredFile:
    """A file in which something asks for a look: a document that is tied to a picture elsewhere."""
    image = documents.relation(b"image", b"https://gambar.example/a.png")
    content = documents.repacked(documents.word(), change={"word/_rels/document.xml.rels": image})
    (kind,) = {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
    return sent(content, "laporan.docx", ani, allowed=frozenset({kind}))


def test_a_document_is_kept_as_it_is_and_a_picture_is_made_anew(ani: Person, own_folder: Path) -> None:
    paper, picture = sent(pdf(), "surat.pdf", ani), sent(jpeg(), "foto.jpg", ani)
    assert {paper.scan, picture.scan} == {"clean"}
    assert scanning.bytes_of(paper) == pdf()
    assert (picture.sent_sha256, picture.sha256) == (
        scanning.digest_of(jpeg()),
        scanning.digest_of(scanning.bytes_of(picture)),
    )
    assert jpeg() not in kept(own_folder)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "surat.pdf", "Berkas kosong"),
        (pdf(), "surat.php.pdf", "akhiran program"),
        (pdf(), "surat.doc", "simpan sebagai .pdf"),
        (pdf(), "surat.txt", "Kirim PDF, JPG atau PNG."),
        (jpeg(), "surat.pdf", "tidak sesuai dengan akhiran"),
        (b"%PDF-1.7 rusak", "surat.pdf", "rusak"),
        (hostile.HTML, "surat.pdf", "dapat membahayakan"),
    ],
)
def test_what_is_refused_keeps_no_row_and_no_bytes_where_files_are_served(
    ani: Person, own_folder: Path, content: bytes, name: str, words: str
) -> None:
    assert words in refusal(content, name, ani).message()
    assert not StoredFile.objects.exists()
    assert not kept(own_folder)


def test_what_is_dangerous_is_kept_apart_although_the_action_is_undone_and_refused_from_then_on(
    ani: Person, own_folder: Path
) -> None:
    assert refusal(hostile.HTML, "surat.pdf", ani).reason == "markup"
    assert refusal(hostile.HTML, "surat lain.pdf", ani).reason == "markup"
    polyglot = documents.jpeg() + hostile.archive({"a.php": hostile.PHP})
    assert refusal(polyglot, "foto.jpg", ani).reason == "archive_inside"
    assert refusal(polyglot, "foto lain.jpg", ani).reason == "known_bad"
    assert scanning.adopt_evidence() == 3
    assert scanning.adopt_evidence() == 0
    rows = StoredFile.objects.order_by("created_at")
    assert [(row.scan, row.is_apart, row.owner, row.purpose) for row in rows] == [
        ("quarantined", True, ani.user, "letter")
    ] * 3
    assert scanning.bytes_of(rows[2]) == polyglot
    assert not kept(own_folder)


def test_uploads_can_be_closed_for_a_region_and_the_platforms_own_files_go_on(ani: Person) -> None:
    stand("manado", "uploads_off", reason="Sedang diperiksa")
    with region_scope(registry.region_by_code("manado")):
        assert "Sedang diperiksa" in refusal(pdf(), "surat.pdf", ani).message()
        made = store_made(content=ContentFile(b"PK", "a.zip"), purpose="kit", owner=None, kind="application/zip")
    assert made.scan == "clean"


def test_many_files_in_a_minute_are_too_many(ani: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_A_MINUTE", 1)
    sent(pdf(), "surat.pdf", ani)
    assert refusal(pdf(), "surat.pdf", ani).reason == "too_many"


def test_while_the_child_is_busy_a_file_waits_and_the_scan_lane_finishes_it(
    ani: Person, monkeypatch: pytest.MonkeyPatch, run_outbox: Callable[[], int], own_folder: Path
) -> None:
    with monkeypatch.context() as busy:

        def inspect(*args: Any, **how: Any) -> Any:
            raise ChildBusy

        busy.setattr(sandbox, "inspect", inspect)
        stored = sent(jpeg(), "foto.jpg", ani)
    assert (stored.scan, stored.is_apart) == ("pending", True)
    with clock.at(stored.created_at + timedelta(minutes=7, seconds=40)):
        counted = count_here()
    assert (counted["scan_waiting"], counted["scan_waiting_minutes"]) == (1, 7)
    assert (counted["files_for_review"], counted["files_for_review_minutes"]) == (0, 0)
    assert not kept(own_folder)
    run_outbox()
    stored.refresh_from_db()
    assert (stored.scan, stored.is_apart) == ("clean", False)
    assert scanning.bytes_of(stored) != jpeg()


def test_a_large_file_waits_and_is_looked_at_when_a_job_needs_it(ani: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "INSPECTED_AT_ONCE", 10)
    content = documents.sheet()
    stored = store_sheet(upload=ContentFile(content, "a.xlsx"), purpose="import", owner=ani.user)
    assert stored.scan == "pending"
    with open_clean(stored) as file:
        assert file.read() == content


def test_a_job_whose_file_cannot_be_looked_at_now_is_told_so(ani: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "INSPECTED_AT_ONCE", 10)
    stored = store_sheet(upload=ContentFile(documents.sheet(), "a.xlsx"), purpose="import", owner=ani.user)

    def look(content: bytes) -> list[Finding]:
        raise AntivirusAway("no answer")

    monkeypatch.setattr(antivirus, "look", look)
    with pytest.raises(FileWithheld) as withheld:
        open_clean(stored)
    assert "masih diperiksa" in withheld.value.message()
    stored.refresh_from_db()
    assert stored.scan == "pending"


def test_a_note_that_somebody_else_is_just_taking_up_is_no_trouble(
    ani: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal(hostile.HTML, "surat.pdf", ani)
    store = apart()
    (note,) = store.listdir("sent")[1]
    monkeypatch.setattr(type(store), "listdir", lambda _store, _path: ([], [note, note]))
    assert scanning.adopt_evidence() == 1
    assert StoredFile.objects.filter(scan="quarantined").count() == 1


def test_a_waiting_file_that_turns_out_dangerous_is_not_handed_to_its_job(
    ani: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "INSPECTED_AT_ONCE", 10)
    upload = ContentFile(documents.sheet([["No", "Uraian"], [1, "a"]]), "a.xlsx")
    stored = store_sheet(upload=upload, purpose="import", owner=ani.user)
    danger = [Finding("rules", "signature", Verdict.QUARANTINE)]
    monkeypatch.setattr(antivirus, "look", lambda content: danger)
    with pytest.raises(FileWithheld):
        open_clean(stored)
    stored.refresh_from_db()
    assert stored.scan == "quarantined"


def test_a_doubted_file_waits_apart_until_a_person_releases_it(ani: Person, diskominfo: User) -> None:
    stored = doubted(ani)
    assert (stored.scan, stored.is_apart, stored.findings[0]["code"]) == ("review", True, "external_link")
    actions.release_file(uid=stored.uid, reason="Logo kantor", actor=diskominfo)
    stored.refresh_from_db()
    assert (stored.scan, stored.is_apart) == ("clean", False)
    actions.take_back_decision(uid=stored.uid, reason="Keliru", actor=diskominfo)
    actions.refuse_file(uid=stored.uid, reason="Bukan logo", actor=diskominfo)
    stored.refresh_from_db()
    assert (stored.scan, stored.is_apart) == ("rejected", True)
    actions.take_back_decision(uid=stored.uid, reason="Keliru lagi", actor=diskominfo)
    stored.refresh_from_db()
    assert stored.scan == "review"
    notes = AuditEvent.objects.filter(action__startswith="files.").order_by("id").values_list("note", flat=True)
    assert list(notes) == ["Logo kantor", "Keliru", "Bukan logo", "Keliru lagi"]


def test_nobody_releases_what_is_quarantined(ani: Person, diskominfo: User) -> None:
    stored = sent(pdf(), "surat.pdf", ani)
    quarantine_files(digest=stored.sha256, reason="Insiden", actor=diskominfo)
    with pytest.raises(NotUnderReview):
        actions.release_file(uid=stored.uid, reason="Saya yakin", actor=diskominfo)


def test_a_sheet_for_an_import_is_refused_where_a_document_would_wait(ani: Person) -> None:
    with pytest.raises(FileRefused) as refused:
        store_sheet(upload=ContentFile(tied_sheet(), "rekap.xlsx"), purpose="import", owner=ani.user)
    assert "Putuskan tautannya" in refused.value.message()


def test_quarantining_a_digest_moves_all_its_files_and_is_undone_whole(ani: Person, diskominfo: User) -> None:
    first, second = sent(jpeg(), "foto.jpg", ani), sent(jpeg(), "foto lagi.jpg", ani)
    digest = scanning.digest_of(jpeg())
    moved = quarantine_files(digest=digest, reason="Insiden 7", actor=diskominfo)
    assert set(moved) == {first.uid, second.uid}
    assert {row.scan for row in StoredFile.objects.all()} == {"quarantined"}
    assert not default_storage.exists(first.path) or first.path != StoredFile.objects.get(pk=first.pk).path
    assert refusal(jpeg(), "foto ketiga.jpg", ani).reason == "known_bad"
    assert actions.lift_quarantine(files=moved, digest=digest, reason="Salah sangka", actor=diskominfo) == 2
    assert {(row.scan, row.is_apart) for row in StoredFile.objects.all()} == {("clean", False)}
    assert sent(jpeg(), "foto ketiga.jpg", ani).scan == "clean"


def test_quarantining_an_account_takes_its_files_alone(ani: Person, budi: Person, diskominfo: User) -> None:
    own, other = sent(pdf(), "surat.pdf", ani), sent(pdf("Lain"), "lain.pdf", budi)
    assert quarantine_files(owner=ani.user.uid, reason="Akun diambil alih", actor=diskominfo) == [own.uid]
    other.refresh_from_db()
    assert other.scan == "clean"
    assert not apart().exists(f"blocked/{own.sha256}")


def test_a_text_with_markup_is_no_log(ani: Person) -> None:
    with pytest.raises(FileRefused):
        store_text(upload=ContentFile(b"1;2\n<script>x</script>", "log.txt"), purpose="log", owner=ani.user)
    assert store_text(upload=ContentFile(b"1\t2026-10-05 07:20\n", "log.dat"), purpose="log", owner=ani.user).is_clean


def test_an_advertisement_in_a_name_is_refused(ani: Person) -> None:
    assert refusal(pdf(), f"{ADVERT}.pdf", ani).reason == "advert_name"


def test_what_a_person_refused_is_gone_after_a_month(
    ani: Person, diskominfo: User, django_capture_on_commit_callbacks: Any
) -> None:
    stored = doubted(ani)
    actions.refuse_file(uid=stored.uid, reason="Bukan logo", actor=diskominfo)
    with clock.at(clock.now() + timedelta(days=29)):
        assert scanning.forget_refused() == 0
    with clock.at(clock.now() + timedelta(days=31)), django_capture_on_commit_callbacks(execute=True):
        assert scanning.forget_refused() == 1
    assert not apart().exists(stored.path)
    with pytest.raises(NotUnderReview):
        actions.take_back_decision(uid=stored.uid, reason="Keliru", actor=diskominfo)


def test_what_happens_to_files_is_told_to_those_who_watch(ani: Person, diskominfo: User) -> None:
    with gathering(work="test") as gathered:
        sent(pdf(), "surat.pdf", ani)
        refusal(hostile.HTML, "surat.pdf", ani)
        quarantine_files(digest=scanning.digest_of(pdf()), reason="Insiden", actor=diskominfo)
        told = [(event["name"], event["severity"], event["facts"].get("reasons")) for _side, event in gathered.events]
    assert told == [
        ("upload_validation", "informational", []),
        ("upload_stored", "informational", []),
        ("upload_validation", "medium", ["kind:markup"]),
        ("upload_quarantine", "medium", ["kind:markup"]),
        ("upload_quarantine", "medium", ["contained"]),
    ]
