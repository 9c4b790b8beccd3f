"""The punch lane: what is known is read in one statement, one statement puts a whole sending away (W1, W9).

No model instance, no report query, no audit row in the ordinary way: the punch itself is append-only and carries who,
when and from where. Days are not judged here. Only a punch that is not taken is set aside and audited. How a punch is
judged: `grading`; docs/algorithms/punches.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction

from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.tenancy.context import current_region
from kernel.tenancy.errors import NoRegion
from kernel.tenancy.state import RegionState
from tenants.calendars import closing
from tenants.calendars.work_date import work_date
from tenants.punches import marks, witnesses
from tenants.punches.errors import PunchRefused
from tenants.punches.events import Envelope, Event, Sealed, Spot, Unreadable, degrees, read_event, uuid_of
from tenants.punches.grading import TRUSTED, ChainState, Clocks, Reckoning, grade_of, judge, reckon
from tenants.punches.models import PhoneKey, Punch, key_state
from tenants.punches.place import UNJUDGED, find_place
from tenants.punches.signatures import digest_of, is_signed
from tenants.punches.storing import Aside, Stored, owners_of, put_away, put_probes_away, set_aside

PUNCH_REFUSED = declare_action("punches.refused", "Absen tidak diterima")
COMPUTE_DAYS_TASK: Final = "tenants.attendance.tasks.compute_days"

# A key's last contact is moved this seldom.
CONTACT_STEP: Final = timedelta(hours=1)
# So many of a person's newest events are looked through for the one before; a kiosk's queue holds more people. What is
# not among them is searched for further back.
_NEWEST: Final = 3
_NEWEST_OF_KIOSK: Final = 60
# Among the newest, and where a chain looks broken, events this old are still looked at.
_NEWEST_WITHIN: Final = timedelta(days=60)
_FOLLOWED_WITHIN: Final = timedelta(days=400)

# What is refused without anybody of here having signed it: a flood of it must not fill the table.
_OF_STRANGERS: Final = frozenset({"unreadable", "foreign_region", "key_unknown", "signature"})

_KEYS: Final = """
    SELECT k.uid, k.id, k.kind, k.name, k.public_key, k.state, k."end", k.registered_at, k.ended_at, k.last_contact_at,
           k.employee_id, e.uid, coalesce(e.is_active, true),
           CASE WHEN k.kind = 'kiosk' THEN ARRAY(
               SELECT p.digest FROM punches_punch p WHERE p.key_id = k.id AND p.source = 'kiosk'
               ORDER BY p.receipt DESC LIMIT %s)
           ELSE ARRAY(
               SELECT p.digest FROM punches_punch p
               WHERE p.employee_id = k.employee_id AND p.key_id = k.id AND p.captured_at > %s
               ORDER BY p.captured_at DESC LIMIT %s)
           END
    FROM punches_phonekey k LEFT JOIN employees_employee e ON e.id = k.employee_id
    WHERE k.uid = ANY(%s)
"""
_FURTHER_BACK: Final = """
    SELECT p.key_id, p.digest FROM punches_punch p
    WHERE p.digest = ANY(%(digests)s)
          AND (p.employee_id = ANY(%(employees)s) AND p.captured_at > %(since)s
               OR p.source = 'kiosk' AND p.key_id = ANY(%(keys)s))
"""


@dataclass(frozen=True, slots=True)
class PunchIn:
    """A punch as a client sends it in a session, without a signature.

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
    grade: str = "B"
    reasons: tuple[str, ...] = ()
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one signed event: `state` is accepted, accepted_review, duplicate or refused.

    `uid` is the event's id as far as it said one. A refused event has no receipt, and its reason says why.
    """

    uid: uuid.UUID | None
    state: str
    reasons: tuple[str, ...]
    receipt: int | None = None
    grade: str = ""
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a sending. `holder` is to whom the next time mark is issued, None when no key of here signed.

    `turned_away`: some events that nobody of here signed were neither taken nor kept, and have no answer.
    """

    answers: tuple[Answer, ...]
    holder: uuid.UUID | None = None
    turned_away: bool = False


