"""Whose account belongs to which OPD, as the apps above accounts know it.

Accounts know people, not posts. An app that knows the posts says so once; whoever acts on the accounts of an OPD (the
operators' side among them) asks here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Office:
    """An OPD of the open region, by its uid and name."""

    uid: UUID
    name: str


Listed = Callable[[], Sequence[Office]]
Within = Callable[[UUID], set[int]]

_source: Final[dict[str, tuple[Listed, Within]]] = {}


def provide(listed: Listed, within: Within) -> None:
    """Say who knows: all OPDs of the open region in order, and the keys of the accounts in one of them."""
    _source["tenants"] = listed, within


def offices() -> Sequence[Office]:
    """All OPDs of the open region, in order."""
    return _source["tenants"][0]()


def accounts_within(opd: UUID) -> set[int]:
    """The keys of the accounts of people whose post is in this OPD today."""
    return _source["tenants"][1](opd)
