"""What an activity may serve: targets of the person's plan (SKP), which an app above this one keeps.

That app registers one provider from its AppConfig.ready; without one, activities are entered without a target.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Target:
    """One target as a person chooses it."""

    uid: UUID
    label: str


class Provider(Protocol):
    """The app that keeps targets."""

    def open_targets(self, employee_id: int, day: date) -> Sequence[Target]:
        """The person's own targets that an activity of this day may serve, in the order in which they are offered."""
        ...

    def labels(self, uids: Collection[UUID]) -> dict[UUID, str]:
        """The words for targets, also for those that are over; unknown ones are left out. A constant number of
        statements."""
        ...


@dataclass
class _Registry:
    provider: Provider | None = field(default=None)


_registry = _Registry()


def register(provider: Provider) -> None:
    """Let this app answer for targets. A second one of another class raises ValueError."""
    known = _registry.provider
    if known is not None and type(known).__qualname__ != type(provider).__qualname__:
        raise ValueError("two apps keep targets of activities")
    _registry.provider = provider


def open_targets(employee_id: int, day: date) -> Sequence[Target]:
    """The targets that the person may name for an activity of this day."""
    return () if _registry.provider is None else _registry.provider.open_targets(employee_id, day)


def labels(uids: Collection[UUID]) -> dict[UUID, str]:
    """The words for targets that activities name."""
    return {} if _registry.provider is None or not uids else _registry.provider.labels(uids)
