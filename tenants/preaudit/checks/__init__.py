"""The checks before a payment, by what they look at. Importing the package registers them all."""

from tenants.preaudit.checks import accounts, amounts, numbers, posts, presence, service, work
from tenants.preaudit.checks.registry import Check, Fact, Found, Mend, all_checks, check_of

__all__ = [
    "Check",
    "Fact",
    "Found",
    "Mend",
    "accounts",
    "all_checks",
    "amounts",
    "check_of",
    "numbers",
    "posts",
    "presence",
    "service",
    "work",
]
