"""Which account code pays which part of a slip: the region's own mapping, the rule set's, or the common codes.

The common codes are those of Permendagri 90/2019 as found on payment papers (domain note 5.2); a part without one must
be mapped by the region before its cost can be held against a ceiling.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tenants.budget.models import BudgetAccount
from tenants.payout.payments.account_codes import PNS, PPPK, TAX
from tenants.rules.engine import RuleSet

# The employer's health contribution.
HEALTH: Final = "JKN"
COMMON: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("BK", PNS): "5.1.01.02.01.0001",
        ("BK", PPPK): "5.1.01.02.01.0002",
        ("TB", PNS): "5.1.01.02.02.0001",
        ("TB", PPPK): "5.1.01.02.02.0002",
        ("KK", PNS): "5.1.01.02.03.0001",
        ("KK", PPPK): "5.1.01.02.03.0002",
        ("KP", PNS): "5.1.01.02.04.0001",
        ("KP", PPPK): "5.1.01.02.04.0002",
        ("PK", PNS): "5.1.01.02.05.0001",
        ("PK", PPPK): "5.1.01.02.05.0002",
        (HEALTH, PNS): "5.1.01.01.09.0001",
        (HEALTH, PPPK): "5.1.01.01.09.0002",
    }
)
# Taken from program code or by analogy only, so the page asks the region to compare: (part, group).
UNSURE: Final = frozenset({("TB", PNS), ("KP", PNS), *((part, group) for part, group in COMMON if group == PPPK)})
PART_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BK": "TPP beban kerja",
        "TB": "TPP tempat bertugas",
        "KK": "TPP kondisi kerja",
        "KP": "TPP kelangkaan profesi",
        "PK": "TPP prestasi kerja",
        "POL": "TPP pertimbangan objektif lainnya",
        HEALTH: "Iuran jaminan kesehatan (bagian daerah)",
        TAX: "Tunjangan PPh 21 (ditanggung daerah)",
    }
)


class Accounts:
    """The codes as they are mapped now, for any number of parts. One statement."""

    def __init__(self) -> None:
        self._own = {(row.part, row.group): row.account_code for row in BudgetAccount.objects.all()}

    def code(self, part: str, group: str, rule_set: RuleSet | None = None) -> str:
        """The code that pays the part; "" where nobody has said."""
        own = self._own.get((part, group))
        if own is not None:
            return own
        title = rule_set.criteria.get(part) if rule_set is not None and group == PNS else None
        return (title.account if title is not None else "") or COMMON.get((part, group), "")

    def is_own(self, part: str, group: str) -> bool:
        """Whether the region mapped it itself."""
        return (part, group) in self._own
