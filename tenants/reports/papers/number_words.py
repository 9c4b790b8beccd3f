"""Amounts in words, as receipts and statements say them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_UNITS: Final = (
    "",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)
_STEPS: Final = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"))


def rupiah_words(amount: Decimal) -> str:
    """`1500000` as `satu juta lima ratus ribu rupiah`. Whole rupiah below a quadrillion; raises ValueError else."""
    whole = int(amount)
    if whole != amount or abs(whole) >= 10**15:
        raise ValueError(f"not whole rupiah that people say: {amount}")
    sign = "minus " if whole < 0 else ""
    return f"{sign}{_words(abs(whole)) or 'nol'} rupiah"


def _words(number: int) -> str:
    for step, name in _STEPS:
        if number >= step:
            many, rest = divmod(number, step)
            head = "seribu" if step == 1000 and many == 1 else f"{_words(many)} {name}"
            return f"{head} {_words(rest)}".strip()
    if number >= 100:
        many, rest = divmod(number, 100)
        head = "seratus" if many == 1 else f"{_UNITS[many]} ratus"
        return f"{head} {_words(rest)}".strip()
    if number >= 20:
        many, rest = divmod(number, 10)
        return f"{_UNITS[many]} puluh {_UNITS[rest]}".strip()
    if number >= 12:
        return f"{_UNITS[number - 10]} belas"
    return _UNITS[number]
