"""Deciding on a text that waits: let it stand, remove it, take the decision back."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import TextNews, User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from kernel.texts import gate, holding, rows
from kernel.texts.errors import DecisionRefused
from kernel.texts.models import TextHold
from kernel.texts.permissions import REVIEW_TEXTS

RELEASED: Final = declare_action("texts.released", "Tulisan diloloskan")
REMOVED: Final = declare_action("texts.removed", "Tulisan dihapus")
RESTORED: Final = declare_action("texts.restored", "Keputusan atas tulisan dibatalkan")

State = TextHold.State


@transaction.atomic
def release(*, uid: UUID, actor: User) -> TextHold:
    """Let the text stand: it is written back where it was held, and passes there from now on.

    Raises NotFound, DecisionRefused ("decided", "locked").
    """
    waiting = _waiting(uid, actor)
    if waiting.state == State.HELD:
        waiting.rows = _exchange(waiting, waiting.placeholder, waiting.text)
    return _decided(waiting, State.RELEASED, RELEASED, actor, "")


@transaction.atomic
def remove(*, uid: UUID, reason: str, actor: User) -> TextHold:
    """Take the text away from where it stands or would stand. Raises NotFound, DecisionRefused (decided, locked)."""
    waiting = _waiting(uid, actor)
    stands = waiting.placeholder if waiting.state == State.HELD else waiting.text
    waiting.rows = _exchange(waiting, stands, removed_words(waiting))
    return _decided(waiting, State.REMOVED, REMOVED, actor, reason)


@transaction.atomic
def take_back(*, uid: UUID, actor: User) -> TextHold:
    """Undo the newest decision: the text waits again. Raises NotFound, DecisionRefused (open, changed, locked)."""
    decided = _found(uid, actor)
    if decided.is_open:
        raise DecisionRefused("open")
    was = State(decided.before)
    if decided.rows:
        now = decided.text if decided.state == State.RELEASED else removed_words(decided)
        then = decided.placeholder if was == State.HELD else decided.text
        if not _exchange(decided, now, then, only=decided.rows):
            raise DecisionRefused("changed")
    _tell_author(decided, actor)
    decided.state, decided.before, decided.rows = was, "", []
    decided.decided_by, decided.decided_at, decided.reason = None, None, ""
    decided.save()
    record(RESTORED, actor=actor, subject=decided)
    return decided


def removed_words(held: TextHold) -> str:
    """What stands where a text was removed; it names the case, so that it can be taken back."""
    code = held.placeholder.rstrip("]").split()[-1] if held.placeholder else held.digest[:9].upper()
    words = _("[Dihapus {code}]").format(code=code)
    room = gate.places()[held.place].room
    return words if room is None else words[:room]


def _waiting(uid: UUID, actor: User) -> TextHold:
    found = _found(uid, actor)
    if not found.is_open:
        raise DecisionRefused("decided")
    return found


def _found(uid: UUID, actor: User) -> TextHold:
    require(actor, REVIEW_TEXTS)
    found = TextHold.objects.select_for_update().filter(uid=uid).first()
    if found is None or found.place not in gate.places():
        raise NotFound(_("Tulisan"))
    return found


def _decided(held: TextHold, state: TextHold.State, action: str, actor: User, reason: str) -> TextHold:
    held.before, held.state, held.reason = held.state, state, reason
    held.decided_by, held.decided_at = actor, clock.now()
    held.save()
    _tell_author(held, actor)
    record(action, actor=actor, subject=held, note=reason, after={"place": held.place, "rows": held.rows})
    return held


def _tell_author(held: TextHold, actor: User) -> None:
    """Of what they were told waits, and of what was removed; not of what only a reviewer looked at."""
    if held.author != actor and (held.placeholder or State.REMOVED in (held.state, held.before)):
        holding.tell_author(held.author, TextNews.NEW)


def _exchange(held: TextHold, now: str, then: str, only: list[str] | None = None) -> list[str]:
    """Write `then` where `now` stands; the keys of the rows that were changed. None if the author wrote anew."""
    place = gate.places()[held.place]
    found = rows.standing(place, now)
    if only is not None:
        found = found.filter(pk__in=only)
    keys = [str(key) for key in found.select_for_update().values_list("pk", flat=True)]
    try:
        if keys:
            rows.write(place, place.model._base_manager.filter(pk__in=keys), then)
    except rows.RowLocked as error:
        raise DecisionRefused("locked") from error
    return keys
