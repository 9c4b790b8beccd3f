"""Which budget account pays which part of a slip: asked by the finance file, answered by the app that keeps the codes.

That app lies above this one; it names its answer once, in AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from tenants.rules.engine import RuleSet

PNS: Final = "pns"
PPPK: Final = "pppk"
# Besides the criteria: the tax that the region bears.
TAX: Final = "PAJAK"


class AccountCodes(Protocol):
    """The codes as they are mapped now, for any number of parts."""

    def code(self, part: str, group: str, rule_set: RuleSet | None = None) -> str:
        """The code that pays the criterion, or `TAX`, for PNS or PPPK; "" where nobody has said."""
        ...


class _OfTheRules:
    """The codes that the rule set gives its criteria, where no app answers."""

    def code(self, part: str, group: str, rule_set: RuleSet | None = None) -> str:
        title = rule_set.criteria.get(part) if rule_set is not None else None
        return title.account if title is not None else ""


_provider: Callable[[], AccountCodes] = _OfTheRules


def register(provider: Callable[[], AccountCodes]) -> None:
    """Let this app say the codes."""
    global _provider
    _provider = provider


def account_codes() -> AccountCodes:
    """The codes as they are mapped now."""
    return _provider()


def group_of(status: str) -> str:
    """Whether a status is paid from the codes of PPPK or of PNS."""
    return PPPK if status.upper().startswith("PPPK") else PNS
