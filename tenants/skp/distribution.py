"""Which distribution of predikat the rating of an organisation lets expect. A hint for rating officers, never forced.

Source: PermenPANRB 6/2022 articles 24 and 25, SE MenPANRB 3/2023 (guide to the distribution of predikat). No Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Expected:
    """What part of the people is expected to have a predikat, in percent; None where the guide says nothing."""

    predikat: str
    least: int | None = None
    most: int | None = None


EXPECTED: Final[Mapping[str, tuple[Expected, ...]]] = MappingProxyType(
    {
        "istimewa": (Expected("sangat_baik", most=70),),
        "baik": (Expected("baik", most=70),),
        "butuh_perbaikan": (Expected("sangat_baik", most=10), Expected("butuh_perbaikan", least=60)),
        "kurang": (
            Expected("sangat_baik", most=10),
            Expected("butuh_perbaikan", least=10),
            Expected("kurang", least=60),
        ),
        "sangat_kurang": (Expected("sangat_baik", most=0), Expected("sangat_kurang", least=60)),
    }
)


@dataclass(frozen=True, slots=True)
class Share:
    """One predikat among the people rated: how many, percent (rounded), what was expected, whether it fits."""

    predikat: str
    count: int
    percent: int
    least: int | None
    most: int | None

    @property
    def fits(self) -> bool:
        return (self.least is None or self.percent >= self.least) and (self.most is None or self.percent <= self.most)


def shares(counts: Mapping[str, int], order: tuple[str, ...], organisation: str) -> list[Share]:
    """The distribution of the people rated, in this order of predikat, beside what is expected."""
    total = sum(counts.values())
    expected = {item.predikat: item for item in EXPECTED.get(organisation, ())}
    found = []
    for predikat in order:
        count = counts.get(predikat, 0)
        hint = expected.get(predikat)
        found.append(
            Share(
                predikat,
                count,
                round(count * 100 / total) if total else 0,
                None if hint is None else hint.least,
                None if hint is None else hint.most,
            )
        )
    return found
