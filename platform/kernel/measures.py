"""What an operator has imposed on the open region to contain an incident, as the running code asks for it.

The measures travel on `RegionState` (so every process knows them within about a second, without a query); who imposed
which one, why and until when stands on the operators' side. Code of a region asks here and never looks there.
Source: security note, 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from kernel import clock
from kernel.tenancy.context import region_or_none
from kernel.tenancy.state import RegionState


class Measure(StrEnum):
    """Every measure that running code asks for. Read-only, fallback mode and suspension are states of the region
    itself (`RegionState.is_read_only`, `is_fallback`, `is_live`)."""

    UPLOADS_OFF = "uploads_off"
    HOLD_TEXT = "hold_text"
    SIGNED_OUT = "signed_out"
    NETWORKS_BLOCKED = "networks_blocked"
    PUBLIC_PAGES_OFF = "public_pages_off"
    EXPORTS_OFF = "exports_off"


def terms_of(measure: Measure, region: RegionState | None = None) -> Mapping[str, Any] | None:
    """The terms under which the measure stands now, or None when it does not (lifted, expired, no region open).

    Always a mapping with `reason` (words for the region's people), `since` and `until` (ISO instants; `until` None: no
    end). Besides: SIGNED_OUT has `before` (ISO instant: sessions begun earlier are over), NETWORKS_BLOCKED has
    `networks` (list of CIDR texts).
    """
    region = region_or_none() if region is None else region
    if region is None:
        return None
    terms = region.measures.get(measure)
    if terms is None:
        return None
    until = terms.get("until")
    if until is not None and datetime.fromisoformat(until) <= clock.now():
        return None
    return terms


def stands(measure: Measure, region: RegionState | None = None) -> bool:
    """Whether the measure stands now for the region (the open one when none is named)."""
    return terms_of(measure, region) is not None
