"""What one operator alone may not do: a request that waits for another one (security note, 4.5).

An app declares the deed with what performs it; it is asked for with its arguments and the words that were shown, and it
happens in the transaction in which the second operator agrees. A request that nobody decides runs out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from control.containment.errors import PairRefused
from control.containment.models import PairedDeed
from control.regions.errors import ReasonMissing
from control.regions.models import Region
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound

ASKED = declare_action("containment.pair_asked", "Persetujuan operator kedua diminta")
CONFIRMED = declare_action("containment.pair_confirmed", "Operator kedua menyetujui")
DECLINED = declare_action("containment.pair_declined", "Operator kedua menolak")

VALID_FOR: Final = timedelta(hours=1)

Perform = Callable[[PairedDeed, User], object]
_deeds: Final[dict[str, Perform]] = {}


def declare_deed(name: str, perform: Perform) -> str:
    """Declare what happens when another operator agrees; returns the name. Twice with another meaning raises."""
    if _deeds.setdefault(name, perform) is not perform:
        raise ValueError(f"the deed {name!r} is declared twice")
    return name


@transaction.atomic
def ask(
    *,
    deed: str,
    args: Mapping[str, Any],
    summary: str,
    reason: str,
    actor: User,
    region: Region | None = None,
    incident: UUID | None = None,
    key: UUID | None = None,
) -> PairedDeed:
    """Let the deed wait for another operator, for an hour. The same `key` again is the same request.

    Raises ReasonMissing, and KeyError for a deed that nobody declared.
    """
    _deeds[deed]
    if not reason.strip():
        raise ReasonMissing
    known = PairedDeed.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    asked = PairedDeed.objects.create(
        deed=deed,
        args=dict(args),
        region=region,
        summary=summary[:300],
        reason=reason.strip()[:200],
        incident=incident,
        key=key,
        asked_by_uid=actor.uid,
        asked_by=actor.display_name,
        expires_at=clock.now() + VALID_FOR,
    )
    record(ASKED, actor=actor, subject=asked, note=reason.strip())
    return asked


@transaction.atomic
def confirm(*, uid: UUID, actor: User) -> PairedDeed:
    """The second operator agrees: it happens now. Raises NotFound, PairRefused, and what the deed itself refuses."""
    asked = _to_decide(uid, actor)
    asked.state, asked.decided_by, asked.decided_at = PairedDeed.State.DONE, actor.display_name, clock.now()
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    record(CONFIRMED, actor=actor, subject=asked, note=asked.reason)
    _deeds[asked.deed](asked, actor)
    return asked


@transaction.atomic
def decline(*, uid: UUID, actor: User) -> PairedDeed:
    """It does not happen. Who asked may take the request back this way. Raises NotFound, PairRefused."""
    asked = _to_decide(uid, actor, is_agreement=False)
    asked.state, asked.decided_by, asked.decided_at = PairedDeed.State.DECLINED, actor.display_name, clock.now()
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    record(DECLINED, actor=actor, subject=asked, note=asked.reason)
    return asked


def let_run_out() -> int:
    """Close the requests that nobody decided in time; returns how many."""
    late = PairedDeed.objects.filter(state=PairedDeed.State.WAITING, expires_at__lte=clock.now())
    return late.update(state=PairedDeed.State.EXPIRED)


def _to_decide(uid: UUID, actor: User, *, is_agreement: bool = True) -> PairedDeed:
    asked = PairedDeed.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if asked is None:
        raise NotFound("request")
    if asked.state != PairedDeed.State.WAITING:
        raise PairRefused("decided")
    if asked.expires_at <= clock.now():
        raise PairRefused("expired")
    if is_agreement and asked.asked_by_uid == actor.uid:
        raise PairRefused("own")
    return asked
