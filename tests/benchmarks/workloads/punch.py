"""W1: signed-in phones check in, as the page's script sends it and as an app would through the API."""

from __future__ import annotations

import json
import random
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from tests.benchmarks.fixture_file import CSRF, FilledRegion
from tests.benchmarks.loadgen import Manners, Request, Response, Step, VirtualUser, in_json, multipart

# Seven of ten phones still have a connection; two of a hundred people tap twice, one goes away.
PHONES: Final = Manners(new_connection=0.30, double_tap=0.02, leave=0.01)
AGENT: Final = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile"
_NUMBER: Final = re.compile(rb"bukti nomor ([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Sent:
    """A punch that left a phone."""

    schema: str
    employee_id: int
    kind: str


@dataclass
class Ledger:
    """What the phones sent, and the receipt numbers they were given; `lost` ones may or may not be in."""

    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    sent: dict[UUID, Sent] = field(default_factory=dict)
    receipts: dict[UUID, set[int]] = field(default_factory=dict)
    lost: set[UUID] = field(default_factory=set)

    def new(self, user: VirtualUser) -> tuple[UUID, Sent]:
        """A punch of this person with a fresh id."""
        uid = uuid7()
        kind = "in" if secrets.randbelow(2) else "out"
        self.sent[uid] = Sent(user.variables["schema"], int(user.variables["employee"]), kind)
        return uid, self.sent[uid]

    def receipt(self, request: Request, number: int) -> None:
        self.receipts.setdefault(UUID(request.tag), set()).add(number)

    def lose(self, user: VirtualUser, request: Request) -> None:
        self.lost.add(UUID(request.tag))


def phones(regions: list[FilledRegion], seed: int = 1) -> list[VirtualUser]:
    """Every signed-in phone of all regions, shuffled."""
    users = [
        VirtualUser(region.host, dict(phone.cookies), {"schema": region.schema, "employee": str(phone.employee_id)})
        for region in regions
        for phone in region.phones
    ]
    random.Random(seed).shuffle(users)  # noqa: S311
    return users


def by_page(ledger: Ledger) -> Step:
    """The form of the punch page, as its script sends it."""

    def request(user: VirtualUser) -> Request:
        uid, sent = ledger.new(user)
        moment = _now()
        fields = {
            "csrfmiddlewaretoken": CSRF,
            "uid": str(uid),
            "kind": sent.kind,
            "captured_at": moment,
            "latitude": "1.474830",
            "longitude": "124.842079",
            "accuracy": "12",
            "place_error": "",
            "sent_at": moment,
        }
        headers = {"HX-Request": "true", "User-Agent": AGENT, "Accept-Encoding": "gzip"}
        return multipart("/absen/", fields, tag=str(uid), headers=headers)

    def answered(user: VirtualUser, request: Request, response: Response) -> None:
        found = _NUMBER.search(response.body)
        ledger.receipt(request, -1 if found is None else int(found[1].replace(b".", b"")))

    return Step("punch, page", request, contains=b"bukti nomor", answered=answered, lost=ledger.lose)


def by_api(ledger: Ledger) -> Step:
    """`POST /api/v1/punches`."""

    def request(user: VirtualUser) -> Request:
        uid, sent = ledger.new(user)
        moment = _now()
        value = {
            "uid": str(uid),
            "kind": sent.kind,
            "captured_at": moment,
            "sent_at": moment,
            "latitude": "1.474830",
            "longitude": "124.842079",
            "accuracy_m": 12,
            "device": "bench",
        }
        return in_json("/api/v1/punches", value, tag=str(uid), headers={"X-CSRFToken": CSRF, "User-Agent": AGENT})

    def answered(user: VirtualUser, request: Request, response: Response) -> None:
        ledger.receipt(request, int(json.loads(response.body)["number"]))

    return Step(
        "punch, API", request, expect=frozenset({200, 201}), contains=b'"number"', answered=answered, lost=ledger.lose
    )


def uuid7() -> UUID:
    """A UUIDv7 (RFC 9562) of this moment."""
    value = time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
