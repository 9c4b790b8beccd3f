"""What somebody besides the phone says about a punch: an office screen, the leader of an assembly, a tablet.

The lane asks here. Who answers stands above it and registers at start-up, so that the lane imports nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

# In the context of an event: what has a witness.
KIOSK: Final = "kiosk"
OFFICE_QR: Final = "office_qr"
ROLL_CALL: Final = "roll_call"


@dataclass(frozen=True, slots=True)
class Testimony:
    """What a witness says of a punch.

    `employee_id` is whose punch it is where the key is not a person's; `reasons` are codes for the punch;
    `lifts_place` makes up for a place that is missing or outside (grade B instead of C); `is_doubtful` holds it at
    grade C and puts it under review; `refused` is why it is kept aside; `office` and `assembly` are what it names.
    """

    employee_id: int | None = None
    reasons: tuple[str, ...] = ()
    lifts_place: bool = False
    is_doubtful: bool = False
    refused: str = ""
    office: UUID | None = None
    assembly: UUID | None = None


# Gets the event as it was signed, whose it is (None for a tablet's) and the moment that counts.
Hear = Callable[[Mapping[str, Any], "int | None", datetime], Testimony]

NOTHING: Final = Testimony()
_witnesses: dict[str, Hear] = {}


def register(name: str, hear: Hear) -> None:
    """Let `hear` speak for what an event says under this name; call it from AppConfig.ready."""
    _witnesses[name] = hear


def hear(event: Mapping[str, Any], employee_id: int | None, captured_at: datetime) -> Testimony:
    """All that is said about a new event; for one of a tablet whose it is comes first and the others hear it.

    Nothing is asked of the database for an event without a witness.
    """
    context = event.get("context")
    if not isinstance(context, Mapping):
        return NOTHING
    names = ([KIOSK] if employee_id is None else []) + [name for name in (OFFICE_QR, ROLL_CALL) if context.get(name)]
    said = NOTHING
    for name in names:
        if name not in _witnesses:
            continue
        said = _together(said, _witnesses[name](event, employee_id or said.employee_id, captured_at))
        if said.refused:
            break
    return said


def _together(one: Testimony, other: Testimony) -> Testimony:
    return replace(
        one,
        employee_id=other.employee_id or one.employee_id,
        reasons=(*one.reasons, *other.reasons),
        lifts_place=one.lifts_place or other.lifts_place,
        is_doubtful=one.is_doubtful or other.is_doubtful,
        refused=one.refused or other.refused,
        office=other.office or one.office,
        assembly=other.assembly or one.assembly,
    )
