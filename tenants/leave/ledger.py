"""A person's yearly leave as accounts of calendar years, computed from what was written about them. Pure.

A year's account has the days of its own right (an opening balance, or the yearly grant), what was carried into it, and
what was taken, reserved and corrected. When the year is over, what is left is carried over within bounds and the rest
expires. Source: BKN Reg 24/2017 (III.A): a right that was not used in its year may be used in the next one together
with that year's right up to 18 working days; one that was not used for two years or more in succession, up to 24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

OPENING: Final = "opening"
GRANT: Final = "grant"
RESERVED: Final = "reserved"
RELEASED: Final = "released"
TAKEN: Final = "taken"
RETURNED: Final = "returned"
CORRECTED: Final = "corrected"
CARRIED_OUT: Final = "carried_out"
CARRIED_IN: Final = "carried_in"
EXPIRED: Final = "expired"

# Follow from the others; written so that the sum of a year's entries is what is left of it.
OF_THE_TURN: Final = frozenset({CARRIED_OUT, CARRIED_IN, EXPIRED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: `days` more (or fewer) in the account of the `year`."""

    year: int
    what: str
    days: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a year is granted and how much may come into it from the year before (days).

    `carry_most_unused` counts after two or more years of which no day was used.
    """

    yearly_days: int
    carry_most: int = 0
    carry_most_unused: int = 0


@dataclass(slots=True)
class Account:
    """A year's days. `reserved` waits for a decision; `left` may still be asked for."""

    year: int
    opening: int = 0
    grant: int = 0
    carried_in: int = 0
    taken: int = 0
    reserved: int = 0
    corrected: int = 0
    carried_out: int = 0
    expired: int = 0
    has_opening: bool = False

    @property
    def right(self) -> int:
        """The days of the year itself: the opening balance stands in place of the grant."""
        return self.opening if self.has_opening else self.grant

    @property
    def left(self) -> int:
        used = self.taken + self.reserved + self.carried_out + self.expired
        return self.right + self.carried_in + self.corrected - used

    def add(self, entry: Entry) -> None:
        """Count one line that does not follow from others."""
        if entry.what == OPENING:
            self.opening += entry.days
            self.has_opening = True
        elif entry.what == GRANT:
            self.grant += entry.days
        elif entry.what in (RESERVED, RELEASED):
            self.reserved -= entry.days
        elif entry.what in (TAKEN, RETURNED):
            self.taken -= entry.days
        elif entry.what == CORRECTED:
            self.corrected += entry.days
        else:
            raise ValueError(f"{entry.what!r} is no fact of a ledger")

    def is_unused(self, terms: Terms) -> bool:
        """Whether no day of the year's own right was used, as far as the ledger knows."""
        if self.taken or self.reserved or self.right <= 0:
            return False
        return not self.has_opening or self.opening >= terms.yearly_days


def accounts(entries: Iterable[Entry], terms: Callable[[int], Terms], running_year: int) -> dict[int, Account]:
    """The accounts by year, from the first with an entry to the last; years before `running_year` are closed.

    Lines of the turn of a year are left out of the sum: they are computed here. `terms` gives those of a year.
    """
    found: dict[int, Account] = {}
    for entry in entries:
        if entry.what not in OF_THE_TURN:
            found.setdefault(entry.year, Account(entry.year)).add(entry)
    if not found:
        return {}
    unused_years = 0
    for year in range(min(found), max(*found, running_year) + 1):
        account = found.setdefault(year, Account(year))
        if year >= running_year:
            continue
        unused_years = unused_years + 1 if account.is_unused(terms(year)) else 0
        into = found.setdefault(year + 1, Account(year + 1))
        left = max(account.left, 0)
        account.carried_out = into.carried_in = _carried(account, left, terms(year + 1), unused_years)
        account.expired = left - account.carried_out
    return dict(sorted(found.items()))


def _carried(account: Account, left: int, terms: Terms, unused_years: int) -> int:
    if unused_years >= 2:
        return min(left, terms.carry_most_unused)
    # What had been carried into the year already goes first and no further.
    own = max(account.right + account.corrected, 0)
    return min(left, own, terms.carry_most)


def turn_lines(found: Iterable[Account]) -> dict[tuple[int, str], int]:
    """The lines of the turns of years that these accounts ask for, by year and what; zero is left out."""
    lines: dict[tuple[int, str], int] = {}
    for account in found:
        lines[account.year, CARRIED_IN] = account.carried_in
        lines[account.year, CARRIED_OUT] = -account.carried_out
        lines[account.year, EXPIRED] = -account.expired
    return {key: days for key, days in lines.items() if days}


def missing_lines(entries: Iterable[Entry], found: Iterable[Account]) -> list[Entry]:
    """What must be written so that the lines of the turns are those of the accounts; nothing when they are."""
    wanted = turn_lines(found)
    written: dict[tuple[int, str], int] = {}
    for entry in entries:
        if entry.what in OF_THE_TURN:
            key = (entry.year, entry.what)
            written[key] = written.get(key, 0) + entry.days
    return [
        Entry(year, what, wanted.get((year, what), 0) - written.get((year, what), 0))
        for year, what in sorted(wanted.keys() | written.keys())
        if wanted.get((year, what), 0) != written.get((year, what), 0)
    ]


@dataclass(frozen=True, slots=True)
class Shortage:
    """A year that has too few days for what is asked: so many may still be asked for in it."""

    year: int
    left: int


def shortage(
    entries: Iterable[Entry], asked: Iterable[Entry], terms: Callable[[int], Terms], running_year: int
) -> Shortage | None:
    """Where the days that are asked for (entries with fewer days) cannot be had; None where they can.

    A year that has not begun is counted with the grant that it will bring, and nothing carried into it yet. A closed
    year may be asked of as long as neither it nor a later one, into which it carried days, falls below nothing.
    """
    known, wanted = list(entries), list(asked)
    granted = {entry.year for entry in known if entry.what in (GRANT, OPENING)}
    for year in {entry.year for entry in wanted if entry.year > running_year} - granted:
        known.append(Entry(year, GRANT, terms(year).yearly_days))
    before = accounts(known, terms, running_year)
    after = accounts([*known, *wanted], terms, running_year)
    for year, account in after.items():
        if account.left + account.carried_out + account.expired < 0:
            return Shortage(year, max(before[year].left, 0) if year in before else 0)
    return None
