"""What a phone sends: the envelope around up to thirty events, and the fields of one event, read from its signed text.

Only what the reckoning needs must be right; a place, a note or a version that cannot be read is just not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

MOST_EVENTS: Final = 30
# The text of one event; what is longer is not one of ours.
LONGEST_BODY: Final = 4096
LONGEST_SIGNATURE: Final = 100
LARGEST_ENVELOPE: Final = MOST_EVENTS * (2 * LONGEST_BODY)
KINDS: Final = frozenset({"in", "out", "checkpoint", "roll_call"})
SCHEMA: Final = 1
_SEVEN_PLACES: Final = Decimal("0.0000001")
_LONGEST_RUN_MS: Final = 10**12


class Unreadable(Exception):
    """An envelope or an event that is none. `reason` is a word for logs and for what is kept aside."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Sealed:
    """One event as it came: the exact text that was signed, and its signature in base64url.

    `carrier` is the key of a colleague's phone that brought it, "" when it came from the signer's own; that key signed
    the same text (`carrier_signature`).
    """

    body: str
    signature: str
    carrier: str = ""
    carrier_signature: str = ""

    @property
    def said_uid(self) -> UUID | None:
        """The id that the text names, before anything of it is believed: an answer is found by it."""
        try:
            return uuid_of(_object(self.body).get("id"))
        except Unreadable:
            return None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One sending. `sent_at`, `sent_mono_ms` and `boot` are the sender's clocks at this moment, as far as said."""

    events: tuple[Sealed, ...]
    sent_at: datetime | None = None
    sent_mono_ms: int | None = None
    boot: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the phone was, as it says: degrees and metres. `error` says why there is no place."""

    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None
    error: str = ""

    @property
    def is_known(self) -> bool:
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True)
class Event:
    """The fields of a signed event. `raw` is the whole text as it was parsed, for those who know more of it."""

    uid: UUID
    kind: str
    captured_at: datetime
    device: UUID
    region: str
    prev: str
    mono_ms: int | None = None
    boot: str = ""
    mark: str = ""
    mark_mono_ms: int | None = None
    mark_boot: str = ""
    spot: Spot = Spot()
    note: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def context(self) -> Mapping[str, Any]:
        """What the phone says beside time and place; empty when that is no object."""
        found = self.raw.get("context")
        return found if isinstance(found, dict) else {}


def read_envelope(raw: bytes) -> Envelope:
    """The envelope of a request's body. Raises Unreadable."""
    if len(raw) > LARGEST_ENVELOPE:
        raise Unreadable("too_large")
    told = _object(raw)
    sent = told.get("events")
    if not isinstance(sent, list) or not 0 < len(sent) <= MOST_EVENTS:
        raise Unreadable("events")
    return Envelope(
        events=tuple(_sealed(entry) for entry in sent),
        sent_at=instant(told.get("sent_at")),
        sent_mono_ms=_milliseconds(told.get("sent_mono_ms")),
        boot=_text(told.get("boot"), 64),
    )


def read_event(body: str) -> Event:
    """The fields of an event's text. Raises Unreadable."""
    told = _object(body)
    captured = instant(told.get("captured_at"))
    kind = told.get("kind")
    if captured is None:
        raise Unreadable("captured_at")
    if kind not in KINDS:
        raise Unreadable("kind")
    uid, device = uuid_of(told.get("id")), uuid_of(told.get("device"))
    if uid is None or uid.version != 7:
        raise Unreadable("uid")
    if device is None:
        raise Unreadable("device")
    return Event(
        uid=uid,
        kind=str(kind),
        captured_at=captured,
        device=device,
        region=_text(told.get("region"), 64),
        prev=_text(told.get("prev"), 64),
        mono_ms=_milliseconds(told.get("mono_ms")),
        boot=_text(told.get("boot"), 64),
        mark=_text(told.get("mark"), 200),
        mark_mono_ms=_milliseconds(told.get("mark_mono_ms")),
        mark_boot=_text(told.get("mark_boot"), 64),
        spot=_spot(told),
        note=_text(_inner(told, "context").get("reason"), 200),
        raw=told,
    )


def instant(said: object) -> datetime | None:
    """An RFC 3339 text with an offset as an aware instant; None for everything else."""
    if not isinstance(said, str) or len(said) > 40:
        return None
    try:
        found = datetime.fromisoformat(said)
        # An offset or a year at the edge of the calendar cannot be compared with anything.
        return found if found.tzinfo is not None and 1980 <= found.year <= 2200 else None
    except ValueError:
        return None


def degrees(said: object, limit: int) -> Decimal | None:
    """Degrees from a text, seven places, within the limit; None for everything else."""
    if not isinstance(said, str | int | Decimal) or isinstance(said, bool):
        return None
    try:
        found = Decimal(str(said)[:24])
        return found.quantize(_SEVEN_PLACES, ROUND_HALF_EVEN) if found.is_finite() and abs(found) <= limit else None
    except InvalidOperation:
        return None


def uuid_of(said: object) -> UUID | None:
    """A UUID from its text; None for everything else."""
    try:
        return UUID(said) if isinstance(said, str) else None
    except ValueError:
        return None


def plain(text: str) -> str:
    """The text without what PostgreSQL cannot hold: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _spot(told: Mapping[str, Any]) -> Spot:
    place = told.get("place")
    if not isinstance(place, dict):
        return Spot(error=_text(told.get("place_error"), 40) or "unknown")
    latitude, longitude = degrees(place.get("lat"), 90), degrees(place.get("lon"), 180)
    if latitude is None or longitude is None:
        return Spot(error="unreadable")
    return Spot(latitude, longitude, _metres(place.get("accuracy_m")))


def _metres(said: object) -> int | None:
    if isinstance(said, bool) or not isinstance(said, str | int | Decimal):
        return None
    try:
        found = Decimal(str(said)[:24])
    except InvalidOperation:
        return None
    return int(min(max(found, Decimal()), Decimal(1_000_000))) if found.is_finite() else None


def _sealed(entry: object) -> Sealed:
    """One entry; what is no text is empty and is refused as an event, not as a whole sending."""
    if not isinstance(entry, dict):
        return Sealed("", "")
    body, signature = entry.get("body"), entry.get("sig")
    if not isinstance(body, str) or not isinstance(signature, str):
        return Sealed("", "")
    # Cut, an event cannot be verified any more: it is refused, and what is kept aside of it has a bound.
    return Sealed(
        plain(body)[: LONGEST_BODY + 1],
        plain(signature)[:LONGEST_SIGNATURE],
        _text(entry.get("carrier"), 36),
        _text(entry.get("carrier_sig"), LONGEST_SIGNATURE),
    )


def _object(raw: bytes | str) -> dict[str, Any]:
    try:
        # Numbers with a point stay exact; nothing here is a float.
        told = json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Unreadable("json") from error
    if not isinstance(told, dict):
        raise Unreadable("json")
    return told


def _inner(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _text(said: object, longest: int) -> str:
    return plain(said)[:longest] if isinstance(said, str) else ""


def _milliseconds(said: object) -> int | None:
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        return None
    return int(said) if -_LONGEST_RUN_MS <= said <= _LONGEST_RUN_MS else None