@dataclass(frozen=True, slots=True)
class _Key:
    """A key that signs, as it stands now, with the digests of its newest events."""

    uid: uuid.UUID
    pk: int
    kind: str
    name: str
    public_key: str
    state: str
    end: str
    registered_at: datetime
    ended_at: datetime | None
    last_contact_at: datetime | None
    employee_id: int | None
    employee_uid: uuid.UUID | None
    is_employed: bool
    newest: list[str]

    @property
    def holder(self) -> uuid.UUID:
        """To whom marks are issued: the person, or the kiosk itself."""
        return self.employee_uid or self.uid


@dataclass(frozen=True, slots=True)
class _Signed:
    """An event whose signature holds, on its way into the table. `carried_by` is the employee who brought it."""

    index: int
    sealed: Sealed
    event: Event
    key: _Key
    digest: str
    clocks: Clocks
    reckoning: Reckoning
    carried_by: int | None


def accept_punch(*, region: RegionState, employee_id: int, punch: PunchIn, actor: Actor) -> Receipt:
    """Put a punch without a signature away and give its receipt; the same `uid` again gives the same receipt.

    One statement for a punch of the running day. A punch of a day that is over (it was sent late) also asks, in the
    same transaction, for that day to be computed again, and is noted as late when the person's month is closed. Raises
    PunchRefused, after setting the punch aside, when the `uid` is no UUIDv7 or is another person's punch.
    """
    _require_open(region)
    received = clock.now()
    if punch.uid.version != 7:
        raise _refused(employee_id, punch, "uid", received, actor)
    clocks = Clocks(
        claimed_at=punch.captured_at or received,
        received_at=received,
        sent_at=punch.sent_at if punch.captured_at is not None else None,
    )
    reckoning = reckon(clocks)
    spot = _spot_of(punch)
    day = work_date(reckoning.at, region.time_zone)
    place, verdict = find_place(spot, employee_id=employee_id, day=day)
    judgement = judge(clocks, reckoning, key="none", place=place, chain="unknown")
    row = {
        "id": punch.uid,
        "employee_id": employee_id,
        "kind": punch.kind,
        "source": punch.source,
        "device": punch.device[:80],
        "claimed_at": punch.captured_at,
        **_row_of_clocks(clocks, reckoning),
        **_row_of_spot(spot),
        "place_id": verdict.place_id,
        "distance_m": verdict.distance_m,
        "reasons": judgement.reasons,
    }
    stored = _keep([row], received=received, zone=region.time_zone)[punch.uid]
    if stored.employee_id != employee_id:
        raise _refused(employee_id, punch, "other_person", received, actor)
    return Receipt(
        punch.uid,
        stored.receipt,
        stored.kind,
        stored.captured_at,
        stored.received_at,
        stored.state,
        stored.grade,
        stored.reasons,
        is_repeat=not stored.is_new,
    )


