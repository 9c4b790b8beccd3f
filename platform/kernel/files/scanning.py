"""What becomes of a file that was looked at: served, waiting for a person, kept apart, or gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.delivery import outbox
from kernel.files import antivirus, sandbox
from kernel.files.antivirus import AntivirusAway
from kernel.files.inspection.findings import Finding, Report, Verdict
from kernel.files.inspection.kinds import CONTENT_TYPES, Kind
from kernel.files.inspection.pictures import Wanted
from kernel.files.models import StoredFile
from kernel.files.sandbox import ChildBusy
from kernel.files.storage import apart
from kernel.files.telling import tell
from kernel.ids import new_uid
from kernel.tenancy.context import is_control
from kernel.watching import emit, names

log = structlog.get_logger(__name__)

SCAN_TASK: Final = "kernel.files.tasks.scan"
# A file that still waits after this was forgotten by its message; the sweep takes it up.
PATIENCE: Final = timedelta(minutes=3)
# What a person refused can be brought back for so long.
KEPT_AFTER_REFUSAL: Final = timedelta(days=30)
_SENT: Final = "sent"
_BLOCKED: Final = "blocked"
_KINDS: Final = {content_type: kind for kind, content_type in CONTENT_TYPES.items() if kind is not Kind.DATA}
_STATES: Final = {
    Verdict.REVIEW: StoredFile.Scan.REVIEW,
    Verdict.QUARANTINE: StoredFile.Scan.QUARANTINED,
    Verdict.REJECT: StoredFile.Scan.REJECTED,
}


def look_at(
    content: bytes, name: str, kinds: frozenset[Kind], *, wanted: Wanted | None = None, patience: float = 60.0
) -> Report:
    """Inspect in the child process, then by the antivirus. Raises ChildBusy and AntivirusAway: the file waits."""
    report = sandbox.inspect(content, name, allowed=kinds, wanted=wanted, patience=patience)
    if not report.verdict.is_refused:
        report.steps.append("antivirus")
        report.add(antivirus.look(content))
    log.info(
        "file_inspected",
        verdict=str(report.verdict),
        kind=report.kind,
        size=len(content),
        steps=report.steps,
        findings=[f"{finding.step}:{finding.code}" for finding in report.findings],
    )
    return report


def digest_of(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def is_blocked(digest: str) -> bool:
    """Whether a file with these bytes was quarantined here, or is to be."""
    return apart().exists(f"{_BLOCKED}/{digest}")


def block(digest: str, reason: str) -> None:
    """Refuse these bytes from now on. Done twice, nothing changes."""
    if not is_blocked(digest):
        apart().save(f"{_BLOCKED}/{digest}", ContentFile(reason.encode()))


def unblock(digest: str) -> None:
    """Take these bytes again."""
    apart().delete(f"{_BLOCKED}/{digest}")


def keep_apart(content: bytes, uid: UUID) -> str:
    """Keep bytes where nothing is served from; returns their path there."""
    return apart().save(f"{clock.now():%Y/%m}/{uid}", ContentFile(content))


def keep_evidence(content: bytes, name: str, *, purpose: str, owner: User | None, report: Report) -> None:
    """Keep what was sent and refused as dangerous, although the action that brought it is rolled back.

    A note beside the bytes says what they are; `adopt_evidence` makes a row of it.
    """
    uid = new_uid()
    digest = digest_of(content)
    note = {
        "uid": str(uid),
        "path": keep_apart(content, uid),
        "name": name,
        "purpose": purpose,
        "owner": None if owner is None else str(owner.uid),
        "size": len(content),
        "digest": digest,
        "kind": report.kind,
        "findings": [finding.as_json() for finding in report.findings],
        "at": clock.now().isoformat(),
    }
    apart().save(f"{_SENT}/{uid}", ContentFile(json.dumps(note).encode()))
    block(digest, "inspection")


def adopt_evidence() -> int:
    """Make rows of what was kept beside refused actions; returns how many. Safe to repeat, and beside another one."""
    store = apart()
    try:
        names = store.listdir(_SENT)[1]
    except FileNotFoundError:
        return 0
    adopted = 0
    for name in names:
        try:
            with store.open(f"{_SENT}/{name}", "rb") as file:
                note = json.loads(file.read())
        except FileNotFoundError:
            # The sweep and the page of held files came at the same time.
            continue
        adopted += _adopt(note)
        store.delete(f"{_SENT}/{name}")
    return adopted


def _adopt(note: Mapping[str, Any]) -> bool:
    _stored, is_new = StoredFile.objects.get_or_create(
        uid=note["uid"],
        defaults={
            "name": note["name"][:255],
            "content_type": CONTENT_TYPES[Kind(note["kind"])] if note["kind"] else "application/octet-stream",
            "size": note["size"],
            "sha256": note["digest"],
            "sent_sha256": note["digest"],
            "path": note["path"],
            "is_apart": True,
            "purpose": note["purpose"],
            "scan": StoredFile.Scan.QUARANTINED,
            "findings": note["findings"],
            "owner": User.objects.filter(uid=note["owner"]).first() if note["owner"] else None,
            "created_at": note["at"],
            "settled_at": note["at"],
        },
    )
    return is_new


def ask_for_scan(stored: StoredFile) -> None:
    """Let the scan lane look at a file that waits, after this transaction."""
    if is_control():
        # The operators' side has no scan lane; the sweep looks at their few files.
        return
    outbox.send(SCAN_TASK, uid=str(stored.uid))


def bytes_of(stored: StoredFile) -> bytes:
    """All bytes, wherever they lie."""
    with stored.store.open(stored.path, "rb") as file:
        return bytes(file.read())


@transaction.atomic
def finish_waiting(uid: UUID) -> StoredFile | None:
    """Look at a file that waits and settle what becomes of it; None when it does not wait (any more).

    Raises ChildBusy and AntivirusAway: it waits on.
    """
    stored = StoredFile.objects.select_for_update().filter(uid=uid, scan=StoredFile.Scan.PENDING).first()
    if stored is None:
        return None
    content = bytes_of(stored)
    kind = _KINDS.get(stored.content_type)
    report = look_at(content, stored.name, frozenset() if kind is None else frozenset({kind, *_as_text(kind)}))
    settle(stored, content, report)
    return stored


def _as_text(kind: Kind) -> tuple[Kind, ...]:
    return (Kind.CSV, Kind.TEXT, Kind.DATA) if kind in (Kind.CSV, Kind.TEXT) else ()


def settle(stored: StoredFile, content: bytes, report: Report) -> None:
    """Write down the verdict and move the bytes to where it says."""
    stored.findings = [finding.as_json() for finding in report.findings]
    stored.settled_at = clock.now()
    if report.verdict.is_taken:
        make_clean(stored, content if report.made is None else report.made)
    else:
        stored.scan = _STATES[report.verdict]
        if stored.scan == StoredFile.Scan.REJECTED:
            _forget_bytes(stored)
        else:
            move_apart(stored, content)
    stored.save()
    if stored.scan == StoredFile.Scan.QUARANTINED:
        block(stored.sent_sha256, "inspection")
    tell(stored.sent_sha256, report, purpose=stored.purpose, size=len(content), uid=str(stored.uid))


def make_clean(stored: StoredFile, content: bytes) -> None:
    """Put these bytes where they can be handed out. The row is the caller's to save."""
    before, was_apart = stored.path, stored.is_apart
    stored.path = default_storage.save(f"{clock.now():%Y/%m}/{new_uid()}", ContentFile(content))
    stored.is_apart, stored.scan = False, StoredFile.Scan.CLEAN
    stored.size, stored.sha256 = len(content), digest_of(content)
    _delete_after_commit(before, is_apart=was_apart)


