"""What a month bears: decided sums spread over its criteria, and listed sums within a share of what is left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.money import quotient, rounded

from .records import FixedDeduction

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Taken:
    """A listed sum as this month takes it: ``value`` rupiah, ``base`` what was left before it where it has a limit."""

    entry: FixedDeduction
    value: Decimal
    base: Decimal | None = None

    @property
    def is_part(self) -> bool:
        """Whether some of it is left for later months."""
        return self.value < self.entry.amount


def taken_of(entries: Iterable[FixedDeduction], remaining: Decimal) -> Iterator[Taken]:
    """Each sum in its order. Those with a limit take together at most their percent of what was left before the first
    of them, in whole rupiah; the others take all.

    ``remaining`` is the pay left before the list.
    """
    left, base, bounded = remaining, None, _ZERO
    for entry in entries:
        if entry.most_percent is None:
            left -= entry.amount
            yield Taken(entry, entry.amount)
            continue
        if base is None:
            base = max(left, _ZERO)
        limit = rounded("truncate_rupiah", base * entry.most_percent / _HUNDRED)
        value = min(entry.amount, max(limit - bounded, _ZERO))
        bounded += value
        left -= value
        yield Taken(entry, value, base)


def spread(amount: Decimal, shares: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The amount over the names by their shares, in whole rupiah; the last takes what the others leave.

    Shares that are all zero leave everything to the last. An empty mapping gives an empty one.
    """
    total = sum(shares.values(), _ZERO)
    parts: dict[str, Decimal] = {}
    left = amount
    for number, (name, share) in enumerate(shares.items(), 1):
        if number == len(shares):
            parts[name] = left
        elif total:
            parts[name] = rounded("truncate_rupiah", quotient(amount * share, total))
            left -= parts[name]
        else:
            parts[name] = _ZERO
    return parts