def take_events(*, region: RegionState, envelope: Envelope, keeps_strangers: bool = True) -> Taken:
    """Put a sending of signed events away; one answer for each, in the order in which they came.

    The signature says whose they are. Events are refused, and kept aside, only for a bad signature or an unknown key,
    another region, another person's id, a text that is no event, or by a witness. Two statements in the ordinary way,
    however many events: one reads the keys, one stores. Without `keeps_strangers` what nobody of here signed is turned
    away instead of kept aside.
    """
    _require_open(region)
    received = clock.now()
    answers: dict[int, Answer] = {}
    asides: list[Aside] = []

    def refuse(index: int, aside: Aside) -> None:
        asides.append(aside)
        answers[index] = Answer(aside.punch_uid, "refused", (aside.reason,))

    read = _read(envelope.events)
    keys = _keys_of(read, received)
    signed = []
    for index, (sealed, event) in enumerate(read):
        found = _verified(index, sealed, event, keys, region, envelope, received)
        if isinstance(found, Aside):
            refuse(index, found)
        else:
            signed.append(found)
    # The sender's own events say who holds the next mark; those that were carried do not.
    holder = next((one.key.holder for one in signed if not one.sealed.carrier), None)
    probes = [one for one in signed if one.key.kind == PhoneKey.Kind.PROBE]
    if probes:
        put_probes_away([one.event.uid for one in probes], received_at=received)
        answers.update({one.index: _probed(one) for one in probes})
        signed = [one for one in signed if one.key.kind != PhoneKey.Kind.PROBE]
    said = _testimonies(signed)
    chains = _chains(signed, received)
    rows: dict[int, dict[str, Any]] = {}
    for one in signed:
        testimony = said.get(one.index, witnesses.NOTHING)
        employee_id = one.key.employee_id if one.key.employee_id is not None else testimony.employee_id
        if testimony.refused or employee_id is None:
            refuse(one.index, _aside(one.sealed, testimony.refused or "no_person", one.event.uid, employee_id))
        else:
            rows[one.index] = _row_of(one, employee_id, testimony, chains[one.index], region)
    # The same event twice in one sending is one row; the first counts.
    by_uid = {row["id"]: row for row in reversed(rows.values())}
    new = list(reversed(by_uid.values()))
    stored = _keep(new, received=received, zone=region.time_zone, contacts=_contacts(signed, received))
    for one in signed:
        row = rows.get(one.index)
        if row is None:
            continue
        if stored[one.event.uid].employee_id == row["employee_id"]:
            answers[one.index] = _answer(stored[one.event.uid], is_first=row is by_uid[one.event.uid])
        else:
            refuse(one.index, _aside(one.sealed, "other_person", one.event.uid, row["employee_id"]))
    strangers = [aside for aside in asides if aside.reason in _OF_STRANGERS]
    if strangers and not keeps_strangers:
        asides = [aside for aside in asides if aside.reason not in _OF_STRANGERS]
        answers = {index: one for index, one in answers.items() if not _OF_STRANGERS.intersection(one.reasons)}
    _keep_aside(asides, received)
    told = tuple(answers[index] for index in sorted(answers))
    return Taken(told, holder, turned_away=len(told) < len(envelope.events))


def _require_open(region: RegionState) -> None:
    if region != current_region():
        raise NoRegion(f"a punch for {region.code} outside of that region")


# --- What is known -------------------------------------------------------------------------------------------------


_Read = tuple[Sealed, Event | None]


def _read(events: Iterable[Sealed]) -> list[_Read]:
    found: list[_Read] = []
    for sealed in events:
        try:
            found.append((sealed, read_event(sealed.body)))
        except Unreadable:
            found.append((sealed, None))
    return found


def _keys_of(read: Iterable[_Read], received: datetime) -> dict[uuid.UUID, _Key]:
    """The keys that these events say they were signed with, as far as they are known here. One statement."""
    devices = {event.device for _sealed, event in read if event is not None}
    devices |= {device for sealed, _event in read if (device := uuid_of(sealed.carrier)) is not None}
    if not devices:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, (_NEWEST_OF_KIOSK, received - _NEWEST_WITHIN, _NEWEST, list(devices)))
        return {row[0]: _Key(*row) for row in cursor.fetchall()}


