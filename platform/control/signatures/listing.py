"""What the console shows of signatures: progress and the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from control.signatures.actions import DUE_IN
from control.signatures.models import Search, Signature
from kernel import clock


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search for a signature is: regions in all, searched, late (fifteen minutes over), and with hits."""

    signature: Signature
    total: int
    done: int
    late: int
    with_hits: int
    hits: int
    finished_at: datetime | None

    @property
    def is_complete(self) -> bool:
        """Whether every region was searched."""
        return self.done == self.total


def all_of_them() -> list[Progress]:
    """Every signature, the newest first."""
    return _progress(Signature.objects.all()[:200])


def of_incident(incident: UUID) -> list[Progress]:
    """Those that come from an incident."""
    return _progress(Signature.objects.filter(incident=incident))


def progress_of(signature: Signature) -> Progress:
    """Of one signature."""
    return _progress([signature])[0]


def _progress(signatures: Sequence[Signature] | QuerySet[Signature]) -> list[Progress]:
    found = list(signatures)
    counted = {
        row["signature"]: dict(row)
        for row in Search.objects.filter(signature__in=found)
        .values("signature")
        .annotate(
            total=Count("id"),
            done=Count("id", filter=Q(state=Search.State.DONE)),
            with_hits=Count("id", filter=Q(found__gt=0)),
            rows=Coalesce(Sum("found"), 0),
            finished_at=Max("finished_at"),
        )
    }
    return [_of(signature, counted.get(signature.pk, {})) for signature in found]


def _of(signature: Signature, counted: Mapping[str, Any]) -> Progress:
    total, done = counted.get("total", 0), counted.get("done", 0)
    is_over = signature.withdrawn_at is None and clock.now() > signature.confirmed_at + DUE_IN
    return Progress(
        signature,
        total,
        done,
        total - done if is_over else 0,
        counted.get("with_hits", 0),
        counted.get("rows", 0),
        counted.get("finished_at"),
    )


def ledger_of(signature: Signature) -> list[Search]:
    """Each region with when it was searched and what was found, hits first, then what is still open."""
    searches = Search.objects.filter(signature=signature).select_related("region").prefetch_related("hits")
    return sorted(searches, key=lambda search: (-search.found, search.state == Search.State.DONE, search.region.code))
