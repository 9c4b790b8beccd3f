"""Judging again what was stored before, when the rules have changed, with both opinions.

One job a region: it walks through every declared column by key and remembers where it is, so that a killed worker's job
goes on there. It flags and never holds: what has stood in a record for months is not taken away by a machine.
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kernel.jobs.models import Job
from kernel.jobs.work import Progress, start, work
from kernel.judol import RULES_VERSION, Verdict, judge_text
from kernel.judol.linear import shipped
from kernel.judol.opinion import heard
from kernel.texts import gate, holding, rows
from kernel.texts.models import TextHold
from kernel.texts.places import Place

KIND: Final = "texts.backscan"
AT_ONCE: Final = 500
TITLE: Final = gettext_noop("Tulisan lama diperiksa dengan aturan baru")


def start_if_due() -> Job | None:
    """Start the job of the open region unless one judges, or has judged, by the present rules."""
    mine = Job.objects.filter(kind=KIND, parameters__rules=RULES_VERSION)
    if mine.exclude(state__in=(Job.State.FAILED, Job.State.CANCELLED)).exists():
        return None
    return start(kind=KIND, title=_(TITLE), actor=None, parameters={"rules": RULES_VERSION}, total=len(gate.places()))


@work(KIND)
def scan_again(progress: Progress) -> None:
    """Walk through all columns from where an interrupted attempt stopped."""
    names = sorted(gate.places())
    kept: dict[str, Any] = progress.job.result
    first, key = int(kept.get("column", 0)), kept.get("key")
    seen, flagged = int(kept.get("seen", 0)), int(kept.get("flagged", 0))
    for number in range(first, len(names)):
        progress.advance(number, len(names), names[number])
        while True:
            place = gate.places()[names[number]]
            some = _rows(place, key)
            flagged += sum(_look(place, str(record), text) for _key, record, text in some)
            seen += len(some)
            key = str(some[-1][0]) if len(some) == AT_ONCE else None
            progress.result(column=number if key else number + 1, key=key, seen=seen, flagged=flagged)
            if key is None:
                break
            progress.advance(number)
    progress.advance(len(names))


def _rows(place: Place, after: str | None) -> list[tuple[Any, Any, str]]:
    found = place.model._base_manager.exclude(**{place.column: ""}).exclude(**{f"{place.column}__isnull": True})
    if after is not None:
        found = found.filter(pk__gt=after)
    return list(found.order_by("pk").values_list("pk", rows.key_of(place.model), place.column)[:AT_ONCE])


def _look(place: Place, record: str, text: str) -> bool:
    judged = judge_text(text)
    if judged.score < gate.ASK_FROM:
        return False
    judged = heard(judged, text, shipped())
    if judged.verdict is Verdict.ALLOW or holding.newest_state(place, text) == TextHold.State.RELEASED:
        return False
    return holding.flag(place, text, judged, author=None, record=record) is not None
