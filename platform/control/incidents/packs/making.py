"""Making a pack: its files, the manifest, and the ZIP with the same bytes for the same state."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.text import get_valid_filename

from control.incidents.errors import SealBroken
from control.incidents.models import Evidence, Incident, Pack, TimelineEntry
from control.incidents.packs import letters, tables
from control.incidents.packs.state import Snapshot, snapshot
from control.incidents.sides import captures_of
from control.incidents.timeline import enter, name_of
from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.files.actions import store_made
from kernel.files.models import StoredFile
from kernel.jobs.work import Progress
from kernel.papers.blocks import Paper
from kernel.papers.pdf import paper_pdf
from kernel.watching.names import EXPORT_REQUESTED

PACK_MADE: Final = declare_action("incidents.pack_made", "Paket insiden dibuat", event=EXPORT_REQUESTED)
PACK_FILE: Final = "incidents.pack"
PLATFORM: Final = "platform"
_CHUNK: Final = 1 << 20
# Entries of a ZIP begin in 1980 and have no zone: the instant is written as UTC.
_ZIP_KIND: Final = "application/zip"
_READABLE: Final = 0o644 << 16
_NOT_INCLUDED: Final = "Objek yang dikarantina tetap di penyimpanan wilayah dan tidak pernah dibuka; di sini sidiknya."


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a pack: where it comes from, when it was collected and by whom."""

    name: str
    content: bytes
    source: str
    time: datetime
    collector: str = PLATFORM


def _papers(found: Snapshot, kind: str) -> Iterator[tuple[str, Paper, str]]:
    """(file, paper, source) of this kind of pack."""
    number = found.incident.number
    if kind == Pack.Kind.NORMALISATION:
        names = letters.blocked_names(found)
        yield "surat-permohonan.pdf", letters.normalisation_request(found, names), f"{number}, alamat wilayah"
        if found.names:
            yield "hasil-pemindaian.pdf", letters.scan_results(found), f"{number}, pemindaian halaman"
        yield "surat-pernyataan.pdf", letters.ownership_statement(found, names), f"{number}, alamat wilayah"
        return
    bssn, pdp = found.clocks.get("bssn"), found.clocks.get("pdp")
    if bssn is not None:
        yield "laporan-bssn.pdf", letters.bssn_report(found, bssn), f"{number}, {bssn.source}"
    if pdp is not None and found.incident.breach_known_at is not None:
        yield "pemberitahuan-data-pribadi.pdf", letters.pdp_notice(found, pdp), f"{number}, {pdp.source}"
    yield "laporan-internal.pdf", letters.after_report(found), f"{number}, linimasa"


def _tables(found: Snapshot, kind: str) -> Iterator[tuple[str, bytes, str]]:
    number = found.incident.number
    yield "daftar-sidik.csv", tables.digests_csv(found), f"{number}, bukti dan penanda"
    if kind == Pack.Kind.NORMALISATION:
        return
    yield "insiden.json", tables.json_bytes(tables.as_json(found)), f"{number}, seluruh catatan"
    yield "linimasa.csv", tables.timeline_csv(found), f"{number}, linimasa"
    yield "peristiwa.jsonl", tables.entry_lines(found), f"{number}, linimasa"
    yield "penguasaan.csv", tables.custody_csv(found), f"{number}, riwayat penguasaan bukti"
    for name, events in found.events.items():
        yield f"{name}.jsonl", tables.lines(events), f"{number}, {name}"


def parts(found: Snapshot, kind: str) -> Iterator[Part]:
    """Every file of the pack but the manifest, one after the other."""
    with translation.override("id"), letters.in_local_time(found):
        for name, paper, source in _papers(found, kind):
            yield Part(name, paper_pdf(paper, made_at=found.as_of), source, found.as_of)
        for name, content, source in _tables(found, kind):
            yield Part(name, content, source, found.as_of)
    yield from _pages(found, kind)
    for place, piece in enumerate(found.evidence, 1):
        safe = get_valid_filename(PurePosixPath(piece.name.replace("\\", "/")).name or "berkas")
        yield Part(f"bukti/{place:03d}-{safe}", read_evidence(piece), piece.what, piece.collected_at, piece.collector)


