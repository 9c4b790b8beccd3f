"""Each seal is told outside of the database too, so that the newest ones cannot be taken away without a trace.

It goes into the log, which is shipped to a second system, and onto a file for each side under `AUDIT_WITNESS_DIR` (one
JSON line for each seal). The region sees the newest seal on its audit page and can keep it in its own papers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings

from kernel.audit.models import AuditSeal

log = structlog.get_logger(__name__)


def _file(side: str) -> Path | None:
    return Path(settings.AUDIT_WITNESS_DIR) / f"{side}.jsonl" if settings.AUDIT_WITNESS_DIR else None


def tell(seal: AuditSeal) -> None:
    """Write down outside that this seal was made. A file that cannot be written is logged: the seal stands anyway."""
    log.info("audit_sealed", side=seal.side, number=seal.number, entries=seal.entries, digest=seal.digest)
    file = _file(seal.side)
    if file is None:
        return
    line = {"number": seal.number, "digest": seal.digest, "at": seal.sealed_at.isoformat()}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as stream:
            stream.write(json.dumps(line) + "\n")
    except OSError as error:
        log.error("audit_witness_not_written", reason=type(error).__name__)


def told(side: str) -> Iterator[tuple[int, str]]:
    """Number and digest of every seal of this side that the witness file of this machine knows."""
    file = _file(side)
    if file is None or not file.exists():
        return
    with file.open() as stream:
        for text in stream:
            line = json.loads(text)
            yield line["number"], line["digest"]
