"""The punch lane: one statement puts a punch away, whatever else the platform is doing (performance note, W1).

No model instance, no report query, no audit row in the ordinary way: the punch itself is append-only and carries who,
when and from where. Only a punch that is not taken is set aside and audited.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from django.db import connection, transaction

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.audit.record import declare_action, record
from kernel.delivery import outbox
from kernel.tenancy.context import current_region
from kernel.tenancy.errors import NoRegion
from kernel.tenancy.state import RegionState
from tenants.calendars.work_date import work_date
from tenants.punches.errors import PunchRefused
from tenants.punches.models import RefusedPunch

PUNCH_REFUSED = declare_action("punches.refused", "Absen tidak diterima")
COMPUTE_DAYS_TASK: Final = "tenants.attendance.tasks.compute_days"

# Beyond this the phone's clock, or the way here, needs a look; the punch counts for the time being.
TRUSTED: Final = timedelta(minutes=2)
OLDEST: Final = timedelta(days=7)
_SIX_PLACES: Final = Decimal("0.000001")

_INSERT: Final = """
    INSERT INTO punches_punch (id, region_id, employee_id, kind, source, captured_at, received_at, skew_ms,
                                  latitude, longitude, accuracy_m, place_error, device, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING
    RETURNING receipt
"""
_KNOWN: Final = """
    SELECT employee_id, receipt, kind, captured_at, received_at, state FROM punches_punch WHERE id = %s
"""


@dataclass(frozen=True, slots=True)
class PunchIn:
    """A punch as a client sends it.

    `uid` is the client's UUIDv7, made when the button was pressed. `captured_at` and `sent_at` are the client's own
    clock at the press and at the sending (aware; both None without script: then the server's time counts).
    Place in degrees and metres is never required; `place_error` says why it is missing.
    """

    uid: uuid.UUID
    kind: str
    captured_at: datetime | None = None
    sent_at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None
    place_error: str = ""
    device: str = ""
    source: str = "phone"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a punch is in. `number` counts up in the region, `state` is accepted or review."""

    uid: uuid.UUID
    number: int
    kind: str
    captured_at: datetime
    received_at: datetime
    state: str
    is_repeat: bool = False


def accept_punch(*, region: RegionState, employee_id: int, punch: PunchIn, actor: Actor) -> Receipt:
    """Put the punch away and give its receipt; the same `uid` again gives the same receipt.

    One statement for a punch of the running day. A punch of a day that is over (it was sent late) also asks, in the
    same transaction, for that day to be computed again. Raises PunchRefused, after setting the punch aside, when the
    `uid` is no UUIDv7, is another person's punch, or the capture lies more than seven days back.
    """
    if region != current_region():
        raise NoRegion(f"a punch for {region.code} outside of that region")
    received = clock.now()
    if punch.uid.version != 7:
        raise _set_aside(employee_id, punch, "uid", received, actor)
    captured, skew = _time_of(punch, received)
    if received - captured > OLDEST:
        raise _set_aside(employee_id, punch, "too_old", received, actor)
    doubtful = received - captured > TRUSTED or (skew is not None and abs(skew) > TRUSTED)
    state = "review" if doubtful else "accepted"
    latitude, longitude = _place(punch.latitude, 90), _place(punch.longitude, 180)
    has_place = latitude is not None and longitude is not None
    values = (
        punch.uid,
        region.number,
        employee_id,
        punch.kind,
        punch.source,
        captured,
        received,
        None if skew is None else int(skew / timedelta(milliseconds=1)),
        latitude if has_place else None,
        longitude if has_place else None,
        min(max(punch.accuracy_m, 0), 1_000_000) if has_place and punch.accuracy_m is not None else None,
        "" if has_place else (punch.place_error or "unknown")[:40],
        punch.device[:80],
        state,
    )
    day = work_date(captured, region.time_zone)
    if day == work_date(received, region.time_zone):
        number = _insert(values)
    else:
        with transaction.atomic():
            number = _insert(values)
            if number is not None:
                outbox.send(COMPUTE_DAYS_TASK, employee_ids=[employee_id], first=str(day), last=str(day))
    if number is None:
        return _known(employee_id, punch, received, actor)
    return Receipt(punch.uid, number, punch.kind, captured, received, state)


def _insert(values: tuple[Any, ...]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _known(employee_id: int, punch: PunchIn, received: datetime, actor: Actor) -> Receipt:
    """The receipt of the punch that is stored under this id already."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, (punch.uid,))
        owner, number, kind, captured_at, received_at, state = cursor.fetchone()
    if owner != employee_id:
        raise _set_aside(employee_id, punch, "other_person", received, actor)
    return Receipt(punch.uid, number, kind, captured_at, received_at, state, is_repeat=True)


def _time_of(punch: PunchIn, received: datetime) -> tuple[datetime, timedelta | None]:
    """When the button was pressed by our clock, and by how much the phone's clock is behind ours.

    A phone's wall clock is a claim. What it says at sending, against ours, corrects what it said at the press.
    """
    if punch.captured_at is None:
        return received, None
    skew = None if punch.sent_at is None else received - punch.sent_at
    captured = punch.captured_at + (skew or timedelta())
    return min(captured, received), skew


def _place(degrees: Decimal | None, limit: int) -> Decimal | None:
    if degrees is None or not degrees.is_finite() or abs(degrees) > limit:
        return None
    return degrees.quantize(_SIX_PLACES, ROUND_HALF_EVEN)


def _set_aside(employee_id: int, punch: PunchIn, reason: str, received: datetime, actor: Actor) -> PunchRefused:
    with transaction.atomic():
        _aside, is_new = RefusedPunch.objects.get_or_create(
            punch_uid=punch.uid,
            employee_id=employee_id,
            reason=reason,
            defaults={"payload": asdict(punch), "received_at": received},
        )
        if is_new:
            record(PUNCH_REFUSED, actor=actor, after={"uid": str(punch.uid), "reason": reason, "kind": punch.kind})
    return PunchRefused(reason)
