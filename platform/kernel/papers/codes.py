"""The random code of an issued paper: long enough that nobody guesses one, short enough to type."""

from __future__ import annotations

import secrets
from typing import Final

# Without 0 1 I L O U: what is easily read wrong.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 20
_GROUP: Final = 4


def new_code() -> str:
    """Twenty characters, about 98 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown_code(code: str) -> str:
    """`ABCD-EFGH-…`, as a paper prints it."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(text: str) -> str | None:
    """The code that somebody typed, with or without dashes and in any case; None when it cannot be one."""
    code = "".join(text.upper().replace("-", " ").split())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
