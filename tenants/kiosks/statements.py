"""The changing QR code of a person's own phone, shown to a tablet or to the leader of an assembly.

Text: `KDP:<uid of the employee>:<uid of the key>:<step>:<signature>`. The phone signs the words before the signature,
together with the region, with its own key, so no secret is shared and a picture of it is old within a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

PREFIX: Final = "KDP"
_LONGEST: Final = 260


@dataclass(frozen=True, slots=True)
class PersonCode:
    """Who stands there, says the phone with this key, in this step of thirty seconds."""

    person: UUID
    device: UUID
    step: int
    signature: str

    def signed_text(self, region_code: str) -> str:
        """The text under the signature."""
        return f"{PREFIX}:{region_code}:{self.person}:{self.device}:{self.step}"


def read_person_code(text: object) -> PersonCode | None:
    """The code behind a scanned text; None when it is none."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    parts = text.split(":")
    if len(parts) != 5 or parts[0] != PREFIX:
        return None
    try:
        return PersonCode(UUID(parts[1]), UUID(parts[2]), int(parts[3]), parts[4])
    except ValueError:
        return None
