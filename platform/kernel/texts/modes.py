"""What becomes of an advertisement, column by column, and where the record is seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class How(StrEnum):
    """`HOLD`: a placeholder is stored, a reviewer writes the text back or removes it; for rows that may change later.
    `REFUSE`: the write is refused, with words; for rows that never change or whose content is signed.
    `FLAG`: it is stored and flagged; for records that must not fail or lose a word."""

    HOLD = "hold"
    REFUSE = "refuse"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Page:
    """Where a record is seen: names of addresses, `official` for reviewers and `own` for who wrote in it (else the
    former). `key` is the way from the row to the uid that the address takes; "" when it takes none.

    Reviewers must hold the permission `needs` besides the page's own; rows like `private` are their owners' alone.
    """

    official: str = ""
    own: str = ""
    key: str = "uid"
    needs: str = ""
    private: Mapping[str, str] = field(default_factory=dict)
