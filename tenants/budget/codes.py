"""What an account code of Permendagri 90/2019 looks like: `5.1.01.02.01.0001`."""

from __future__ import annotations

import re
from typing import Final

_SHAPE: Final = re.compile(r"[0-9]\.[0-9]{1,2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}")


def is_account_code(text: str) -> bool:
    """Whether the text has the shape of a code down to its last level (sub rincian objek)."""
    return _SHAPE.fullmatch(text) is not None