def _pages(found: Snapshot, kind: str) -> Iterator[Part]:
    """What visitors got of the pages: as found for a report, before and after for a normalisation."""
    if kind == Pack.Kind.NORMALISATION:
        scans = [("sebelum", pair.before) for pair in found.names]
        scans += [("sesudah", pair.after) for pair in found.names if pair.after is not None]
    else:
        scans = [("halaman", scan) for scan in found.scans]
    for place, (folder, scan) in enumerate(scans, 1):
        for number, capture in enumerate(captures_of(scan), 1):
            name = f"{folder}/{place:02d}-{scan.name.name}-{number:02d}-{capture.visitor}"
            source = f"{scan.name.name}, {capture.visitor_label}"
            yield Part(f"{name}.json", tables.json_bytes(tables.capture(capture)), source, capture.fetched_at)
            if capture.body is not None:
                # Bytes of a foreign page, under a name that no browser opens.
                body = _read(capture.body, capture.body_sha256, name)
                yield Part(f"{name}.body", body, source, capture.fetched_at)


def read_evidence(piece: Evidence) -> bytes:
    """The bytes, when they are still those that were registered. Raises SealBroken."""
    return _read(piece.file, piece.sha256, piece.name)


def _read(file: StoredFile, sha256: str, name: str) -> bytes:
    with default_storage.open(file.path, "rb") as stored:
        content: bytes = stored.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SealBroken(name)
    return content


@contextmanager
def built(incident: Incident, kind: str, progress: Progress | None = None) -> Iterator[tuple[IO[bytes], str]]:
    """The pack as an open file and its SHA-256. Raises SealBroken."""
    found = snapshot(incident)
    total = len(found.evidence) + 4
    listed: list[dict[str, Any]] = []
    with TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for done, part in enumerate(parts(found, kind), 1):
                _add(archive, part.name, part.content, found.as_of)
                listed.append(
                    {
                        "file": part.name,
                        "size": len(part.content),
                        "sha256": hashlib.sha256(part.content).hexdigest(),
                        "source": part.source,
                        "time": part.time,
                        "collector": part.collector,
                    }
                )
                if progress is not None:
                    progress.advance(min(done, total), max(total, done + 1), part.name)
            manifest = {
                "incident": incident.number,
                "kind": kind,
                "as_of": found.as_of,
                "files": sorted(listed, key=lambda row: str(row["file"])),
                "not_included": _NOT_INCLUDED,
            }
            _add(archive, "manifest.json", tables.json_bytes(manifest), found.as_of)
        target.seek(0)
        digest = hashlib.sha256()
        while chunk := target.read(_CHUNK):
            digest.update(chunk)
        target.seek(0)
        yield target, digest.hexdigest()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, as_of: datetime) -> None:
    entry = zipfile.ZipInfo(name, as_of.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    # The same on every system that makes one.
    entry.create_system = 3
    entry.external_attr = _READABLE
    archive.writestr(entry, content)


def make_pack(incident: Incident, kind: str, *, actor: Actor, progress: Progress | None = None) -> Pack:
    """The pack of the incident as it stands; the one that exists already when nothing has changed since.

    Its digest stands on the timeline and in the audit log. Raises SealBroken when evidence is no longer what it was.
    """
    with built(incident, kind, progress) as (content, digest), transaction.atomic():
        # Two at once wait for each other here, so that the same state is one pack.
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        known = Pack.objects.filter(incident=incident, kind=kind, sha256=digest).first()
        if known is not None:
            return known
        label = Pack.Kind(kind).label
        name = f"{incident.number}-{kind}-{digest[:12]}.zip"
        stored = store_made(
            content=File(content, name=name),
            purpose=PACK_FILE,
            owner=actor if isinstance(actor, User) else None,
            kind=_ZIP_KIND,
        )
        pack = Pack.objects.create(
            incident=incident,
            kind=kind,
            sha256=digest,
            size=stored.size,
            file=stored,
            made_at=clock.now(),
            made_by=name_of(actor),
        )
        enter(
            incident,
            f"{label} dibuat, SHA-256 {digest}.",
            origin=TimelineEntry.Origin.PACK,
            actor=actor,
        )
        record(PACK_MADE, actor=actor, subject=incident, after={"kind": kind, "sha256": digest, "size": stored.size})
    return pack
