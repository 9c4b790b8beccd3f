"""The seven BerAKHLAK values by which behaviour is rated (PermenPANRB 6/2022; SE MenPANRB 20/2021). No Django."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "berorientasi_pelayanan": "Berorientasi Pelayanan",
        "akuntabel": "Akuntabel",
        "kompeten": "Kompeten",
        "harmonis": "Harmonis",
        "loyal": "Loyal",
        "adaptif": "Adaptif",
        "kolaboratif": "Kolaboratif",
    }
)
MOST: Final = 100


def behaviour_sum(scores: Mapping[str, int]) -> int:
    """The sum of the seven scores, 0 to 700. Raises ValueError unless each value has one of 0 to 100."""
    if scores.keys() != VALUES.keys() or any(not 0 <= score <= MOST for score in scores.values()):
        raise ValueError("seven scores of 0 to 100")
    return sum(scores.values())
