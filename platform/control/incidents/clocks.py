"""How much time is left, in words. Pure: no database, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Below this share of the whole span the countdown asks for attention.
SHARE_THAT_IS_SHORT: Final = 3


@dataclass(frozen=True, slots=True)
class Countdown:
    """`words` say it all; `kind` is the chip's (ok, wait, bad), `is_over` whether the end has passed."""

    words: str
    kind: Literal["ok", "wait", "bad"]
    is_over: bool


def span_words(span: timedelta) -> str:
    """`2 hari 3 jam`, `5 jam 12 menit`, `8 menit`: the two largest units."""
    minutes = max(0, int(span.total_seconds()) // 60)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(n)s hari", "%(n)s hari", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)s jam", "%(n)s jam", hours) % {"n": hours})
    if not days and (minutes or not hours):
        parts.append(ngettext("%(n)s menit", "%(n)s menit", minutes) % {"n": minutes})
    return " ".join(parts)


def countdown(starts_at: datetime, due_at: datetime, now: datetime) -> Countdown:
    """What is left until `due_at`. At the instant itself it is over; the last third asks for attention."""
    left = due_at - now
    if left <= timedelta():
        return Countdown(_("Lewat %(span)s") % {"span": span_words(-left)}, "bad", is_over=True)
    words = _("Sisa %(span)s") % {"span": span_words(left)}
    is_short = left * SHARE_THAT_IS_SHORT < due_at - starts_at
    return Countdown(words, "wait" if is_short else "ok", is_over=False)
