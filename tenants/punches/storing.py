"""Putting punches away: one statement for a whole sending, and one for what is kept aside.

No model instance and no signal: a row is a mapping that PostgreSQL reads as JSON, so that thirty events cost the
statement of one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from typing_extensions import override

from kernel.tenancy.context import current_region
from tenants.punches.models import Punch, PunchProof

_TYPES: Final = {
    "id": "uuid",
    "employee_id": "bigint",
    "kind": "text",
    "source": "text",
    "captured_at": "timestamptz",
    "received_at": "timestamptz",
    "skew_ms": "bigint",
    "latitude": "numeric",
    "longitude": "numeric",
    "accuracy_m": "integer",
    "place_error": "text",
    "device": "text",
    "state": "text",
    "grade": "text",
    "reasons": "jsonb",
    "key_id": "bigint",
    "claimed_at": "timestamptz",
    "mark_at": "timestamptz",
    "mono_ms": "bigint",
    "boot": "text",
    "digest": "text",
    "prev": "text",
    "carried_by_id": "bigint",
    "place_id": "bigint",
    "distance_m": "integer",
    "office": "uuid",
    "assembly": "uuid",
    "note": "text",
}
_COLUMNS: Final = ", ".join(_TYPES)
_ANSWER: Final = "id, employee_id, receipt, kind, captured_at, received_at, state, grade, reasons"
# Names of our own tables and columns only.
_KNOWN: Final = f"SELECT {_ANSWER}, false FROM {Punch._meta.db_table} WHERE id = ANY(%s)"  # noqa: S608
_PUT_AWAY: Final = f"""
    WITH sent AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(%s::jsonb)
            AS r({", ".join(f"{name} {kind}" for name, kind in _TYPES.items())}, body text, signature text)
    ), stored AS (
        INSERT INTO {Punch._meta.db_table} (region_id, {_COLUMNS})
        SELECT %s, {_COLUMNS} FROM sent
        ON CONFLICT DO NOTHING
        RETURNING {_ANSWER}
    ), proven AS (
        INSERT INTO {PunchProof._meta.db_table} (region_id, punch_id, body, signature)
        SELECT %s, id, body, signature FROM sent JOIN stored USING (id) WHERE signature <> ''
    ), seen AS (
        UPDATE punches_phonekey SET last_contact_at = %s WHERE id = ANY(%s)
    )
    SELECT {_ANSWER}, true FROM stored
    UNION ALL
    {_KNOWN}
"""  # noqa: S608
_PROBED: Final = """
    INSERT INTO punches_probe (region_id, id, received_at) SELECT %s, unnest(%s::uuid[]), %s ON CONFLICT DO NOTHING
"""
_OWNERS: Final = "SELECT id, employee_id FROM punches_punch WHERE id = ANY(%s)"
_SET_ASIDE: Final = """
    INSERT INTO punches_refusedpunch (punch_uid, employee_id, reason, payload, received_at, digest)
    SELECT r.punch_uid, r.employee_id, r.reason, r.payload, %s, r.digest
    FROM jsonb_to_recordset(%s::jsonb)
        AS r(punch_uid uuid, employee_id bigint, reason text, payload jsonb, digest text)
    ON CONFLICT DO NOTHING
    RETURNING reason
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A punch as it stands in the table. `is_new`: this very call put it there."""

    uid: UUID
    employee_id: int
    receipt: int
    kind: str
    captured_at: datetime
    received_at: datetime
    state: str
    grade: str
    reasons: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Aside:
    """What was not taken, and why; `digest` recognises the same again."""

    reason: str
    digest: str
    payload: Mapping[str, Any]
    punch_uid: UUID | None = None
    employee_id: int | None = None


def put_away(
    rows: Sequence[Mapping[str, Any]], *, received_at: datetime, contacts: Collection[int] = ()
) -> dict[UUID, Stored]:
    """Store these punches and give what stands under their ids, theirs or an earlier one's. One statement.

    A row has the columns of a punch; with `body` and `signature` its proof is stored too. `contacts` are the keys whose
    last contact moves to `received_at`. A second statement reads what somebody else stored at the same moment.
    """
    if not rows:
        return {}
    number = current_region().number
    ids = [row["id"] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_PUT_AWAY, (_json(rows), number, number, received_at, list(contacts), ids))
        found = {row[0]: _stored(row) for row in cursor.fetchall()}
        missing = [uid for uid in ids if uid not in found]
        if missing:
            cursor.execute(_KNOWN, (missing,))
            found.update({row[0]: _stored(row) for row in cursor.fetchall()})
    return found


def owners_of(ids: Collection[UUID]) -> dict[UUID, int]:
    """Whose punch stands already under each of these ids, as far as one does. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, (list(ids),))
        return dict(cursor.fetchall())


def put_probes_away(ids: Collection[UUID], *, received_at: datetime) -> None:
    """Store synthetic punches. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PROBED, (current_region().number, list(ids), received_at))


def set_aside(refused: Iterable[Aside], *, received_at: datetime) -> list[str]:
    """Keep what was not taken; the reasons of those that were not there already. One statement."""
    rows = [
        {
            "punch_uid": one.punch_uid,
            "employee_id": one.employee_id,
            "reason": one.reason,
            "payload": one.payload,
            "digest": one.digest,
        }
        for one in refused
    ]
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SET_ASIDE, (received_at, _json(rows)))
        return [reason for (reason,) in cursor.fetchall()]


def _stored(row: tuple[Any, ...]) -> Stored:
    uid, employee_id, receipt, kind, captured_at, received, state, grade, reasons, is_new = row
    # The driver gives JSON as text.
    found = json.loads(reasons) if isinstance(reasons, str) else reasons
    return Stored(uid, employee_id, receipt, kind, captured_at, received, state, grade, tuple(found), is_new)


class _Encoder(DjangoJSONEncoder):
    """Instants keep their microseconds: Django's own cuts them to milliseconds."""

    @override
    def default(self, o: Any) -> Any:
        if isinstance(o, datetime):
            return o.isoformat()
        if isinstance(o, UUID | Decimal):
            return str(o)
        return super().default(o)


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, cls=_Encoder, separators=(",", ":"))
