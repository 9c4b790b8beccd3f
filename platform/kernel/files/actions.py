"""Taking a file in, and what people decide about one."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import get_valid_filename

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files import scanning
from kernel.files.antivirus import AntivirusAway
from kernel.files.errors import FileRefused, FileWithheld, NotUnderReview
from kernel.files.inspection.findings import Finding, Report, Stop, Verdict
from kernel.files.inspection.kinds import CONTENT_TYPES, Kind
from kernel.files.inspection.order import check_cheaply
from kernel.files.inspection.pictures import Wanted
from kernel.files.models import StoredFile
from kernel.files.permissions import REVIEW
from kernel.files.sandbox import ChildBusy
from kernel.files.telling import tell
from kernel.ids import new_uid
from kernel.measures import Measure, terms_of
from kernel.permissions import require
from kernel.watching import emit, names

RELEASED = declare_action("files.released", "Berkas dilepas setelah ditinjau")
REFUSED = declare_action("files.refused", "Berkas ditolak setelah ditinjau")
BACK_TO_REVIEW = declare_action("files.back_to_review", "Keputusan atas berkas dibatalkan")
QUARANTINED = declare_action("files.quarantined", "Berkas dikarantina")
QUARANTINE_LIFTED = declare_action("files.quarantine_lifted", "Karantina berkas dicabut")

EVIDENCE_TYPES: Final = frozenset(CONTENT_TYPES[kind] for kind in (Kind.PDF, Kind.JPEG, Kind.PNG))
SHEET_TYPES: Final = frozenset({CONTENT_TYPES[Kind.XLSX]})
_TEXT_KINDS: Final = frozenset({Kind.CSV, Kind.TEXT, Kind.DATA})
MAX_BYTES: Final = 5 * 1024 * 1024
# Above it the person is not kept waiting: the scan lane looks at the file.
INSPECTED_AT_ONCE: Final = 6 * 1024 * 1024
# How long an upload waits while the child looks at other files.
PATIENCE_SECONDS: Final = 1.5
MOST_A_MINUTE: Final = 60


def store_file(
    *,
    upload: File[bytes],
    purpose: str,
    owner: User | None,
    allowed: frozenset[str] = EVIDENCE_TYPES,
    max_bytes: int = MAX_BYTES,
    looked_at_later: bool = False,
) -> StoredFile:
    """Take an upload in under the open region, after looking at it; pictures are made anew.

    What is large, or comes while the child is busy, waits for the scan lane and is handed out to nobody until then.
    `looked_at_later`: the caller's own task does it (`look_at_kept`). Raises FileRefused.
    """
    kinds = frozenset(kind for kind, content_type in CONTENT_TYPES.items() if content_type in allowed) - _TEXT_KINDS
    return _take_in(upload, _Use(purpose, owner, kinds, max_bytes), later=looked_at_later)


def store_text(*, upload: File[bytes], purpose: str, owner: User | None, max_bytes: int = MAX_BYTES) -> StoredFile:
    """Take in a plain text upload (a machine's log, a CSV). Raises FileRefused."""
    return _take_in(upload, _Use(purpose, owner, _TEXT_KINDS, max_bytes))


def store_sheet(*, upload: File[bytes], purpose: str, owner: User | None, max_bytes: int = MAX_BYTES) -> StoredFile:
    """Take in an XLSX or a CSV that a person uploads. Raises FileRefused."""
    return _take_in(upload, _Use(purpose, owner, frozenset({Kind.XLSX, Kind.CSV}), max_bytes))


def store_made(*, content: File[bytes], purpose: str, owner: User | None, kind: str) -> StoredFile:
    """Keep a file that the platform made itself (`kind` is its type), of any size. It is clean."""
    content.seek(0)
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    uid = new_uid()
    return StoredFile.objects.create(
        uid=uid,
        name=_shown_name(content),
        content_type=kind,
        size=content.size,
        sha256=digest.hexdigest(),
        sent_sha256=digest.hexdigest(),
        path=default_storage.save(f"{clock.now():%Y/%m}/{uid}", content),
        purpose=purpose,
        scan=StoredFile.Scan.CLEAN,
        settled_at=clock.now(),
        owner=owner,
    )


class _Use(NamedTuple):
    """For what an upload is taken in."""

    purpose: str
    owner: User | None
    kinds: frozenset[Kind]
    max_bytes: int

    @property
    def is_read_only_by_us(self) -> bool:
        """Sheets and logs: the platform reads their values, people do not open them."""
        return self.kinds <= _TEXT_KINDS | {Kind.XLSX}


def _take_in(upload: File[bytes], use: _Use, *, later: bool = False) -> StoredFile:
    terms = terms_of(Measure.UPLOADS_OFF)
    if terms is not None:
        raise FileRefused("off", said=str(terms["reason"]))
    if not upload.size:
        raise FileRefused("empty", use.max_bytes)
    if upload.size > use.max_bytes:
        raise FileRefused("too_large", use.max_bytes)
    _hold_back_floods(use.owner)
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    name = PurePosixPath(upload.name or "berkas").name
    digest = scanning.digest_of(content)
    try:
        kind = check_cheaply(name, content, use.kinds)
    except Stop as stop:
        _refuse(content, name, use, Report(findings=list(stop.findings), steps=["name", "kind"]))
    if scanning.is_blocked(digest):
        seen = Finding("known", "known_bad", Verdict.REJECT)
        _refuse(content, name, use, Report(kind=kind, findings=[seen], steps=["known"]))
    stored = StoredFile(
        name=_shown_name(upload),
        content_type=CONTENT_TYPES[kind],
        size=len(content),
        sha256=digest,
        sent_sha256=digest,
        purpose=use.purpose,
        owner=use.owner,
    )
    report = None if later or len(content) > INSPECTED_AT_ONCE else _looked_at(content, name, use)
    if report is None:
        stored.path, stored.is_apart = scanning.keep_apart(content, stored.uid), True
        stored.save()
        if not later:
            scanning.ask_for_scan(stored)
        return stored
    if report.verdict.is_refused:
        _refuse(content, name, use, report)
    if report.verdict is Verdict.REVIEW and use.is_read_only_by_us:
        report = _sheet_without_doubt(content, name, use, report)
    if report.verdict is Verdict.REVIEW:
        stored.path, stored.is_apart = scanning.keep_apart(content, stored.uid), True
        stored.scan = StoredFile.Scan.REVIEW
        stored.findings = [finding.as_json() for finding in report.findings]
    else:
        made = content if report.made is None else report.made
        stored.path = default_storage.save(f"{clock.now():%Y/%m}/{stored.uid}", ContentFile(made))
        stored.scan, stored.size, stored.sha256 = StoredFile.Scan.CLEAN, len(made), scanning.digest_of(made)
    stored.settled_at = clock.now()
    stored.save()
    tell(digest, report, purpose=use.purpose, size=len(content), uid=str(stored.uid))
    return stored


def _hold_back_floods(owner: User | None) -> None:
    if owner is None:
        return
    key = f"files:sent:{owner.pk}:{clock.now():%d%H%M}"
    cache.add(key, 0, 120)
    try:
        sent = cache.incr(key)
    except ValueError:
        # The cache is away or was emptied: that is no reason to refuse.
        return
    if sent > MOST_A_MINUTE:
        raise FileRefused("too_many")


def _looked_at(content: bytes, name: str, use: _Use) -> Report | None:
    """The verdict, or None when it cannot be had at once."""
    try:
        return scanning.look_at(content, name, use.kinds, patience=PATIENCE_SECONDS)
    except (ChildBusy, AntivirusAway):
        return None


def _refuse(content: bytes, name: str, use: _Use, report: Report) -> None:
    if report.verdict is Verdict.QUARANTINE:
        scanning.keep_evidence(content, name, purpose=use.purpose, owner=use.owner, report=report)
    tell(scanning.digest_of(content), report, purpose=use.purpose, size=len(content))
    worst = max(report.findings, key=lambda finding: finding.verdict.weight)
    raise FileRefused(worst.code, use.max_bytes, finding=worst.as_json(), allowed=use.kinds)


def _sheet_without_doubt(content: bytes, name: str, use: _Use, report: Report) -> Report:
    """Of a sheet that only the platform reads: its words are judged row by row when they are taken (`kernel.texts`),
    and whatever else asks for a look is better mended by the sender than looked at by others."""
    rest = [finding for finding in report.findings if finding.step != "words"]
    if not rest:
        return Report(kind=report.kind, findings=[], steps=report.steps, made=report.made)
    refused = [Finding(finding.step, finding.code, Verdict.REJECT, finding.detail) for finding in rest]
    _refuse(content, name, use, Report(kind=report.kind, findings=refused, steps=report.steps))
    return report


def _shown_name(upload: File[bytes]) -> str:
    return get_valid_filename(PurePosixPath(upload.name or "berkas").name)[:255]


def open_clean(stored: StoredFile) -> Any:
    """The bytes as an open file, for the platform's own work; a file that waits is looked at first.

    Raises FileWithheld when it is not clean, or cannot be looked at now.
    """
    if stored.scan == StoredFile.Scan.PENDING:
        try:
            stored = scanning.finish_waiting(stored.uid) or StoredFile.objects.get(pk=stored.pk)
        except (ChildBusy, AntivirusAway) as error:
            raise FileWithheld(stored) from error
    if not stored.is_clean:
        raise FileWithheld(stored)
    return default_storage.open(stored.path, "rb")


def discard(stored: StoredFile) -> None:
    """Throw a file away, its row first: bytes without a row are nobody's. For files that can be made again."""
    path, store = stored.path, stored.store
    stored.delete()
    transaction.on_commit(lambda: store.delete(path))


def _under_review(uid: UUID, actor: User, *states: StoredFile.Scan) -> StoredFile:
    require(actor, REVIEW)
    stored = StoredFile.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if stored is None:
        raise NotFound("file")
    if stored.scan not in states:
        raise NotUnderReview
    return stored


@transaction.atomic
def release_file(*, uid: UUID, reason: str, actor: User) -> StoredFile:
    """Let a file that waited for a look be handed out, as it was sent. Raises NotAllowed, NotFound, NotUnderReview."""
    stored = _under_review(uid, actor, StoredFile.Scan.REVIEW)
    scanning.make_clean(stored, scanning.bytes_of(stored))
    stored.settled_at = clock.now()
    stored.save()
    record(RELEASED, actor=actor, subject=stored, after={"findings": _codes(stored)}, note=reason)
    return stored


@transaction.atomic
def refuse_file(*, uid: UUID, reason: str, actor: User) -> StoredFile:
    """Refuse a file under review or in quarantine; its bytes stay apart for a month. Raises as `release_file`."""
    stored = _under_review(uid, actor, StoredFile.Scan.REVIEW, StoredFile.Scan.QUARANTINED)
    before, stored.scan, stored.settled_at = stored.scan, StoredFile.Scan.REJECTED, clock.now()
    stored.save()
    record(REFUSED, actor=actor, subject=stored, before={"scan": before}, after={"scan": stored.scan}, note=reason)
    return stored


@transaction.atomic
def take_back_decision(*, uid: UUID, reason: str, actor: User) -> StoredFile:
    """Put a file that a person released or refused under review again. Raises as `release_file`."""
    stored = _under_review(uid, actor, StoredFile.Scan.CLEAN, StoredFile.Scan.REJECTED)
    doubts = {finding["verdict"] for finding in stored.findings}
    if "review" not in doubts or doubts & {"reject", "quarantine"} or not stored.store.exists(stored.path):
        raise NotUnderReview
    before = stored.scan
    scanning.move_apart(stored, scanning.bytes_of(stored))
    stored.scan, stored.settled_at = StoredFile.Scan.REVIEW, clock.now()
    stored.save()
    record(BACK_TO_REVIEW, actor=actor, subject=stored, before={"scan": before}, note=reason)
    return stored


def _codes(stored: StoredFile) -> list[str]:
    return [finding["code"] for finding in stored.findings]


@transaction.atomic
def quarantine_files(*, reason: str, actor: Actor, digest: str | None = None, owner: UUID | None = None) -> list[UUID]:
    """Put all files with these bytes (as sent or as kept), or all files of this account, apart from what is served.

    With a digest the same bytes are refused from now on, also where there is no such file yet. Returns the files that
    were moved; `lift_quarantine` brings them back. Contains an incident: whoever calls it has checked who may.
    """
    if digest is None and owner is None:
        raise ValueError("a digest or an owner")
    found: QuerySet[StoredFile] = StoredFile.objects.select_for_update(of=("self",)).exclude(
        scan__in=(StoredFile.Scan.QUARANTINED, StoredFile.Scan.REJECTED)
    )
    if digest is not None:
        found = found.filter(Q(sha256=digest) | Q(sent_sha256=digest))
        scanning.block(digest, reason)
    if owner is not None:
        found = found.filter(owner__uid=owner)
    moved: list[UUID] = []
    for stored in found.order_by("pk"):
        before = stored.scan
        scanning.move_apart(stored, scanning.bytes_of(stored))
        contained = Finding("containment", "contained", Verdict.QUARANTINE, before).as_json()
        stored.findings = [*stored.findings, contained]
        stored.scan, stored.settled_at = StoredFile.Scan.QUARANTINED, clock.now()
        stored.save()
        emit(names.UPLOAD_QUARANTINE, subject=stored.sent_sha256, uid=str(stored.uid), reasons=["contained"])
        record(QUARANTINED, actor=actor, subject=stored, before={"scan": before}, note=reason)
        moved.append(stored.uid)
    return moved


@transaction.atomic
def lift_quarantine(*, reason: str, actor: Actor, files: list[UUID], digest: str | None = None) -> int:
    """Undo `quarantine_files` for these files, and take these bytes again. Returns how many came back."""
    if digest is not None:
        scanning.unblock(digest)
    lifted = 0
    for stored in StoredFile.objects.select_for_update(of=("self",)).filter(uid__in=files).order_by("pk"):
        contained = next((finding for finding in stored.findings if finding["code"] == "contained"), None)
        if stored.scan != StoredFile.Scan.QUARANTINED or contained is None:
            continue
        stored.findings = [finding for finding in stored.findings if finding is not contained]
        if contained["detail"] == StoredFile.Scan.CLEAN:
            content, kept = scanning.bytes_of(stored), stored.sha256
            scanning.make_clean(stored, content)
            if stored.sha256 != kept:
                raise ValueError("the bytes are not those that were quarantined")
        else:
            stored.scan = StoredFile.Scan(contained["detail"])
        stored.settled_at = clock.now()
        stored.save()
        record(QUARANTINE_LIFTED, actor=actor, subject=stored, after={"scan": stored.scan}, note=reason)
        lifted += 1
    return lifted


def look_at_kept(stored: StoredFile, *, wanted: Wanted | None = None) -> Report:
    """Look at a file that was taken in with `looked_at_later`; `discard_sent` ends it. Raises ChildBusy and
    AntivirusAway: the caller's task comes again."""
    kind = next(kind for kind, content_type in CONTENT_TYPES.items() if content_type == stored.content_type)
    return scanning.look_at(scanning.bytes_of(stored), stored.name, frozenset({kind}), wanted=wanted)


def discard_sent(stored: StoredFile, report: Report) -> None:
    """Throw away what was sent, once something was made of it or nothing could be; what is dangerous stays apart."""
    if report.verdict is Verdict.QUARANTINE:
        scanning.settle(stored, scanning.bytes_of(stored), report)
    else:
        discard(stored)
