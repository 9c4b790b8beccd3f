"""Reading a punch that the page's form sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.utils.dateparse import parse_datetime

from kernel.ids import new_uid
from tenants.punches.lane import PunchIn


def punch_from_post(post: Mapping[str, str], device: str) -> PunchIn:
    """The punch that the page sent. Only the kind must be right; an unreadable place or time is just not there.

    Raises ValueError for a kind that is neither in nor out.
    """
    kind = post.get("kind", "")
    if kind not in ("in", "out"):
        raise ValueError(kind)
    accuracy = _decimal(post.get("accuracy", ""))
    return PunchIn(
        uid=_uid(post.get("uid", "")),
        kind=kind,
        captured_at=_instant(post.get("captured_at", "")),
        sent_at=_instant(post.get("sent_at", "")),
        latitude=_decimal(post.get("latitude", "")),
        longitude=_decimal(post.get("longitude", "")),
        accuracy_m=None if accuracy is None else int(min(accuracy, Decimal(1_000_000))),
        place_error=post.get("place_error", "")[:40],
        device=device[:80],
    )


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        # Without a readable id the punch is still a punch; only its repetition cannot be recognised.
        return new_uid()


def _instant(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text[:24]) if text else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
