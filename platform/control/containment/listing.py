"""Measures for pages: of a region, of an incident, with their words."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.utils.translation import gettext as _

from control.containment.catalogue import KINDS
from control.containment.models import Imposition, PairedDeed
from control.regions.models import Region
from kernel.tenancy.state import terms_in


def standing_anywhere() -> list[Imposition]:
    """What stands now in single regions, newest first."""
    return list(Imposition.objects.standing().of_one_region().select_related("region"))


def standing_everywhere() -> list[tuple[Imposition, int]]:
    """What was imposed on all regions at once and stands: one of them for all, and in how many regions."""
    standing = Imposition.objects.standing().of_all_regions()
    regions = Counter(standing.values_list("everywhere", flat=True))
    shown = standing.order_by("everywhere", "id").distinct("everywhere")
    return sorted(
        ((one, regions[one.everywhere]) for one in shown), key=lambda found: found[0].imposed_at, reverse=True
    )


def of_incident(uid: UUID) -> list[Imposition]:
    """What was imposed for an incident, oldest first."""
    return list(Imposition.objects.filter(incident=uid).select_related("region").order_by("imposed_at", "id"))


def standing_in(region: Region) -> list[Imposition]:
    """What stands in the region now, newest first."""
    return list(region.impositions.standing())


def in_words(region: Region) -> list[str]:
    """What stands in the region, each with its reason, from its own row: without a query."""
    return [
        _("%(measure)s: %(reason)s") % {"measure": kind.label, "reason": terms["reason"]}
        for kind in KINDS.values()
        if (terms := terms_in(region.measures, kind.name)) is not None
    ]


def past_of(region: Region, most: int = 30) -> list[Imposition]:
    """What stood there, newest first."""
    return list(region.impositions.exclude(pk__in=region.impositions.standing().values("pk"))[:most])


def waiting(region: Region | None = None) -> list[PairedDeed]:
    """Requests that another operator can decide, of one region or of all, the most urgent first."""
    found = PairedDeed.objects.waiting().select_related("region").order_by("expires_at")
    return list(found if region is None else found.filter(region=region))
