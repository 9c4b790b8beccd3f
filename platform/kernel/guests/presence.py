"""Who is in the region as a guest right now, for the banner on its officials' pages: from the cache, without a query.

The visit's row decides what a guest may do; this only says that somebody is there. Without Redis the banner stays away.
"""

from __future__ import annotations

from typing import Final

from django.core.cache import cache

from kernel import clock
from kernel.guests.models import Visit

_KEY: Final = "guests.present"


def note(visit: Visit) -> None:
    """Somebody has come in. The newest of several is named."""
    said = {"uid": str(visit.uid), "operator": visit.operator, "reason": visit.reason, "until": visit.ends_at}
    cache.set(_KEY, said, timeout=max(1, int((visit.ends_at - clock.now()).total_seconds())))


def forget(visit: Visit) -> None:
    """The visit is over."""
    said = cache.get(_KEY)
    if said is not None and said["uid"] == str(visit.uid):
        cache.delete(_KEY)


def present() -> dict[str, object] | None:
    """The visit that is running, with `uid`, `operator`, `reason` and `until`; None when there is none."""
    said: dict[str, object] | None = cache.get(_KEY)
    return said
