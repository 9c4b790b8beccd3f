"""From an audit entry to the digest that a seal keeps of it. Pure: the same row gives the same bytes for ever.

Source: security note, 4.7; the idea of canonical JSON from RFC 8785 (sorted names, no spaces), column order our own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

# Every column of an entry. A column added later is added behind, in a new form with its own number.
COLUMNS: Final = (
    "id",
    "region_number",
    "at",
    "action",
    "actor_kind",
    "actor_uid",
    "actor_name",
    "subject_kind",
    "subject_uid",
    "subject_name",
    "before",
    "after",
    "note",
    "request_id",
    "origin",
)
FORM: Final = 1

ID_BYTES: Final = 8
HINT_BYTES: Final = 8
STEP: Final = ID_BYTES + HINT_BYTES


def canonical(values: Mapping[str, Any]) -> bytes:
    """JSON with sorted names and without spaces, UTF-8; instants in UTC with microseconds."""
    return json.dumps(
        values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_text
    ).encode()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"an audit entry holds a {type(value).__name__}")


def leaf(row: tuple[Any, ...]) -> bytes:
    """The digest (32 bytes) of one entry; `row` holds its values in the order of COLUMNS."""
    return sha256(canonical({"form": FORM, "values": dict(zip(COLUMNS, row, strict=True))})).digest()


def root_and_index(rows: Iterable[tuple[Any, ...]]) -> tuple[str, bytes]:
    """Of the entries of one seal, in the order of their ids: the digest of all leaves (hex), and the index.

    The index has for each entry its id (8 bytes, big-endian) and the first 8 bytes of its leaf, so that a broken seal
    can say which entry was changed, removed or slipped in.
    """
    whole, index = sha256(), bytearray()
    for row in rows:
        digest = leaf(row)
        whole.update(digest)
        index += int(row[0]).to_bytes(ID_BYTES, "big") + digest[:HINT_BYTES]
    return whole.hexdigest(), bytes(index)


def index_of(content: bytes) -> dict[int, bytes]:
    """What an index says: the first bytes of the leaf, by the entry's id."""
    return {
        int.from_bytes(content[at : at + ID_BYTES], "big"): content[at + ID_BYTES : at + STEP]
        for at in range(0, len(content), STEP)
    }
