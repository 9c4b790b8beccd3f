"""What else must be so before an OPD's month is locked, or its lock reopened: asked here, answered by who knows.

An app names its check once, in AppConfig.ready; it may lie above this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kernel.periods import Month


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the month cannot be locked yet: one sentence, and the page on which it is mended ("": none)."""

    code: str
    text: str
    url: str = ""


# Takes the month, the run's kind and the OPD's key.
Check = Callable[[Month, str, int], Iterable[Reason]]
_checks: list[Check] = []
_against_reopening: list[Check] = []


def register(check: Check) -> None:
    """Ask this check before every lock."""
    if check not in _checks:
        _checks.append(check)


def reasons(month: Month, kind: str, opd: int) -> tuple[Reason, ...]:
    """What stands against locking the OPD's month, in the order of registration; empty when nothing does."""
    return tuple(reason for check in _checks for reason in check(month, kind, opd))


def register_reopening(check: Check) -> None:
    """Ask this check before a lock is reopened."""
    if check not in _against_reopening:
        _against_reopening.append(check)


def reopening_reasons(month: Month, kind: str, opd: int) -> tuple[Reason, ...]:
    """What stands against reopening the OPD's lock; empty when nothing does."""
    return tuple(reason for check in _against_reopening for reason in check(month, kind, opd))
