"""What the shared side tells a region's code about the region: one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel import clock
from kernel.clock import ZONE_LABELS

CONTROL_SCHEMA = "public"
# No such schema exists, so a statement without a region finds no table at all.
NO_SCHEMA = "no_region"
# Built by the real migrations; rendered SQL comes from it and every region is compared with it.
GOLDEN_SCHEMA = "golden"
CONTROL_NUMBER = 0


Measures = Mapping[str, Mapping[str, Any]]


def terms_in(measures: Measures, measure: str) -> Mapping[str, Any] | None:
    """The terms of this measure, None when it is not among them or its end has come."""
    terms = measures.get(measure)
    if terms is None:
        return None
    until = terms.get("until")
    return terms if until is None or datetime.fromisoformat(until) > clock.now() else None


@dataclass(frozen=True, slots=True)
class RegionState:
    """One region as the registry knew it when the snapshot was taken.

    `number` is the constant of the row fence (1..32767), `code` the subdomain and log label, `version` moves with every
    change of the registry row, so that tasks enqueued under an older state can be recognised.
    """

    number: int
    code: str
    schema_name: str
    name: str
    short_name: str
    time_zone: str
    status: str
    cell: str = "c1"
    version: int = 1
    hosts: tuple[str, ...] = field(default=())
    # What contains an incident, by name (`kernel.measures`).
    measures: Measures = field(default_factory=dict, hash=False)

    @property
    def zone_label(self) -> str:
        """WIB, WITA or WIT."""
        return ZONE_LABELS.get(self.time_zone, self.time_zone)

    def terms_of(self, measure: str) -> Mapping[str, Any] | None:
        """The terms under which a measure (`kernel.measures.Measure`) stands now; None when it does not."""
        return terms_in(self.measures, measure)

    @property
    def read_only_terms(self) -> Mapping[str, Any] | None:
        """Why and until when the region may only be read."""
        return self.terms_of("read_only")

    @property
    def is_read_only(self) -> bool:
        """Nothing but punches is written."""
        return self.terms_of("read_only") is not None

    @property
    def is_fallback(self) -> bool:
        """Pages lead to the continuity kit (`kernel.web.fallback`)."""
        return self.terms_of("fallback") is not None

    @property
    def fallback_reason(self) -> str:
        """What people read there."""
        return str((self.terms_of("fallback") or {}).get("reason", ""))

    @property
    def is_live(self) -> bool:
        """Pages and jobs may open it."""
        return self.status == "active"


GOLDEN = RegionState(
    number=0,
    code="golden",
    schema_name=GOLDEN_SCHEMA,
    name="golden",
    short_name="golden",
    time_zone="Asia/Jakarta",
    status="active",
)
