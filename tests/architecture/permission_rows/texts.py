"""Who reviews texts that wait."""

from __future__ import annotations

from typing import Any

from kernel.texts.models import TextHold
from tests.architecture.permission_table import EVERYBODY, Cast, region

REVIEWERS = "bkpsdm diskominfo"


def waiting(cast: Cast, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"state": "flagged", **more}
    made = TextHold.objects.create(place="organisation.Unit.name", text="Uji", digest="0" * 64, score=5, **values)
    return {"uid": made.uid}


def decided(cast: Cast) -> dict[str, Any]:
    return waiting(cast, state="released", before="flagged", decided_by=cast.ani.user)


def reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "Promosi"}


ROWS = [
    region("texts-queue", "GET", REVIEWERS),
    region("texts-mine", "GET", EVERYBODY),
    region("texts-one", "GET", REVIEWERS, args=waiting),
    region("texts-release", "POST", REVIEWERS, ok=302, args=waiting),
    region("texts-remove", "POST", REVIEWERS, ok=302, args=waiting, data=reason),
    region("texts-take-back", "POST", REVIEWERS, ok=302, args=decided),
]
