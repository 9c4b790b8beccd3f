"""CPU time and memory of process trees, from the process tables (Linux)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


def tree_seconds(roots: Iterable[int]) -> float:
    """CPU seconds (user and system) that these processes, their children and their reaped children have used."""
    used, children = _table()
    return sum(used[pid] for pid in _below(roots, children) if pid in used)


def tree_megabytes(roots: Iterable[int]) -> float:
    """Resident memory of the trees, in MB of 1,000,000 bytes; shared pages count in each process."""
    _, children = _table()
    total = 0
    for pid in _below(roots, children):
        with contextlib.suppress(OSError):
            total += int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    return total / 1_000_000


def machine_seconds() -> float:
    """CPU seconds that the whole machine has been busy."""
    fields = [int(text) for text in (_PROC / "stat").read_text().splitlines()[0].split()[1:9]]
    idle, waiting = fields[3], fields[4]
    return (sum(fields) - idle - waiting) / _TICKS


def own_seconds() -> float:
    """CPU seconds of this process alone."""
    times = os.times()
    return times.user + times.system


def _table() -> tuple[dict[int, float], dict[int, list[int]]]:
    used: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name in brackets may hold spaces; the numbers begin behind it.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        used[int(entry.name)] = sum(int(text) for text in fields[11:15]) / _TICKS
        children.setdefault(int(fields[1]), []).append(int(entry.name))
    return used, children


def _below(roots: Iterable[int], children: dict[int, list[int]]) -> list[int]:
    found: list[int] = []
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found
