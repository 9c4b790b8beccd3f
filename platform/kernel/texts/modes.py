"""What becomes of an advertisement, column by column."""

from enum import StrEnum


class How(StrEnum):
    """`HOLD`: a placeholder is stored, a reviewer writes the text back or removes it; for rows that may change later.
    `REFUSE`: the write is refused, with words; for rows that never change or whose content is signed.
    `FLAG`: it is stored and flagged; for records that must not fail or lose a word."""

    HOLD = "hold"
    REFUSE = "refuse"
    FLAG = "flag"