def _verified(
    index: int,
    sealed: Sealed,
    event: Event | None,
    keys: Mapping[uuid.UUID, _Key],
    region: RegionState,
    envelope: Envelope,
    received: datetime,
) -> _Signed | Aside:
    """The event with its time reckoned, or why it is not taken."""
    if event is None:
        return _aside(sealed, "unreadable", sealed.said_uid)
    if event.region != region.code:
        return _aside(sealed, "foreign_region", event.uid)
    key = keys.get(event.device)
    if key is None:
        return _aside(sealed, "key_unknown", event.uid)
    if not is_signed(sealed.body, sealed.signature, key.public_key):
        return _aside(sealed, "signature", event.uid, key.employee_id)
    mark_at = marks.read(event.mark, region.code, key.holder)
    # The clocks of another phone say nothing about this one.
    is_own = not sealed.carrier
    clocks = Clocks(
        claimed_at=event.captured_at,
        received_at=received,
        mono_ms=event.mono_ms,
        boot=event.boot,
        mark_at=mark_at if mark_at is not None and mark_at <= received + TRUSTED else None,
        mark_mono_ms=event.mark_mono_ms,
        mark_boot=event.mark_boot,
        sent_at=envelope.sent_at if is_own else None,
        sent_mono_ms=envelope.sent_mono_ms if is_own else None,
        sent_boot=envelope.boot if is_own else "",
    )
    carried_by = None if is_own else _carrier(sealed, key, keys)
    return _Signed(index, sealed, event, key, digest_of(sealed.body), clocks, reckon(clocks), carried_by)


def _carrier(sealed: Sealed, key: _Key, keys: Mapping[uuid.UUID, _Key]) -> int | None:
    """The colleague who brought the event, when that phone signed for it."""
    device = uuid_of(sealed.carrier)
    carrier = None if device is None else keys.get(device)
    if carrier is None or carrier.state == PhoneKey.State.ENDED or carrier.employee_id in (None, key.employee_id):
        return None
    if not is_signed(sealed.body, sealed.carrier_signature, carrier.public_key):
        return None
    return carrier.employee_id


def _testimonies(signed: Sequence[_Signed]) -> dict[int, witnesses.Testimony]:
    """What witnesses say of those events that have one; of what is stored already only whose it is."""
    asked = [
        one
        for one in signed
        if one.key.employee_id is None
        or one.event.context.get(witnesses.OFFICE_QR)
        or one.event.context.get(witnesses.ROLL_CALL)
    ]
    if not asked:
        return {}
    owners = owners_of([one.event.uid for one in asked])
    return {
        one.index: (
            witnesses.Testimony(employee_id=owners[one.event.uid])
            if one.event.uid in owners
            else witnesses.hear(one.event.raw, one.key.employee_id, one.reckoning.at)
        )
        for one in asked
    }


def _contacts(signed: Iterable[_Signed], received: datetime) -> set[int]:
    """The keys whose last contact is long enough ago to be moved; a carried event is no contact."""
    return {
        one.key.pk
        for one in signed
        if not one.sealed.carrier
        and (one.key.last_contact_at is None or received - one.key.last_contact_at >= CONTACT_STEP)
    }


def _chains(taken: Sequence[_Signed], received: datetime) -> dict[int, ChainState]:
    """Whether the event before each is there, in this sending or stored, and not behind it in time."""
    before = {(signed.key.pk, signed.digest): signed for signed in taken}
    found: dict[int, ChainState] = {}
    searched: list[_Signed] = []
    for signed in taken:
        prev, newest = signed.event.prev, signed.key.newest
        earlier = before.get((signed.key.pk, prev))
        if earlier is not None:
            found[signed.index] = "reordered" if _is_behind(earlier, signed) else "whole"
        elif (prev in newest if prev else not newest) or signed.digest in newest:
            found[signed.index] = "whole"
        elif prev:
            searched.append(signed)
        else:
            # A key begins once: there is nothing to look for.
            found[signed.index] = "gap"
    if searched:
        known = _further_back(searched, received)
        for signed in searched:
            found[signed.index] = "whole" if (signed.key.pk, signed.event.prev) in known else "gap"
    return found


def _is_behind(earlier: _Signed, later: _Signed) -> bool:
    first, second = earlier.event, later.event
    if first.boot and first.boot == second.boot and first.mono_ms is not None and second.mono_ms is not None:
        return first.mono_ms > second.mono_ms
    return earlier.reckoning.at > later.reckoning.at + TRUSTED


