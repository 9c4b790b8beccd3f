"""Judging again what was stored before, when the rules have changed.

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
from kernel.texts import gate

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
            rows = _rows(gate.places()[names[number]], key)
            flagged += sum(_look(gate.places()[names[number]], text) for _key, text in rows)
            seen += len(rows)
            key = str(rows[-1][0]) if len(rows) == AT_ONCE else None
            progress.result(column=number if key else number + 1, key=key, seen=seen, flagged=flagged)
            if key is None:
                break
            progress.advance(number)
    progress.advance(len(names))


def _rows(place: gate.Place, after: str | None) -> list[tuple[Any, str]]:
    rows = place.model._base_manager.exclude(**{place.column: ""}).exclude(**{f"{place.column}__isnull": True})
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", place.column)[:AT_ONCE])


def _look(place: gate.Place, text: str) -> bool:
    judged = judge_text(text)
    if judged.verdict is Verdict.ALLOW or gate.is_settled(place.name, text):
        return False
    return gate.flag(place, text, judged) is not None
