"""A request that may be sent twice happens once.

Source: reliability note, section 8; the convention of draft-ietf-httpapi-idempotency-key-header. One transaction claims
the key, does the work and stores the answer, so a crash leaves nothing behind and a retry starts clean. Two requests
with the same key at once: the second waits for the first one's commit on the unique index and then replays its answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.delivery.models import IdempotencyRecord
from kernel.errors import DomainError

# Phones keep unsent work for days; a key outlives the longest queue.
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the HTTP status and the JSON body."""

    status: int
    body: Any
    is_replay: bool = False


class IdempotencyMismatch(DomainError):
    """The key was used for another request before."""

    status = 422
    code = "idempotency_mismatch"
    words = _("Kunci pengiriman ini sudah dipakai untuk isi yang lain. Kirim lagi dengan kunci baru.")


class IdempotencyInProgress(DomainError):
    """The first request with this key has not been answered yet."""

    status = 409
    code = "idempotency_in_progress"
    words = _("Kiriman yang sama masih dikerjakan. Tunggu sebentar lalu kirim lagi.")


def answer_once(*, actor_uid: UUID, route: str, key: str, body: bytes, work: Callable[[], Answer]) -> Answer:
    """Do the work once for (person, route, key) and give the same answer to every repeat.

    The work runs in a transaction with the record; an exception, or an answer of 500 and above, rolls all back and is
    not stored. Raises IdempotencyMismatch (same key, other body) and IdempotencyInProgress.
    """
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        record, is_first = IdempotencyRecord.objects.get_or_create(
            actor_uid=actor_uid, route=route, key=key, defaults={"body_sha256": digest}
        )
        if not is_first:
            if record.body_sha256 != digest:
                raise IdempotencyMismatch
            if record.state != IdempotencyRecord.State.DONE or record.status_code is None:
                raise IdempotencyInProgress
            return Answer(record.status_code, record.response, is_replay=True)
        answer = work()
        if answer.status >= 500:
            transaction.set_rollback(True)
            return answer
        record.state = IdempotencyRecord.State.DONE
        record.status_code = answer.status
        record.response = answer.body
        record.save(update_fields=["state", "status_code", "response"])
        return answer


def prune() -> int:
    """Remove records older than a week from the open side; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]
