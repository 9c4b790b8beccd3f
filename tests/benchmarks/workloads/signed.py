"""W1 and W9 as the installed app does them: signed events to the punch lane."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from tests.benchmarks.fixture_file import FilledRegion
from tests.benchmarks.loadgen import Request, Response, Step, VirtualUser, in_json
from tests.benchmarks.workloads.punch import AGENT, Ledger, Sent
from tests.tenants.punches.signing import SigningPhone

EVENTS: Final = 30
DUPLICATES: Final = 3
PLACE: Final = {"lat": "1.4748301", "lon": "124.8420799", "accuracy_m": 12, "taken_at": "2026-10-05T07:25:00.000+08:00"}


def phones(regions: list[FilledRegion], seed: int = 1) -> list[VirtualUser]:
    """Every phone of all regions, shuffled; nobody is signed in."""
    users = [
        VirtualUser(
            region.host,
            {},
            {
                "schema": region.schema,
                "employee": str(phone.employee_id),
                "region": region.code,
                "device": phone.device,
                "secret": phone.secret,
                "last": phone.last,
            },
        )
        for region in regions
        for phone in region.phones
    ]
    random.Random(seed).shuffle(users)  # noqa: S311
    return users


class Signers:
    """The phones' own state: key, chain and last mark, by their device."""

    def __init__(self) -> None:
        self._phones: dict[str, SigningPhone] = {}

    def of(self, user: VirtualUser) -> SigningPhone:
        """The person's phone with its clocks at this moment."""
        said = user.variables
        phone = self._phones.get(said["device"])
        if phone is None:
            key = ec.derive_private_key(int(said["secret"], 16), ec.SECP256R1())
            start = f"{said['device']}-{time.monotonic_ns()}"
            phone = SigningPhone(said["region"], datetime.now(UTC), said["device"], start, key=key, prev=said["last"])
            self._phones[said["device"]] = phone
        phone.wall, phone.mono_ms = datetime.now(UTC), time.monotonic_ns() // 1_000_000
        return phone


def one_punch(ledger: Ledger, signers: Signers) -> Step:
    """W1: one event, sent at once."""

    def request(user: VirtualUser) -> Request:
        phone = signers.of(user)
        kind = random.choice(("in", "out"))  # noqa: S311
        return _sending(ledger, user, phone, [phone.event(kind, place=PLACE)])

    return Step("signed punch", request, contains=b'"receipt"', answered=_answered(ledger, signers), lost=_lose(ledger))


def after_an_outage(ledger: Ledger, signers: Signers, sent: dict[str, Request]) -> Step:
    """W9: thirty events of the last two days in one request, one in ten twice, out of order. `sent` keeps the requests
    by device, to be sent again."""

    def request(user: VirtualUser) -> Request:
        phone, chance = signers.of(user), random.Random(user.variables["device"])  # noqa: S311
        now, mono = phone.wall, phone.mono_ms
        events = []
        for number in range(EVENTS - DUPLICATES):
            back = timedelta(hours=48) * (EVENTS - number) // EVENTS
            phone.wall, phone.mono_ms = now - back, mono - back // timedelta(milliseconds=1)
            events.append(phone.event("out" if number % 2 else "in", place=PLACE))
        events += events[:DUPLICATES]
        chance.shuffle(events)
        phone.wall, phone.mono_ms = now, mono
        sent[user.variables["device"]] = _sending(ledger, user, phone, events)
        return sent[user.variables["device"]]

    return Step("30 events", request, contains=b'"receipt"', answered=_answered(ledger, signers), lost=_lose(ledger))


def sent_again(ledger: Ledger, signers: Signers, sent: dict[str, Request]) -> Step:
    """The same requests once more: nothing may be added."""
    return Step(
        "30 events again",
        lambda user: sent[user.variables["device"]],
        contains=b'"receipt"',
        answered=_answered(ledger, signers),
    )


def _sending(ledger: Ledger, user: VirtualUser, phone: SigningPhone, events: list[dict[str, str]]) -> Request:
    ids = []
    for event in events:
        said = json.loads(event["body"])
        ids.append(said["id"])
        ledger.sent[UUID(said["id"])] = Sent(user.variables["schema"], int(user.variables["employee"]), said["kind"])
    return in_json("/absen/kirim/", phone.envelope(*events), tag=" ".join(ids), headers={"User-Agent": AGENT})


def _answered(ledger: Ledger, signers: Signers) -> Any:
    def answered(user: VirtualUser, request: Request, response: Response) -> None:
        told = json.loads(response.body)
        signers.of(user).hold(told["mark"])
        for one in told["answers"]:
            ledger.receipts.setdefault(UUID(one["id"]), set()).add(-1 if one["receipt"] is None else one["receipt"])

    return answered


def _lose(ledger: Ledger) -> Any:
    def lose(user: VirtualUser, request: Request) -> None:
        ledger.lost.update(UUID(uid) for uid in request.tag.split())

    return lose
