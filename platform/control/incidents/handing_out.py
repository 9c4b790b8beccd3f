"""Handing out evidence and packs: each download is a line in the custody log, and only unchanged bytes leave."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from control.incidents.actions import incident_of
from control.incidents.errors import SealBroken
from control.incidents.models import Custody, Evidence, Pack
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.models import StoredFile
from kernel.watching import Severity, emit, names

EXPORTED: Final = declare_action("incidents.evidence_exported", "Bukti atau paket insiden diunduh")
ALTERED: Final = declare_action("incidents.evidence_altered", "Isi bukti insiden berubah")
_CHUNK: Final = 1 << 20


def evidence_to_take(*, uid: UUID, evidence: UUID, actor: User) -> StoredFile:
    """The file of a piece of evidence, of this incident or of one merged into it. Raises NotFound, SealBroken."""
    incident = incident_of(uid)
    piece = (
        Evidence.objects.filter(incident__in=[incident.pk, *incident.merged.values_list("pk", flat=True)])
        .select_related("file")
        .filter(uid=evidence)
        .first()
    )
    if piece is None:
        raise NotFound("evidence")
    _taken(Custody(incident=incident, evidence=piece, sha256=piece.sha256), piece.file, piece.name, actor)
    return piece.file


def pack_to_take(*, uid: UUID, pack: UUID, actor: User) -> StoredFile:
    """The ZIP of a pack. Raises NotFound, SealBroken."""
    incident = incident_of(uid)
    found = Pack.objects.select_related("file").filter(incident=incident, uid=pack).first()
    if found is None:
        raise NotFound("pack")
    _taken(Custody(incident=incident, pack=found, sha256=found.sha256), found.file, found.file.name, actor)
    return found.file


def _taken(held: Custody, stored: StoredFile, name: str, actor: User) -> None:
    digest = hashlib.sha256()
    with default_storage.open(stored.path, "rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    is_whole = digest.hexdigest() == held.sha256
    held.deed = Custody.Deed.DOWNLOADED if is_whole else Custody.Deed.REFUSED
    held.actor_name = actor.display_name
    # Committed before the refusal, which would take it back.
    with transaction.atomic():
        held.save()
        record(
            EXPORTED if is_whole else ALTERED,
            actor=actor,
            subject=held.incident,
            after={"name": name, "sha256": held.sha256},
        )
    emit(
        names.EVIDENCE_EXPORTED,
        subject=str(held.incident.uid),
        severity=None if is_whole else Severity.CRITICAL,
        file=name,
        sha256=held.sha256,
        is_whole=is_whole,
    )
    if not is_whole:
        raise SealBroken(name)
