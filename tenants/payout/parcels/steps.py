"""The steps of a parcel, in their order, and who has it before each of them. No Django.

Source: domain note 6.2 and 6.3 (SPP, SPM, SP2D of Permendagri 77/2020; the checks of BKPSDM and BPKAD before them).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeVar


class Step(StrEnum):
    """What has to be so, one after another, before people have their money."""

    FACTS = "facts_complete"
    APPROVALS = "approvals_complete"
    CLOSED = "closed_by_opd"
    CHECKED = "checked"
    CEILING = "ceiling_checked"
    LOCKED = "locked"
    REQUESTED = "requested"
    SPM = "spm"
    SP2D = "sp2d"
    PAID = "paid"


class Holder(StrEnum):
    """Who has the parcel now."""

    OPD = "opd"
    BKPSDM = "bkpsdm"
    BPKAD = "bpkad"
    SIGNERS = "signers"
    TREASURER = "treasurer"
    BANK = "bank"
    NOBODY = "nobody"


ORDER: Final = tuple(Step)
# Written down when somebody takes them; the others are read from the facts: counts, the lock, the payment rows.
RECORDED: Final = (Step.CLOSED, Step.CHECKED, Step.CEILING, Step.REQUESTED, Step.SPM, Step.SP2D)
BEFORE_LOCK: Final = (Step.CLOSED, Step.CHECKED, Step.CEILING)
AFTER_LOCK: Final = (Step.REQUESTED, Step.SPM, Step.SP2D)
WITH_LETTER: Final = AFTER_LOCK
WITH_AMOUNT: Final = (Step.REQUESTED, Step.SP2D)
RETURNED: Final = "returned"
REOPENED: Final = "reopened"
TAKEN_BACK: Final = "taken_back"

_HOLDERS: Final[Mapping[Step, Holder]] = {
    Step.FACTS: Holder.OPD,
    Step.APPROVALS: Holder.OPD,
    Step.CLOSED: Holder.OPD,
    Step.CHECKED: Holder.BKPSDM,
    Step.CEILING: Holder.BPKAD,
    Step.LOCKED: Holder.SIGNERS,
    Step.REQUESTED: Holder.TREASURER,
    Step.SPM: Holder.OPD,
    Step.SP2D: Holder.BPKAD,
    Step.PAID: Holder.BANK,
}


class Entry(Protocol):
    """What the fold reads of a recorded step."""

    pk: int
    kind: str
    at: datetime
    lock_id: int | None
    undoes_id: int | None


E = TypeVar("E", bound=Entry)


def standing(entries: Iterable[E], *, lock_id: int | None) -> dict[Step, E]:
    """The steps that count, of a parcel's entries in their order.

    Taking back removes the one that it names, returning all before the lock, reopening a lock all. A step behind the
    lock counts only for the lock that stands (`lock_id`).
    """
    found: dict[Step, E] = {}
    for entry in entries:
        if entry.kind == REOPENED:
            found = {}
        elif entry.kind == TAKEN_BACK:
            found = {step: kept for step, kept in found.items() if kept.pk != entry.undoes_id}
        elif entry.kind == RETURNED:
            for step in BEFORE_LOCK:
                found.pop(step, None)
        else:
            step = Step(entry.kind)
            if step in AFTER_LOCK and entry.lock_id != lock_id:
                continue
            found[step] = entry
    return found


@dataclass(frozen=True, slots=True)
class Position:
    """Where the parcel is: the next step (None: all is done), who has it, since when."""

    next: Step | None
    holder: Holder
    since: datetime


def position(done: Mapping[Step, datetime], *, is_locked: bool, begun: datetime) -> Position:
    """Where a parcel with these steps done is; `begun` is when the month was over.

    Before the OPD has closed it lies with the OPD whatever the counts say. A locked one that lacks signatures lies with
    the signers, one that is not locked yet with BKPSDM.
    """
    since = max(done.values(), default=begun)
    since = max(since, begun)
    upcoming = next_step(done)
    if upcoming is None:
        return Position(None, Holder.NOBODY, since)
    holder = _HOLDERS[upcoming]
    if upcoming is Step.LOCKED and not is_locked:
        holder = Holder.BKPSDM
    return Position(upcoming, holder, since)


def next_step(done: Collection[Step]) -> Step | None:
    """The first step that is not done, of those behind the last one that is; None when all are.

    The counts stand before the OPD's closing only: once it has closed (with its reasons) they do not matter.
    """
    behind = max((ORDER.index(step) for step in done), default=-1)
    if behind < ORDER.index(Step.CLOSED):
        return Step.CLOSED
    return ORDER[behind + 1] if behind + 1 < len(ORDER) else None
