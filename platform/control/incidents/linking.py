"""Incidents that share something with another one: an address, a digest, a domain, an account, a text's print."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef

from control.incidents.models import Incident, Observable

MOST_LINKED: Final = 20


@dataclass(frozen=True, slots=True)
class Linked:
    """Another incident, and what the two have in common."""

    incident: Incident
    shared: list[Observable]


def linked_to(incident: Incident) -> list[Linked]:
    """Those with the most in common first, at most twenty; the newer one first among equals."""
    own = Observable.objects.filter(incident=incident, kind=OuterRef("kind"), value=OuterRef("value"))
    shared: dict[int, list[Observable]] = defaultdict(list)
    rows = (
        Observable.objects.exclude(incident=incident)
        .exclude(incident__merged_into=incident)
        .filter(Exists(own))
        .order_by("kind", "value")[:2000]
    )
    for row in rows:
        shared[row.incident_id].append(row)
    keys = sorted(shared, key=lambda key: (-len(shared[key]), -key))[:MOST_LINKED]
    found = Incident.objects.select_related("region").in_bulk(keys)
    return [Linked(found[key], shared[key]) for key in keys]
