"""Sealing the audit log of the open side: batches of entries in a chain of signed seals.

Not in a trigger: a chain that is computed while writing holds its head locked until the writer commits (30 transactions
a second where a transaction lasts 30 ms, security note, fact 7). Entries are plain inserts; this runs behind them.
"""

from __future__ import annotations

import base64
import time
from typing import Final

import structlog
from django.db import connection, transaction

from kernel import clock
from kernel.audit import keys, witness
from kernel.audit.leaves import COLUMNS, root_and_index
from kernel.audit.models import AuditEvent, AuditSeal
from kernel.tenancy.context import scope_label
from kernel.turns import take_turns

log = structlog.get_logger(__name__)

BATCH: Final = 5_000
WAIT_SECONDS: Final = 2.0
LOOK_EVERY_SECONDS: Final = 0.05
FIRST_PREVIOUS: Final = "0" * 64

# Whoever inserts takes this lock before it draws an id and keeps it until its end. Own entries are visible to us.
_WRITERS_SQL: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'audit_auditevent'::regclass AND mode = 'RowExclusiveLock'
          AND granted AND pid <> pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def seal() -> int:
    """Seal every entry that stands and before which nothing can appear any more; returns how many entries.

    An entry of a transaction that is still open may have a smaller id than one that stands: first those who were
    writing are waited for. Who writes longer than two seconds is left to the next round, and what comes after with it.
    """
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first()
    last = AuditSeal.objects.order_by("-number").values_list("up_to_id", flat=True).first() or 0
    if newest is None or newest <= last:
        return 0
    if not _writers_ended():
        log.info("audit_seal_waits")
        return 0
    sealed = 0
    while (count := _seal_batch(newest)) > 0:
        sealed += count
    return sealed


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS_SQL)
        return {name for (name,) in cursor.fetchall()}


def _writers_ended() -> bool:
    """Whether all who are writing now end within the time that we wait. Others may begin meanwhile."""
    until = time.monotonic() + WAIT_SECONDS
    before = _writers()
    while before:
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_EVERY_SECONDS)
        before &= _writers()
    return True


@transaction.atomic
def _seal_batch(up_to: int) -> int:
    take_turns("audit.seal")
    last = AuditSeal.objects.order_by("-number").first()
    after = 0 if last is None else last.up_to_id
    rows = list(AuditEvent.objects.filter(id__gt=after, id__lte=up_to).order_by("id").values_list(*COLUMNS)[:BATCH])
    if not rows:
        return 0
    root, index = root_and_index(rows)
    key = keys.signing_key()
    fresh = AuditSeal(
        number=1 if last is None else last.number + 1,
        after_id=after,
        up_to_id=rows[-1][0],
        entries=len(rows),
        root=root,
        index=index,
        previous=FIRST_PREVIOUS if last is None else last.digest,
        side=scope_label(),
        key_name=keys.name_of(keys.public_text(key.public_key())),
        sealed_at=clock.now(),
    )
    fresh.digest = fresh.computed_digest()
    fresh.signature = base64.b64encode(key.sign(bytes.fromhex(fresh.digest))).decode()
    fresh.save(force_insert=True)
    transaction.on_commit(lambda: witness.tell(fresh))
    return len(rows)
