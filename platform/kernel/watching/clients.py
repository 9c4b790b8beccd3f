"""What one process remembers of the clients that it answers, to see who knocks at every door.

A client is an address together with a browser's description of itself, as they stand in the request: behind one address
is a whole office. All of it is in memory, bounded, and gone with the process; nothing of it is asked of the database.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

# Security note, 4.2: more than 60 refusals in five minutes, and more than nine of ten of all requests.
BURST_SECONDS: Final = 300.0
BURST_REFUSALS: Final = 60
BURST_SHARE: Final = 0.9
# Two distinct decoys, and the client is refused for an hour.
DECOYS_TO_BLOCK: Final = 2
BLOCK_SECONDS: Final = 3600.0
# The same thing about the same client is told once in this time.
ONCE_SECONDS: Final = 600.0
MOST_CLIENTS: Final = 5000

Client = tuple[str, str]


@dataclass(slots=True)
class _Count:
    began: float
    requests: int = 0
    refused: int = 0
    is_told: bool = False


_counts: OrderedDict[Client, _Count] = OrderedDict()
_decoys: OrderedDict[Client, tuple[float, frozenset[str]]] = OrderedDict()
_blocked: OrderedDict[Client, float] = OrderedDict()
_told: OrderedDict[Hashable, float] = OrderedDict()
_lock = threading.Lock()


def forget() -> None:
    """Begin anew, as a fresh process does."""
    with _lock:
        for table in (_counts, _decoys, _blocked, _told):
            table.clear()


def client_of(request: HttpRequest) -> Client:
    """Who asks, as cheaply as that can be said: the texts as they stand, unread."""
    address = request.META.get("REMOTE_ADDR", "")
    proxies = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    if proxies:
        # What stands further left was written by the client, who could be somebody else each time.
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", proxies)[-proxies:]
        if len(forwarded) == proxies:
            address = forwarded[0].strip() or address
    return address[:60], request.META.get("HTTP_USER_AGENT", "")[:300]


def count_answer(client: Client, *, is_refusal: bool) -> _Count | None:
    """Count an answer; gives the count when the client has just become a burst. Told once in five minutes.

    Counting begins with a client's first refusal, so nearly nobody is ever counted.
    """
    if not is_refusal and client not in _counts:
        return None
    moment = time.monotonic()
    with _lock:
        count = _counts.get(client)
        if count is None or moment - count.began > BURST_SECONDS:
            _counts.pop(client, None)
            if not is_refusal:
                return None
            count = _counts[client] = _Count(moment)
            _drop_oldest(_counts)
        count.requests += 1
        count.refused += is_refusal
        if count.is_told or count.refused <= BURST_REFUSALS or count.refused <= BURST_SHARE * count.requests:
            return None
        count.is_told = True
        return count


def count_decoy(client: Client, path: str) -> None:
    """A decoy was opened; with the second distinct one the client is refused for an hour."""
    moment = time.monotonic()
    with _lock:
        began, seen = _decoys.pop(client, (moment, frozenset()))
        if moment - began > BLOCK_SECONDS:
            began, seen = moment, frozenset()
        if len(seen) < DECOYS_TO_BLOCK:
            seen |= {path}
        _decoys[client] = (began, seen)
        _drop_oldest(_decoys)
        if len(seen) >= DECOYS_TO_BLOCK:
            _blocked[client] = moment + BLOCK_SECONDS
            _drop_oldest(_blocked)


def is_blocked(client: Client) -> bool:
    """Whether this process refuses the client now."""
    until = _blocked.get(client)
    return until is not None and time.monotonic() < until


def any_blocked() -> bool:
    """Whether anybody is refused at all: with nobody there nothing is looked up."""
    return bool(_blocked)


def is_first(what: Hashable) -> bool:
    """Whether this was not said in the last ten minutes."""
    moment = time.monotonic()
    with _lock:
        until = _told.get(what)
        if until is not None and moment < until:
            return False
        _told.pop(what, None)
        _told[what] = moment + ONCE_SECONDS
        _drop_oldest(_told)
        return True


def _drop_oldest(table: OrderedDict[Any, Any]) -> None:
    while len(table) > MOST_CLIENTS:
        table.popitem(last=False)
