"""Packs: what is in them, that nothing in them can run, and that the same state gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from pypdf import PdfReader

from control.containment.models import Imposition
from control.incidents.actions import DESK, attach, note
from control.incidents.errors import SealBroken
from control.incidents.handing_out import pack_to_take
from control.incidents.leading import move_on, say_breach, write_report
from control.incidents.models import Incident, Pack
from control.incidents.packs.making import make_pack
from control.incidents.packs.state import register_events
from control.regions.models import Region
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.files.models import StoredFile
from tests.control.incidents.hits import NOW, a_hit, texts
from tests.control.incidents.seen_pages import NAME, SPAM, a_capture, a_cloaked_page, a_scan

Unpacked = dict[str, bytes]


@pytest.fixture
def unpack(desk: None, settings: Any) -> Callable[..., Unpacked]:
    """`unpack(incident, kind)`: make the pack and give its files by name."""

    def unpacked(incident: Incident, kind: str = "report") -> Unpacked:
        pack = make_pack(incident, kind, actor=DESK)
        content = (settings.FILES_DIR / "control" / pack.file.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == pack.sha256
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    return unpacked


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def rows_of(table: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(table.decode("utf-8-sig")), delimiter=";"))


def test_the_manifest_names_every_file_with_its_digest(desk: None, unpack: Callable[..., Unpacked]) -> None:
    incident = a_hit(severity="high")
    attach(incident, "../../etc/halaman.html", b"<script>", "Salinan halaman", at=NOW - timedelta(hours=1))
    files = unpack(incident)
    manifest = json.loads(files.pop("manifest.json"))
    assert {row["file"]: (row["size"], row["sha256"]) for row in manifest["files"]} == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()
    }
    piece = next(row for row in manifest["files"] if row["file"].startswith("bukti/"))
    assert (piece["file"], piece["source"], piece["collector"]) == (
        "bukti/001-halaman.html",
        "Salinan halaman",
        "Deteksi",
    )
    assert piece["time"] == "2026-11-20T02:00:00Z"


def test_the_same_state_is_the_same_bytes_and_one_pack(desk: None, operator: User) -> None:
    incident = a_hit(severity="high")
    first = make_pack(incident, "report", actor=operator)
    pack_to_take(uid=incident.uid, pack=first.uid, actor=operator)
    with clock.at(NOW + timedelta(days=1)):
        again = make_pack(incident, "report", actor=operator)
        assert again == first
        note(incident, "Ada yang baru.", actor=operator)
        assert make_pack(incident, "report", actor=operator).sha256 != first.sha256
    assert StoredFile.objects.filter(purpose="incidents.pack").count() == 2


def test_the_packs_digest_stands_on_the_timeline_and_in_the_audit_log(desk: None, operator: User) -> None:
    incident = a_hit()
    pack = make_pack(incident, "report", actor=operator)
    assert texts(incident)[-1] == f"Paket laporan insiden dibuat, SHA-256 {pack.sha256}."
    assert AuditEvent.objects.get(action="incidents.pack_made").after["sha256"] == pack.sha256


def test_the_report_to_the_ttis_has_exactly_the_four_parts(
    desk: None, operator: User, unpack: Callable[..., Unpacked]
) -> None:
    incident = move_on(uid=a_hit(severity="high").uid, to="handling", actor=operator)
    incident = write_report(uid=incident.uid, values={"impact": "Dua belas pegawai tidak dapat masuk."}, actor=operator)
    report = words_of(unpack(incident)["laporan-bssn.pdf"])
    places = [report.index(part) for part in ("A. Kontak pelapor", "B. Deskripsi insiden", "C. Kronologi", "D. Dampak")]
    assert places == sorted(places)
    assert "E. " not in report
    assert "PEMERINTAH KOTA MANADO" in report
    assert "Peraturan BSSN 1/2024 Pasal 15" in report
    assert "Satu aktivitas ditahan." in report
    assert "Dua belas pegawai tidak dapat masuk." in report
    # Ten in the west is eleven in Manado.
    assert "20 November 2026, 11.00 WITA" in report


def test_data_subjects_are_written_to_only_when_personal_data_were_revealed(
    desk: None, operator: User, unpack: Callable[..., Unpacked]
) -> None:
    incident = a_hit()
    assert "pemberitahuan-data-pribadi.pdf" not in unpack(incident)
    incident = say_breach(uid=incident.uid, known_at=NOW, actor=operator)
    incident = write_report(uid=incident.uid, values={"revealed_data": "Nama dan NIP."}, actor=operator)
    letter = words_of(unpack(incident)["pemberitahuan-data-pribadi.pdf"])
    for part in ("A. Data pribadi yang terungkap", "B. Kapan dan bagaimana", "C. Penanganan dan pemulihan"):
        assert part in letter
    assert "Nama dan NIP." in letter
    assert "UU 27/2022 Pasal 46" in letter


def test_the_after_report_is_filled_from_the_timeline_and_from_containment(
    desk: None, operator: User, unpack: Callable[..., Unpacked]
) -> None:
    incident = move_on(uid=a_hit().uid, to="handling", actor=operator)
    Imposition.objects.create(
        region=Region.objects.get(code="manado"),
        measure="uploads_off",
        reason="Unggahan mencurigakan",
        incident=incident.uid,
        imposed_by="Operator",
        imposed_at=NOW + timedelta(minutes=5),
    )
    report = words_of(unpack(incident)["laporan-internal.pdf"])
    assert "Insiden mulai ditangani." in report
    assert "Unggahan mencurigakan" in report
    assert "Pelajaran dari insiden" in report
    assert "4 menit" in report


def test_what_was_done_is_taken_from_the_timeline_until_somebody_writes_it(
    desk: None, operator: User, unpack: Callable[..., Unpacked]
) -> None:
    incident = move_on(uid=a_hit().uid, to="handling", actor=operator)
    proposed = "20 November 2026, 11.00 WITA: Insiden mulai ditangani."
    assert proposed in words_of(unpack(incident)["laporan-internal.pdf"])
    incident = write_report(uid=incident.uid, values={"recovery": "Akun dipulihkan."}, actor=operator)
    report = words_of(unpack(incident)["laporan-internal.pdf"])
    assert "Akun dipulihkan." in report
    assert proposed not in report


def test_nothing_in_a_table_is_a_formula(desk: None, unpack: Callable[..., Unpacked]) -> None:
    files = unpack(a_hit(summary='=HYPERLINK("http://contoh.example")'))
    (_, line) = rows_of(files["linimasa.csv"])
    assert line[1] == '\'=HYPERLINK("http://contoh.example")'
    assert json.loads(files["peristiwa.jsonl"])["text"] == '=HYPERLINK("http://contoh.example")'


def test_custody_says_who_held_the_evidence(desk: None, operator: User, unpack: Callable[..., Unpacked]) -> None:
    incident = a_hit()
    piece = attach(incident, "halaman.txt", b"isi", "Salinan", actor=operator)
    assert rows_of(unpack(incident)["penguasaan.csv"])[1:] == [
        ["2026-11-20 11:00:00", "halaman.txt", "Dilampirkan", "Operator", piece.sha256]
    ]


def test_the_pack_for_normalisation_has_the_letters_and_the_digests(
    desk: None, unpack: Callable[..., Unpacked]
) -> None:
    files = unpack(a_hit(kind="judol_page", observables={"digest": ["ab" * 32]}), "normalisation")
    assert set(files) == {"manifest.json", "surat-permohonan.pdf", "surat-pernyataan.pdf", "daftar-sidik.csv"}
    assert "manado.localhost" in words_of(files["surat-permohonan.pdf"])
    assert "dimiliki dan dikelola oleh Pemerintah Kota Manado" in words_of(files["surat-pernyataan.pdf"])
    assert rows_of(files["daftar-sidik.csv"])[1][0] == "ab" * 32


def test_a_normalisation_shows_the_page_before_and_after(desk: None, unpack: Callable[..., Unpacked]) -> None:
    bad = a_cloaked_page(NOW - timedelta(minutes=10))
    clean = a_scan(bad.name, NOW + timedelta(hours=2), verdict="clean", is_confirmed=False)
    a_capture(clean, "A", verdict="clean")
    files = unpack(a_hit(kind="judol_page"), "normalisation")
    assert {name for name in files if "/" in name} == {
        f"sebelum/01-{NAME}-01-A.json",
        f"sebelum/01-{NAME}-02-B.json",
        f"sebelum/01-{NAME}-02-B.body",
        f"sesudah/02-{NAME}-01-A.json",
    }
    assert files[f"sebelum/01-{NAME}-02-B.body"] == f"<html>{SPAM}</html>".encode()
    assert json.loads(files[f"sebelum/01-{NAME}-02-B.json"])["outbound"] == ["manadokota.example", "jauh.example"]
    results = words_of(files["hasil-pemindaian.pdf"])
    assert "Menipu mesin pencari" in results
    assert "Bersih" in results
    letter = words_of(files["surat-permohonan.pdf"])
    assert "Pemindaian terakhir menyatakan halamannya bersih" in letter
    assert NAME in letter


def test_a_page_that_is_not_clean_yet_is_not_said_to_be(desk: None, unpack: Callable[..., Unpacked]) -> None:
    a_cloaked_page(NOW - timedelta(minutes=10))
    files = unpack(a_hit(kind="judol_page"), "normalisation")
    assert "Belum bersih" in words_of(files["hasil-pemindaian.pdf"])
    assert "bersih" not in words_of(files["surat-permohonan.pdf"])


def test_the_letters_are_drafts_until_all_is_over_and_clean(
    desk: None, operator: User, unpack: Callable[..., Unpacked]
) -> None:
    bad = a_cloaked_page(NOW - timedelta(minutes=10))
    incident = a_hit(kind="judol_page")
    for name in ("surat-permohonan.pdf", "surat-pernyataan.pdf"):
        draft = words_of(unpack(incident, "normalisation")[name])
        assert "KONSEP" in draft
        assert "insiden belum dinyatakan pulih dan pemindaian terakhir masih menemukan muatan" in draft
    for to in ("handling", "contained", "recovered"):
        incident = move_on(uid=incident.uid, to=to, actor=operator)
    a_scan(bad.name, NOW + timedelta(hours=2), verdict="clean", is_confirmed=False)
    letter = words_of(unpack(incident, "normalisation")["surat-permohonan.pdf"])
    assert "KONSEP" not in letter
    assert "Belum untuk dikirim" not in letter


def test_under_a_region_s_head_the_reporter_is_the_region_s_and_the_platform_only_the_one_to_ask(
    desk: None, operator: User, unpack: Callable[..., Unpacked]
) -> None:
    incident = move_on(uid=a_hit(severity="high").uid, to="handling", actor=operator)
    report = words_of(unpack(incident)["laporan-bssn.pdf"])
    contact = report[report.index("A. Kontak") : report.index("B. Deskripsi")]
    assert f"Narahubung platform : {operator.display_name}, {operator.login}" in contact
    assert "Instansi : Pemerintah Kota Manado" in contact
    assert "Nama : ...." in contact
    assert "Yth. TTIS sektor, tembusan TTIS nasional (BSSN)" in report


def test_the_platform_s_own_incident_is_reported_by_its_owner(
    desk: None, operator: User, unpack: Callable[..., Unpacked]
) -> None:
    incident = move_on(uid=a_hit(severity="high", region=None).uid, to="handling", actor=operator)
    report = words_of(unpack(incident)["laporan-bssn.pdf"])
    assert "PLATFORM KINERJA DAERAH" in report
    assert f"Nama : {operator.display_name}" in report


def test_the_report_has_what_each_visitor_got(desk: None, unpack: Callable[..., Unpacked]) -> None:
    a_cloaked_page(NOW - timedelta(minutes=10))
    files = unpack(a_hit(kind="judol_page"))
    assert {name for name in files if name.startswith("halaman/")} == {
        f"halaman/01-{NAME}-01-A.json",
        f"halaman/01-{NAME}-02-B.json",
        f"halaman/01-{NAME}-02-B.body",
    }


def test_altered_evidence_makes_no_pack(desk: None, operator: User, settings: Any) -> None:
    incident = a_hit()
    piece = attach(incident, "halaman.txt", b"isi asli", "Salinan")
    (settings.FILES_DIR / "control" / piece.file.path).write_bytes(b"isi lain")
    with pytest.raises(SealBroken):
        make_pack(incident, "report", actor=operator)
    assert not Pack.objects.exists()


def test_events_that_another_part_keeps_of_it_come_along(
    desk: None, unpack: Callable[..., Unpacked], monkeypatch: pytest.MonkeyPatch
) -> None:
    from control.incidents.packs import state

    monkeypatch.setattr(state, "_sources", {})
    register_events("kejadian-keamanan", lambda incident: [{"incident": incident.number, "name": "honeypot_hit"}])
    (line,) = unpack(a_hit())["kejadian-keamanan.jsonl"].decode().splitlines()
    assert json.loads(line) == {"incident": "INS-2026-0001", "name": "honeypot_hit"}
