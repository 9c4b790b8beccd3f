"""Taking a file in and handing it out."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse
from django.utils.text import get_valid_filename

from kernel import clock
from kernel.accounts.models import User
from kernel.files.errors import FileRefused
from kernel.files.models import StoredFile
from kernel.ids import new_uid

# What people hand in, by the first bytes, not by the name. The scanner looks deeper later.
KNOWN_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"PK\x03\x04": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
EVIDENCE_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})
SHEET_TYPES = frozenset({KNOWN_BEGINNINGS[b"PK\x03\x04"]})
MAX_BYTES = 5 * 1024 * 1024


def store_file(
    *,
    upload: File[bytes],
    purpose: str,
    owner: User | None,
    allowed: frozenset[str] = EVIDENCE_TYPES,
    max_bytes: int = MAX_BYTES,
) -> StoredFile:
    """Keep an upload privately under the open region. Its type is told by its content.

    Raises FileRefused when it is empty, too large or of a kind that is not taken.
    """
    if not upload.size:
        raise FileRefused("empty", max_bytes)
    if upload.size > max_bytes:
        raise FileRefused("too_large", max_bytes)
    upload.seek(0)
    beginning = upload.read(8)
    kind = next((kind for mark, kind in KNOWN_BEGINNINGS.items() if beginning.startswith(mark)), "")
    if kind not in allowed:
        raise FileRefused("kind", max_bytes)
    return _keep(upload, purpose=purpose, owner=owner, kind=kind)


def store_text(*, upload: File[bytes], purpose: str, owner: User | None, max_bytes: int = MAX_BYTES) -> StoredFile:
    """Keep a plain text upload (a machine's log). Raises FileRefused."""
    if not upload.size:
        raise FileRefused("empty", max_bytes)
    if upload.size > max_bytes:
        raise FileRefused("too_large", max_bytes)
    return _keep(upload, purpose=purpose, owner=owner, kind="text/plain")


def store_sheet(*, upload: File[bytes], purpose: str, owner: User | None, max_bytes: int = MAX_BYTES) -> StoredFile:
    """Keep an XLSX or a CSV that a person uploads. Raises FileRefused when it begins like something else."""
    if upload.size:
        upload.seek(0)
        beginning = upload.read(8)
        kind = next((kind for mark, kind in KNOWN_BEGINNINGS.items() if beginning.startswith(mark)), "")
        if kind not in SHEET_TYPES and (kind or b"\0" in beginning):
            raise FileRefused("sheet", max_bytes)
        if not kind:
            return store_text(upload=upload, purpose=purpose, owner=owner, max_bytes=max_bytes)
    return store_file(upload=upload, purpose=purpose, owner=owner, allowed=SHEET_TYPES, max_bytes=max_bytes)


def store_made(*, content: File[bytes], purpose: str, owner: User | None, kind: str) -> StoredFile:
    """Keep a file that the platform made itself (`kind` is its type), of any size."""
    return _keep(content, purpose=purpose, owner=owner, kind=kind)


def discard(stored: StoredFile) -> None:
    """Throw a file away, its row first: bytes without a row are nobody's. For files that can be made again."""
    path = stored.path
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(path))


def _keep(upload: File[bytes], *, purpose: str, owner: User | None, kind: str) -> StoredFile:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    uid = new_uid()
    path = default_storage.save(f"{clock.now():%Y/%m}/{uid}", upload)
    return StoredFile.objects.create(
        uid=uid,
        name=get_valid_filename(PurePosixPath(upload.name or "berkas").name)[:255],
        content_type=kind,
        size=upload.size,
        sha256=digest.hexdigest(),
        path=path,
        purpose=purpose,
        owner=owner,
    )


def as_attachment(stored: StoredFile) -> FileResponse:
    """The bytes as a download, never as a page. The caller has checked that the person may have it."""
    response = FileResponse(
        default_storage.open(stored.path, "rb"),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
