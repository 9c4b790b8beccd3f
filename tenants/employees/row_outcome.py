"""What becomes of a row of a sheet of people or of accounts. No Django."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a row would do."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    ERROR = "error"
