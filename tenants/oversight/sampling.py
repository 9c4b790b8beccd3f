"""Drawing a sample: a share of the people by seed, and the riskiest of them. Pure, so that anybody can draw it again.

Source: peers note J4: the same seed gives the same list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from hashlib import sha256
from typing import Literal

Why = Literal["chance", "risk", "both"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One person of a sample by NIP; `risk` is the score that ranked them, zero for nothing unusual."""

    nip: str
    why: Why
    risk: Decimal


def draw(
    nips: Iterable[str], risks: Mapping[str, Decimal], *, percent: Decimal, riskiest: int, seed: str
) -> list[Drawn]:
    """The people drawn: `percent` of all by seed (rounded up), and the `riskiest` with the highest score above zero.

    Chance: the people are put in the order of SHA-256 over seed and NIP, and the first ones are taken, so that the list
    depends on nothing but the seed and who there is. Equal risks are ordered in the same way. The result is sorted by
    risk, highest first, then by that order.
    """
    order = {nip: sha256(f"{seed}\n{nip}".encode()).hexdigest() for nip in nips}
    by_chance = sorted(order, key=lambda nip: order[nip])
    wanted = int((Decimal(len(by_chance)) * percent / 100).to_integral_value(ROUND_CEILING))
    chance = set(by_chance[:wanted])
    risky = [nip for nip in by_chance if risks.get(nip, Decimal(0)) > 0]
    risk = set(sorted(risky, key=lambda nip: -risks[nip])[:riskiest])
    drawn = [
        Drawn(nip, _why(nip, chance, risk), risks.get(nip, Decimal(0))) for nip in by_chance if nip in chance | risk
    ]
    return sorted(drawn, key=lambda one: -one.risk)


def _why(nip: str, chance: set[str], risk: set[str]) -> Why:
    if nip in chance and nip in risk:
        return "both"
    return "risk" if nip in risk else "chance"
