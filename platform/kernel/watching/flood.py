"""A bound on how many events of one kind a process sends: an attacker can cause as many as they like.

What is beyond is counted, and the count is sent itself. One bound for each side and kind, so that a flood of one kind
or against one region hides nothing else.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

WINDOW_SECONDS: Final = 60.0
# Twenty a second for a whole minute: above what a morning's sign-ins bring, far above every detection's threshold.
MOST_IN_A_WINDOW: Final = 1200


@dataclass(slots=True)
class _Window:
    began: float
    sent: int = 0


_windows: dict[tuple[str, str], _Window] = {}
# Of windows that are over and of the running ones: what has not been told yet.
_left_out: Counter[tuple[str, str]] = Counter()
_lock = threading.Lock()


def forget() -> None:
    """Begin anew, as a fresh process does."""
    with _lock:
        _windows.clear()
        _left_out.clear()


def may_send(side: str, name: str) -> bool:
    """Count an event of this kind; False when this process has sent enough of them for now."""
    key, moment = (side, name), time.monotonic()
    with _lock:
        window = _windows.get(key)
        if window is None or moment - window.began > WINDOW_SECONDS:
            window = _windows[key] = _Window(moment)
        if window.sent >= MOST_IN_A_WINDOW:
            _left_out[key] += 1
            return False
        window.sent += 1
        return True


def take_left_out(side: str) -> dict[str, int]:
    """How many of which kind were left out on this side in windows that are over; each is told once."""
    if not _left_out:
        return {}
    moment = time.monotonic()
    with _lock:
        due = [
            key
            for key in _left_out
            if key[0] == side and (key not in _windows or moment - _windows[key].began > WINDOW_SECONDS)
        ]
        return {key[1]: _left_out.pop(key) for key in due}