def _further_back(searched: Sequence[_Signed], received: datetime) -> set[tuple[int, str]]:
    """Which of the events before these are stored after all. One statement, for a chain that looks broken."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FURTHER_BACK,
            {
                "digests": [signed.event.prev for signed in searched],
                "employees": [signed.key.employee_id for signed in searched if signed.key.employee_id is not None],
                "keys": [signed.key.pk for signed in searched if signed.key.kind == "kiosk"],
                "since": received - _FOLLOWED_WITHIN,
            },
        )
        return set(cursor.fetchall())


# --- Rows ----------------------------------------------------------------------------------------------------------


def _row_of(
    signed: _Signed, employee_id: int, testimony: witnesses.Testimony, chain: ChainState, region: RegionState
) -> dict[str, Any]:
    event, key, at = signed.event, signed.key, signed.reckoning.at
    # A kiosk stands where it stands: the place is the tablet's, not the person's.
    is_kiosk = key.kind == PhoneKey.Kind.KIOSK
    place, verdict = UNJUDGED
    if not is_kiosk:
        place, verdict = find_place(event.spot, employee_id=employee_id, day=work_date(at, region.time_zone))
    more = [*testimony.reasons]
    if not key.is_employed:
        more.append("not_employed")
    if signed.carried_by is not None:
        more.append("carried")
    judgement = judge(
        signed.clocks,
        signed.reckoning,
        key=key_state(
            state=key.state,
            end=key.end,
            registered_at=key.registered_at,
            ended_at=key.ended_at,
            at=at,
            received_at=signed.clocks.received_at,
        ),
        place="unjudged" if testimony.lifts_place and place in ("outside", "unknown") else place,
        chain=chain,
        more=more,
    )
    return {
        "id": event.uid,
        "employee_id": employee_id,
        "kind": event.kind,
        "source": Punch.Source.KIOSK if is_kiosk else Punch.Source.PHONE,
        "device": key.name,
        "key_id": key.pk,
        "claimed_at": event.captured_at,
        "mark_at": signed.clocks.mark_at,
        "mono_ms": event.mono_ms,
        "boot": event.boot,
        "digest": signed.digest,
        "prev": event.prev,
        "carried_by_id": signed.carried_by,
        **_row_of_clocks(signed.clocks, signed.reckoning),
        **_row_of_spot(event.spot),
        "place_id": verdict.place_id,
        "distance_m": verdict.distance_m,
        "office": testimony.office,
        "assembly": testimony.assembly,
        "note": event.note,
        "reasons": judgement.reasons,
        "is_doubtful": testimony.is_doubtful,
        "body": signed.sealed.body,
        "signature": signed.sealed.signature,
    }


def _row_of_clocks(clocks: Clocks, reckoning: Reckoning) -> dict[str, Any]:
    skew = reckoning.skew
    return {
        "captured_at": reckoning.at,
        "received_at": clocks.received_at,
        "skew_ms": None if skew is None else skew // timedelta(milliseconds=1),
    }


def _row_of_spot(spot: Spot) -> dict[str, Any]:
    return {
        "latitude": spot.latitude,
        "longitude": spot.longitude,
        "accuracy_m": spot.accuracy_m if spot.is_known else None,
        "place_error": "" if spot.is_known else (spot.error or "unknown"),
    }


def _spot_of(punch: PunchIn) -> Spot:
    latitude, longitude = degrees(punch.latitude, 90), degrees(punch.longitude, 180)
    if latitude is None or longitude is None:
        return Spot(error=punch.place_error[:40] or "unknown")
    accuracy = None if punch.accuracy_m is None else min(max(punch.accuracy_m, 0), 1_000_000)
    return Spot(latitude, longitude, accuracy)


# --- Keeping -------------------------------------------------------------------------------------------------------

# What a row does not say.
_NOTHING: Final = {
    "key_id": None,
    "claimed_at": None,
    "mark_at": None,
    "mono_ms": None,
    "boot": "",
    "digest": "",
    "prev": "",
    "carried_by_id": None,
    "place_id": None,
    "distance_m": None,
    "office": None,
    "assembly": None,
    "note": "",
    "body": "",
    "signature": "",
}


def _keep(
    rows: Sequence[Mapping[str, Any]], *, received: datetime, zone: str, contacts: Collection[int] = ()
) -> dict[uuid.UUID, Stored]:
    """Store the rows, graded by their reasons. Days, and late facts of closed months, follow on their own."""
    began = Month.of(work_date(received, zone)).first_day
    former = {row["id"]: day for row in rows if (day := work_date(row["captured_at"], zone)) < began}
    if not former:
        return put_away([_graded(row) for row in rows], received_at=received, contacts=contacts)
    with transaction.atomic():
        closed = _closed({row["id"]: row["employee_id"] for row in rows if row["id"] in former}, former)
        return put_away(
            [_graded(row, is_late=row["id"] in closed) for row in rows], received_at=received, contacts=contacts
        )


def _closed(people: Mapping[uuid.UUID, int], days: Mapping[uuid.UUID, date]) -> set[uuid.UUID]:
    """Which of these punches are of a month that is closed for the person; nobody closes one until they are stored."""
    first, until = Month.of(min(days.values())).first_day, Month.of(max(days.values())).end
    closing.hold(first, until)
    months = closing.closed_person_months(set(people.values()), first, until)
    return {uid for uid, employee in people.items() if (employee, Month.of(days[uid])) in months}


def _graded(row: Mapping[str, Any], *, is_late: bool = False) -> dict[str, Any]:
    reasons = [*row["reasons"], *(["month_closed"] if is_late else [])]
    grade = "C" if row.get("is_doubtful") else grade_of(reasons)
    return {
        **_NOTHING,
        **row,
        "reasons": reasons,
        "grade": grade,
        "state": "review" if grade == "C" else "accepted",
    }


def _answer(stored: Stored, *, is_first: bool) -> Answer:
    state = "accepted_review" if stored.state == "review" else "accepted"
    return Answer(
        stored.uid,
        state if stored.is_new and is_first else "duplicate",
        stored.reasons,
        stored.receipt,
        stored.grade,
        stored.captured_at,
    )


def _probed(signed: _Signed) -> Answer:
    judgement = judge(signed.clocks, signed.reckoning, key="active", place="unjudged", chain="unknown")
    return Answer(signed.event.uid, "accepted", judgement.reasons, 0, judgement.grade, signed.reckoning.at)


# --- Keeping aside -------------------------------------------------------------------------------------------------


def _aside(sealed: Sealed, reason: str, uid: uuid.UUID | None = None, employee_id: int | None = None) -> Aside:
    return Aside(
        reason,
        digest_of(f"{sealed.signature}\n{sealed.body}"),
        {"body": sealed.body, "signature": sealed.signature},
        uid,
        employee_id,
    )


def _keep_aside(asides: Sequence[Aside], received: datetime) -> None:
    if not asides:
        return
    with transaction.atomic():
        new = set_aside(asides, received_at=received)
        if new:
            reasons = {reason: new.count(reason) for reason in sorted(set(new))}
            record(PUNCH_REFUSED, actor=System("punch lane"), after=reasons)


def _refused(employee_id: int, punch: PunchIn, reason: str, received: datetime, actor: Actor) -> PunchRefused:
    said = asdict(punch)
    aside = Aside(reason, digest_of(f"{employee_id} {punch.uid}"), said, punch.uid, employee_id)
    with transaction.atomic():
        if set_aside([aside], received_at=received):
            record(PUNCH_REFUSED, actor=actor, after={"uid": str(punch.uid), "reason": reason, "kind": punch.kind})
    return PunchRefused(reason)
