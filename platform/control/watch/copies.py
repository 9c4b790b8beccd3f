"""Copies of one text bear one print, whatever was changed in them, so that a detection can group by it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Final

from control.watch.models import SecurityEvent
from control.watch.rules import LONGEST_WINDOW
from kernel.judol import ALIKE, likeness
from kernel.turns import take_turns
from kernel.watching.names import JUDOL_TEXT_FLAGGED, JUDOL_TEXT_HELD

_NAMES: Final = (JUDOL_TEXT_HELD, JUDOL_TEXT_FLAGGED)
# No detection looks farther back.
COMPARED_FOR: Final[timedelta] = LONGEST_WINDOW
# Newest first: a flood of texts must not make each further one dearer (a comparison takes about a microsecond).
MOST_COMPARED: Final = 2000


def name_copies(rows: Collection[SecurityEvent]) -> None:
    """Give each event of a suspicious text the print of the likest text of the days before it, when that is alike.

    Call before the events are stored, in the transaction that stores them: two bundles with copies of one text must not
    miss each other, so there is one at a time.
    """
    texts = [row for row in rows if row.name in _NAMES and row.facts.get("sketch")]
    if not texts:
        return
    take_turns("name copies of texts")
    texts.sort(key=lambda row: (row.at, row.uid))
    known = _known(texts)
    for row in texts:
        sketch = str(row.facts["sketch"])
        likest = max(known, key=partial(likeness, sketch), default="")
        if likeness(sketch, likest) >= ALIKE:
            row.facts = {**row.facts, "print": known[likest]}
        known[sketch] = str(row.facts.get("print", ""))


def _known(texts: Collection[SecurityEvent]) -> dict[str, str]:
    """Prints by sketch of texts that were told before; of equal sketches the oldest print."""
    since = min(row.at for row in texts) - COMPARED_FOR
    told = SecurityEvent.objects.filter(name__in=_NAMES, at__gt=since).order_by("-at", "-id")
    newest = told.values_list("facts__sketch", "facts__print")[:MOST_COMPARED]
    return {str(sketch): str(own) for sketch, own in newest if sketch and own}