def move_apart(stored: StoredFile, content: bytes) -> None:
    """Put these bytes where nothing is served from. The row is the caller's to save."""
    if stored.is_apart:
        return
    before = stored.path
    stored.path, stored.is_apart = keep_apart(content, new_uid()), True
    _delete_after_commit(before, is_apart=False)


def _forget_bytes(stored: StoredFile) -> None:
    _delete_after_commit(stored.path, is_apart=stored.is_apart)


def _delete_after_commit(path: str, *, is_apart: bool) -> None:
    store = apart() if is_apart else default_storage
    transaction.on_commit(lambda: store.delete(path))


def forget_refused() -> int:
    """Throw away the bytes of what people refused long enough ago; returns how many files."""
    old = StoredFile.objects.filter(
        scan=StoredFile.Scan.REJECTED, is_apart=True, settled_at__lt=clock.now() - KEPT_AFTER_REFUSAL
    )
    forgotten = 0
    for stored in list(old.order_by("pk")[:100]):
        with transaction.atomic():
            _forget_bytes(stored)
            stored.is_apart = False
            stored.save(update_fields=["is_apart"])
        emit(names.UPLOAD_DELETE, subject=stored.sent_sha256, uid=str(stored.uid), purpose=stored.purpose)
        forgotten += 1
    return forgotten


def sweep() -> int:
    """In the open side: make rows of kept evidence, throw away what was refused long ago, and look at files that waited
    too long. Returns how many."""
    handled = adopt_evidence() + forget_refused()
    late = StoredFile.objects.filter(scan=StoredFile.Scan.PENDING, created_at__lt=clock.now() - PATIENCE)
    for uid in list(late.order_by("created_at").values_list("uid", flat=True)[:50]):
        try:
            handled += finish_waiting(uid) is not None
        except (ChildBusy, AntivirusAway) as error:
            log.warning("files_wait", reason=type(error).__name__)
            break
        except FileNotFoundError:
            _settle_missing(uid)
    return handled


def _settle_missing(uid: UUID) -> None:
    """Bytes that are gone cannot be looked at."""
    gone = Finding("store", "damaged", Verdict.REJECT, "bytes missing").as_json()
    StoredFile.objects.filter(uid=uid, scan=StoredFile.Scan.PENDING).update(
        scan=StoredFile.Scan.REJECTED, findings=[gone]
    )
