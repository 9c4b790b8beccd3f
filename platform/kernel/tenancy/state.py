"""What the shared side tells a region's code about the region: one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.clock import ZONE_LABELS

CONTROL_SCHEMA = "public"
# No such schema exists, so a statement without a region finds no table at all.
NO_SCHEMA = "no_region"
# Built by the real migrations; rendered SQL comes from it and every region is compared with it.
GOLDEN_SCHEMA = "golden"
CONTROL_NUMBER = 0


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
    is_read_only: bool = False
    cell: str = "c1"
    version: int = 1
    hosts: tuple[str, ...] = field(default=())
    # Pages lead to the continuity kit (`kernel.web.fallback`), for the reason that people read there.
    is_fallback: bool = False
    fallback_reason: str = ""
    # What contains an incident, by name (`kernel.measures`).
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    @property
    def zone_label(self) -> str:
        """WIB, WITA or WIT."""
        return ZONE_LABELS.get(self.time_zone, self.time_zone)

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
