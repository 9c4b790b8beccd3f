"""Hearing the second opinion on a text after it was stored, and putting it aside when both together say block."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.record import declare_action
from kernel.audit.record import record as write_down
from kernel.judol import Judgement, Verdict, judge_text
from kernel.judol.linear import shipped
from kernel.judol.opinion import heard
from kernel.texts import gate, holding, rows
from kernel.texts.models import TextHold
from kernel.texts.modes import How
from kernel.texts.places import Place

PUT_ASIDE: Final = declare_action("texts.put_aside", "Tulisan ditahan setelah disimpan")


@transaction.atomic
def hear(place: Place, text: str, *, record: str, author: UUID | None) -> None:
    """Hear the model on a text that the rules found something in, and that was stored as it was written.

    Where both say block it is put aside as the gate would have, unless it was changed meanwhile or its row is locked by
    now. Everything else of note is flagged, or said to the reviewer who has it already. Harmless when repeated.
    """
    # Locked before the rows, as by a reviewer's decision: neither overtakes the other.
    kept = list(TextHold.objects.same(place=place.name, digest=holding.digest_of(text)).select_for_update())
    if kept and kept[0].state == TextHold.State.RELEASED:
        return
    judged = heard(judge_text(text), text, shipped())
    if judged.verdict is Verdict.ALLOW:
        return
    flagged = [one for one in kept if one.state == TextHold.State.FLAGGED]
    writer = None if author is None else User.objects.filter(uid=author).first()
    if gate.must_wait(judged.verdict) and place.how is How.HOLD and (words := holding.placeholder_for(place.room)):
        mine = next((one for one in flagged if one.record == record), None)
        if _put_aside(mine or holding.new(place, text, author=writer, record=record), place, judged, words):
            return
    if flagged:
        for one in flagged:
            one.model_says, one.verdict = holding.model_says(judged), judged.verdict
            one.save(update_fields=["model_says", "verdict"])
    else:
        holding.flag(place, text, judged, author=writer, record=record)


def _put_aside(kept: TextHold, place: Place, judged: Judgement, placeholder: str) -> bool:
    """Whether the text is out of the way: put aside now, or not there any more. What stands there instead has passed
    the gate itself."""
    try:
        changed = rows.write(place, rows.standing(place, kept.text, kept.record), placeholder)
    except rows.RowLocked:
        return False
    if changed:
        holding.put_aside(kept, place, judged, placeholder)
        write_down(PUT_ASIDE, actor=System("scan"), subject=kept, after={"place": place.name, "rows": changed})
    return True
