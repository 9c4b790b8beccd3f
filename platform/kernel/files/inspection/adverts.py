"""Whether a file's name, its words or what it says of itself advertise gambling (`kernel.judol`)."""

from __future__ import annotations

import re
from typing import Final

from kernel.files.inspection.findings import Finding, Stop, Verdict, shorten
from kernel.judol import Verdict as Judged
from kernel.judol import judge_text
from kernel.judol.linear import shipped
from kernel.judol.opinion import heard

STEP: Final = "words"
_ROOM: Final = re.compile(r"[_\-+.]+")


def judge_name(name: str) -> list[Finding]:
    """A file name's words: its separators are blanks. Raises Stop when they are an advertisement."""
    return _judged(_ROOM.sub(" ", name), "advert_name")


def judge_words(text: str, titles: str) -> list[Finding]:
    """What the document shows and what it says of itself. Raises Stop when it is an advertisement."""
    return _judged(titles, "advert_title") + _judged(text, "advert_text")


def _judged(text: str, code: str) -> list[Finding]:
    if not text.strip():
        return []
    judged = judge_text(text)
    if judged.verdict == Judged.REVIEW:
        # The model decides between a look and a refusal. Alone it would doubt timetables: it learned from comments.
        judged = heard(judged, text, shipped())
    if judged.verdict == Judged.ALLOW:
        return []
    detail = shorten(", ".join(f"{reason.code} {reason.piece!r}" for reason in judged.reasons))
    finding = Finding(STEP, code, Verdict.QUARANTINE if judged.verdict == Judged.BLOCK else Verdict.REVIEW, detail)
    if finding.verdict is Verdict.QUARANTINE:
        raise Stop(finding)
    return [finding]
